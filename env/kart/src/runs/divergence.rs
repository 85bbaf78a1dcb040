//! Where a replay leaves the recorded race.

use std::fmt;

/// The first frame in which a replay differs from the recorded race.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The movie's frame, counted from 0, after which the race differs.
    pub frame: u64,
    /// The recorded digest.
    pub expected: u16,
    /// The replay's digest; `None` when there is no race in RAM.
    pub found: Option<u16>,
    /// What the digest covers.
    pub field: &'static str,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            frame,
            expected,
            field,
            ..
        } = self;
        write!(
            f,
            "the replay leaves the recorded race at frame {frame}: {field}, expected {expected:04x}, found "
        )?;
        match self.found {
            Some(found) => write!(f, "{found:04x}"),
            None => write!(f, "no race"),
        }
    }
}
