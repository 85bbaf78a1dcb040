//! What a movie's comments say of its race, taken down while somebody plays.

use mkds_memory::Race;
use nds_formats::dsm::Movie;

use crate::{
    Result,
    checks::Checks,
    ghost_movie, menus,
    race_movie::{self, RaceComment},
    replay::{ReplayOutcome, race_digest},
};

/// Notes on the races of a run that is played forwards, cut back and played on.
///
/// A movie tells of one race: of the last that the run has. It may have been running already when the run began.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    races: Vec<Noted>,
}

/// A race, from the frame in which it was first seen.
#[derive(Clone, Debug)]
struct Noted {
    comment: RaceComment,
    /// Digests of the frames after the one in which the race was first seen.
    checks: Checks,
    /// The race's own counter in those frames.
    counters: Vec<u32>,
    /// The movie's frame in which it was first seen, and the race's counter then.
    first: (u64, u32),
    /// The movie's frame in which it finished, and the time it took in milliseconds.
    finish: Option<(u64, u32)>,
    /// The movie's frame in which it was gone.
    gone: Option<u64>,
}

impl Noted {
    fn last_counter(&self) -> u32 {
        self.counters.last().copied().unwrap_or(self.first.1)
    }
}

impl Annotations {
    /// Takes down the frame with index `frame`, counted from 0, which was just played and led to `race`. Each frame is
    /// shown once, in order.
    ///
    /// # Errors
    /// The race has no player, or the player lies outside RAM.
    pub fn see(&mut self, frame: u64, race: Option<&Race<'_>>) -> Result<()> {
        let current = self.races.last_mut().filter(|noted| noted.gone.is_none());
        let Some(race) = race else {
            if let Some(noted) = current {
                noted.gone = Some(frame);
            }
            return Ok(());
        };
        let counter = race.state().frame_counter();
        if let Some(noted) = current {
            if counter >= noted.last_counter() {
                noted.checks.push(race_digest(race)?);
                noted.counters.push(counter);
                let outcome = ReplayOutcome::of(race)?;
                if outcome.finished && noted.finish.is_none() {
                    noted.finish = Some((frame, outcome.total_ms));
                }
                return Ok(());
            }
            noted.gone = Some(frame);
        }
        // A race that counts on from where the last one was seen is that one, out of sight for a while.
        let counted = self.races.last().map(Noted::last_counter);
        if counted.is_some_and(|counted| counter >= counted) {
            return Ok(());
        }
        if let Some(combo) = menus::combo(race) {
            self.races.push(Noted {
                comment: RaceComment {
                    combo,
                    start_frame: race_movie::start_frame(frame + 1, counter),
                    total_ms: None,
                },
                checks: Checks::starting_at(frame + 1),
                counters: Vec::new(),
                first: (frame, counter),
                finish: None,
                gone: None,
            });
        }
        Ok(())
    }

    /// Forgets all from the frame `frames` on: the run was cut back to so many frames.
    pub fn truncate(&mut self, frames: u64) {
        self.races.retain(|noted| noted.first.0 < frames);
        if let Some(noted) = self.races.last_mut() {
            let kept = usize::try_from(frames - noted.first.0 - 1).unwrap_or(usize::MAX);
            noted.checks.truncate(kept);
            noted.counters.truncate(kept);
            noted.finish = noted.finish.filter(|(frame, _)| *frame < frames);
            noted.gone = noted.gone.filter(|frame| *frame < frames);
        }
    }

    /// What there is to say of the last race; `None` without one.
    #[must_use]
    pub fn race(&self) -> Option<RaceComment> {
        self.races.last().map(|noted| RaceComment {
            total_ms: noted.finish.map(|(_, total_ms)| total_ms),
            ..noted.comment
        })
    }

    /// Adds the comments to `movie`, in the place of those of an earlier recording.
    pub fn write_to(&self, movie: &mut Movie) {
        movie.header.remove_comments(|text| {
            RaceComment::is_one(text)
                || Checks::are_in(text)
                || text.starts_with(ghost_movie::SOURCE_COMMENT)
        });
        let (Some(noted), Some(comment)) = (self.races.last(), self.race()) else {
            return;
        };
        // Seen in the run's last frame alone: a comment without checks would say that they are missing.
        if noted.checks.is_empty() {
            return;
        }
        movie.header.add_comment(&comment.to_text());
        for text in noted.checks.comments() {
            movie.header.add_comment(&text);
        }
    }
}
