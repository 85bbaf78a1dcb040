//! How a race ended.

use std::fmt;

use crate::{Result, facts::Facts};

/// Milliseconds a replayed total may differ from the recorded one: one frame, and rounding.
pub const TIME_TOLERANCE_MS: u32 = 18;

/// How the race of a movie ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RaceOutcome {
    /// All laps were driven.
    pub finished: bool,
    /// The race's total time in milliseconds, so far or at the finish.
    pub total_ms: u32,
    /// The recorded total time in milliseconds, when known.
    pub expected_ms: Option<u32>,
}

impl RaceOutcome {
    /// The state of the player's race in a frame, without an expected time.
    pub fn of(facts: &Facts) -> Self {
        Self {
            finished: facts.is_finished(),
            total_ms: facts.total_ms,
            expected_ms: None,
        }
    }

    /// Finished, and within [`TIME_TOLERANCE_MS`] of the recorded time.
    pub fn matches(&self) -> bool {
        self.finished
            && self
                .expected_ms
                .is_none_or(|ms| ms.abs_diff(self.total_ms) <= TIME_TOLERANCE_MS)
    }

    /// The outcome itself when it [`matches`](Self::matches).
    ///
    /// # Errors
    /// [`Error::NotFinished`](crate::Error::NotFinished) when it does not.
    pub fn require_match(self) -> Result<Self> {
        if self.matches() {
            Ok(self)
        } else {
            Err(NotFinished(self).into())
        }
    }
}

/// The race did not finish in the time that was recorded.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the ghost's inputs did not finish the race as recorded: {0}")]
pub struct NotFinished(pub RaceOutcome);

impl fmt::Display for RaceOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.expected_ms {
            Some(ms) => write!(f, "expected a finish after {ms} ms, found ")?,
            None => write!(f, "expected a finish, found ")?,
        }
        if self.finished {
            write!(f, "a finish after {} ms", self.total_ms)
        } else {
            write!(f, "no finish after {} ms", self.total_ms)
        }
    }
}

/// Follows a race frame by frame and keeps its outcome.
#[derive(Clone, Debug, Default)]
pub(crate) struct RaceWatch {
    outcome: RaceOutcome,
}

impl RaceWatch {
    pub(crate) fn expecting(expected_ms: Option<u32>) -> Self {
        Self {
            outcome: RaceOutcome {
                expected_ms,
                ..RaceOutcome::default()
            },
        }
    }

    pub(crate) fn update(&mut self, facts: &Facts) {
        if !self.outcome.finished {
            self.outcome = RaceOutcome {
                expected_ms: self.outcome.expected_ms,
                ..RaceOutcome::of(facts)
            };
        }
    }

    pub(crate) fn outcome(&self) -> RaceOutcome {
        self.outcome
    }
}
