//! The settings.

use serde::{Deserialize, Serialize};

use super::ranged;
use crate::input::Bindings;

/// The settings of the window. The file is TOML with a key for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Settings {
    /// Which of a machine's screens are shown, where it has two.
    pub screens: Screens,
    /// Names of the enabled overlays; `None` for the game's defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlays: Option<Vec<String>>,
    /// Whether the panel of fields is open.
    pub panel_open: bool,
    /// Paths of the pinned fields.
    pub pinned: Vec<String>,
    /// Whether the game's sound is played.
    pub sound: bool,
    /// Speed as a multiple of the console's, 0.05 to 16.
    #[serde(deserialize_with = "ranged::speed")]
    pub speed: f64,
    /// Megabytes for the states that rewinding starts from, 50 to 64,000.
    #[serde(deserialize_with = "ranged::memory")]
    pub memory_budget: u32,
    /// The window's width and height in pixels; `[0, 0]` for the default.
    #[serde(deserialize_with = "ranged::window_size")]
    pub window_size: [i32; 2],
    /// Whether the window is maximised.
    pub maximized: bool,
    /// Enlargement of the picture; 0 for as large as fits.
    #[serde(deserialize_with = "ranged::scale")]
    pub scale: u32,
    /// Files that were opened, the latest first.
    pub recent: Vec<String>,
    /// What keys and controllers do.
    pub bindings: Bindings,
}

/// Which of a machine's screens are shown, where it has two.
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

impl Screens {
    /// The choice after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Both => Self::Upper,
            Self::Upper => Self::Lower,
            Self::Lower => Self::Both,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            screens: Screens::default(),
            overlays: None,
            panel_open: true,
            pinned: Vec::new(),
            sound: true,
            speed: 1.0,
            memory_budget: 1000,
            window_size: [0, 0],
            maximized: false,
            scale: 0,
            recent: Vec::new(),
            bindings: Bindings::default(),
        }
    }
}
