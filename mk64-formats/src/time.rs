//! Times of races and laps.

use std::fmt;

/// A time in a race, in hundredths of a second. Displayed as `1'30"25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RaceTime(pub u32);

impl RaceTime {
    /// The same in milliseconds, with the last digit 0. More than a `u32` holds is its greatest value.
    #[must_use]
    pub const fn ms(self) -> u32 {
        self.0.saturating_mul(10)
    }
}

impl fmt::Display for RaceTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, seconds) = (self.0 / 6000, self.0 / 100 % 60);
        write!(formatter, "{minutes}'{seconds:02}\"{:02}", self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_displayed_as_in_the_game() {
        assert_eq!(RaceTime(9025).to_string(), "1'30\"25");
        assert_eq!(RaceTime(599_999).to_string(), "99'59\"99");
        assert_eq!(RaceTime(7).to_string(), "0'00\"07");
    }

    #[test]
    fn a_hundredth_is_ten_milliseconds_whatever_a_file_says() {
        assert_eq!(RaceTime(9025).ms(), 90_250);
        assert_eq!(RaceTime(u32::MAX).ms(), u32::MAX);
    }
}
