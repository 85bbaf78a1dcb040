//! The game's polls of its controllers, and movies that answer them.

use n64_formats::m64::Sample;
use n64_formats::pad::{Frame, Pad};

use crate::error::{Error, Result};

/// A poll of a controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Poll {
    /// The port of the controller that the game asked, from 0.
    pub port: usize,
    /// What it got.
    pub pad: Pad,
}

/// The frame that gives the same in each of an interrupt's polls; nothing is held on controllers that were not polled.
/// `frame`: the interrupt's number, for the error.
pub(crate) fn as_frame(polls: &[Poll], frame: u64) -> Result<Frame> {
    let mut held = [None; 4];
    for poll in polls {
        let first = *held[poll.port].get_or_insert(poll.pad);
        if first != poll.pad {
            return Err(Error::Polls {
                frame,
                port: poll.port + 1,
                first,
                other: poll.pad,
            });
        }
    }
    Ok(Frame {
        pads: held.map(Option::unwrap_or_default),
    })
}

/// The samples of a movie, which the game gets in their order: one in each poll, whichever controller it asks.
///
/// After the last one nothing is held.
#[derive(Debug, Clone, Default)]
pub struct Playback {
    /// As the core takes them.
    samples: Vec<u32>,
    position: usize,
}

impl Playback {
    /// Plays a movie's samples from the first.
    ///
    /// # Errors
    /// [`Error::Sample`] if one has bits that no button has: by them a movie resets the console, which is not supported,
    /// and the core would exchange a controller's pak.
    pub fn new(samples: &[Sample]) -> Result<Self> {
        let checked = samples.iter().enumerate().map(|(number, sample)| {
            if sample.pad().to_sample() != sample.0 {
                return Err(Error::Sample {
                    number,
                    found: if sample.is_reset() {
                        "a reset of the console"
                    } else {
                        "a bit that no button has"
                    },
                });
            }
            Ok(u32::from_le_bytes(sample.0))
        });
        Ok(Self {
            samples: checked.collect::<Result<_>>()?,
            position: 0,
        })
    }

    /// How many samples the game has got.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Whether the game has got all samples.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.rest().is_empty()
    }

    /// The samples that the game has not got.
    pub(crate) fn rest(&self) -> &[u32] {
        &self.samples[self.position..]
    }

    /// The game has got so many more.
    pub(crate) fn advance(&mut self, count: usize) {
        self.position += count;
    }
}
