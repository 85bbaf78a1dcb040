//! The screens as the last field of an observation.

use desmume::Screens;
use env_kart::pictures::Pictures;
use serde::{Deserialize, Serialize};

/// Which screens the observation has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// The upper one, 256 x 192.
    #[default]
    Top,
    /// The lower one, 256 x 192.
    Bottom,
    /// Both, the upper one above the other: 256 x 384.
    Both,
}

impl Screen {
    /// The rows of both screens that it takes: the first, and how many.
    const fn rows(self) -> (usize, usize) {
        match self {
            Self::Top => (0, Screens::HEIGHT),
            Self::Bottom => (Screens::HEIGHT, Screens::HEIGHT),
            Self::Both => (0, 2 * Screens::HEIGHT),
        }
    }
}

/// The screens as the field `pixels`; see [`Pictures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pixels {
    /// Which screens.
    pub screen: Screen,
    /// The cut-out: left, top, width, height in the screens' pixels; by default all of them.
    pub crop: Option<[usize; 4]>,
    /// The picture's width and height; by default those of the cut-out. Smaller pictures are averaged.
    pub size: Option<[usize; 2]>,
    /// One channel of brightness (BT.601) in place of red, green and blue.
    pub grey: bool,
    /// How many of the last pictures are stacked.
    pub stack: usize,
}

impl Default for Pixels {
    fn default() -> Self {
        Self {
            screen: Screen::Top,
            crop: None,
            size: Some([84, 84]),
            grey: true,
            stack: 4,
        }
    }
}

impl Pixels {
    /// The upper screen, which shows races, as it is: one picture, in colours.
    pub const fn upper() -> Self {
        Self {
            screen: Screen::Top,
            crop: None,
            size: None,
            grey: false,
            stack: 1,
        }
    }

    /// The same settings for the console's pictures, both screens of 256 x 384 pixels.
    pub fn pictures(&self) -> Pictures {
        let (first, rows) = self.screen.rows();
        let cut = self.crop.unwrap_or([0, 0, Screens::WIDTH, rows]);
        let [_, _, width, height] = cut;
        Pictures {
            console: [Screens::WIDTH, 2 * Screens::HEIGHT],
            screen: [0, first, Screens::WIDTH, rows],
            cut,
            size: self.size.unwrap_or([width, height]),
            grey: self.grey,
            stack: self.stack,
        }
    }
}
