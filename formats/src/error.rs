//! What can be wrong with a file.

/// The result of reading or writing a format.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why bytes were refused, or why a value cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not what the format says they must be.
    #[error("{format}, {place}: expected {expected}, found {found}")]
    Malformed {
        /// The kind of file, e.g. `save`.
        format: &'static str,
        /// The section and line or offset.
        place: String,
        /// What the format asks for.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The bytes are valid but use a feature this crate does not handle.
    #[error("{format}, {place}: {feature} is not supported")]
    Unsupported {
        /// The kind of file.
        format: &'static str,
        /// The section and line or offset.
        place: String,
        /// The feature in a few words.
        feature: &'static str,
    },
    /// A value to be written does not fit the format.
    #[error("{format}, {field}: expected {expected}, found {found}")]
    OutOfRange {
        /// The kind of file.
        format: &'static str,
        /// The field that cannot hold the value.
        field: &'static str,
        /// The values it can hold.
        expected: String,
        /// The value that was given.
        found: String,
    },
}

impl Error {
    /// The bytes at a place are not what the format says they must be.
    pub fn malformed(
        format: &'static str,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Malformed {
            format,
            place: place.into(),
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// A value to be written does not fit its field.
    pub fn out_of_range(
        format: &'static str,
        field: &'static str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::OutOfRange {
            format,
            field,
            expected: expected.into(),
            found: found.into(),
        }
    }
}
