//! What is held on a console's pad as the numbers of a decision: the steering, then a number for each button that the game
//! uses in a race.

use env_core::columns::{Column, DType};
use n64_formats::pad::Buttons;
use nds_formats::pad::Pad;

use crate::dataset::{Console, Held};

/// The names of the steering: the stick, or the directional pad.
pub(crate) const STEERING: [&str; 2] = ["stick_x", "steer"];

/// Where the stick is at full deflection.
const REACH: i8 = 80;

/// A button by its name: the bit that presses it, and the bits that the game takes for it.
type Button = (&'static str, u16, u16);

/// Accelerator, brake, hop and drift, item.
const N64: [Button; 4] = [
    ("A", Buttons::A.bits(), Buttons::A.bits()),
    ("B", Buttons::B.bits(), Buttons::B.bits()),
    ("R", Buttons::R.bits(), Buttons::R.bits()),
    ("Z", Buttons::Z.bits(), Buttons::Z.bits()),
];
const DS: [Button; 4] = [
    ("A", Pad::A.bits(), Pad::A.bits()),
    ("B", Pad::B.bits(), Pad::B.bits()),
    ("R", Pad::R.bits(), Pad::R.bits()),
    ("L", Pad::L.bits(), Pad::L.union(Pad::X).bits()),
];

const fn buttons(console: Console) -> [Button; 4] {
    match console {
        Console::N64 => N64,
        Console::Ds => DS,
    }
}

/// The columns of decisions on a console: the stick is a number, the directional pad a class, a button a flag.
pub(crate) fn columns(console: Console) -> Vec<Column> {
    let steering = match console {
        Console::N64 => stick(),
        Console::Ds => Column::new(STEERING[1], DType::I8)
            .between(-1.0, 1.0)
            .in_unit("-1 left, 1 right")
            .documented("the side held on the directional pad"),
    };
    let flags = buttons(console).map(|(name, ..)| {
        Column::new(name, DType::Bool)
            .between(0.0, 1.0)
            .documented("the button was held")
    });
    [steering].into_iter().chain(flags).collect()
}

/// The columns of the same decisions when all are numbers. Those of buttons are 1 where held and else 0, and pressed from
/// one half on.
pub(crate) fn columns_of_numbers(console: Console) -> Vec<Column> {
    let number = |name: &str| Column::new(name, DType::F32).between(-1.0, 1.0);
    let steering = match console {
        Console::N64 => stick(),
        Console::Ds => number(STEERING[1])
            .in_unit("-1 left, 1 right")
            .documented("the side held on the directional pad"),
    };
    let buttons =
        buttons(console).map(|(name, ..)| number(name).documented("1 where the button was held"));
    [steering].into_iter().chain(buttons).collect()
}

fn stick() -> Column {
    Column::new(STEERING[0], DType::F32)
        .between((-REACH).into(), REACH.into())
        .in_unit("the controller's own, about 80 at full deflection")
        .documented("the stick, to the right")
}

/// The numbers of what is held, for either kind of columns.
pub(crate) fn encode(console: Console, held: Held) -> impl Iterator<Item = f32> {
    let steering = match console {
        Console::N64 => f32::from(held.stick[0].clamp(-REACH, REACH)),
        Console::Ds => {
            let side = |side: Pad| f32::from(u8::from(held.buttons & side.bits() != 0));
            side(Pad::RIGHT) - side(Pad::LEFT)
        }
    };
    let pressed = move |(_, _, taken): Button| f32::from(u8::from(held.buttons & taken != 0));
    [steering]
        .into_iter()
        .chain(buttons(console).into_iter().map(pressed))
}

/// What is held by numbers of either kind of columns.
///
/// # Panics
/// If there is no number of the steering.
pub(crate) fn decode(console: Console, numbers: &[f32]) -> Held {
    let (steering, pressed) = numbers.split_first().expect("a number of the steering");
    let mut held = Held::default();
    match console {
        Console::N64 => held.stick[0] = steering.round() as i8,
        Console::Ds if *steering <= -0.5 => held.buttons |= Pad::LEFT.bits(),
        Console::Ds if *steering >= 0.5 => held.buttons |= Pad::RIGHT.bits(),
        Console::Ds => {}
    }
    for ((_, button, _), pressed) in buttons(console).into_iter().zip(pressed) {
        if *pressed >= 0.5 {
            held.buttons |= button;
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use n64_formats::pad as n64;

    use super::*;

    #[test]
    fn what_is_held_survives_as_numbers() {
        for buttons in 0..16_u16 {
            let pressed = |list: [Button; 4]| {
                let pressed = list.into_iter().enumerate();
                let pressed = pressed.filter(|(place, _)| buttons & (1 << place) != 0);
                pressed.fold(0, |all, (_, (_, button, _))| all | button)
            };
            for x in [-80, -41, 0, 1, 80] {
                let held = Held {
                    buttons: pressed(N64),
                    stick: [x, 0],
                };
                let numbers: Vec<f32> = encode(Console::N64, held).collect();
                assert_eq!(decode(Console::N64, &numbers), held);
            }
            for side in [0, Pad::LEFT.bits(), Pad::RIGHT.bits()] {
                let held = Held {
                    buttons: pressed(DS) | side,
                    stick: [0, 0],
                };
                let numbers: Vec<f32> = encode(Console::Ds, held).collect();
                assert_eq!(decode(Console::Ds, &numbers), held);
                for (column, number) in columns(Console::Ds).iter().zip(numbers) {
                    let (low, high) = column.range();
                    assert!((low..=high).contains(&number), "{column}");
                }
            }
        }
    }

    #[test]
    fn what_the_game_takes_for_the_same_is_the_same() {
        let numbers = |pad: Pad| encode(Console::Ds, pad.into()).collect::<Vec<_>>();
        assert_eq!(numbers(Pad::X), numbers(Pad::L));
        assert_eq!(numbers(Pad::LEFT | Pad::RIGHT), numbers(Pad::empty()));
        let far = n64::Pad {
            stick: [-128, 5],
            ..n64::Pad::default()
        };
        assert_eq!(encode(Console::N64, far.into()).next(), Some(-80.0));
    }
}
