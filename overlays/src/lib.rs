//! Overlays for kart games: data of the race drawn over the game's picture.
//!
//! An [`Overlay`] turns a [`Scene`] (one frame of a race) into shapes of a [`DrawList`](drawing::DrawList), in pixels of
//! the machine's picture. Its screens lie one above the other; the race is on the first, with the origin at its top
//! left. The crate `drawing` lays the list over the picture. A [`CourseMap`] draws a course from above. One overlay is
//! one small file: see CONTRIBUTING.md, "An overlay".
//!
//! No overlay knows a game: a game makes the scene of what it reads from RAM ([`Races`]). The caller adds the rest: the
//! path driven (a [`History`] that is given every frame, and drops later ones when the race is rewound), other runs
//! ([`GhostRun`]), a reference line, rewards, fields.
//!
//! [`OverlayKind`] lists the overlays with the names and labels that options and menus show.
//!
//! ```
//! use drawing::{DrawList, raster};
//! use env_kart::facts::Facts;
//! use machine::{FrameRate, Hardware, PictureShape};
//! use overlays::{Control, Course, GhostRun, History, Material, OverlayKind, Scene, draw_all};
//! use track::{Projection, RayFan, Track};
//!
//! const CONSOLE: Hardware = Hardware {
//!     picture: PictureShape { width: 320, height: 240, count: 1, touch: None },
//!     frame_rate: FrameRate { frames: 60, seconds: 1 },
//!     sample_rate: 0,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Once: what is shown.
//! let kinds = OverlayKind::ALL.into_iter().filter(|kind| kind.default_on());
//! let overlays: Vec<_> = kinds.map(OverlayKind::make).collect();
//! let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
//! let mut list = DrawList::default(); // kept from frame to frame for its memory
//! let mut history = History::default();
//! let ghosts = [GhostRun::of("best", &history)]; // of another run's history
//! // Once a race:
//! let track = Track::new(Vec::new(), Vec::new(), None);
//! let course = Course { id: Some(8), track: &track, paths: &[], material: |_| Some(Material::ROAD) };
//!
//! // Every frame, rewound or not:
//! let facts = Facts::default();
//! let projection = Projection {
//!     view: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, -20.0, -50.0]],
//!     scale: [1.0, 1.3],
//!     near: 8.0,
//!     far: 6000.0,
//!     screen: [320.0, 240.0],
//! };
//! history.see(8, &facts);
//! let rewards = [("progress", 0.25), ("wall", -0.1)];
//! let stick = Control::Stick { center: [-60.0, -20.0], position: [0.5, 0.0] };
//! let scene = Scene::new(CONSOLE, projection, course, facts)
//!     .with_controls(vec![stick])
//!     .with_rays(&fan)
//!     .with_history(&history)
//!     .with_ghosts(&ghosts)
//!     .with_rewards(&rewards);
//! list.clear();
//! draw_all(&overlays, &scene, &mut list);
//! let mut picture = vec![255; 320 * 240 * 4];
//! raster::draw(&list, &mut picture, 320, 240, 1)?;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod boundary;
mod buttons;
mod centreline;
mod checkpoints;
mod collision;
mod course;
mod course_map;
mod distance;
mod fields;
mod gauges;
mod ghost;
mod ghost_run;
mod history;
mod kart_box;
mod karts;
mod kinds;
mod minimap;
mod objects;
mod panel;
mod paths;
mod polygon;
mod races;
mod rays;
mod reference_line;
mod rewards;
mod scene;
mod simplify;
mod trajectory;
mod world_line;

pub use boundary::Boundary;
pub use buttons::{Buttons, Control};
pub use centreline::Centreline;
pub use checkpoints::{Checkpoints, Gates};
pub use collision::Collision;
pub use course::{Course, Material};
pub use course_map::CourseMap;
pub use fields::Fields;
pub use gauges::Gauges;
pub use ghost::Ghost;
pub use ghost_run::GhostRun;
pub use history::{History, Sample};
pub use karts::{Kart, Karts};
pub use kinds::{OverlayKind, all};
pub use minimap::{MapPlace, Minimap};
pub use objects::{Object, ObjectGroup, Objects};
pub use paths::Paths;
pub use races::Races;
pub use rays::Rays;
pub use reference_line::ReferenceLine;
pub use rewards::Rewards;
pub use scene::{Overlay, RayReading, Scene, draw_all};
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
