//! The environment trait.

use std::fmt::Debug;

use crate::space::Space;

/// What one step of an environment leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step<Obs, Info> {
    /// What is seen after the step, the last one of an episode included.
    pub observation: Obs,
    /// The reward of this step; finite.
    pub reward: f64,
    /// A terminal state of the task was reached: there is no future to estimate a value for.
    pub terminated: bool,
    /// The episode was ended from outside the task, as by a time limit: the value of the last
    /// observation still counts.
    pub truncated: bool,
    /// What helps to understand the step but is no input to a policy.
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
    /// What an agent sees.
    type Obs: Clone + PartialEq + Debug;
    /// What an agent does.
    type Action: Clone + PartialEq + Debug;
    /// What a step or reset tells besides.
    type Info;
    /// What a reset can be asked for; `Default` is the usual start.
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

    /// Starts an episode, also in the middle of another, and gives its first observation.
    ///
    /// With a seed, everything random from here on depends on the seed, the options and the
    /// actions alone, whatever came before. Without one, randomness goes on where it was: later
    /// episodes differ from the first, but repeat with its seed.
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

    /// Gives resources back early. Closing again does nothing.
    ///
    /// # Errors
    /// If something could not be finished, such as a recording.
    fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}
