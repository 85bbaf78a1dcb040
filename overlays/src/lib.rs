//! What the harness knows, drawn over what the game shows.
//!
//! An [`Overlay`] turns a [`Scene`] (one frame of a race) into shapes of a [`DrawList`], in the coordinates of
//! the DS's top screen: 256 x 192 pixels, origin at the top left. Two renderers lay a draw list over the picture: with
//! the feature `cairo`, `render` at any scale; with the feature `raster`, `raster::draw` in place and with no system
//! library. [`export`] writes pictures as PNG, GIF and video. A [`CourseMap`] draws a course from above, which [`export`]
//! writes as SVG too. A draw list can be tested without a screen, and one overlay is one small file: see
//! CONTRIBUTING.md, "Adding an overlay".
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use mkds_formats::{ghost::Combo, pad::Pad};
//! use mkds_memory::{Ram, course::Course, sensor::RayFan};
//! use overlays::{Buttons, Checkpoints, Collision, DrawList, Overlay, Rays, Scene};
//!
//! # let mut game = homebrew::native::Game::new(None)?;
//! # game.start_race(Combo { character: 0, kart: 0, course: 20 })?;
//! let ram = Ram::new(game.ram())?; // or an emulator's main RAM
//! let race = ram.race()?.ok_or("no race")?;
//! let course = Course::read(&race)?; // once a race
//! let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
//! let scene = Scene::of(&race, &course, &fan, Pad::A)?;
//!
//! let mut list = DrawList::default(); // kept for the next frame, see `DrawList::clear`
//! let overlays: [&dyn Overlay; 4] = [&Collision::default(), &Rays, &Checkpoints::default(), &Buttons];
//! for overlay in overlays {
//!     overlay.draw(&scene, &mut list);
//! }
//! # #[cfg(feature = "raster")]
//! # {
//! let mut both_screens = vec![255; 256 * 384 * 4];
//! overlays::raster::draw(&list, &mut both_screens, 256, 384, 1)?;
//! # }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod buttons;
mod checkpoints;
mod collision;
mod course_map;
mod draw_list;
pub mod export;
mod image;
mod material;
#[cfg(feature = "raster")]
pub mod raster;
mod rays;
#[cfg(feature = "cairo")]
mod render;
mod scene;

pub use buttons::Buttons;
pub use checkpoints::Checkpoints;
pub use collision::Collision;
pub use course_map::{CourseMap, Drawing};
pub use draw_list::{Color, DrawList, Point, Shape};
pub use image::Image;
pub use rays::Rays;
#[cfg(feature = "cairo")]
pub use render::{cairo_version, render};
pub use scene::{Overlay, RayReading, Scene};

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
    /// The top screen doesn't fill the picture's rows, or the picture has too few of them.
    #[error("picture: expected {} pixels a row and at least {} rows, found {found:?}", expected.0, expected.1)]
    ScreenSize {
        /// Width and height of the top screen at its scale.
        expected: (u32, u32),
        /// Width and height of the picture.
        found: (u32, u32),
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
