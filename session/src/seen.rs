//! What is known of a run: its race and its events, by frame.

use env_mkds::runs::annotations::Annotations;
use mkds_memory::Race;
use mkds_memory::events::{Event, EventKind};

use crate::Result;

/// Something that happened in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The frame in which it happened, counted from 0, as the command line counts the frames of movies.
    pub frame: u64,
    /// What.
    pub event: Event,
}

/// A kind of place that a run can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The first frame of the last race.
    Race,
    /// The player has driven a lap.
    Lap,
    /// The player has entered a checkpoint.
    Checkpoint,
}

impl Mark {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Race => "race",
            Self::Lap => "lap",
            Self::Checkpoint => "checkpoint",
        }
    }
}

impl Happening {
    /// The kind of place that the frame is by this; `None` for most of what happens, and what happens to others.
    #[must_use]
    pub fn mark(&self) -> Option<Mark> {
        match self.event.kind {
            _ if self.event.driver != Some(0) => None,
            EventKind::Lap { .. } => Some(Mark::Lap),
            EventKind::Checkpoint { .. } => Some(Mark::Checkpoint),
            _ => None,
        }
    }
}

/// What was seen of the first frames of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// How many frames.
    pub(crate) frames: u64,
    pub(crate) annotations: Annotations,
    pub(crate) happenings: Vec<Happening>,
}

impl Seen {
    /// Takes down the next frame, which led to `race` by `events`.
    pub(crate) fn see(&mut self, race: Option<&Race<'_>>, events: &[Event]) -> Result<()> {
        let frame = self.frames;
        self.frames += 1;
        let events = events.iter().copied();
        self.happenings
            .extend(events.map(|event| Happening { frame, event }));
        Ok(self.annotations.see(frame, race)?)
    }

    /// Forgets all but the first `frames` frames.
    pub(crate) fn truncate(&mut self, frames: u64) {
        if frames < self.frames {
            self.frames = frames;
            self.annotations.truncate(frames);
            let kept = self.happenings.partition_point(|it| it.frame < frames);
            self.happenings.truncate(kept);
        }
    }

    /// The first place of a kind after `frames` frames, as the number of frames that lead there. The race is the same
    /// place wherever one comes from.
    pub(crate) fn next(&self, mark: Mark, frames: u64) -> Option<u64> {
        match mark {
            Mark::Race => Some(self.annotations.race()?.first_frame()),
            mark => self.places(mark).find(|place| *place > frames),
        }
    }

    /// The last place of a kind before.
    pub(crate) fn previous(&self, mark: Mark, frames: u64) -> Option<u64> {
        match mark {
            Mark::Race => self.next(mark, frames),
            mark => self.places(mark).rfind(|place| *place < frames),
        }
    }

    fn places(&self, mark: Mark) -> impl DoubleEndedIterator<Item = u64> {
        let marked = self.happenings.iter();
        let marked = marked.filter(move |it| it.mark() == Some(mark));
        marked.map(|it| it.frame + 1)
    }
}
