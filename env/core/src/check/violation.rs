//! What breaks the contract of an environment.

use crate::space::SpaceIssue;

/// A broken rule of the contract of [`Env`](crate::Env).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// A step before any reset succeeded.
    #[error("step before the first reset: expected an error, found a step")]
    StepBeforeReset,
    /// A step after the end of an episode succeeded.
    #[error("step {step}, after the end of the episode: expected an error, found a step")]
    StepAfterDone {
        /// The number of the step in its trajectory, from 1.
        step: usize,
    },
    /// A reset failed.
    #[error("reset ({when}): expected an observation, found the error: {error}")]
    ResetFailed {
        /// Which reset it was.
        when: &'static str,
        /// The environment's error.
        error: String,
    },
    /// A step within an episode failed.
    #[error("step {step}: expected an observation, found the error: {error}")]
    StepFailed {
        /// The number of the step in its trajectory, from 1.
        step: usize,
        /// The environment's error.
        error: String,
    },
    /// An observation is outside the observation space.
    #[error(
        "observation of step {step} (0: reset): expected one in the space, found {observation}"
    )]
    ObservationOutside {
        /// The number of the step in its trajectory; 0 is the reset.
        step: usize,
        /// The observation, shortened.
        observation: String,
    },
    /// A reward is infinite or not a number.
    #[error("reward of step {step}: expected a finite number, found {reward}")]
    RewardNotFinite {
        /// The number of the step in its trajectory, from 1.
        step: usize,
        /// The reward.
        reward: f64,
    },
    /// Two resets with one seed, followed by the same actions, gave different results.
    #[error(
        "{what} of step {step} (0: reset): expected the same with the same seed, found {first}, then {second}"
    )]
    NotRepeatable {
        /// The number of the first step that differs; 0 is the reset.
        step: usize,
        /// What differs.
        what: &'static str,
        /// The value in the first trajectory, shortened.
        first: String,
        /// The value in the second, shortened.
        second: String,
    },
    /// A space draws samples that it does not contain.
    #[error("{space} space: expected a sample inside it, found {sample}")]
    SampleOutside {
        /// `observation` or `action`.
        space: &'static str,
        /// The sample, shortened.
        sample: String,
    },
    /// A space draws different samples for one seed.
    #[error("{space} space: expected the same sample with the same seed")]
    SampleNotRepeatable {
        /// `observation` or `action`.
        space: &'static str,
    },
    /// A space is not the same after an episode.
    #[error("{space} space: expected the same before and after an episode")]
    SpaceChanged {
        /// `observation` or `action`.
        space: &'static str,
    },
    /// The elements of a space are empty.
    #[error("{space} space: {issue}")]
    SpaceEmpty {
        /// `observation` or `action`.
        space: &'static str,
        /// Which part of the space, and what is wrong with it.
        issue: SpaceIssue,
    },
    /// The first step after a reset was truncated.
    #[error("step 1: expected an episode of more than one step, found it truncated")]
    TruncatedAtOnce,
    /// Resets with different seeds start differently, but resets without a seed always start the same: the environment
    /// seeds itself.
    #[error(
        "{resets} resets without a seed: expected starts as different as those of different seeds, found {observation} every time"
    )]
    UnseededStartsAlike {
        /// How many resets after each of two seeds.
        resets: usize,
        /// The start after the first seed, shortened.
        observation: String,
    },
    /// Drawing failed within an episode.
    #[error("render: expected a picture or none, found the error: {error}")]
    RenderFailed {
        /// The environment's error.
        error: String,
    },
    /// A picture's bytes do not fit its size.
    #[error("render: expected {expected} bytes for {width} x {height} pixels, found {found}")]
    RenderSize {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// `width * height * 4`.
        expected: usize,
        /// The bytes there are.
        found: usize,
    },
    /// A picture has no pixels.
    #[error("render: expected pixels, found {width} x {height}")]
    RenderEmpty {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// Closing failed.
    #[error("close, time {time}: expected success, found the error: {error}")]
    CloseFailed {
        /// 1, or 2 where closing again failed.
        time: u8,
        /// The environment's error.
        error: String,
    },
}
