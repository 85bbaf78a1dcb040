//! A driver's input on the DS's pad.

use nds_formats::pad::Pad;

use crate::facts;

pub use env_kart::action::{DrivingAction, Steer};

/// What an action is on the DS's pad.
pub trait PadAction {
    /// The pad that this action holds: A accelerates, B brakes, R drifts, X uses the item.
    fn to_pad(self) -> Pad;

    /// The action of a pad. Buttons without effect on driving are dropped; L is the item too.
    fn from_pad(pad: Pad) -> Self;
}

impl PadAction for DrivingAction {
    fn to_pad(self) -> Pad {
        let mut pad = Pad::empty();
        pad.set(Pad::A, self.accelerate);
        pad.set(Pad::B, self.brake);
        pad.set(Pad::R, self.drift);
        pad.set(Pad::X, self.item);
        pad.set(Pad::LEFT, self.steer == Steer::Left);
        pad.set(Pad::RIGHT, self.steer == Steer::Right);
        pad
    }

    fn from_pad(pad: Pad) -> Self {
        facts::controls(pad).into()
    }
}

impl PadAction for Pad {
    fn to_pad(self) -> Pad {
        self
    }

    fn from_pad(pad: Pad) -> Self {
        pad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_survives_the_pad() {
        for index in 0..DrivingAction::COUNT {
            let action = DrivingAction::from_index(index).expect("below COUNT");
            assert_eq!(DrivingAction::from_pad(action.to_pad()), action);
        }
    }

    #[test]
    fn both_directions_cancel_and_l_is_the_item() {
        let action = DrivingAction::from_pad(Pad::LEFT | Pad::RIGHT | Pad::L | Pad::START);
        assert_eq!(
            action,
            DrivingAction {
                item: true,
                ..DrivingAction::default()
            }
        );
    }
}
