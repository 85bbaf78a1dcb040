use std::fmt::Display;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use crate::difference::Difference;

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with datasets, models, training and evaluation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused to read or write a file.
    #[error("cannot {operation} {}: {source}", path.display())]
    Io {
        /// The operation, as a verb: `read`, `write`, …
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// An index of vectors cannot be made, read or searched.
    #[error(transparent)]
    Search(#[from] search::Error),
    /// A file or folder cannot be written, or another process writes it.
    #[error(transparent)]
    Output(#[from] outputs::Error),
    /// A JSON file is malformed.
    #[error("{}: not a valid {what}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The expected kind of file.
        what: &'static str,
        /// Key, reason, line and column.
        source: serde_path_to_error::Error<serde_json::Error>,
    },
    /// A Parquet file could not be written or read.
    #[error("{}: Parquet: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: parquet::errors::ParquetError,
    },
    /// A file's content is not the expected one.
    #[error("{}: {place}: expected {expected}, found {found}", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The key, column or row in it.
        place: String,
        /// The expected value.
        expected: String,
        /// The found value.
        found: String,
    },
    /// A value given by the caller is invalid.
    #[error("{what}: expected {expected}, found {found}")]
    Argument {
        /// Which value.
        what: String,
        /// The allowed values.
        expected: String,
        /// The given value.
        found: String,
    },
    /// There is no data to train on.
    #[error("nothing to train on: {0}")]
    NoData(String),
    /// The device asked for cannot be used.
    #[error("device {wanted}: {reason}")]
    Device {
        /// The name given.
        wanted: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// The loss is not finite.
    #[error(
        "training diverged: the loss was {loss} in epoch {epoch}, step {step}; a lower learning rate may help"
    )]
    Diverged {
        /// The epoch, from 1.
        epoch: u32,
        /// The step in that epoch, from 1.
        step: u64,
        /// Not a finite number.
        loss: f64,
    },
    /// A row's picture is damaged, or not what the schema says.
    #[error("picture of row {row}: {reason}")]
    Picture {
        /// The row, from 0.
        row: usize,
        /// The reason.
        reason: String,
    },
    /// A movie could not be played or holds no race.
    #[error(transparent)]
    Movie(Box<dyn std::error::Error + Send + Sync>),
    /// A movie's corrections are all outside its race.
    #[error(
        "expected corrections in the movie's race, found all {outside} of their frames outside it"
    )]
    NoCorrections {
        /// How many frames.
        outside: u64,
    },
    /// No part of a movie's race that is to be recorded is as long as a row.
    #[error("expected a part of the movie's race as long as a row, {frames} frames, found none")]
    NoRows {
        /// The frames of a row.
        frames: NonZeroU32,
    },
    /// The dataset has the other part of a movie.
    #[error("the dataset has the movie's {has}: expected another folder for {other}")]
    OtherPart {
        /// The part that it has.
        has: &'static str,
        /// The part to record.
        other: &'static str,
    },
    /// An environment to evaluate in could not be made.
    #[error("the environment: {0}")]
    Environment(String),
    /// An environment failed while a driver was evaluated.
    #[error("episode {episode} (seed {seed}): {reason}")]
    Episode {
        /// The episode, from 0.
        episode: usize,
        /// Its seed.
        seed: u64,
        /// The environment's error.
        reason: String,
    },
    /// There are no weights for an embedder.
    #[cfg(feature = "torch")]
    #[error("embedder {embedder}: expected a file of weights, found none: {advice}")]
    NoWeights {
        /// The embedder's name.
        embedder: &'static str,
        /// The way to get them.
        advice: String,
    },
    /// A file of weights could not be written or read.
    #[cfg(feature = "torch")]
    #[error("{}: safetensors: {source}", path.display())]
    Weights {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: tch::TchError,
    },
    /// libtorch failed.
    #[cfg(feature = "torch")]
    #[error("libtorch: {0}")]
    Torch(#[from] tch::TchError),
}

impl Error {
    /// A game's error about a movie.
    pub(crate) fn movie(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Movie(Box::new(error))
    }

    pub(crate) fn io(
        operation: &'static str,
        path: impl AsRef<Path>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        move |source| Self::Io {
            operation,
            path,
            source,
        }
    }

    pub(crate) fn json(
        path: &Path,
        what: &'static str,
    ) -> impl FnOnce(serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Json { path, what, source }
    }

    pub(crate) fn parquet<E: Into<parquet::errors::ParquetError>>(
        path: &Path,
    ) -> impl FnOnce(E) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Parquet {
            path,
            source: source.into(),
        }
    }

    /// The caller's value is not as expected.
    pub(crate) fn argument(difference: Difference) -> Self {
        let Difference {
            place: what,
            expected,
            found,
        } = difference;
        Self::Argument {
            what,
            expected,
            found,
        }
    }

    /// The file's content is not as expected.
    pub(crate) fn differs(path: &Path, difference: Difference) -> Self {
        let Difference {
            place,
            expected,
            found,
        } = difference;
        Self::mismatch(path, place, expected, found)
    }

    pub(crate) fn mismatch(
        path: &Path,
        place: impl Into<String>,
        expected: impl Display,
        found: impl Display,
    ) -> Self {
        Self::Mismatch {
            path: path.to_path_buf(),
            place: place.into(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}
