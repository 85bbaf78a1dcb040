//! What the window remembers from one time to the next.

mod file;
mod ranged;
mod values;

pub use file::{Loaded, SettingsFile, Trouble};
pub use values::{Screens, Settings};
