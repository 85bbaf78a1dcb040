//! What the tests of several formats write.

use machine::FrameRate;

use crate::image::Image;

/// The rate of a DS: 59.8 frames a second.
pub(super) const CONSOLE: FrameRate = FrameRate {
    frames: 33_513_982,
    seconds: 560_190,
};

pub(super) fn square(side: u32, shade: u8) -> Image {
    let pixels = side as usize * side as usize;
    Image::new(side, side, [shade, 0, 0, 255].repeat(pixels)).expect("a square")
}
