//! The crate's errors.

use std::borrow::Cow;
use std::fmt::Display;
use std::path::PathBuf;

/// The result of an emulator call.
pub type Result<T> = std::result::Result<T, Error>;

/// An error in or around an emulator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The core's image cannot be loaded into the process.
    #[error("cannot load the emulator core ({image}): {reason}")]
    Load {
        /// The image's path.
        image: String,
        /// The system's error.
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

    /// The bytes are no ROM that the core can start.
    #[error("not a Nintendo DS ROM ({size} bytes): {reason}")]
    Rom {
        /// The ROM's size in bytes.
        size: usize,
        /// Expected and found.
        reason: String,
    },

    /// The options request the JIT where it cannot run.
    #[error("the JIT cannot run here: {reason}; use the interpreter (Cpu::Interpreter)")]
    JitUnsupported {
        /// Why.
        reason: String,
    },

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

    /// A movie's header requests something unsupported.
    #[error("movie header: {0}")]
    Movie(#[from] nds_formats::Error),

    /// The console halted. It stays so until it is reset or a state is loaded.
    #[error("the console halted in frame {frame}: {reason}")]
    Halted {
        /// The frame that did not end, counted from power-on.
        frame: u64,
        /// The core's message, with both processors' addresses.
        reason: String,
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

    /// The battery memory does not fit any chip.
    #[error("battery memory: {reason}")]
    Battery {
        /// Expected and found.
        reason: String,
    },

    /// The core itself failed. The emulator can only be reset, which gives it another core.
    #[error("the emulator core failed: {reason}")]
    Core {
        /// The core's message.
        reason: String,
    },
}

impl Error {
    /// [`Error::State`].
    pub(crate) fn state(
        what: impl Into<Cow<'static, str>>,
        expected: &dyn Display,
        found: &dyn Display,
    ) -> Self {
        Self::State {
            what: what.into(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}
