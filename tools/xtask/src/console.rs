//! Output of the chores. Write errors are ignored, such as those of a closed pipe: the figures are in files.

use std::fmt::Arguments;
use std::io::Write;

/// Prints a line on standard output.
macro_rules! say {
    ($($words:tt)*) => { $crate::console::say(format_args!($($words)*)) };
}

/// Prints a line on standard error: what a chore waits for.
macro_rules! note {
    ($($words:tt)*) => { $crate::console::note(format_args!($($words)*)) };
}

/// See `say!`.
pub fn say(words: Arguments<'_>) {
    let _ = std::io::stdout().write_all(format!("{words}\n").as_bytes());
}

/// See `note!`.
pub fn note(words: Arguments<'_>) {
    let _ = std::io::stderr().write_all(format!("{words}\n").as_bytes());
}
