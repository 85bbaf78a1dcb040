//! The errors of calls.

/// Why a [`VectorEnv`](super::VectorEnv) refused a call. No environment was stepped or reset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VectorError {
    /// The number of actions, seeds, marks or environments is wrong.
    #[error("{what}: expected {expected}, found {found}")]
    Count {
        /// What was counted, in plural.
        what: &'static str,
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// There is no such environment.
    #[error("environment {index}: expected one below {count}")]
    NoSuch {
        /// The number.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// An action is outside the action space.
    #[error("environment {index}, action: expected one of {space}, found {action}")]
    Action {
        /// The environment.
        index: usize,
        /// The action space.
        space: String,
        /// The action.
        action: String,
    },
    /// The environment's episode is over, or has not begun.
    #[error("environment {index}: step without a running episode, reset it first")]
    NeedsReset {
        /// The environment.
        index: usize,
    },
    /// The environment has an action or reset that was sent and whose result was not received.
    #[error(
        "environment {index}: expected no pending step or reset, found one: receive its result first"
    )]
    Busy {
        /// The environment.
        index: usize,
    },
    /// An environment could not be made when the vector environment was made.
    #[error("environment {index} cannot be made: {reason}")]
    Make {
        /// The environment.
        index: usize,
        /// Why.
        reason: String,
    },
    /// A deadline without worker threads.
    #[error("a deadline needs worker threads: expected at least 1, found 0")]
    NoThreads,
}
