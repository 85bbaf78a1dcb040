//! Parsers for the values of options.

use std::fmt::Display;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::str::FromStr;

use mkds_formats::ghost::NICKNAME_LENGTH;
use mkds_formats::names::COURSE_SLOTS;

/// A whole number in a range.
pub fn whole<T>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse::<T>().ok();
        let number = number.filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (low, high) = (range.start(), range.end());
            format!("expected a whole number from {low} to {high}")
        })
    }
}

/// A number of parallel workers.
pub fn count(text: &str) -> Result<NonZeroUsize, String> {
    const MOST: usize = 1024;
    let number = whole(1..=MOST)(text)?;
    NonZeroUsize::new(number).ok_or_else(|| format!("expected a whole number from 1 to {MOST}"))
}

/// A number from 0 to 1.
#[cfg(feature = "torch")]
pub fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok();
    let rate = number.filter(|rate| (0.0..=1.0).contains(rate));
    rate.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

/// The abbreviations of all courses.
pub fn courses() -> String {
    let names = COURSE_SLOTS.iter().map(|course| course.abbreviation);
    names.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A name that fits into a ghost.
pub fn nickname(text: &str) -> Result<String, String> {
    match text.encode_utf16().count() <= NICKNAME_LENGTH {
        true => Ok(text.to_owned()),
        false => Err(format!("expected at most {NICKNAME_LENGTH} characters")),
    }
}

/// A training setting, which `set` stores in a configuration: the configuration's own check determines what is valid.
#[cfg(feature = "torch")]
pub fn setting<T: FromStr + Clone + 'static>(
    kind: &'static str,
    set: fn(&mut learn::bc::Config, T),
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let value: T = text.parse().map_err(|_| format!("expected {kind}"))?;
        let mut config = learn::bc::Config::default();
        set(&mut config, value.clone());
        config.check().map_err(|error| error.to_string())?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_of_their_range_say_the_range() {
        let number = whole(1..=9_u8);
        assert_eq!((number("1"), number("9")), (Ok(1), Ok(9)));
        for text in ["0", "10", "300", "-1", "1.5", "", "x", "1 "] {
            let error = number(text).expect_err(text);
            assert_eq!(error, "expected a whole number from 1 to 9", "{text}");
        }
        for text in ["NaN", "inf", "-0.1", "1.1", "half"] {
            assert!(rate(text).is_err(), "{text}");
        }
        assert_eq!((rate("0"), rate("1")), (Ok(0.0), Ok(1.0)));
    }

    #[cfg(feature = "torch")]
    #[test]
    fn invalid_training_settings_are_refused() {
        let lr = setting("a number", |config, lr| config.lr = lr);
        assert_eq!(lr("0.5"), Ok(0.5));
        assert_eq!(lr("x"), Err("expected a number".to_owned()));
        for text in ["NaN", "inf", "0", "-1"] {
            assert!(lr(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nicknames_are_counted_as_the_game_does() {
        assert!(nickname("0123456789").is_ok());
        assert!(nickname("0123456789a").is_err());
        assert!(nickname("😀😀😀😀😀😀").is_err());
    }
}
