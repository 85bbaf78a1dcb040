use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with an index or a query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to read or write a file.
    #[error("cannot {operation} {}: {source}", path.display())]
    Io {
        /// The operation, as a verb: `read`, `write`.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file cannot be written, or another process writes it.
    #[error(transparent)]
    Output(#[from] outputs::Error),
    /// An index is damaged, or is not of the kind that the caller expects.
    #[error("{index}: {place}: expected {expected}, found {found}")]
    Mismatch {
        /// The index: its file, or its collection and server.
        index: String,
        /// The place in it.
        place: String,
        /// The expected value.
        expected: String,
        /// The found value.
        found: String,
    },
    /// An engine of another's making, or the way to it, failed.
    #[error("{index}: cannot {operation}: {reason}")]
    Engine {
        /// The index: its folder, or its collection and server.
        index: String,
        /// The operation, as a verb with its object: `count the points`.
        operation: &'static str,
        /// What went wrong, and what was expected.
        reason: String,
    },
    /// A vector, a payload or a query given by the caller is invalid.
    #[error("{what}: expected {expected}, found {found}")]
    Argument {
        /// Which value.
        what: String,
        /// The allowed values.
        expected: String,
        /// The given value.
        found: String,
    },
}

impl Error {
    /// Gives an [`Error::Io`] for an error of the system's.
    pub fn io(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io {
            operation,
            path,
            source,
        }
    }

    /// An [`Error::Mismatch`].
    pub fn mismatch(
        index: impl Display,
        place: impl Into<String>,
        expected: impl Display,
        found: impl Display,
    ) -> Self {
        Self::Mismatch {
            index: index.to_string(),
            place: place.into(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    /// An [`Error::Argument`].
    pub fn argument(what: impl Into<String>, expected: impl Display, found: impl Display) -> Self {
        Self::Argument {
            what: what.into(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}
