//! Numbers of a settings file, which may be too small or too great.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error};

/// A number within `range`.
fn within<'de, T, D>(deserializer: D, range: &RangeInclusive<T>) -> Result<T, D::Error>
where
    T: Deserialize<'de> + PartialOrd + Display,
    D: Deserializer<'de>,
{
    let number = T::deserialize(deserializer)?;
    if range.contains(&number) {
        return Ok(number);
    }
    let (least, greatest) = (range.start(), range.end());
    Err(D::Error::custom(format_args!(
        "expected a number from {least} to {greatest}, found {number}"
    )))
}

pub(super) fn speed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    within(deserializer, &(0.05..=16.0))
}

pub(super) fn memory<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, &(50..=64_000))
}

pub(super) fn scale<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    within(deserializer, &(0..=8))
}

pub(super) fn window_size<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[i32; 2], D::Error> {
    let size = <[i32; 2]>::deserialize(deserializer)?;
    if size.iter().all(|side| (0..=32_767).contains(side)) {
        return Ok(size);
    }
    Err(D::Error::custom(format_args!(
        "expected a width and a height from 0 to 32767, found {size:?}"
    )))
}
