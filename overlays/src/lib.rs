//! Overlays for Mario Kart DS: data of the race drawn over the game's picture.
//!
//! An [`Overlay`] turns a [`Scene`] (one frame of a race) into shapes of a [`DrawList`](drawing::DrawList), in pixels of
//! the DS's screens: the top one is 256 x 192 with the origin at its top left, the bottom one follows below, rows
//! 192..384. The crate `drawing` lays the list over the picture. A [`CourseMap`] draws a course from above. One overlay
//! is one small file: see CONTRIBUTING.md, "Adding an overlay".
//!
//! [`OverlayKind`] lists the overlays with the names and labels that options and menus show. Most of what
//! they draw comes from RAM and the course; the caller adds the rest to the scene: the path driven (a [`History`] that is
//! given every frame, and drops later ones when the race is rewound), other runs ([`GhostRun`]), a reference line,
//! rewards, fields.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use mkds_formats::ghost::Combo;
//! use nds_formats::pad::Pad;
//! use mkds_memory::{Ram, course::Course};
//! use drawing::DrawList;
//! use overlays::{GhostRun, History, OverlayKind, Scene, draw_all};
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
//! let mut both_screens = vec![255; 256 * 384 * 4];
//! drawing::raster::draw(&list, &mut both_screens, 256, 384, 1)?;
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
mod distance;
mod fields;
mod gauges;
mod ghost;
mod ghost_run;
mod history;
mod kinds;
mod material;
mod minimap;
mod objects;
mod panel;
mod polygon;
mod rays;
mod reference_line;
mod rewards;
mod scene;
mod simplify;
mod trajectory;
mod way;

pub use boundary::Boundary;
pub use buttons::Buttons;
pub use centreline::Centreline;
pub use checkpoints::{Checkpoints, Gates};
pub use collision::Collision;
pub use course_map::CourseMap;
pub use fields::Fields;
pub use gauges::Gauges;
pub use ghost::Ghost;
pub use ghost_run::GhostRun;
pub use history::{FRAME_RATE, History, Sample};
pub use kinds::{OverlayKind, all};
pub use minimap::{MapPlace, Minimap};
pub use objects::Objects;
pub use rays::Rays;
pub use reference_line::ReferenceLine;
pub use rewards::Rewards;
pub use scene::{BOTTOM_SCREEN, Overlay, RayReading, Scene, TOP_SCREEN, draw_all};
pub use trajectory::Trajectory;

/// A name that names no overlay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("overlay: expected {expected}, found {found:?}")]
pub struct UnknownOverlay {
    /// The names that there are.
    pub expected: String,
    /// The name that was given.
    pub found: String,
}
