//! The pictures of a machine, as rows have them.

use env_kart::pictures::PixelStack;
use image::RgbImage;
use machine::Machine;

use super::RecordedGame;
use crate::dataset::PictureFormat;
use crate::{Error, Result};

/// The screen that shows a game's races.
#[derive(Debug)]
pub(super) struct Screen {
    scaled: PixelStack,
    format: PictureFormat,
}

impl Screen {
    pub(super) fn new<G: RecordedGame>(format: PictureFormat) -> Result<Self> {
        let size = [format.width as usize, format.height as usize];
        let scaled = PixelStack::new(G::pictures(Some(size))).map_err(Error::movie)?;
        Ok(Self { scaled, format })
    }

    /// The picture that the machine drew last, scaled.
    pub(super) fn picture(&mut self, machine: &impl Machine) -> Result<RgbImage> {
        let write = |rgba: &mut [u8]| machine.write_picture(rgba);
        self.scaled.take(write).map_err(Error::movie)?;
        let mut pixels = Vec::new();
        self.scaled.write(&mut pixels);
        let PictureFormat { width, height, .. } = self.format;
        Ok(RgbImage::from_raw(width, height, pixels).expect("three bytes a pixel"))
    }
}
