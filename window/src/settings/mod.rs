//! What the window remembers from one time to the next.

mod file;
mod ranged;

pub use file::{Loaded, SettingsFile, Trouble};

use serde::{Deserialize, Serialize};

use crate::input::Bindings;

/// What the window remembers. Written, it is TOML with a key for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// Pixels of the window for each of the console's, 1 to 8.
    #[serde(deserialize_with = "ranged::scale")]
    pub scale: u32,
    /// Which of the console's screens are shown.
    pub screens: Screens,
    /// Names of the overlays that are drawn.
    pub overlays: Vec<String>,
    /// Whether the panel of fields is open.
    pub panel_open: bool,
    /// Paths of the pinned fields.
    pub pinned: Vec<String>,
    /// Whether the game is heard.
    pub sound: bool,
    /// How loud, 0 to 1.
    #[serde(deserialize_with = "ranged::volume")]
    pub volume: f64,
    /// Frames of the game for each in which real time passes, 0.05 to 16.
    #[serde(deserialize_with = "ranged::speed")]
    pub speed: f64,
    /// Megabytes of states to go back to, 50 to 64,000.
    #[serde(deserialize_with = "ranged::memory")]
    pub memory_budget: u32,
    /// The window's width and height in pixels; `[0, 0]` for what it needs.
    #[serde(deserialize_with = "ranged::window_size")]
    pub window_size: [i32; 2],
    /// What keys and controllers do.
    pub bindings: Bindings,
}

/// Which of the console's screens are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Screens {
    /// One above the other.
    #[default]
    Both,
    /// The upper one.
    Upper,
    /// The lower one, which can be touched.
    Lower,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scale: 2,
            screens: Screens::default(),
            overlays: Vec::new(),
            panel_open: true,
            pinned: Vec::new(),
            sound: true,
            volume: 0.5,
            speed: 1.0,
            memory_budget: 1000,
            window_size: [0, 0],
            bindings: Bindings::default(),
        }
    }
}
