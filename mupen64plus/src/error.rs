//! The crate's errors.

use std::borrow::Cow;
use std::path::PathBuf;

use n64_formats::pad::Pad;

/// Debian's packages with all that is needed at run time.
pub const PACKAGES: &str = "libmupen64plus2 mupen64plus-data mupen64plus-rsp-hle \
                            mupen64plus-video-glide64mk2 mupen64plus-video-rice libegl1 libgl1-mesa-dri";

/// The result of an emulator call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error in or around an emulator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A library of Mupen64Plus is missing or does not load.
    #[error(
        "cannot load Mupen64Plus's {library}: {reason}; Debian has it: apt-get install {PACKAGES}"
    )]
    Library {
        /// The library's file.
        library: String,
        /// What was looked for, or the system's error.
        reason: String,
    },

    /// A library of Mupen64Plus is another version than this crate is made for.
    #[error(
        "Mupen64Plus's {library}: expected {expected}, found {found}; Debian has it: apt-get install {PACKAGES}"
    )]
    Version {
        /// The library's file.
        library: String,
        /// What this crate is made for.
        expected: String,
        /// What the library says of itself.
        found: String,
    },

    /// No picture can be drawn here. Everything else still works.
    #[error(
        "cannot draw the Nintendo 64's picture: {reason}; Debian has what is needed: apt-get install {PACKAGES}"
    )]
    Picture {
        /// Why the system or the video plugin refuses.
        reason: String,
    },

    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },

    /// The bytes are no ROM.
    #[error(transparent)]
    Rom(#[from] n64_formats::Error),

    /// An option is out of its range.
    #[error("option {option}: expected {expected}, found {found}")]
    Option {
        /// The option's name.
        option: &'static str,
        /// The range.
        expected: &'static str,
        /// The value.
        found: String,
    },

    /// Save memory of another size.
    #[error("{what}: expected {expected} bytes, found {found}")]
    Storage {
        /// Which memory.
        what: &'static str,
        /// Its size.
        expected: usize,
        /// The given size.
        found: usize,
    },

    /// A movie's sample is no input.
    #[error("movie: sample {number}: expected buttons and the stick, found {found}")]
    Sample {
        /// The sample's number, from 0.
        number: usize,
        /// What it is.
        found: &'static str,
    },

    /// The game polled a controller several times in an interrupt and got different answers: no one frame gives them.
    #[error(
        "frame {frame}: controller {port}: expected the same input in every poll, found {first} and {other}"
    )]
    Polls {
        /// The frame, counted from power-on.
        frame: u64,
        /// The controller, from 1.
        port: usize,
        /// What the first poll got.
        first: Pad,
        /// What another one got.
        other: Pad,
    },

    /// The bytes are no state, or one that does not fit this emulator.
    #[error("save state: {what}: expected {expected}, found {found}")]
    State {
        /// The part that differs.
        what: Cow<'static, str>,
        /// The value that this emulator needs.
        expected: String,
        /// The value in the state.
        found: String,
    },

    /// The core reached no vertical interrupt in the allowed time. The emulator can only be reset.
    #[error(
        "the emulator core reached no vertical interrupt within {seconds} s after frame {frame}: {reason}"
    )]
    Stuck {
        /// The frame before, counted from power-on.
        frame: u64,
        /// The allowed time.
        seconds: f64,
        /// What may be wrong.
        reason: &'static str,
    },

    /// The core or its video plugin crashed. The emulator can only be reset.
    #[error(
        "the emulator core crashed after frame {frame}: signal {signal} at address 0x{address:X}"
    )]
    Crashed {
        /// The frame before, counted from power-on.
        frame: u64,
        /// The system's number of the fault.
        signal: i32,
        /// The address that the fault names.
        address: usize,
    },

    /// The core failed. The emulator can only be reset.
    #[error("the emulator core failed: {reason}")]
    Core {
        /// What it did and what it said.
        reason: String,
    },
}
