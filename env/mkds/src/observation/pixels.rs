//! The screens as observations.

use std::collections::VecDeque;

use desmume::Screens;
use env_core::columns::{Column, DType};
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

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

/// The screens as the field `pixels`: `u8`, rows from the top, `[height, width, channels * stack]`. Of several pictures
/// the last is the newest; at the start of an episode the first picture fills the missing places.
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
    const MOST_STACKED: usize = 64;
    const LARGEST: usize = 1024;

    fn cut(&self) -> [usize; 4] {
        let (_, rows) = self.screen.rows();
        self.crop.unwrap_or([0, 0, Screens::WIDTH, rows])
    }

    fn size(&self) -> [usize; 2] {
        let [_, _, width, height] = self.cut();
        self.size.unwrap_or([width, height])
    }

    const fn channels(&self) -> usize {
        if self.grey { 1 } else { 3 }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Setting`] for a cut-out outside the screens, and sizes and stacks that are 0 or too large.
    pub fn check(&self) -> Result<()> {
        let setting = |setting, expected, found: String| {
            Err(Error::Setting {
                setting,
                expected,
                found,
            })
        };
        let [left, top, width, height] = self.cut();
        let (_, rows) = self.screen.rows();
        let inside = |from: usize, length: usize, whole: usize| {
            length > 0 && from.checked_add(length).is_some_and(|end| end <= whole)
        };
        if !inside(left, width, Screens::WIDTH) || !inside(top, height, rows) {
            let found = format!("{:?}", self.cut());
            return setting(
                "pixels.crop",
                "left, top, width, height within the screen",
                found,
            );
        }
        if self
            .size()
            .iter()
            .any(|side| !(1..=Self::LARGEST).contains(side))
        {
            return setting(
                "pixels.size",
                "sides of 1 to 1024",
                format!("{:?}", self.size()),
            );
        }
        if !(1..=Self::MOST_STACKED).contains(&self.stack) {
            return setting("pixels.stack", "1 to 64", self.stack.to_string());
        }
        Ok(())
    }

    /// The column `pixels`.
    pub fn column(&self) -> Column {
        let [width, height] = self.size();
        Column::new("pixels", DType::U8)
            .of_shape(&[height, width, self.channels() * self.stack])
            .between(0.0, 255.0)
            .in_unit("brightness")
            .documented("the last pictures, the newest last")
    }
}

/// The last pictures of a game.
pub struct PixelStack {
    pixels: Pixels,
    /// Both screens, RGBA.
    screens: Vec<u8>,
    cut: Image<'static>,
    scaled: Image<'static>,
    resizer: Resizer,
    pictures: VecDeque<Vec<u8>>,
}

impl std::fmt::Debug for PixelStack {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PixelStack")
            .field("pixels", &self.pixels)
            .finish_non_exhaustive()
    }
}

impl PixelStack {
    /// No pictures yet.
    ///
    /// # Errors
    /// As [`Pixels::check`].
    pub fn new(pixels: Pixels) -> Result<Self> {
        pixels.check()?;
        let kind = if pixels.grey {
            PixelType::U8
        } else {
            PixelType::U8x3
        };
        let image = |width: usize, height: usize| Image::new(width as u32, height as u32, kind);
        let [_, _, width, height] = pixels.cut();
        let [to_width, to_height] = pixels.size();
        Ok(Self {
            cut: image(width, height),
            scaled: image(to_width, to_height),
            pixels,
            screens: vec![0; Screens::BYTES],
            resizer: Resizer::new(),
            pictures: VecDeque::new(),
        })
    }

    /// Removes all pictures.
    pub fn clear(&mut self) {
        self.pictures.clear();
    }

    /// Adds the picture that `draw` writes: both screens, 256 x 384 RGBA.
    ///
    /// # Errors
    /// [`Error::Picture`] if it cannot be scaled.
    pub fn take(&mut self, draw: impl FnOnce(&mut [u8])) -> Result<()> {
        draw(&mut self.screens);
        self.cut_out();
        let same =
            self.cut.width() == self.scaled.width() && self.cut.height() == self.scaled.height();
        let mut picture = if self.pictures.len() == self.pixels.stack {
            self.pictures.pop_front().unwrap_or_default()
        } else {
            Vec::new()
        };
        let image = if same {
            &self.cut
        } else {
            let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
            self.resizer
                .resize(&self.cut, &mut self.scaled, &options)
                .map_err(|error| Error::Picture(error.to_string()))?;
            &self.scaled
        };
        picture.clear();
        picture.extend_from_slice(image.buffer());
        while self.pictures.len() + 1 < self.pixels.stack {
            self.pictures.push_back(picture.clone());
        }
        self.pictures.push_back(picture);
        Ok(())
    }

    fn cut_out(&mut self) {
        let [left, top, width, height] = self.pixels.cut();
        let (first, _) = self.pixels.screen.rows();
        let grey = self.pixels.grey;
        let mut out = self.cut.buffer_mut().iter_mut();
        for row in first + top..first + top + height {
            let start = (row * Screens::WIDTH + left) * 4;
            for pixel in self.screens[start..start + width * 4].chunks_exact(4) {
                let parts = match grey {
                    true => &[brightness(pixel)],
                    false => &pixel[..3],
                };
                parts
                    .iter()
                    .zip(&mut out)
                    .for_each(|(part, out)| *out = *part);
            }
        }
    }

    /// Writes the stacked pictures; zeros while there are none.
    pub fn write(&self, out: &mut Vec<u8>) {
        let channels = self.pixels.channels();
        let depth = channels * self.pixels.stack;
        let [width, height] = self.pixels.size();
        out.clear();
        out.resize(width * height * depth, 0);
        for (index, picture) in self.pictures.iter().enumerate() {
            let pixels = picture.chunks_exact(channels);
            for (pixel, out) in pixels.zip(out.chunks_exact_mut(depth)) {
                out[index * channels..][..channels].copy_from_slice(pixel);
            }
        }
    }
}

/// Brightness of a pixel (BT.601), in thousandths summed up and rounded.
fn brightness(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    ((red * 299 + green * 587 + blue * 114 + 500) / 1000) as u8
}
