//! Sets of actions, and the buttons that they press.

use env_core::{
    Space,
    space::{Discrete, MultiBinary, MultiDiscrete, Rng},
};
use nds_formats::pad::Pad;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, action::DrivingAction};

/// An action of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RaceAction {
    /// One of several options.
    Index(i64),
    /// One option for each of several choices.
    Choices(Vec<u32>),
    /// Which buttons are held.
    Buttons(Vec<bool>),
}

impl From<DrivingAction> for RaceAction {
    fn from(action: DrivingAction) -> Self {
        let components = action.to_components();
        Self::Choices(components.iter().map(|class| *class as u32).collect())
    }
}

/// A set of actions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ActionSet {
    /// The keypad bits as one number: `Discrete(2048)`, all buttons but Y.
    Keymask,
    /// `MultiDiscrete([2, 2, 2, 2, 3])`: accelerate, brake, drift, item, steer (left, straight, right).
    #[default]
    Driving,
    /// `Discrete(5)`: accelerate; accelerate and steer right; accelerate and steer left; begin to drift; stop drifting.
    /// R stays held from the fourth to the fifth.
    DriftLatch,
    /// `MultiBinary`: which of these buttons are held.
    Buttons(Vec<Button>),
    /// `Discrete`: one of these combinations of buttons.
    Choice(Vec<Vec<Button>>),
}

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

fn held(buttons: &[Button]) -> Pad {
    buttons.iter().map(|button| button.pad()).collect()
}

/// Actions of [`ActionSet::Keymask`].
const KEYMASKS: usize = 2048;
/// The buttons of each action of [`ActionSet::DriftLatch`], besides R.
const LATCHED: [Pad; 5] = [
    Pad::A,
    Pad::A.union(Pad::RIGHT),
    Pad::A.union(Pad::LEFT),
    Pad::A.union(Pad::R),
    Pad::A,
];
/// The actions of [`ActionSet::DriftLatch`] that begin and end a drift.
const LATCH: (i64, i64) = (3, 4);

fn no_actions() -> Error {
    Error::Setting {
        setting: "actions",
        expected: "at least one button or choice",
        found: "none".to_owned(),
    }
}

impl ActionSet {
    /// The space of its actions.
    ///
    /// # Errors
    /// [`Error::Setting`] for a set without actions.
    pub fn space(&self) -> Result<ActionSpace> {
        let one_of = |count: usize| {
            let space = Discrete::new(u32::try_from(count).unwrap_or(u32::MAX));
            space.map(ActionSpace::Index).map_err(|_| no_actions())
        };
        match self {
            Self::Keymask => one_of(KEYMASKS),
            Self::DriftLatch => one_of(LATCHED.len()),
            Self::Choice(choices) => one_of(choices.len()),
            Self::Driving => {
                let classes = DrivingAction::COMPONENTS.map(|count| count as u32);
                let space = MultiDiscrete::new(classes.to_vec());
                space.map(ActionSpace::Choices).map_err(|_| no_actions())
            }
            Self::Buttons(buttons) if buttons.is_empty() => Err(no_actions()),
            Self::Buttons(buttons) => Ok(ActionSpace::Buttons(MultiBinary::new(buttons.len()))),
        }
    }
}

/// The space of a set's actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionSpace {
    /// Of [`RaceAction::Index`].
    Index(Discrete),
    /// Of [`RaceAction::Choices`].
    Choices(MultiDiscrete),
    /// Of [`RaceAction::Buttons`].
    Buttons(MultiBinary),
}

impl Space for ActionSpace {
    type Element = RaceAction;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> RaceAction {
        match self {
            Self::Index(space) => RaceAction::Index(space.sample(rng)),
            Self::Choices(space) => RaceAction::Choices(space.sample(rng)),
            Self::Buttons(space) => RaceAction::Buttons(space.sample(rng)),
        }
    }

    fn contains(&self, value: &RaceAction) -> bool {
        match (self, value) {
            (Self::Index(space), RaceAction::Index(index)) => space.contains(index),
            (Self::Choices(space), RaceAction::Choices(choices)) => space.contains(choices),
            (Self::Buttons(space), RaceAction::Buttons(buttons)) => space.contains(buttons),
            _ => false,
        }
    }
}

/// Presses the buttons of actions.
#[derive(Clone, Debug)]
pub struct Controller {
    set: ActionSet,
    space: ActionSpace,
    /// Whether R is held, between the actions that begin and end a drift.
    drifting: bool,
}

impl Controller {
    /// A controller for the actions of `set`.
    ///
    /// # Errors
    /// As [`ActionSet::space`].
    pub fn new(set: &ActionSet) -> Result<Self> {
        Ok(Self {
            set: set.clone(),
            space: set.space()?,
            drifting: false,
        })
    }

    /// The space of its actions.
    pub const fn space(&self) -> &ActionSpace {
        &self.space
    }

    /// Releases all buttons, at the beginning of an episode.
    pub const fn reset(&mut self) {
        self.drifting = false;
    }

    /// The buttons that `action` holds.
    ///
    /// # Errors
    /// [`Error::Action`] for one outside the space.
    pub fn press(&mut self, action: &RaceAction) -> Result<Pad> {
        if !self.space.contains(action) {
            return Err(Error::Action {
                expected: format!("{:?}", self.space),
                found: format!("{action:?}"),
            });
        }
        Ok(match (&self.set, action) {
            (ActionSet::Keymask, RaceAction::Index(mask)) => Pad::from_bits_retain(*mask as u16),
            (ActionSet::DriftLatch, RaceAction::Index(index)) => self.latch(*index),
            (ActionSet::Choice(choices), RaceAction::Index(index)) => {
                held(&choices[*index as usize])
            }
            (ActionSet::Buttons(buttons), RaceAction::Buttons(pressed)) => {
                let pressed = buttons.iter().zip(pressed).filter(|(_, pressed)| **pressed);
                pressed.map(|(button, _)| button.pad()).collect()
            }
            (_, RaceAction::Choices(choices)) => {
                let mut components = [0; DrivingAction::COMPONENTS.len()];
                for (component, class) in components.iter_mut().zip(choices) {
                    *component = *class as usize;
                }
                DrivingAction::from_components(components)
                    .unwrap_or_default()
                    .to_pad()
            }
            // Unreachable: the space contains no other pairs.
            _ => Pad::empty(),
        })
    }

    fn latch(&mut self, index: i64) -> Pad {
        let (begin, end) = LATCH;
        self.drifting = (self.drifting || index == begin) && index != end;
        let pad = LATCHED[index as usize];
        if self.drifting { pad | Pad::R } else { pad }
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
    }
}
