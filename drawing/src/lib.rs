//! Shapes over a machine's picture, and pictures as files.
//!
//! A [`DrawList`] holds shapes in pixels of the picture. Two renderers draw it: with the feature `cairo`, [`render`] at
//! any scale, and [`paint`] every frame on a context of a window's; with the feature `raster`, `raster::draw` in place
//! and with no system library. [`export`] writes pictures as PNG, GIF and video, and a [`Drawing`], which has no
//! picture below it, as SVG too. [`chart`] has the parts of charts. A draw list can be tested without a screen.
//!
//! Nothing here knows a console or a game: a [`Screen`] is a part of the picture at whose edges shapes are cut off, and
//! frame rates come from the machine's [`Hardware`](machine::Hardware).
#![forbid(unsafe_code)]

pub mod chart;
mod draw_list;
mod drawing;
pub mod export;
mod image;
#[cfg(feature = "raster")]
pub mod raster;
#[cfg(feature = "cairo")]
mod render;
#[cfg(any(feature = "cairo", feature = "raster"))]
mod runs;

pub use draw_list::{Color, DrawList, Point, Screen, Shape};
pub use drawing::Drawing;
pub use image::Image;
#[cfg(feature = "cairo")]
pub use render::{cairo_version, paint, render};

/// Why a picture could not be drawn or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Cairo refused an operation.
    #[cfg(feature = "cairo")]
    #[error("cairo: {0}")]
    Cairo(#[from] cairo::Error),
    /// A picture's bytes don't fill its size.
    #[error("picture: expected {expected} bytes for {width} x {height} RGBA, found {found}")]
    PictureSize {
        /// Pixels a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes that such a picture has.
        expected: usize,
        /// Bytes that were given.
        found: usize,
    },
    /// A screen that was chosen for shapes is not as wide as the picture.
    #[error("picture: expected {expected} pixels a row, found {found}")]
    ScreenWidth {
        /// Width of the screen at its scale.
        expected: u32,
        /// Width of the picture.
        found: u32,
    },
    /// An animation's frames must all be of one size.
    #[error("frame {frame}: expected {expected:?} pixels, found {found:?}")]
    FrameSize {
        /// Index of the frame, from 0.
        frame: usize,
        /// Width and height of the first frame.
        expected: (u32, u32),
        /// Width and height of this one.
        found: (u32, u32),
    },
    /// The end of a file could not be written.
    #[error("writing: {0}")]
    Io(#[from] std::io::Error),
    /// A file is not written.
    #[error(transparent)]
    Output(#[from] outputs::Error),
    /// The PNG could not be encoded or written.
    #[error("PNG: {0}")]
    Png(#[from] png::EncodingError),
    /// The GIF could not be encoded or written.
    #[error("GIF: {0}")]
    Gif(#[from] gif::EncodingError),
    /// The video could not be made.
    #[error(transparent)]
    Video(#[from] export::VideoError),
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
