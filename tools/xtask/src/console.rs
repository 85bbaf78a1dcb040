//! Output of the chores. Write errors are ignored, such as those of a closed pipe: the figures are in files.

use std::fmt::Arguments;
use std::io::Write;

/// Prints a line on standard output.
macro_rules! say {
    ($($text:tt)*) => { $crate::console::say(format_args!($($text)*)) };
}

/// Prints a line on standard error: what a chore waits for.
macro_rules! note {
    ($($text:tt)*) => { $crate::console::note(format_args!($($text)*)) };
}

/// See `say!`.
pub fn say(text: Arguments<'_>) {
    let _ = std::io::stdout().write_all(format!("{text}\n").as_bytes());
}

/// See `note!`.
pub fn note(text: Arguments<'_>) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
