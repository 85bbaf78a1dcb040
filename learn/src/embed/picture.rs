use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::{Error, Result};

/// A picture of any size: red, green and blue bytes, rows from the top.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    width: u32,
    height: u32,
    rgb: &'a [u8],
}

impl<'a> Picture<'a> {
    /// A picture of these bytes.
    ///
    /// # Errors
    /// [`Error::Argument`] when a side is 0, or there are not three bytes a pixel.
    pub fn new(width: u32, height: u32, rgb: &'a [u8]) -> Result<Self> {
        let bytes = (u64::from(width) * u64::from(height)).checked_mul(3);
        if rgb.is_empty() || bytes != Some(rgb.len() as u64) {
            return Err(Error::Argument {
                what: format!("picture of {width}x{height} pixels"),
                expected: "three bytes a pixel, and at least one pixel".to_owned(),
                found: format!("{} bytes", rgb.len()),
            });
        }
        Ok(Self { width, height, rgb })
    }

    /// The whole picture at another size: bilinear, with a wider filter where it shrinks, as torchvision and Pillow do.
    ///
    /// # Errors
    /// [`Error::Argument`] when a side is 0.
    pub(super) fn resized(
        &self,
        width: u32,
        height: u32,
        resizer: &mut Resizer,
    ) -> Result<Vec<u8>> {
        let refused = |error: &dyn std::fmt::Display| Error::Argument {
            what: format!("picture of {}x{} pixels", self.width, self.height),
            expected: format!("one that can be scaled to {width}x{height}"),
            found: error.to_string(),
        };
        let mut scaled = vec![0; 3 * width as usize * height as usize];
        let source = TypedImageRef::<U8x3>::from_buffer(self.width, self.height, self.rgb)
            .map_err(|error| refused(&error))?;
        let mut target = TypedImage::<U8x3>::from_buffer(width, height, &mut scaled)
            .map_err(|error| refused(&error))?;
        let bilinear = ResizeAlg::Convolution(FilterType::Bilinear);
        let options = ResizeOptions::new().resize_alg(bilinear);
        resizer
            .resize_typed(&source, &mut target, &options)
            .map_err(|error| refused(&error))?;
        Ok(scaled)
    }
}
