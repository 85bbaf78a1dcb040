/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an environment's parts cannot be made, or an action cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
}
