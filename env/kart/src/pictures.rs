//! Pictures of the game as the last field of an observation: cut out, scaled, grey, stacked.

use std::collections::VecDeque;

use env_core::columns::{Column, DType};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::{Error, Result};

/// How a console's pictures become the field `pixels`: `u8`, rows from the top, `[height, width, channels * stack]`. Of
/// several pictures the last is the newest; at the start of an episode the first picture fills the missing places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pictures {
    /// Width and height of the console's pictures, RGBA.
    pub console: [usize; 2],
    /// The screen that is observed: left, top, width, height in them.
    pub screen: [usize; 4],
    /// The cut-out: left, top, width, height in that screen.
    pub cut: [usize; 4],
    /// Width and height that the cut-out is scaled to. Smaller pictures are averaged.
    pub size: [usize; 2],
    /// One channel of brightness (BT.601) in place of red, green and blue.
    pub grey: bool,
    /// How many of the last pictures are stacked.
    pub stack: usize,
}

impl Pictures {
    const MOST_STACKED: usize = 64;
    const LARGEST: usize = 1024;

    const fn channels(&self) -> usize {
        if self.grey { 1 } else { 3 }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Setting`] for a cut-out outside the pictures, and sizes and stacks that are 0 or too large.
    pub fn check(&self) -> Result<()> {
        let [left, top, width, height] = self.cut;
        let [_, _, across, down] = self.screen;
        if !is_inside(left, width, across) || !is_inside(top, height, down) {
            let expected = "left, top, width, height within the screen";
            return Err(Error::setting(
                "pixels.crop",
                expected,
                format!("{:?}", self.cut),
            ));
        }
        let sides = 1..=Self::LARGEST;
        if !self.size.iter().all(|side| sides.contains(side)) {
            let found = format!("{:?}", self.size);
            return Err(Error::setting("pixels.size", "sides of 1 to 1024", found));
        }
        if !(1..=Self::MOST_STACKED).contains(&self.stack) {
            let found = self.stack.to_string();
            return Err(Error::setting("pixels.stack", "1 to 64", found));
        }
        Ok(())
    }

    /// The column `pixels`.
    pub fn column(&self) -> Column {
        let [width, height] = self.size;
        Column::new("pixels", DType::U8)
            .of_shape(&[height, width, self.channels() * self.stack])
            .between(0.0, 255.0)
            .in_unit("brightness")
            .documented("the last pictures, the newest last")
    }
}

/// Whether `length` pixels from `from` on lie within `whole`.
fn is_inside(from: usize, length: usize, whole: usize) -> bool {
    length > 0 && from.checked_add(length).is_some_and(|end| end <= whole)
}

/// The last pictures of a game.
pub struct PixelStack {
    pictures: Pictures,
    /// A picture of the console, RGBA.
    console: Vec<u8>,
    cut: Vec<u8>,
    scaled: Vec<u8>,
    resizer: Resizer,
    stacked: VecDeque<Vec<u8>>,
}

impl std::fmt::Debug for PixelStack {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("PixelStack")
            .field("pictures", &self.pictures)
            .finish_non_exhaustive()
    }
}

impl PixelStack {
    /// No pictures yet.
    ///
    /// # Errors
    /// As [`Pictures::check`].
    pub fn new(pictures: Pictures) -> Result<Self> {
        pictures.check()?;
        let [_, _, width, height] = pictures.cut;
        let [to_width, to_height] = pictures.size;
        let [across, down] = pictures.console;
        Ok(Self {
            cut: vec![0; width * height * pictures.channels()],
            scaled: vec![0; to_width * to_height * pictures.channels()],
            console: vec![0; across * down * 4],
            pictures,
            resizer: Resizer::new(),
            stacked: VecDeque::new(),
        })
    }

    /// Removes all pictures.
    pub fn clear(&mut self) {
        self.stacked.clear();
    }

    /// Adds the console's picture that `draw` writes, RGBA.
    ///
    /// # Errors
    /// [`Error::Picture`] if it cannot be scaled.
    pub fn take(&mut self, draw: impl FnOnce(&mut [u8])) -> Result<()> {
        draw(&mut self.console);
        self.push()
    }

    /// Stacks the picture of the console. This is not part of [`take`](Self::take): the callers of a generic function
    /// compile it, and the resizer takes long to compile.
    fn push(&mut self) -> Result<()> {
        self.cut_out();
        let mut picture = if self.stacked.len() == self.pictures.stack {
            self.stacked.pop_front().unwrap_or_default()
        } else {
            Vec::new()
        };
        picture.clear();
        picture.extend_from_slice(self.scaled()?);
        while self.stacked.len() + 1 < self.pictures.stack {
            self.stacked.push_back(picture.clone());
        }
        self.stacked.push_back(picture);
        Ok(())
    }

    /// The cut-out at the size that is asked for.
    fn scaled(&mut self) -> Result<&[u8]> {
        let [_, _, width, height] = self.pictures.cut;
        let (from, to) = ([width, height], self.pictures.size);
        if from == to {
            return Ok(&self.cut);
        }
        let (cut, scaled) = (&self.cut, &mut self.scaled);
        match self.pictures.grey {
            true => scale::<U8>(&mut self.resizer, cut, from, scaled, to)?,
            false => scale::<U8x3>(&mut self.resizer, cut, from, scaled, to)?,
        }
        Ok(&self.scaled)
    }

    fn cut_out(&mut self) {
        let [left, top, width, height] = self.pictures.cut;
        let [screen_left, screen_top, _, _] = self.pictures.screen;
        let (left, top) = (screen_left + left, screen_top + top);
        let [across, _] = self.pictures.console;
        let grey = self.pictures.grey;
        let mut out = self.cut.iter_mut();
        for row in top..top + height {
            let start = (row * across + left) * 4;
            for pixel in self.console[start..start + width * 4].chunks_exact(4) {
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
        let channels = self.pictures.channels();
        let depth = channels * self.pictures.stack;
        let [width, height] = self.pictures.size;
        out.clear();
        out.resize(width * height * depth, 0);
        for (index, picture) in self.stacked.iter().enumerate() {
            let pixels = picture.chunks_exact(channels);
            for (pixel, out) in pixels.zip(out.chunks_exact_mut(depth)) {
                out[index * channels..][..channels].copy_from_slice(pixel);
            }
        }
    }
}

/// Averages the pixels `from` of a picture with that size to pixels `to` of another size.
fn scale<P: PixelTrait>(
    resizer: &mut Resizer,
    from: &[u8],
    from_size: [usize; 2],
    to: &mut [u8],
    to_size: [usize; 2],
) -> Result<()> {
    let failed = |error: &dyn std::fmt::Display| Error::Picture(error.to_string());
    let ([from_width, from_height], [to_width, to_height]) = (
        from_size.map(|side| side as u32),
        to_size.map(|side| side as u32),
    );
    let from = TypedImageRef::<P>::from_buffer(from_width, from_height, from)
        .map_err(|error| failed(&error))?;
    let mut to =
        TypedImage::<P>::from_buffer(to_width, to_height, to).map_err(|error| failed(&error))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
    resizer
        .resize_typed(&from, &mut to, &options)
        .map_err(|error| failed(&error))
}

/// Brightness of a pixel (BT.601), in thousandths summed up and rounded.
fn brightness(pixel: &[u8]) -> u8 {
    let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    ((red * 299 + green * 587 + blue * 114 + 500) / 1000) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two screens of 3 x 2 pixels, one above the other; the lower one is observed but for its first column.
    fn lower() -> Pictures {
        Pictures {
            console: [3, 4],
            screen: [0, 2, 3, 2],
            cut: [1, 0, 2, 2],
            size: [2, 2],
            grey: false,
            stack: 2,
        }
    }

    /// A picture whose pixel at (x, y) is `[x, y, blue]`.
    fn coordinates(blue: u8) -> impl Fn(&mut [u8]) {
        move |rgba| {
            for (index, pixel) in rgba.chunks_exact_mut(4).enumerate() {
                let (x, y) = (index % 3, index / 3);
                pixel.copy_from_slice(&[x as u8, y as u8, blue, 255]);
            }
        }
    }

    #[test]
    fn the_cut_out_of_a_screen_is_stacked_with_the_newest_last() {
        let mut stack = PixelStack::new(lower()).expect("sound settings");
        let mut seen = Vec::new();
        stack.take(coordinates(7)).expect("a picture");
        stack.take(coordinates(8)).expect("a picture");
        stack.write(&mut seen);
        let pixel = |x, y| [x, y, 7, x, y, 8];
        let expected = [pixel(1, 2), pixel(2, 2), pixel(1, 3), pixel(2, 3)];
        assert_eq!(seen, expected.concat());
        assert_eq!(lower().column().shape, [2, 2, 6]);
        stack.clear();
        stack.take(coordinates(9)).expect("a picture");
        stack.write(&mut seen);
        assert_eq!(seen[..6], [1, 2, 9, 1, 2, 9], "the first fills the stack");
    }

    #[test]
    fn settings_outside_the_screen_are_refused() {
        let refused = |pictures: Pictures| pictures.check().expect_err("no sense").to_string();
        let cut = |cut| Pictures { cut, ..lower() };
        for outside in [
            [1, 0, 3, 2],
            [0, 1, 3, 2],
            [0, 0, 0, 1],
            [usize::MAX, 0, 2, 2],
        ] {
            let error = refused(cut(outside));
            assert!(error.starts_with("pixels.crop"), "{error}");
        }
        let size = [0, 9];
        let error = refused(Pictures { size, ..lower() });
        assert!(error.starts_with("pixels.size"), "{error}");
        let error = refused(Pictures {
            stack: 65,
            ..lower()
        });
        assert!(error.starts_with("pixels.stack"), "{error}");
        lower().check().expect("valid");
    }
}
