//! Mario Kart DS's RAM as typed views, with sensors on top.
//!
//! Everything here reads a byte slice of 4 MiB, the console's main RAM: a running emulator's, a
//! dump's, or a native build of the bundled game's. [`Ram::race`] is `None` while no race is
//! loaded; otherwise [`Race`] hands out the game's structures as views whose getters read at
//! constant offsets.
//!
//! ```
//! use mkds_memory::{Ram, RAM_SIZE};
//!
//! let mut image = vec![0; RAM_SIZE];
//! image[0xB54..0xB58].copy_from_slice(&0x0216_F320u32.to_le_bytes()); // says: the US game
//! let ram = Ram::new(&image)?;
//! assert!(ram.race()?.is_none());
//! # Ok::<(), mkds_memory::Error>(())
//! ```
//!
//! A race's course is read once, into a [`course::Course`]. Its geometry is a [`track::Track`], which
//! measures: rays to walls and to the edge of the road, bearings of the checkpoints, the centreline.
//!
//! The crate is [`ram_views`] applied to one game. Its layers, each of which names only those before
//! it: main RAM and errors; the DS library's numbers; the game's structures; the list of all of them
//! and the table of [`symbols`], which knows their addresses; [`Ram`], the game in an image; [`Race`];
//! [`path`], [`events`] and [`course`].
//!
//! Lengths are in the game's units (an `fx32` of 4096 is one unit), y points up, angles are
//! positive to the left as the game's yaw is.

#![forbid(unsafe_code)]

pub mod camera;
pub mod colliders;
pub mod collision;
pub mod course;
pub mod driver;
pub mod enemies;
mod error;
pub mod events;
pub mod input;
pub mod items;
pub mod kart_model;
mod loaded_race;
mod main_ram;
pub mod map;
pub mod numbers;
pub mod objects;
pub mod params;
pub mod path;
pub mod race;
mod ram;
mod region;
pub mod results;
pub mod sound;
pub mod structures;
pub mod symbols;

pub use driver::{Driver, DriverMut};
pub use error::{Error, Result};
pub use loaded_race::Race;
pub use main_ram::{MainRam, MainRamImage, RAM_BASE, RAM_SIZE};
pub use ram::{Ram, RamMut};
pub use ram_views::{
    Error as RamError, Memory, changes, differences, display, layout, pointer, search, view,
};
pub use region::Region;
