//! The samples that a console has played and the caller has not taken yet.

use std::collections::VecDeque;

use crate::SAMPLE_RATE;

/// One second: a caller that takes no samples for longer does not need them.
const CAPACITY: usize = SAMPLE_RATE as usize;

/// The samples of an emulator: left and right.
#[derive(Default)]
pub(crate) struct Sound {
    on: bool,
    samples: VecDeque<[i16; 2]>,
}

impl Sound {
    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    /// Turns the sound on or off; turning it off discards all samples.
    pub(crate) fn turn(&mut self, on: bool) {
        self.on = on;
        if !on {
            self.samples = VecDeque::new();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.samples.clear();
    }

    /// Adds a frame's samples; discards the oldest above the capacity.
    pub(crate) fn push(&mut self, frame: &[[i16; 2]]) {
        let excess = (self.samples.len() + frame.len()).saturating_sub(CAPACITY);
        self.samples.drain(..excess.min(self.samples.len()));
        self.samples.extend(frame);
    }

    /// Moves everything to the end of `into`.
    pub(crate) fn take(&mut self, into: &mut Vec<[i16; 2]>) {
        into.extend(self.samples.drain(..));
    }
}
