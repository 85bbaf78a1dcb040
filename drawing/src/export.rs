//! Pictures as files: PNG, SVG, GIF, and videos by an installed ffmpeg.

mod animation;
#[cfg(test)]
mod fixture;
mod gif;
mod png;
mod svg;
mod video;

pub use self::animation::Animation;
pub use self::gif::Gif;
pub use self::png::png;
pub use self::svg::svg;
pub use self::video::{FFMPEG, Video, VideoError, ffmpeg_version, kill_encoders};
