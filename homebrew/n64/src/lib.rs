//! The bundled N64 kart racer: its ROM and its courses.
//!
//! The game keeps its state at the addresses of Mario Kart 64 (US), so that every tool can read both games. It draws by
//! display lists of the microcode F3DEX, of which the ROM has only a placeholder: it is for emulators that execute
//! those lists themselves.
#![forbid(unsafe_code)]

mod courses;

pub use courses::{COURSES, CourseInfo};

/// The game as a big-endian N64 ROM (`.z64`), built by `cargo xtask rom`.
pub static ROM: &[u8] = include_bytes!("../rom/kartscope.z64");

/// SHA-256 of [`ROM`], in hexadecimal.
pub const ROM_SHA256: &str = include_str!("../rom/kartscope.z64.sha256").split_at(64).0;
