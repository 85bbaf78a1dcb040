//! The picture as the last field of an observation.

use env_kart::pictures::Pictures;
use mupen64plus::PICTURE_SIZE;
use serde::{Deserialize, Serialize};

/// The picture as the field `pixels`; see [`Pictures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pixels {
    /// The cut-out: left, top, width, height in the picture of 320 x 240; by default all of it.
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
            crop: None,
            size: Some([84, 84]),
            grey: true,
            stack: 4,
        }
    }
}

impl Pixels {
    /// The console's picture as it is: one, in colours.
    #[must_use]
    pub const fn whole() -> Self {
        Self {
            crop: None,
            size: None,
            grey: false,
            stack: 1,
        }
    }

    /// The same settings for the console's pictures.
    #[must_use]
    pub fn pictures(&self) -> Pictures {
        let [across, down] = PICTURE_SIZE;
        let screen = [0, 0, across, down];
        let cut = self.crop.unwrap_or(screen);
        let [_, _, width, height] = cut;
        Pictures {
            console: PICTURE_SIZE,
            screen,
            cut,
            size: self.size.unwrap_or([width, height]),
            grey: self.grey,
            stack: self.stack,
        }
    }
}
