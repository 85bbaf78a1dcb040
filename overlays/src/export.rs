//! Pictures as files: PNG, SVG, GIF, and videos by an installed ffmpeg.

mod animation;
mod gif;
mod png;
mod svg;
mod video;

pub use self::animation::Animation;
pub use self::gif::Gif;
pub use self::png::png;
pub use self::svg::svg;
pub use self::video::{FFMPEG, Video, VideoError, ffmpeg_version, kill_encoders};

/// Video frames a second of the console, 59.8261, as a fraction: its clock over the ticks of a frame.
pub const FRAME_RATE: (u32, u32) = (33_513_982, 560_190);

/// Seconds that the console shows a frame.
#[must_use]
pub fn frame_seconds() -> f64 {
    let (frames, seconds) = FRAME_RATE;
    f64::from(seconds) / f64::from(frames)
}

#[cfg(test)]
mod tests {
    use crate::image::Image;

    pub(super) fn square(side: u32, shade: u8) -> Image {
        let pixels = side as usize * side as usize;
        Image::new(side, side, [shade, 0, 0, 255].repeat(pixels)).expect("a square")
    }
}
