//! What a file holds in place of what was expected.

/// Where something is not as expected, and how.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The key in a manifest or card, or the column and row in a file.
    pub(crate) place: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}
