//! A driver's input: the controls of a race as a typed action.
//!
//! [`DrivingAction`] converts to and from one index for learners that want a single class, and to and from the five
//! components of the environment's `MultiDiscrete` action. A game turns it into its console's pad: see
//! [`Button`](crate::control::Button).

use serde::{Deserialize, Serialize};

use crate::facts::Controls;

/// The direction of steering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Steer {
    /// To the left.
    Left,
    /// Neither, or both at once.
    #[default]
    Straight,
    /// To the right.
    Right,
}

impl Steer {
    /// -1 left, 0 straight, +1 right.
    pub const fn sign(self) -> i8 {
        match self {
            Self::Left => -1,
            Self::Straight => 0,
            Self::Right => 1,
        }
    }

    /// The direction with the sign of `value`; zero is straight.
    pub const fn from_sign(value: i8) -> Self {
        match value {
            i8::MIN..=-1 => Self::Left,
            0 => Self::Straight,
            1..=i8::MAX => Self::Right,
        }
    }

    /// Class 0 left, 1 straight, 2 right.
    pub const fn index(self) -> usize {
        match self {
            Self::Left => 0,
            Self::Straight => 1,
            Self::Right => 2,
        }
    }
}

/// One frame's decision of a driver. The default releases all controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DrivingAction {
    /// The accelerator.
    pub accelerate: bool,
    /// The brake, and reverse at standstill.
    pub brake: bool,
    /// Hop; held with a direction: drift.
    pub drift: bool,
    /// Use of the item.
    pub item: bool,
    /// The direction.
    pub steer: Steer,
}

impl DrivingAction {
    /// How many different actions there are; [`index`](Self::index) is below it.
    pub const COUNT: usize = 3 << 4;

    /// Classes of each component of [`to_components`](Self::to_components).
    pub const COMPONENTS: [usize; 5] = [2, 2, 2, 2, 3];

    /// Names of the components, in order.
    pub const COMPONENT_NAMES: [&'static str; 5] =
        ["accelerate", "brake", "drift", "item", "steer"];

    /// One number below [`COUNT`](Self::COUNT): `steer * 16 + accelerate + 2 brake + 4 drift + 8 item`,
    /// steer as in [`Steer::index`].
    pub fn index(self) -> usize {
        let [accelerate, brake, drift, item, steer] = self.to_components();
        steer << 4 | item << 3 | drift << 2 | brake << 1 | accelerate
    }

    /// The action of an [`index`](Self::index); `None` from [`COUNT`](Self::COUNT) on.
    pub fn from_index(index: usize) -> Option<Self> {
        let bit = |n: usize| index >> n & 1;
        Self::from_components([bit(0), bit(1), bit(2), bit(3), index >> 4])
    }

    /// The classes of accelerate, brake, drift, item (0 or 1) and steer (0, 1, 2).
    pub fn to_components(self) -> [usize; 5] {
        [
            usize::from(self.accelerate),
            usize::from(self.brake),
            usize::from(self.drift),
            usize::from(self.item),
            self.steer.index(),
        ]
    }

    /// The action of five classes; `None` when one is outside [`COMPONENTS`](Self::COMPONENTS).
    pub fn from_components(components: [usize; 5]) -> Option<Self> {
        let inside = components
            .iter()
            .zip(Self::COMPONENTS)
            .all(|(class, count)| *class < count);
        let [accelerate, brake, drift, item, steer] = components;
        inside.then(|| Self {
            accelerate: accelerate == 1,
            brake: brake == 1,
            drift: drift == 1,
            item: item == 1,
            steer: [Steer::Left, Steer::Straight, Steer::Right][steer],
        })
    }
}

/// How far a stick is to a side, as a share of its way, from which it counts as steering.
const STEERS_FROM: f32 = 0.25;

impl From<Controls> for DrivingAction {
    /// The nearest action to what is held: a stick steers from a quarter of its way on.
    fn from(controls: Controls) -> Self {
        let right = controls.right - controls.left;
        Self {
            accelerate: controls.accelerate,
            brake: controls.brake,
            drift: controls.drift,
            item: controls.item,
            steer: Steer::from_sign(
                i8::from(right >= STEERS_FROM) - i8::from(right <= -STEERS_FROM),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stick_steers_from_a_quarter_of_its_way_on_and_both_sides_cancel() {
        let steer = |left, right| {
            let controls = Controls {
                left,
                right,
                ..Controls::default()
            };
            DrivingAction::from(controls).steer
        };
        assert_eq!(steer(0.3, 0.0), Steer::Left);
        assert_eq!(steer(0.0, 1.0), Steer::Right);
        for (left, right) in [(0.0, 0.0), (1.0, 1.0), (0.2, 0.0), (0.0, 0.2)] {
            assert_eq!(steer(left, right), Steer::Straight, "{left} {right}");
        }
    }

    #[test]
    fn every_action_survives_index_and_components() {
        for index in 0..DrivingAction::COUNT {
            let action = DrivingAction::from_index(index).expect("below COUNT");
            assert_eq!(action.index(), index);
            assert_eq!(
                DrivingAction::from_components(action.to_components()),
                Some(action)
            );
        }
        assert_eq!(DrivingAction::from_index(DrivingAction::COUNT), None);
    }
}
