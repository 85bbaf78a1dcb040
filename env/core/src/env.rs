//! The environment trait.

use std::fmt::Debug;

use crate::space::Space;

/// What one step of an environment leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<Obs, Info> {
    /// The observation after the step, also after the last step of an episode.
    pub observation: Obs,
    /// The reward of this step; finite.
    pub reward: f64,
    /// A terminal state of the task was reached: there is no future to estimate a value for.
    pub terminated: bool,
    /// The episode was ended from outside the task, as by a time limit: the value of the last
    /// observation still counts.
    pub truncated: bool,
    /// Information for diagnosis, which is no input to a policy.
    pub info: Info,
}

impl<Obs, Info> Step<Obs, Info> {
    /// A step within an episode.
    pub const fn new(observation: Obs, reward: f64, info: Info) -> Self {
        Self {
            observation,
            reward,
            terminated: false,
            truncated: false,
            info,
        }
    }

    /// The same step, which reached a terminal state or did not.
    pub fn terminated(self, terminated: bool) -> Self {
        Self { terminated, ..self }
    }

    /// The same step, which ended the episode from outside or did not.
    pub fn truncated(self, truncated: bool) -> Self {
        Self { truncated, ..self }
    }

    /// Whether the episode is over and [`Env::reset`] must come next.
    pub const fn is_done(&self) -> bool {
        self.terminated || self.truncated
    }
}

/// A picture of an environment: 8-bit RGBA, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderFrame {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

/// A task that an agent acts in, step by step.
///
/// [`check`](crate::check()) tests the contract below on a given environment.
pub trait Env {
    /// The type of observations.
    type Obs: Clone + PartialEq + Debug;
    /// The type of actions.
    type Action: Clone + PartialEq + Debug;
    /// Additional information that a step or reset returns.
    type Info;
    /// Options of a reset; `Default` is the usual start.
    type Options: Default;
    /// Why a reset or step failed.
    type Error: std::error::Error;
    /// The space all observations lie in.
    type ObservationSpace: Space<Element = Self::Obs>;
    /// The space all actions lie in.
    type ActionSpace: Space<Element = Self::Action>;

    /// The space of observations, the same for the environment's whole life.
    fn observation_space(&self) -> &Self::ObservationSpace;

    /// The space of actions, the same for the environment's whole life.
    fn action_space(&self) -> &Self::ActionSpace;

    /// Starts an episode, also in the middle of another, and returns its first observation.
    ///
    /// With a seed, everything random from here on depends on the seed, the options and the
    /// actions alone, and not on earlier episodes. Without a seed, the random generator continues
    /// from its state: later episodes differ from the first, but repeat when the first is
    /// reset with the same seed.
    ///
    /// # Errors
    /// If no episode can be started; the next reset may succeed.
    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error>;

    /// Acts once.
    ///
    /// # Errors
    /// Before the first reset, and after a step that was terminated or truncated until the next
    /// one; and if the environment itself fails.
    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error>;

    /// The picture of the current state; `None` where there is none. It changes nothing that later
    /// steps depend on.
    ///
    /// # Errors
    /// If drawing fails.
    fn render(&mut self) -> Result<Option<RenderFrame>, Self::Error> {
        Ok(None)
    }

    /// Releases resources early. Closing again does nothing.
    ///
    /// # Errors
    /// If something could not be finished, such as a recording.
    fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
