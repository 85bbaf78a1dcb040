//! The bundled DS kart racer: its ROM, its courses, and its game logic built natively.
//!
//! The game keeps its state at the addresses of Mario Kart DS, and its courses as files of the ROM as Mario
//! Kart DS does, so that every tool can read both games. Its logic (`logic/*.c`) does not depend on
//! hardware: it is compiled into the ROM and, with the feature `native`, into this crate, where a
//! race needs no emulator.

mod courses;
#[cfg(feature = "native")]
pub mod native;
mod timing;

pub use courses::{COURSES, CourseInfo, Kind};
pub use timing::rom_with_real_timing;

/// The game as a DS ROM, built by `cargo xtask rom`.
pub static ROM: &[u8] = include_bytes!("../rom/kartscope.nds");

/// SHA-256 of [`ROM`], in hexadecimal.
pub const ROM_SHA256: &str = include_str!("../rom/kartscope.nds.sha256").split_at(64).0;
