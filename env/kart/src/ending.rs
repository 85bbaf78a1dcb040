//! When an episode ends: events, combined by `any` and `all`.

use serde::{Deserialize, Serialize};

use crate::{Error, Result, facts::Facts, moment::Moment};

/// An event that ends an episode. In configurations, `"race_end"` or `{ stuck = { frames = 600 } }`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Ending {
    /// No event.
    #[default]
    Never,
    /// One of several.
    Any(Vec<Ending>),
    /// Several in the same frame.
    All(Vec<Ending>),
    /// All laps were driven.
    RaceEnd,
    /// A lap was driven.
    LapEnd,
    /// A wall is touched, or the road's edge is nearer than `distance` on the left, right or ahead.
    Collision {
        /// Units; 0 for walls touched alone.
        #[serde(default)]
        distance: f32,
    },
    /// Slower than a share of the top speed for some frames after the start.
    SlowSpeed {
        /// The share.
        below: f32,
        /// Frames in a row.
        #[serde(default = "second")]
        frames: u32,
    },
    /// Driving against the course for some frames.
    WrongWay {
        /// Frames in a row.
        #[serde(default = "second")]
        frames: u32,
    },
    /// The best progress so far has hardly grown for some frames after the start.
    Stuck {
        /// Frames.
        frames: u32,
        /// What counts as growing: a share of the race.
        #[serde(default = "little")]
        progress: f32,
    },
    /// So many steps were taken.
    Steps(u32),
    /// So many milliseconds of the race have passed.
    Time(u32),
    /// The movie that the race is played from is over.
    MovieEnd,
    /// The kart fell off the course and is put back.
    OffCourse,
    /// The race is in the frame `frame` after its start, or later.
    RaceStart {
        /// Frames after the start; negative before it.
        #[serde(default)]
        offset: i32,
    },
}

const fn second() -> u32 {
    60
}

const fn little() -> f32 {
    0.002
}

impl Ending {
    /// No progress of 1/500 of the race within ten seconds.
    pub const fn stuck() -> Self {
        Self::Stuck {
            frames: 600,
            progress: little(),
        }
    }

    /// Its name in infos.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Any(_) => "any",
            Self::All(_) => "all",
            Self::RaceEnd => "race_end",
            Self::LapEnd => "lap_end",
            Self::Collision { .. } => "collision",
            Self::SlowSpeed { .. } => "slow_speed",
            Self::WrongWay { .. } => "wrong_way",
            Self::Stuck { .. } => "stuck",
            Self::Steps(_) => "steps",
            Self::Time(_) => "time",
            Self::MovieEnd => "movie_end",
            Self::OffCourse => "off_course",
            Self::RaceStart { .. } => "race_start",
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Setting`] for counts of 0 and numbers that are not finite.
    pub fn check(&self) -> Result<()> {
        let fine = match self {
            Self::Any(parts) | Self::All(parts) => return parts.iter().try_for_each(Self::check),
            Self::Collision { distance } => *distance >= 0.0 && distance.is_finite(),
            Self::SlowSpeed { below, frames } => below.is_finite() && *frames > 0,
            Self::WrongWay { frames } => *frames > 0,
            Self::Stuck { frames, progress } => *frames > 0 && *progress >= 0.0,
            Self::Steps(count) | Self::Time(count) => *count > 0,
            _ => true,
        };
        if fine {
            return Ok(());
        }
        Err(Error::setting(
            "terminate or truncate",
            "counts above 0 and finite numbers",
            format!("{self:?}"),
        ))
    }
}

/// What an ending depends on besides the frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Circumstances {
    /// Steps of the episode, this one included.
    pub steps: u32,
    /// The movie that was to be played is over.
    pub movie_over: bool,
}

/// Detects an ending, frame by frame.
#[derive(Clone, Debug)]
pub struct EndDetector {
    ending: Ending,
    parts: Vec<EndDetector>,
    /// Frames in a row so far, for endings with a duration.
    frames: u32,
    /// The best progress that a stuck kart is measured by, and its frame.
    best: Option<(f32, i64)>,
}

impl EndDetector {
    /// A detector for `ending`.
    ///
    /// # Errors
    /// As [`Ending::check`].
    pub fn new(ending: &Ending) -> Result<Self> {
        ending.check()?;
        Ok(Self::of(ending))
    }

    fn of(ending: &Ending) -> Self {
        let parts = match ending {
            Ending::Any(parts) | Ending::All(parts) => parts.iter().map(Self::of).collect(),
            _ => Vec::new(),
        };
        Self {
            ending: ending.clone(),
            parts,
            frames: 0,
            best: None,
        }
    }

    /// An episode begins.
    pub fn reset(&mut self) {
        (self.frames, self.best) = (0, None);
        self.parts.iter_mut().for_each(Self::reset);
    }

    /// The event that ends the episode in this frame, which came after `before`, if one does.
    pub fn update(
        &mut self,
        moment: &Moment<'_>,
        before: &Facts,
        circumstances: Circumstances,
    ) -> Option<&'static str> {
        let now = &moment.now;
        let happens = match self.ending {
            Ending::Never => false,
            // Every part is updated with every frame: parts that count frames must not miss any.
            Ending::Any(_) => {
                let mut first = None;
                for part in &mut self.parts {
                    first = first.or(part.update(moment, before, circumstances));
                }
                return first;
            }
            Ending::All(_) => {
                let mut all = !self.parts.is_empty();
                for part in &mut self.parts {
                    all &= part.update(moment, before, circumstances).is_some();
                }
                all
            }
            Ending::RaceEnd => now.is_finished(),
            Ending::LapEnd => now.lap > before.lap && before.lap >= 0 || now.is_finished(),
            Ending::Collision { distance } => {
                now.wall_contact || distance > 0.0 && moment.edges().nearest() < distance
            }
            Ending::SlowSpeed { below, frames } => {
                self.lasts(now.since_start >= 0 && now.speed_fraction() < below, frames)
            }
            Ending::WrongWay { frames } => self.lasts(moment.is_wrong_way(), frames),
            Ending::Stuck { frames, progress } => self.is_stuck(now, frames, progress),
            Ending::Steps(count) => circumstances.steps >= count,
            Ending::Time(milliseconds) => now.total_ms >= milliseconds,
            Ending::MovieEnd => circumstances.movie_over,
            Ending::OffCourse => now.respawning,
            Ending::RaceStart { offset } => now.since_start >= i64::from(offset),
        };
        happens.then(|| self.ending.name())
    }

    /// The same while there is no race, when only counts of steps and the movie's end can end an episode.
    pub fn update_without_race(&self, circumstances: Circumstances) -> Option<&'static str> {
        let happens = match &self.ending {
            Ending::Any(_) => {
                return self
                    .parts
                    .iter()
                    .find_map(|part| part.update_without_race(circumstances));
            }
            Ending::All(_) => {
                !self.parts.is_empty()
                    && self
                        .parts
                        .iter()
                        .all(|part| part.update_without_race(circumstances).is_some())
            }
            Ending::Steps(count) => circumstances.steps >= *count,
            Ending::MovieEnd => circumstances.movie_over,
            _ => false,
        };
        happens.then(|| self.ending.name())
    }

    fn lasts(&mut self, holds: bool, frames: u32) -> bool {
        self.frames = if holds { self.frames + 1 } else { 0 };
        self.frames >= frames
    }

    fn is_stuck(&mut self, now: &Facts, frames: u32, progress: f32) -> bool {
        let (best, since) = *self
            .best
            .get_or_insert((now.race_progress, now.since_start));
        // There is no progress before the start.
        if now.race_progress >= best + progress || now.since_start < 0 {
            self.best = Some((now.race_progress, now.since_start));
            return false;
        }
        now.since_start - since >= i64::from(frames)
    }
}
