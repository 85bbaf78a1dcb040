//! Sets of actions on the DS's pad.

use env_kart::{control, observation::Keymask};
use nds_formats::pad::Pad;
use serde::{Deserialize, Serialize};

use crate::action::{DrivingAction, PadAction};

pub use env_kart::control::{ActionSpace, RaceAction};

/// A set of actions; see [`env_kart::control::ActionSet`]. Of the keymask, `Discrete(2048)` has all buttons but Y.
pub type ActionSet = control::ActionSet<Button>;

/// The keypad bits, as observations have them.
pub const KEYMASK: Keymask = Keymask {
    unit: "DS keypad bits",
    greatest: Pad::all().bits(),
    doc: "what was pressed last: 1 A, 2 B, 4 Select, 8 Start, 16 right, 32 left, 64 up, 128 down, 256 R, 512 L, 1024 X, 2048 Y",
};

/// Presses the buttons of actions; see [`env_kart::control::Controller`].
pub type Controller = control::Controller<Button>;

/// A button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the console's names")]
pub enum Button {
    A,
    B,
    Select,
    Start,
    Right,
    Left,
    Up,
    Down,
    R,
    L,
    X,
    Y,
}

impl Button {
    /// The keypad with this button held.
    pub const fn pad(self) -> Pad {
        match self {
            Self::A => Pad::A,
            Self::B => Pad::B,
            Self::Select => Pad::SELECT,
            Self::Start => Pad::START,
            Self::Right => Pad::RIGHT,
            Self::Left => Pad::LEFT,
            Self::Up => Pad::UP,
            Self::Down => Pad::DOWN,
            Self::R => Pad::R,
            Self::L => Pad::L,
            Self::X => Pad::X,
            Self::Y => Pad::Y,
        }
    }
}

impl control::Button for Button {
    type Pad = Pad;

    const KEYMASKS: u32 = 2048;

    fn held(buttons: impl IntoIterator<Item = Self>) -> Pad {
        buttons.into_iter().map(Self::pad).collect()
    }

    fn of_bits(buttons: u16, _: [i8; 2]) -> Pad {
        Pad::from_bits_retain(buttons)
    }

    fn driving(action: DrivingAction) -> Pad {
        action.to_pad()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(set: &ActionSet, actions: &[RaceAction]) -> Vec<Pad> {
        let mut controller = Controller::new(set).expect("a set");
        let press = |action| controller.press(action).expect("an action of the set");
        actions.iter().map(press).collect()
    }

    #[test]
    fn a_drift_is_held_from_its_beginning_to_its_end() {
        let pads = pressed(
            &ActionSet::DriftLatch,
            &[1, 3, 2, 0, 4, 2].map(RaceAction::Index),
        );
        let (a, r) = (Pad::A, Pad::R);
        let expected = [
            a | Pad::RIGHT,
            a | r,
            a | Pad::LEFT | r,
            a | r,
            a,
            a | Pad::LEFT,
        ];
        assert_eq!(pads, expected);
        let mut controller = Controller::new(&ActionSet::DriftLatch).expect("a set");
        controller.press(&RaceAction::Index(3)).expect("drift");
        controller.reset();
        assert_eq!(controller.press(&RaceAction::Index(0)).expect("go"), a);
    }

    #[test]
    fn every_action_set_presses_its_buttons() {
        let buttons = ActionSet::Buttons(vec![Button::X, Button::Down]);
        assert_eq!(
            pressed(&buttons, &[RaceAction::Buttons(vec![false, true])]),
            [Pad::DOWN]
        );
        let choice = ActionSet::Choice(vec![vec![], vec![Button::A, Button::L]]);
        assert_eq!(
            pressed(&choice, &[0, 1].map(RaceAction::Index)),
            [Pad::empty(), Pad::A | Pad::L]
        );
        let all = pressed(&ActionSet::Keymask, &[2047].map(RaceAction::Index));
        assert_eq!(all, [Pad::all() - Pad::Y - Pad::DEBUG]);
        let pad = pressed(&ActionSet::Pad, &[RaceAction::of_pad(2051, [9, -9])]);
        assert_eq!(pad, [Pad::from_bits_retain(2051)]);
        let left = DrivingAction::from_index(5).expect("an action");
        assert_eq!(
            pressed(&ActionSet::Driving, &[left.into()]),
            [left.to_pad()]
        );
    }

    #[test]
    fn actions_of_other_spaces_are_refused() {
        for set in [
            ActionSet::Keymask,
            ActionSet::Driving,
            ActionSet::DriftLatch,
        ] {
            let mut controller = Controller::new(&set).expect("a set");
            for action in [
                RaceAction::Index(-1),
                RaceAction::Index(2048),
                RaceAction::Choices(vec![0, 0, 0, 0, 3]),
                RaceAction::Choices(vec![]),
                RaceAction::Buttons(vec![true]),
            ] {
                assert!(controller.press(&action).is_err(), "{set:?} {action:?}");
            }
        }
        assert!(ActionSet::Buttons(vec![]).space().is_err());
        assert!(ActionSet::Choice(vec![]).space().is_err());
        let stick = ActionSet::Stick {
            reach: 80,
            buttons: vec![Button::A],
        };
        assert_eq!(
            stick.space().expect_err("no stick").to_string(),
            "actions: expected a console with a stick, found a console without one"
        );
    }
}
