//! Mario Kart 64's RAM as typed views, with sensors on top.
//!
//! Everything here reads a byte slice, the console's RAM as Mupen64Plus keeps it on a little-endian host: a running
//! emulator's or a dump's. [`Ram::race`] is `None` while there is no race; otherwise [`Race`] hands out the game's
//! structures as views whose getters read at constant offsets.
//!
//! ```
//! use mk64_memory::{RAM_SIZE, Ram};
//!
//! let image = vec![0; RAM_SIZE];
//! let ram = Ram::new(&image)?;
//! assert!(ram.race()?.is_none());
//! # Ok::<(), mk64_memory::Error>(())
//! ```
//!
//! A race's course is read once, into a [`course::Course`]. Its geometry is a [`track::Track`], which measures: rays to
//! walls and to the edge of the road, bearings of the checkpoints, the centreline.
//!
//! The crate is [`ram_views`] applied to one game. Its layers, each of which names only those before it: RAM; the
//! game's numbers and structures; the list of all of them and the table of [`symbols`], which knows their addresses;
//! [`Ram`], the game in an image; [`Race`]; [`path`], [`course`] and [`events`].
//!
//! Fields and addresses are those of the published headers of the US game. The bundled N64 game keeps its state there;
//! no view was tried on the real game.
//!
//! Lengths are in the game's units, y points up; a tick is a sixtieth of a second. Angles are in 65536ths of a turn.

#![forbid(unsafe_code)]

pub mod actor;
pub mod camera;
pub mod collision;
pub mod contact;
pub mod controller;
pub mod course;
pub mod course_path;
pub mod events;
pub mod game;
pub mod ghost;
pub mod hud;
pub mod ids;
pub mod path;
pub mod player;
pub mod race;
mod ram;
mod rdram;
pub mod save;
pub mod structures;
pub mod symbols;

pub use player::{Player, PlayerMut};
pub use race::Race;
pub use ram::{Ram, RamMut};
pub use ram_views::{Error, Result, changes, differences, display, layout, pointer, search, view};
pub use rdram::{RAM_BASE, RAM_SIZE, Rdram};
