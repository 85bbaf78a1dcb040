//! Nintendo DS emulators: as many in one process as there is memory, on any thread.
//!
//! An [`Emulator`] is a console with a game in it. It runs one video frame at a time, and between
//! frames its main RAM can be borrowed, its screens read, and its whole state saved and loaded in
//! memory. Nothing is written to files, nothing is printed, no thread is started, no sound is made.
//!
//! ```no_run
//! use desmume::{Emulator, Options, Picture};
//! use nds_formats::pad::{Frame, Pad};
//!
//! # fn main() -> desmume::Result<()> {
//! let rom = std::fs::read("game.nds").expect("a ROM");
//! let mut emulator = Emulator::open(&rom, &Options::default())?;
//! for _ in 0..360 {
//!     emulator.step(&Frame::default(), Picture::Skip)?;
//! }
//! emulator.step(&Frame::pad(Pad::A), Picture::Draw)?;
//! let first_word = &emulator.main_ram()[..4];
//! let picture = emulator.screens().rgba();
//! # Ok(())
//! # }
//! ```
//!
//! # Repeatable runs
//!
//! The same ROM, [`Options`], battery memory and input give the same RAM in every frame: in another
//! process, on another thread, after a reset, from a state. Drawing or skipping pictures changes
//! nothing in main RAM, unless the game reads pictures back (display capture) from video memory.
//! The CPU mode is part of what must be the same: the interpreter and the JIT differ in timing, and
//! so do block sizes.
//!
//! # Sound
//!
//! Off at first. With [`Emulator::set_sound`] the console's channels are mixed, and what it plays can
//! be taken with [`Emulator::take_sound`]; its RAM and its states are the same either way.
//!
//! # Microphone
//!
//! With [`Commands::MICROPHONE`](nds_formats::pad::Commands::MICROPHONE) the game hears a fixed noise; the
//! samples that a movie may contain are not played.

mod as_machine;
mod check;
mod chunks;
mod dst;
mod emulator;
mod error;
mod image;
mod options;
mod rom;
mod screens;
mod sound;
mod state;
mod state_file;

pub use emulator::Emulator;
pub use error::{Error, Result};
pub use image::{core_version, pooled_images};
pub use machine::Picture;
pub use options::{Cpu, Options};
pub use screens::Screens;
pub use state::State;

/// SHA-256 of the core's image, in hexadecimal: the exact emulator that this program runs.
pub use desmume_sys::IMAGE_SHA256;
/// The published package that the core's sources come from, with its version.
pub use desmume_sys::SOURCE as CORE_SOURCE;

/// The owner's settings in the console's firmware.
pub use nds_formats::dsm::Firmware;

/// The address of the first byte of main RAM.
pub const MAIN_RAM_BASE: u32 = 0x0200_0000;

/// Main RAM, in bytes: addresses 0x02000000..0x02400000.
pub const MAIN_RAM_SIZE: usize = desmume_sys::MAIN_RAM_SIZE;

/// Stereo samples a second of [`Emulator::take_sound`].
pub const SAMPLE_RATE: u32 = desmume_sys::SAMPLE_RATE;
