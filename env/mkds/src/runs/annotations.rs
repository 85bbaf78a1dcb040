//! The comments about a movie's race, collected while the movie is recorded.

use mkds_memory::Race;
use nds_formats::dsm::Movie;

use super::{
    checks::{Checks, race_digest},
    comments::{RaceComment, SOURCE_COMMENT, start_frame},
    outcome::RaceOutcome,
};
use crate::{Result, menus};

/// Notes on the races of a run that is played, rewound and played on.
///
/// A movie's comments describe one race: the last of the run. It may have been running already when the run began.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    races: Vec<RaceNotes>,
}

/// A race, from the frame in which it was first seen.
#[derive(Clone, Debug)]
struct RaceNotes {
    comment: RaceComment,
    /// Digests of the frames after the one in which the race was first seen.
    checks: Checks,
    /// The race's own counter in those frames.
    counters: Vec<u32>,
    /// The movie's frame in which it was first seen, and the race's counter then.
    first: (u64, u32),
    /// The movie's frame in which it finished, and the time it took in milliseconds.
    finish: Option<(u64, u32)>,
    /// The movie's frame in which the race was no longer in RAM.
    ended: Option<u64>,
}

impl RaceNotes {
    fn last_counter(&self) -> u32 {
        self.counters.last().copied().unwrap_or(self.first.1)
    }
}

impl Annotations {
    /// Records the frame with index `frame`, counted from 0, which was just played and led to `race`. The caller passes
    /// each frame once, in order.
    ///
    /// # Errors
    /// The race has no player, or the pointer to the player is outside RAM.
    pub fn see(&mut self, frame: u64, race: Option<&Race<'_>>) -> Result<()> {
        let current = self.races.last_mut().filter(|notes| notes.ended.is_none());
        let Some(race) = race else {
            if let Some(notes) = current {
                notes.ended = Some(frame);
            }
            return Ok(());
        };
        let counter = race.state().frame_counter();
        if let Some(notes) = current {
            if counter >= notes.last_counter() {
                notes.checks.push(race_digest(race)?);
                notes.counters.push(counter);
                let outcome = RaceOutcome::of(race)?;
                if outcome.finished && notes.finish.is_none() {
                    notes.finish = Some((frame, outcome.total_ms));
                }
                return Ok(());
            }
            notes.ended = Some(frame);
        }
        // A race whose counter continues that of the last race is the same race, which was missing from RAM for some frames.
        let counted = self.races.last().map(RaceNotes::last_counter);
        if counted.is_some_and(|counted| counter >= counted) {
            return Ok(());
        }
        if let Some(combo) = menus::combo(race) {
            self.races.push(RaceNotes {
                comment: RaceComment {
                    combo,
                    start_frame: start_frame(frame + 1, counter),
                    total_ms: None,
                },
                checks: Checks::starting_at(frame + 1),
                counters: Vec::new(),
                first: (frame, counter),
                finish: None,
                ended: None,
            });
        }
        Ok(())
    }

    /// Discards the notes from the frame `frames` on: the run was rewound to so many frames.
    pub fn truncate(&mut self, frames: u64) {
        self.races.retain(|notes| notes.first.0 < frames);
        if let Some(notes) = self.races.last_mut() {
            let kept = usize::try_from(frames - notes.first.0 - 1).unwrap_or(usize::MAX);
            notes.checks.truncate(kept);
            notes.counters.truncate(kept);
            notes.finish = notes.finish.filter(|(frame, _)| *frame < frames);
            notes.ended = notes.ended.filter(|frame| *frame < frames);
        }
    }

    /// The comment on the last race; `None` without a race.
    #[must_use]
    pub fn race(&self) -> Option<RaceComment> {
        self.races.last().map(|notes| RaceComment {
            total_ms: notes.finish.map(|(_, total_ms)| total_ms),
            ..notes.comment
        })
    }

    /// Adds the comments to `movie`, replacing those of an earlier recording.
    pub fn write_to(&self, movie: &mut Movie) {
        movie.header.remove_comments(|text| {
            RaceComment::is_one(text) || Checks::are_in(text) || text.starts_with(SOURCE_COMMENT)
        });
        let (Some(notes), Some(comment)) = (self.races.last(), self.race()) else {
            return;
        };
        // The race is in the run's last frame only: with a comment but no checks the movie would count as incomplete.
        if notes.checks.is_empty() {
            return;
        }
        movie.header.add_comment(&comment.to_text());
        for text in notes.checks.comments() {
            movie.header.add_comment(&text);
        }
    }
}
