//! Pictures in memory.

use crate::draw_list::Color;
use crate::{Error, Result};

/// A picture: rows from the top, four bytes a pixel (red, green, blue, opacity).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl Image {
    /// A picture of `width * height * 4` bytes.
    ///
    /// # Errors
    /// [`Error::PictureSize`] when `rgba` has another length.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self> {
        check_size(width, height, rgba.len())?;
        Ok(Self {
            width,
            height,
            rgba,
        })
    }

    /// A picture all of one colour.
    #[must_use]
    pub fn filled(width: u32, height: u32, color: Color) -> Self {
        let part = |part: f32| (part * 255.0).round() as u8;
        let pixel = [color.red, color.green, color.blue, color.alpha].map(part);
        Self {
            width,
            height,
            rgba: pixel.repeat(width as usize * height as usize),
        }
    }

    /// Pixels a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, four bytes each.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The part of the picture above row `height`: of two stacked screens, the top one.
    #[must_use]
    pub fn top_rows(&self, height: u32) -> Self {
        let height = height.min(self.height);
        let bytes = self.width as usize * height as usize * 4;
        Self {
            width: self.width,
            height,
            rgba: self.rgba[..bytes].to_vec(),
        }
    }
}

/// Refuses a picture of `found` bytes that is not `width` x `height` pixels of four bytes.
pub(crate) fn check_size(width: u32, height: u32, found: usize) -> Result<()> {
    let pixels = (width as usize).saturating_mul(height as usize);
    let expected = pixels.saturating_mul(4);
    if found != expected {
        return Err(Error::PictureSize {
            width,
            height,
            expected,
            found,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_the_wrong_length_is_refused() {
        let error = Image::new(2, 2, vec![0; 15]).expect_err("a byte is missing");
        assert_eq!(
            error.to_string(),
            "picture: expected 16 bytes for 2 x 2 RGBA, found 15"
        );
    }

    #[test]
    fn a_size_beyond_memory_is_refused() {
        let error = Image::new(u32::MAX, u32::MAX, Vec::new()).expect_err("no such picture");
        assert!(matches!(error, Error::PictureSize { found: 0, .. }));
    }
}
