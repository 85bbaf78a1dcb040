//! Times of races and laps.

use std::fmt;

/// A time in a race, in milliseconds. Displayed as `1:11.427`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RaceTime(pub u32);

impl fmt::Display for RaceTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds, milliseconds) = self.parts();
        write!(f, "{minutes}:{seconds:02}.{milliseconds:03}")
    }
}

impl RaceTime {
    /// The longest time a ghost can hold: 127:59.999.
    pub const MAX: Self = Self(128 * 60_000 - 1);

    /// Minutes, seconds 0..60, milliseconds 0..1000.
    pub const fn parts(self) -> (u32, u32, u32) {
        (self.0 / 60_000, self.0 / 1000 % 60, self.0 % 1000)
    }

    pub(super) fn from_parts(minutes: u32, seconds: u32, milliseconds: u32) -> Option<Self> {
        (seconds < 60 && milliseconds < 1000)
            .then_some(Self(minutes * 60_000 + seconds * 1000 + milliseconds))
    }
}
