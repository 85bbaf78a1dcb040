//! A value before and after a frame.
//!
//! ```
//! use ram_views::changes::Watcher;
//!
//! let mut lap = Watcher::default();
//! assert!(lap.update(Some(0)).is_none()); // nothing to compare with yet
//! assert!(lap.update(Some(1)).is_some_and(|lap| lap.changed_to(&1)));
//! assert!(lap.update(None).is_none()); // the race is over
//! ```

use std::fmt;

use serde::Serialize;

/// Writes what happened in a frame as a line of text. Serialised, it is a map whose `event` is its name, with what belongs to
/// it: `lap: lap 2, centiseconds 3001`.
///
/// # Errors
/// The formatter's, and for a value that is no map.
pub fn describe(event: &impl Serialize, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let kind = serde_json::to_value(event).map_err(|_| fmt::Error)?;
    let name = kind["event"].as_str().unwrap_or_default();
    formatter.write_str(&name.replace('_', " "))?;
    let fields = kind.as_object().into_iter().flatten();
    let fields = fields.filter(|(key, value)| *key != "event" && !value.is_null());
    for (index, (key, value)) in fields.enumerate() {
        let separator = if index == 0 { ": " } else { ", " };
        match value.as_str() {
            Some(text) => write!(formatter, "{separator}{key} {}", text.replace('_', " "))?,
            None => write!(formatter, "{separator}{key} {value}")?,
        }
    }
    Ok(())
}

/// A value before and after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<T> {
    /// Before.
    pub old: T,
    /// After.
    pub current: T,
}

impl<T> Pair<T> {
    /// A part of it, or something that follows from it.
    pub fn map<U>(&self, part: impl Fn(&T) -> U) -> Pair<U> {
        Pair {
            old: part(&self.old),
            current: part(&self.current),
        }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether it is another now.
    pub fn changed(&self) -> bool {
        self.old != self.current
    }

    /// Whether it became `value`.
    pub fn changed_to(&self, value: &T) -> bool {
        self.changed() && self.current == *value
    }

    /// Whether it was `value` and is no longer.
    pub fn changed_from(&self, value: &T) -> bool {
        self.changed() && self.old == *value
    }

    /// Whether it was `old` and is `current` now.
    pub fn changed_from_to(&self, old: &T, current: &T) -> bool {
        self.changed_from(old) && self.current == *current
    }
}

impl<T: PartialOrd> Pair<T> {
    /// Whether it grew.
    pub fn increased(&self) -> bool {
        self.current > self.old
    }

    /// Whether it shrank.
    pub fn decreased(&self) -> bool {
        self.current < self.old
    }
}

/// Remembers a value from one frame to the next.
#[derive(Debug, Clone, Copy)]
pub struct Watcher<T> {
    last: Option<T>,
}

impl<T> Default for Watcher<T> {
    fn default() -> Self {
        Self { last: None }
    }
}

impl<T: Copy> Watcher<T> {
    /// Takes the value of a frame, `None` if there is none: then the next one has nothing to be
    /// compared with. Returns it with the one before.
    pub fn update(&mut self, value: Option<T>) -> Option<Pair<T>> {
        let old = std::mem::replace(&mut self.last, value);
        Some(Pair {
            old: old?,
            current: value?,
        })
    }

    /// The value of the last frame.
    #[must_use]
    pub const fn last(&self) -> Option<&T> {
        self.last.as_ref()
    }

    /// Forgets the last value: the next one is the first of something else.
    pub fn reset(&mut self) {
        self.last = None;
    }
}
