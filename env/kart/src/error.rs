use std::path::PathBuf;

use crate::runs::{divergence::Divergence, outcome::NotFinished};

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an environment's parts cannot be made, an action cannot be taken, or a run cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An environment was stepped before its first reset, or after an episode's end.
    #[error("step without a running episode: call reset first")]
    NotReset,
    /// A setting is outside what it may be.
    #[error("{setting}: expected {expected}, found {found}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// The allowed values.
        expected: &'static str,
        /// The given value.
        found: String,
    },
    /// An action is outside the action space. No input was made.
    #[error("action: expected one of {expected}, found {found}")]
    Action {
        /// The space.
        expected: String,
        /// The action.
        found: String,
    },
    /// There is no race in RAM where one is needed.
    #[error("no race in RAM")]
    NoRace,
    /// A picture cannot be scaled.
    #[error("picture: {0}")]
    Picture(String),
    /// There is no race in RAM where one is needed.
    #[error("no race in RAM at frame {frame}")]
    RaceLost {
        /// Frames stepped since power-on, or since the beginning of the movie.
        frame: u64,
    },
    /// The movie starts from a save state, which is a file beside it.
    #[error("the movie starts from a save state: expected the state's file, found none")]
    StateNeeded,
    /// A movie's save state would replace another file.
    #[error(
        "{}: expected no other file where the movie's save state goes, found one: move it away first, or name the movie \
         otherwise",
        path.display()
    )]
    OtherState {
        /// The file that is there.
        path: PathBuf,
    },
    /// A kartscope comment in a movie is malformed.
    #[error("movie comment {comment:?}: expected {expected}")]
    Comment {
        /// The comment's text.
        comment: String,
        /// The expected content.
        expected: String,
    },
    /// A movie lacks a part that its own comments mention.
    #[error("the movie is not whole: expected {expected}, found {found}")]
    Incomplete {
        /// What its comments mention.
        expected: String,
        /// What it has.
        found: String,
    },
    /// A replay differs from the recorded race.
    #[error("{0}")]
    Diverged(Divergence),
    /// A movie to record holds no race.
    #[error("expected a race, found none in the movie")]
    RaceMissing,
    /// The race did not finish in the time that was recorded.
    #[error(transparent)]
    NotFinished(#[from] NotFinished),
    /// The driver failed to decide.
    #[error("the driver: {0}")]
    Driver(Box<dyn std::error::Error + Send + Sync>),
    /// The caller's callback asked to stop.
    #[error("cancelled after {frames} frames")]
    Cancelled {
        /// Frames stepped until then.
        frames: u64,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
}

impl Error {
    /// An [`Error::Setting`].
    pub fn setting(
        setting: &'static str,
        expected: &'static str,
        found: impl Into<String>,
    ) -> Self {
        Self::Setting {
            setting,
            expected,
            found: found.into(),
        }
    }

    /// An [`Error::Incomplete`].
    pub(crate) fn incomplete(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Incomplete {
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// A driver's own error.
    pub fn driver(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Driver(Box::new(error))
    }
}
