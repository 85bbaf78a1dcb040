//! Sets of actions on the Nintendo 64's pad.

use env_kart::action::{DrivingAction, Steer};
use env_kart::control;
use env_kart::observation::Keymask;
use n64_formats::pad::{Buttons, Pad};
use serde::{Deserialize, Serialize};

pub use env_kart::control::{ActionSpace, RaceAction};

/// How far the stick of a console's controller goes to each side.
pub const STICK_REACH: i8 = 80;

/// A set of actions; see [`env_kart::control::ActionSet`].
pub type ActionSet = control::ActionSet<Button>;

/// Presses the buttons of actions; see [`env_kart::control::Controller`].
pub type Controller = control::Controller<Button>;

/// The buttons' bits, as observations have them. The stick is not among them: it is the steering.
pub const KEYMASK: Keymask = Keymask {
    unit: "N64 pad bits",
    greatest: Buttons::all().bits(),
    doc: "what was pressed last: 1 right, 2 left, 4 down, 8 up, 16 Start, 32 Z, 64 B, 128 A, 256 C right, 512 C left, 1024 C down, 2048 C up, 4096 R, 8192 L",
};

/// A button, or a position of the stick. In configurations, `"a"` or `{ stick = [-80, 0] }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// A: the accelerator.
    A,
    /// B: the brake.
    B,
    /// Z: the item.
    Z,
    /// R: hop and drift.
    R,
    /// L.
    L,
    /// Start: the pause.
    Start,
    /// Up on the cross.
    Up,
    /// Down on the cross.
    Down,
    /// Left on the cross.
    Left,
    /// Right on the cross.
    Right,
    /// The upper yellow button.
    CUp,
    /// The lower yellow button.
    CDown,
    /// The left yellow button.
    CLeft,
    /// The right yellow button.
    CRight,
    /// The stick, to the right and up. Several positions add up.
    Stick([i8; 2]),
}

impl Button {
    /// The pad with only this held.
    #[must_use]
    pub const fn pad(self) -> Pad {
        let (buttons, stick) = match self {
            Self::A => (Buttons::A, [0, 0]),
            Self::B => (Buttons::B, [0, 0]),
            Self::Z => (Buttons::Z, [0, 0]),
            Self::R => (Buttons::R, [0, 0]),
            Self::L => (Buttons::L, [0, 0]),
            Self::Start => (Buttons::START, [0, 0]),
            Self::Up => (Buttons::UP, [0, 0]),
            Self::Down => (Buttons::DOWN, [0, 0]),
            Self::Left => (Buttons::LEFT, [0, 0]),
            Self::Right => (Buttons::RIGHT, [0, 0]),
            Self::CUp => (Buttons::C_UP, [0, 0]),
            Self::CDown => (Buttons::C_DOWN, [0, 0]),
            Self::CLeft => (Buttons::C_LEFT, [0, 0]),
            Self::CRight => (Buttons::C_RIGHT, [0, 0]),
            Self::Stick(stick) => (Buttons::empty(), stick),
        };
        Pad { buttons, stick }
    }
}

impl control::Button for Button {
    type Pad = Pad;

    const KEYMASKS: u32 = Buttons::all().bits() as u32 + 1;

    fn held(buttons: impl IntoIterator<Item = Self>) -> Pad {
        buttons.into_iter().fold(Pad::default(), |held, button| {
            let Pad { buttons, stick } = button.pad();
            let [x, y] = held.stick;
            Pad {
                buttons: held.buttons | buttons,
                stick: [x.saturating_add(stick[0]), y.saturating_add(stick[1])],
            }
        })
    }

    fn of_bits(buttons: u16, stick: [i8; 2]) -> Pad {
        Pad {
            buttons: Buttons::from_bits_truncate(buttons),
            stick,
        }
    }

    /// A accelerates, B brakes, R hops and drifts, Z uses the item; the stick steers as far as it goes.
    fn driving(action: DrivingAction) -> Pad {
        let mut buttons = Buttons::empty();
        buttons.set(Buttons::A, action.accelerate);
        buttons.set(Buttons::B, action.brake);
        buttons.set(Buttons::R, action.drift);
        buttons.set(Buttons::Z, action.item);
        let x = match action.steer {
            Steer::Left => -STICK_REACH,
            Steer::Straight => 0,
            Steer::Right => STICK_REACH,
        };
        Pad {
            buttons,
            stick: [x, 0],
        }
    }

    fn stick(position: [i8; 2]) -> Option<Self> {
        Some(Self::Stick(position))
    }
}

#[cfg(test)]
mod tests {
    use env_kart::control::Button as _;

    use super::*;

    #[test]
    fn every_driving_action_is_a_pad_of_its_own() {
        let pads = (0..DrivingAction::COUNT).map(|index| {
            let action = DrivingAction::from_index(index).expect("below the count");
            Button::driving(action).to_sample()
        });
        let mut pads: Vec<_> = pads.collect();
        pads.sort_unstable();
        pads.dedup();
        assert_eq!(pads.len(), DrivingAction::COUNT);
    }

    #[test]
    fn buttons_and_the_stick_are_held_together() {
        let held = Button::held([Button::A, Button::Stick([-20, 5]), Button::Stick([-70, 0])]);
        let expected = Pad {
            buttons: Buttons::A,
            stick: [-90, 5],
        };
        assert_eq!(held, expected);
        let far = Button::held([Button::Stick([-80, 0]), Button::Stick([-80, 0])]);
        assert_eq!(far.stick, [i8::MIN, 0]);
    }

    #[test]
    fn the_stick_and_buttons_are_chosen_by_classes() {
        let set = ActionSet::Stick {
            reach: 80,
            buttons: vec![Button::A, Button::B, Button::R],
        };
        let mut controller = Controller::new(&set).expect("a set");
        let mut press =
            |classes: [u32; 5]| controller.press(&RaceAction::Choices(classes.to_vec()));
        let pad = |buttons, stick| Pad { buttons, stick };
        let expected = pad(Buttons::A | Buttons::R, [-80, 80]);
        assert_eq!(press([0, 160, 1, 0, 1]).ok(), Some(expected));
        assert_eq!(press([80, 80, 0, 0, 0]).ok(), Some(Pad::default()));
        assert!(press([161, 80, 0, 0, 0]).is_err());
        for reach in [0, 128] {
            let buttons = Vec::new();
            assert!(ActionSet::Stick { reach, buttons }.space().is_err());
        }
    }

    #[test]
    fn a_keymask_is_the_consoles_bits() {
        for bits in [0, 1 << 7, 0x3FFF] {
            assert_eq!(Button::of_bits(bits, [0, 0]).buttons.bits(), bits);
        }
        assert_eq!(Button::KEYMASKS, 1 << 14);
    }

    #[test]
    fn all_of_the_pad_is_pressed() {
        let mut controller = Controller::new(&ActionSet::Pad).expect("a set");
        for stick in [[0, 0], [-80, 3], [i8::MIN, i8::MAX]] {
            let expected = Pad {
                buttons: Buttons::A | Buttons::R,
                stick,
            };
            let action = RaceAction::of_pad(expected.buttons.bits(), stick);
            assert_eq!(controller.press(&action).ok(), Some(expected));
        }
        let refused = RaceAction::Choices(vec![1 << 16, 0, 0]);
        assert!(controller.press(&refused).is_err());
    }
}
