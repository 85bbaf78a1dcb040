//! What the harness knows, drawn over what the game shows.
//!
//! An [`Overlay`] turns a [`Scene`] (one frame of a race) into shapes of a [`DrawList`], in pixels of the DS's screens:
//! the top one is 256 x 192 with the origin at its top left, the bottom one follows below, rows 192..384. Two renderers
//! lay a draw list over the picture: with the feature `cairo`, `render` at any scale, and `paint` every frame on a
//! context of a window's; with the feature `raster`, `raster::draw` in place and with no system library. [`export`]
//! writes pictures as PNG, GIF and video. A [`CourseMap`] draws a course from above, which [`export`] writes as SVG too. A draw
//! list can be tested without a screen, and one overlay is one small file: see CONTRIBUTING.md, "Adding an overlay".
//!
//! [`OverlayKind`] lists the overlays with the names and labels that options and menus show. RAM and the course tell most
//! of what they draw; the rest is added to the scene by who shows it: the way driven (a [`History`] that sees every
//! frame, and forgets the future when the race is rewound), other runs ([`GhostRun`]), a reference line, rewards, fields.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use mkds_formats::ghost::Combo;
//! use nds_formats::pad::Pad;
//! use mkds_memory::{Ram, course::Course};
//! use overlays::{DrawList, GhostRun, History, OverlayKind, Scene, draw_all};
//! use track::RayFan;
//!
//! # let mut game = homebrew::native::Game::new(None)?;
//! # game.start_race(Combo { character: 0, kart: 0, course: 20 })?;
//! // Once: what is shown. A switch of a menu makes one and drops one.
//! let kinds = OverlayKind::ALL.into_iter().filter(|kind| kind.default_on());
//! let overlays: Vec<_> = kinds.map(OverlayKind::make).collect();
//! let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
//! let mut list = DrawList::default(); // kept from frame to frame for its memory
//! let mut history = History::default();
//! let ghosts = [GhostRun::of("best", &history)]; // of another run's history
//! # let ram = Ram::new(game.ram())?; // or an emulator's main RAM
//! # let race = ram.race()?.ok_or("no race")?;
//! let course = Course::read(&race)?; // once a race
//!
//! // Every frame, rewound or not:
//! let ram = Ram::new(game.ram())?; // or an emulator's main RAM
//! let race = ram.race()?.ok_or("no race")?;
//! history.see(&race)?;
//! let rewards = [("progress", 0.25), ("wall", -0.1)];
//! let scene = Scene::of(&race, &course, &fan, Pad::A)?
//!     .with_history(&history)
//!     .with_ghosts(&ghosts)
//!     .with_rewards(&rewards);
//! list.clear();
//! draw_all(&overlays, &scene, &mut list);
//! # #[cfg(feature = "raster")]
//! # {
//! let mut both_screens = vec![255; 256 * 384 * 4];
//! overlays::raster::draw(&list, &mut both_screens, 256, 384, 1)?;
//! # }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod boundary;
mod buttons;
mod centreline;
mod checkpoints;
mod collision;
mod course_map;
mod draw_list;
pub mod export;
mod fields;
mod gauges;
mod ghost;
mod ghost_run;
mod history;
mod image;
mod kinds;
mod material;
mod minimap;
mod objects;
mod panel;
mod polygon;
#[cfg(feature = "raster")]
pub mod raster;
mod rays;
mod reference_line;
#[cfg(feature = "cairo")]
mod render;
mod rewards;
#[cfg(any(feature = "cairo", feature = "raster"))]
mod runs;
mod scene;
mod simplify;
mod trajectory;
mod way;

pub use boundary::Boundary;
pub use buttons::Buttons;
pub use centreline::Centreline;
pub use checkpoints::{Checkpoints, Gates};
pub use collision::Collision;
pub use course_map::{CourseMap, Drawing};
pub use draw_list::{Color, DrawList, Point, Screen, Shape};
pub use fields::Fields;
pub use gauges::Gauges;
pub use ghost::Ghost;
pub use ghost_run::GhostRun;
pub use history::{FRAME_RATE, History, Sample};
pub use image::Image;
pub use kinds::{OverlayKind, all};
pub use minimap::{MapPlace, Minimap};
pub use objects::Objects;
pub use rays::Rays;
pub use reference_line::ReferenceLine;
#[cfg(feature = "cairo")]
pub use render::{cairo_version, paint, render};
pub use rewards::Rewards;
pub use scene::{Overlay, RayReading, Scene, draw_all};
pub use trajectory::Trajectory;

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
    /// No overlay is called so.
    #[error("overlay: expected {expected}, found {found:?}")]
    UnknownOverlay {
        /// The names that there are.
        expected: String,
        /// What was asked for.
        found: String,
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
