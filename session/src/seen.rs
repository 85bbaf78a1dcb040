//! What is known of a run: its notes and its events, by frame.

use crate::game::{Game, Mark};
use crate::{Error, Result};

/// Something that happened in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening<E> {
    /// The frame in which it happened, counted from 0, as the command line counts the frames of movies.
    pub frame: u64,
    /// What.
    pub event: E,
}

/// What was seen of the first frames of a run.
#[derive(Clone, Debug)]
pub(crate) struct Seen<G: Game> {
    /// How many frames.
    pub(crate) frames: u64,
    pub(crate) notes: G::Notes,
    pub(crate) happenings: Vec<Happening<G::Event>>,
}

impl<G: Game> Default for Seen<G> {
    fn default() -> Self {
        Self {
            frames: 0,
            notes: G::Notes::default(),
            happenings: Vec::new(),
        }
    }
}

impl<G: Game> Seen<G> {
    /// Records the next frame, which `machine` is in, with its events.
    pub(crate) fn record(&mut self, machine: &G::Machine, events: &[G::Event]) -> Result<()> {
        let frame = self.frames;
        self.frames += 1;
        let events = events.iter().cloned();
        self.happenings
            .extend(events.map(|event| Happening { frame, event }));
        G::note(&mut self.notes, frame, machine).map_err(Error::game)
    }

    /// Forgets all but the first `frames` frames.
    pub(crate) fn truncate(&mut self, frames: u64) {
        if frames < self.frames {
            self.frames = frames;
            G::forget(&mut self.notes, frames);
            let kept = self.happenings.partition_point(|it| it.frame < frames);
            self.happenings.truncate(kept);
        }
    }

    /// How many frames lead to the race; `None` without one.
    pub(crate) fn race(&self) -> Option<u64> {
        let start = G::race_start(&self.notes)?;
        Some(u64::try_from(start).unwrap_or(0))
    }

    /// The first place of a kind after `frames` frames, as the number of frames that lead there. The race is the same
    /// place wherever one comes from.
    pub(crate) fn next(&self, mark: Mark, frames: u64) -> Option<u64> {
        match mark {
            Mark::Race => self.race(),
            mark => self.places(mark).find(|place| *place > frames),
        }
    }

    /// The last place of a kind before.
    pub(crate) fn previous(&self, mark: Mark, frames: u64) -> Option<u64> {
        match mark {
            Mark::Race => self.race(),
            mark => self.places(mark).rfind(|place| *place < frames),
        }
    }

    /// Every place of a kind, as numbers of frames that lead there.
    pub(crate) fn places(&self, mark: Mark) -> impl DoubleEndedIterator<Item = u64> {
        let marked = self.happenings.iter();
        let marked = marked.filter(move |it| G::mark(&it.event) == Some(mark));
        marked.map(|it| it.frame + 1)
    }
}
