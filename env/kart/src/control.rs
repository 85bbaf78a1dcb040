//! Sets of actions, and the buttons that they press.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use env_core::{
    Space,
    space::{Discrete, MultiBinary, MultiDiscrete, Rng},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    action::{DrivingAction, Steer},
};

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

impl RaceAction {
    /// The action of [`ActionSet::Pad`] with these buttons, and the stick so far to the right and up.
    #[must_use]
    pub fn of_pad(buttons: u16, stick: [i8; 2]) -> Self {
        let [x, y] = stick.map(|at| (i32::from(at) - i32::from(i8::MIN)) as u32);
        Self::Choices(vec![buttons.into(), x, y])
    }
}

impl From<DrivingAction> for RaceAction {
    fn from(action: DrivingAction) -> Self {
        let components = action.to_components();
        Self::Choices(components.iter().map(|class| *class as u32).collect())
    }
}

/// A button of a console, as configurations name it, and what a kart game does with the console's pad.
pub trait Button: Copy + Debug {
    /// The console's pad: which of its buttons are held.
    type Pad: Copy + Debug;

    /// How many keymasks there are: the numbers below it are the actions of [`ActionSet::Keymask`].
    const KEYMASKS: u32;

    /// The pad with these buttons held.
    fn held(buttons: impl IntoIterator<Item = Self>) -> Self::Pad;

    /// The pad with these buttons, the console's own bits, and the stick so far to the right and up; a console without a stick
    /// leaves that out.
    fn of_bits(buttons: u16, stick: [i8; 2]) -> Self::Pad;

    /// The pad that drives so.
    fn driving(action: DrivingAction) -> Self::Pad;

    /// The console's stick, held so far to the right and up; `None` on a console without one.
    fn stick(_position: [i8; 2]) -> Option<Self> {
        None
    }
}

/// A set of actions, on the pad of a console with the buttons `B`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ActionSet<B> {
    /// The console's button bits as one number.
    Keymask,
    /// `MultiDiscrete([2, 2, 2, 2, 3])`: accelerate, brake, drift, item, steer (left, straight, right).
    #[default]
    Driving,
    /// `Discrete(5)`: accelerate; accelerate and steer right; accelerate and steer left; begin to drift; stop drifting.
    /// The drift button stays held from the fourth to the fifth.
    DriftLatch,
    /// `MultiBinary`: which of these buttons are held.
    Buttons(Vec<B>),
    /// `Discrete`: one of these combinations of buttons.
    Choice(Vec<Vec<B>>),
    /// `MultiDiscrete`: where the stick is, to the right and up, from `-reach` (class 0) to `reach` each; and for each of
    /// the buttons whether it is held.
    Stick {
        /// How far it goes to each side, 1 to 127.
        reach: u8,
        /// The buttons.
        buttons: Vec<B>,
    },
    /// `MultiDiscrete([65536, 256, 256])`: all of the pad. The console's button bits as one number, and where the stick is, to the
    /// right and up, from -128 (class 0); a console without a stick leaves those two out of account.
    Pad,
}

/// The steering of each action of [`ActionSet::DriftLatch`]; all of them accelerate.
const LATCHED: [Steer; 5] = [
    Steer::Straight,
    Steer::Right,
    Steer::Left,
    Steer::Straight,
    Steer::Straight,
];
/// The actions of [`ActionSet::DriftLatch`] that begin and end a drift.
const LATCH: (i64, i64) = (3, 4);

/// How far a stick may go to each side.
const STICK_REACHES: RangeInclusive<u8> = 1..=i8::MAX as u8;
/// Classes of each component of [`ActionSet::Pad`].
const PAD_CLASSES: [u32; 3] = [1 << u16::BITS, 1 << u8::BITS, 1 << u8::BITS];

fn no_actions() -> Error {
    Error::setting("actions", "at least one button or choice", "none")
}

impl<B: Button> ActionSet<B> {
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
            Self::Keymask => one_of(B::KEYMASKS as usize),
            Self::DriftLatch => one_of(LATCHED.len()),
            Self::Choice(choices) => one_of(choices.len()),
            Self::Driving => {
                let classes = DrivingAction::COMPONENTS.map(|count| count as u32);
                let space = MultiDiscrete::new(classes.to_vec());
                space.map(ActionSpace::Choices).map_err(|_| no_actions())
            }
            Self::Pad => {
                let space = MultiDiscrete::new(PAD_CLASSES.to_vec());
                space.map(ActionSpace::Choices).map_err(|_| no_actions())
            }
            Self::Stick { reach, buttons } => {
                let setting = |expected, found: String| Error::setting("actions", expected, found);
                if B::stick([0, 0]).is_none() {
                    let found = "a console without one".to_owned();
                    return Err(setting("a console with a stick", found));
                }
                if !STICK_REACHES.contains(reach) {
                    return Err(setting("a stick's reach of 1 to 127", reach.to_string()));
                }
                let mut classes = vec![2 * u32::from(*reach) + 1; 2];
                classes.extend(buttons.iter().map(|_| 2));
                let space = MultiDiscrete::new(classes);
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
pub struct Controller<B> {
    set: ActionSet<B>,
    space: ActionSpace,
    /// Whether the drift button is held, between the actions that begin and end a drift.
    drifting: bool,
}

impl<B: Button> Controller<B> {
    /// A controller for the actions of `set`.
    ///
    /// # Errors
    /// As [`ActionSet::space`].
    pub fn new(set: &ActionSet<B>) -> Result<Self> {
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

    /// The pad that `action` holds.
    ///
    /// # Errors
    /// [`Error::Action`] for one outside the space.
    pub fn press(&mut self, action: &RaceAction) -> Result<B::Pad> {
        if !self.space.contains(action) {
            return Err(self.refusal(action));
        }
        Ok(match (&self.set, action) {
            (ActionSet::Keymask, RaceAction::Index(mask)) => B::of_bits(*mask as u16, [0, 0]),
            (ActionSet::DriftLatch, RaceAction::Index(index)) => self.latch(*index),
            (ActionSet::Choice(choices), RaceAction::Index(index)) => {
                B::held(choices[*index as usize].iter().copied())
            }
            (ActionSet::Buttons(buttons), RaceAction::Buttons(pressed)) => {
                let pressed = buttons.iter().zip(pressed).filter(|(_, pressed)| **pressed);
                B::held(pressed.map(|(button, _)| *button))
            }
            (ActionSet::Stick { reach, buttons }, RaceAction::Choices(choices)) => {
                let (stick, pressed) = choices.split_at(2);
                let at = |class: u32| (class as i32 - i32::from(*reach)) as i8;
                let stick = B::stick([at(stick[0]), at(stick[1])]);
                let pressed = buttons.iter().zip(pressed).filter(|(_, held)| **held == 1);
                B::held(stick.into_iter().chain(pressed.map(|(button, _)| *button)))
            }
            (ActionSet::Pad, RaceAction::Choices(choices)) => {
                let at = |class: u32| (class as i32 + i32::from(i8::MIN)) as i8;
                B::of_bits(choices[0] as u16, [at(choices[1]), at(choices[2])])
            }
            (_, RaceAction::Choices(choices)) => {
                let mut components = [0; DrivingAction::COMPONENTS.len()];
                for (component, class) in components.iter_mut().zip(choices) {
                    *component = *class as usize;
                }
                let driving = DrivingAction::from_components(components);
                B::driving(driving.ok_or_else(|| self.refusal(action))?)
            }
            _ => return Err(self.refusal(action)),
        })
    }

    fn refusal(&self, action: &RaceAction) -> Error {
        Error::Action {
            expected: format!("{:?}", self.space),
            found: format!("{action:?}"),
        }
    }

    fn latch(&mut self, index: i64) -> B::Pad {
        let (begin, end) = LATCH;
        self.drifting = (self.drifting || index == begin) && index != end;
        B::driving(DrivingAction {
            accelerate: true,
            drift: self.drifting,
            steer: LATCHED[index as usize],
            ..DrivingAction::default()
        })
    }
}
