//! What the harness knows, drawn over what the game shows.
//!
//! An [`Overlay`] turns a [`Scene`] (one frame of a race) into shapes of a [`DrawList`], in the coordinates of
//! the DS's top screen: 256 x 192 pixels, origin at the top left. [`render`] lays a draw list over the picture with
//! cairo at any scale, and [`export`] writes pictures as PNG and GIF. A [`CourseMap`] draws a course from above,
//! which [`export`] writes as SVG too. A draw list can be tested without a
//! screen, and one overlay is one small file: see CONTRIBUTING.md, "Adding an overlay".
#![forbid(unsafe_code)]

mod buttons;
mod checkpoints;
mod course_map;
mod draw_list;
pub mod export;
mod rays;
mod render;
mod scene;

pub use buttons::Buttons;
pub use checkpoints::Checkpoints;
pub use course_map::{CourseMap, Drawing};
pub use draw_list::{Color, DrawList, Point, Shape};
pub use rays::Rays;
pub use render::{Image, cairo_version, render};
pub use scene::{Overlay, RayReading, Scene};

/// Why a picture could not be drawn or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Cairo refused an operation.
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
    /// A GIF's frames must all be of one size.
    #[error("GIF frame {frame}: expected {expected:?} pixels, found {found:?}")]
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
    /// The PNG could not be encoded or written.
    #[error("PNG: {0}")]
    Png(#[from] png::EncodingError),
    /// The GIF could not be encoded or written.
    #[error("GIF: {0}")]
    Gif(#[from] gif::EncodingError),
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
