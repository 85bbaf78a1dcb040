//! Errors of controller paks.

use crate::Error;

/// The format's name in errors.
pub(super) const FORMAT: &str = "controller pak";

/// The bytes at a place are not what the format says they must be.
pub(super) fn malformed(
    place: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Error {
    Error::malformed(FORMAT, place, expected, found)
}
