//! The settings of the window.

mod file;
mod ranged;
mod values;

pub use file::{Loaded, SettingsError, SettingsFile};
pub use values::{Screens, Settings};
