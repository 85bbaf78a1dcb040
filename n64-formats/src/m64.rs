//! Movies of Mupen64 and its descendants for re-recording (`.m64`).
//!
//! A movie is a header of 1,024 bytes and a [`Sample`] for each time that the game asked a controller: not one a
//! frame. A game asks a controller once, several times or not at all from one vertical interrupt to the next, and
//! movies don't say when: they are replayed by answering the game's questions in order.
//!
//! [`Movie::parse`] keeps what it does not know, so that an unchanged movie is written back byte for byte.
//!
//! ```
//! use n64_formats::m64::{Controller, Movie, Start};
//! use n64_formats::pad::{Buttons, Frame, Pad};
//!
//! # fn main() -> n64_formats::Result<()> {
//! let mut movie = Movie::new(Start::PowerOn);
//! movie.header.set_controllers([Controller::PRESENT, Controller::NONE, Controller::NONE, Controller::NONE]);
//! movie.header.set_author("A driver")?;
//! let pad = Pad { buttons: Buttons::A, stick: [-80, 0] };
//! movie.push(&Frame::first(pad));
//!
//! let file = movie.to_bytes();
//! assert!(file.ends_with(&[0x80, 0, 0xB0, 0]));
//! let again = Movie::parse(&file)?;
//! assert_eq!(again.polls().collect::<Vec<_>>(), [Frame::first(pad)]);
//! assert_eq!(again.to_bytes(), file);
//! # Ok(())
//! # }
//! ```
//!
//! Source: TASVideos's description of version 3. Mupen64 counts the samples of all controllers together.

pub mod comments;
mod header;
mod sample;

pub use header::{Controller, Header, Plugins, Start};
pub use sample::Sample;

use self::header::{FORMAT, HEADER_SIZE};
use crate::pad::Frame;
use crate::{Error, Result};

/// Bytes of a sample.
const SAMPLE_SIZE: usize = 4;

/// A movie: how the console was set up, and what was answered each time that the game asked a controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movie {
    /// Start, controllers, ROM, plugins and comments. The number of samples in it is that of `samples` when it is
    /// written.
    pub header: Header,
    /// The answers, in the order of the questions.
    pub samples: Vec<Sample>,
}

impl Movie {
    /// A movie without controllers and samples.
    #[must_use]
    pub fn new(start: Start) -> Self {
        Self {
            header: Header::new(start),
            samples: Vec::new(),
        }
    }

    /// Reads a movie.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the offset, if the file does not begin as a movie does, has an unknown start, more or
    /// fewer samples than its header says, or samples but no controller; [`Error::Unsupported`] if it is of another
    /// version than 3.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let Some((header, rest)) = file.split_first_chunk::<HEADER_SIZE>() else {
            let expected = format!("a header of {HEADER_SIZE} bytes");
            let found = format!("{} bytes", file.len());
            return Err(Error::malformed(FORMAT, "header", expected, found));
        };
        let header = Header::parse(header)?;
        let (samples, cut) = rest.as_chunks::<SAMPLE_SIZE>();
        let count = header.sample_count() as usize;
        if samples.len() != count || !cut.is_empty() {
            let found = match cut.len() {
                0 => format!("{} samples", samples.len()),
                more => format!("{} samples and {more} bytes", samples.len()),
            };
            let place = format!("offset {HEADER_SIZE:#x}");
            let expected = format!("{count} samples of {SAMPLE_SIZE} bytes, as the header says");
            return Err(Error::malformed(FORMAT, place, expected, found));
        }
        if count > 0 && header.present().next().is_none() {
            let found = "none";
            return Err(Error::malformed(
                FORMAT,
                "controllers",
                "one that was asked",
                found,
            ));
        }
        Ok(Self {
            header,
            samples: samples.iter().copied().map(Sample).collect(),
        })
    }

    /// The movie's file: byte for byte the parsed one where nothing was changed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut header = self.header.clone();
        header.set_sample_count(self.samples.len() as u32);
        let samples: Vec<_> = self.samples.iter().map(|sample| sample.0).collect();
        [header.bytes(), samples.as_flattened()].concat()
    }

    /// What was held each time that the game asked, for games that always ask all present controllers in turn. If the
    /// last turn is not complete, nothing is held on the rest. Only an emulator knows how other games ask: the samples are
    /// then the answers in their order.
    pub fn polls(&self) -> impl Iterator<Item = Frame> {
        let ports: Vec<usize> = self.header.present().collect();
        // A movie without controllers has no samples.
        self.samples.chunks(ports.len().max(1)).map(move |turn| {
            let mut frame = Frame::default();
            for (port, sample) in ports.iter().zip(turn) {
                frame.pads[*port] = sample.pad();
            }
            frame
        })
    }

    /// Appends what the game gets when it asks each present controller once.
    pub fn push(&mut self, frame: &Frame) {
        let ports = self.header.present();
        self.samples
            .extend(ports.map(|port| Sample::from(frame.pads[port])));
    }
}

#[cfg(test)]
mod tests;
