//! The comments about a movie's race, collected while the movie is recorded.

use formats::comments::Comments;

use super::{
    MachineOf, MovieOf, RunGame, RunResult,
    checks::Checks,
    comments::{RaceComment, SOURCE_COMMENT, is_of_race, start_frame},
    nothing_held,
    outcome::RaceOutcome,
};
use crate::driver::race_frame;

/// Notes on the races of a run that is played, rewound and played on.
///
/// A movie's comments describe one race: the last of the run. It may have been running already when the run began.
#[derive(Clone, Debug)]
pub struct Annotations<G: RunGame> {
    races: Vec<RaceNotes<G>>,
}

impl<G: RunGame> Default for Annotations<G> {
    fn default() -> Self {
        Self { races: Vec::new() }
    }
}

/// A race, from the frame in which it was first seen.
#[derive(Clone, Debug)]
struct RaceNotes<G: RunGame> {
    comment: RaceComment<G>,
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

impl<G: RunGame> RaceNotes<G> {
    fn last_counter(&self) -> u32 {
        self.counters.last().copied().unwrap_or(self.first.1)
    }
}

impl<G: RunGame> Annotations<G> {
    /// Records the frame with index `frame`, counted from 0, which `machine` has just played. The caller passes each
    /// frame once, in order.
    ///
    /// # Errors
    /// The race in RAM is malformed.
    pub fn see(&mut self, frame: u64, machine: &MachineOf<G>) -> RunResult<(), G> {
        let current = self.races.last_mut().filter(|notes| notes.ended.is_none());
        let facts = match G::has_race(machine) {
            true => G::facts(machine, nothing_held::<G>())?,
            false => None,
        };
        let Some(facts) = facts else {
            if let Some(notes) = current {
                notes.ended = Some(frame);
            }
            return Ok(());
        };
        let counter = race_frame::<G>(&facts);
        if let Some(notes) = current {
            if counter >= notes.last_counter() {
                if let Some(digest) = G::digest(machine)? {
                    notes.checks.push(digest);
                    notes.counters.push(counter);
                }
                let outcome = RaceOutcome::of(&facts);
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
        if let Some(combo) = G::combo(machine)? {
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
    pub fn race(&self) -> Option<RaceComment<G>> {
        self.races.last().map(|notes| RaceComment {
            total_ms: notes.finish.map(|(_, total_ms)| total_ms),
            ..notes.comment
        })
    }

    /// Adds the comments to `movie`, replacing those of an earlier recording.
    pub fn write_to(&self, movie: &mut MovieOf<G>) {
        movie.remove_comments(|text| {
            is_of_race(text) || Checks::are_in(text) || text.starts_with(SOURCE_COMMENT)
        });
        let (Some(notes), Some(comment)) = (self.races.last(), self.race()) else {
            return;
        };
        // The race is in the run's last frame only: with a comment but no checks the movie would count as incomplete.
        if notes.checks.is_empty() {
            return;
        }
        movie.add_comment(&comment.to_text());
        for text in notes.checks.comments() {
            movie.add_comment(&text);
        }
    }
}
