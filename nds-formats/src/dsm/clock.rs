//! The console's clock at power-on.

use std::fmt;

use super::error::{FORMAT, quote};
use crate::{Error, Result};

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// A date and time of the console's clock, which knows no time zone.
///
/// Displayed as DeSmuME writes it: `2009-JAN-01 00:00:00:000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// 0..=9999.
    pub year: u16,
    /// 1..=12.
    pub month: u8,
    /// 1..=31, as the month allows.
    pub day: u8,
    /// 0..=23.
    pub hour: u8,
    /// 0..=59.
    pub minute: u8,
    /// 0..=59.
    pub second: u8,
    /// 0..=999. DeSmuME writes it but starts the clock at the whole second.
    pub millisecond: u16,
}

impl Default for DateTime {
    /// The clock of a movie that names none: 2009-01-01 00:00:00.
    fn default() -> Self {
        Self {
            year: 2009,
            month: 1,
            day: 1,
            hour: 0,
            minute: 0,
            second: 0,
            millisecond: 0,
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            millisecond,
        } = self;
        let month = MONTHS
            .get(usize::from(*month).wrapping_sub(1))
            .unwrap_or(&"???");
        write!(
            f,
            "{year:04}-{month}-{day:02} {hour:02}:{minute:02}:{second:02}:{millisecond:03}"
        )
    }
}

impl DateTime {
    /// Whether every field is in its range and the day exists.
    pub fn is_valid(&self) -> bool {
        self.year <= 9999
            && (1..=12).contains(&self.month)
            && (1..=self.days_in_month()).contains(&self.day)
            && self.hour <= 23
            && self.minute <= 59
            && self.second <= 59
            && self.millisecond <= 999
    }

    fn days_in_month(&self) -> u8 {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Reads either form of a date, whichever key it stands under: some programs write the older
    /// one under the newer key.
    pub(super) fn parse(key: &str, text: &str) -> Result<Self> {
        Self::read(text)
            .or_else(|| Self::read_iso(text))
            .filter(Self::is_valid)
            .ok_or_else(|| {
                const FORMS: &str = "YYYY-MMM-DD hh:mm:ss:mmm or YYYY-MM-DDThh:mm:ssZ";
                let place = format!("header key {key}");
                Error::malformed(FORMAT, place, FORMS, quote(text.as_bytes()))
            })
    }

    /// `2009-JAN-01 00:00:00:000`, as DeSmuME writes it.
    fn read(text: &str) -> Option<Self> {
        let (date, time) = text.split_once(' ')?;
        let [year, month, day] = split(date, '-')?;
        let [hour, minute, second, millisecond] = split(time, ':')?;
        let month = MONTHS
            .iter()
            .position(|name| name.eq_ignore_ascii_case(month))?;
        Some(Self {
            year: number(year)?,
            month: u8::try_from(month + 1).ok()?,
            day: number(day)?,
            hour: number(hour)?,
            minute: number(minute)?,
            second: number(second)?,
            millisecond: number(millisecond)?,
        })
    }

    /// `2009-01-01T00:00:00Z`, as DeSmuME wrote it before 0.9.7.
    fn read_iso(text: &str) -> Option<Self> {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let [year, month, day] = split(date, '-')?;
        let [hour, minute, second] = split(time, ':')?;
        Some(Self {
            year: number(year)?,
            month: number(month)?,
            day: number(day)?,
            hour: number(hour)?,
            minute: number(minute)?,
            second: number(second)?,
            millisecond: 0,
        })
    }
}

fn split<const N: usize>(text: &str, at: char) -> Option<[&str; N]> {
    text.split(at).collect::<Vec<_>>().try_into().ok()
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    // `u8::from_str` takes a sign; the format has none.
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())?
}
