//! How a race ended.

use std::fmt;

use mkds_memory::{Race, race::RaceTime};
use nds_formats::fx::Fx32;

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
    /// The state of the player's race, without an expected time.
    ///
    /// # Errors
    /// The pointer to the player's status is outside RAM.
    pub fn of(race: &Race<'_>) -> mkds_memory::Result<Self> {
        let status = race.driver_status(0)?;
        Ok(Self {
            finished: status.race_progress() >= Fx32::ONE,
            total_ms: status.total_milliseconds(),
            expected_ms: None,
        })
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
    /// [`NotFinished`] when it does not.
    pub fn require_match(self) -> Result<Self, NotFinished> {
        if self.matches() {
            Ok(self)
        } else {
            Err(NotFinished(self))
        }
    }
}

/// The race did not finish in its ghost's time.
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

/// Milliseconds of the laps driven so far, in order.
///
/// # Errors
/// The pointer to the player's status is outside RAM.
pub fn lap_times_ms(race: &Race<'_>) -> mkds_memory::Result<Vec<u32>> {
    let laps = race
        .driver_status(0)?
        .lap_times()
        .map(RaceTime::total_milliseconds);
    Ok(laps.into_iter().take_while(|ms| *ms != 0).collect())
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

    pub(crate) fn update(&mut self, race: &Race<'_>) -> mkds_memory::Result<()> {
        if !self.outcome.finished {
            let now = RaceOutcome::of(race)?;
            self.outcome = RaceOutcome {
                expected_ms: self.outcome.expected_ms,
                ..now
            };
        }
        Ok(())
    }

    pub(crate) fn outcome(&self) -> RaceOutcome {
        self.outcome
    }
}
