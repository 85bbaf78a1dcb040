//! Nintendo 64 emulators: as many in one process as there is memory, on any thread, without a display.
//!
//! An [`Emulator`] is a console with a game in it. It runs from one vertical interrupt to the next, and in between its RAM
//! can be borrowed, its picture drawn, and its whole state saved and loaded in memory. Nothing is written to files (but Mesa
//! keeps the shaders it compiles in a cache of its own), nothing is printed.
//!
//! ```no_run
//! use mupen64plus::{Buttons, Emulator, Frame, Options, Pad, Picture};
//!
//! # fn main() -> mupen64plus::Result<()> {
//! let rom = std::fs::read("game.z64").expect("a ROM");
//! let mut emulator = Emulator::open(&rom, &Options::default())?;
//! for _ in 0..600 {
//!     emulator.step(&Frame::default(), Picture::Skip)?;
//! }
//! let pad = Pad { buttons: Buttons::A, stick: [80, 0] };
//! emulator.step(&Frame::first(pad), Picture::Draw)?;
//! let first_word = &emulator.ram()[..4];
//! let picture = emulator.picture();
//! # Ok(())
//! # }
//! ```
//!
//! # What runs
//!
//! The core, its signal processor and its video plugin are those of the system ([`PACKAGES`] on Debian), loaded at run time;
//! to build this crate none of them is needed. A core keeps its state in globals and does not clear them when it starts
//! again, so each emulator loads a copy of the core of its own. The core runs as a coroutine on the caller's thread and
//! stops at each vertical interrupt; the one thread that it starts only waits for states to write. The core's calls for
//! files, and for the process's SDL, are answered in memory.
//!
//! If a core crashes or gets stuck, the step fails, and [`Emulator::reset`] takes another copy; the old one stays in
//! memory. For this the process handles SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT (those outside of cores go to who
//! handled them before) and the signal SIGRTMAX - 3 of a timer. A core that is stuck is not left while
//! it is in the C library, whose locks it may hold. One that crashes there can still stop the process.
//!
//! # Repeatable runs
//!
//! The same ROM, [`Options`], save memory and input give the same RAM in every frame: in another process, on another thread,
//! after a reset, from a state. Drawing changes nothing: the video plugin works on a copy of the console's memory.
//!
//! # Movies
//!
//! A game polls its controllers when it wants: none, once or several times from one vertical interrupt to the next. A movie
//! (`.m64`) holds a sample for each poll. [`Emulator::step_polled`] answers the game's polls from a movie and so plays it
//! exactly; [`Emulator::polls`] tells what the game got, from which the same movie is written. [`Emulator::step`] gives the
//! same in every poll of a step, which is how sessions and environments play ([`machine::Input`] is one [`Frame`] a step).
//! A run by frames is always a movie. A movie is a run by frames if the game got the same in all polls of a controller in
//! each interrupt: [`Emulator::held`] gives the frame, or an error for such an interrupt.
//!
//! # States
//!
//! [`State`] goes into bytes and back, in a format of this crate's with all that a run needs. [`State::to_st`] writes the file
//! that Mupen64Plus loads (`.st`), and [`State::from_bytes`] reads Mupen64Plus's as well; those have no save memory.
//!
//! # Pictures
//!
//! The signal processor's display lists are not drawn when the game sends them. When a frame's picture is asked for, the
//! last display list before the frame's vertical interrupt is drawn, with the memory as it is at that interrupt. So
//! pictures cost nothing unless they are asked for, and a picture is the same whether or not those before it were drawn.
//! Three things are not as on a console: a game that sends several display lists for one picture shows only the last; one
//! that changes a list's textures or vertices before the next interrupt shows them changed; and nothing that is drawn can
//! be read back by the game, or is seen in a later picture. Before its first display list a game shows what it has written
//! into the frame buffer itself.
//!
//! # Sound
//!
//! Off at first. With [`Emulator::set_sound`] what the console plays can be taken with [`Emulator::take_sound`]; its RAM and
//! its states are the same either way.

mod as_machine;
mod bindings;
mod core;
mod coroutine;
mod emulator;
mod error;
mod library;
mod options;
mod pages;
mod polls;
mod scan_out;
mod sound;
mod st;
mod state;

pub use emulator::Emulator;
pub use error::{Error, PACKAGES, Result};
pub use machine::Picture;
pub use n64_formats::pad::{Buttons, Frame, Pad};
pub use n64_formats::rom::{ByteOrder, Header, Rom};
pub use options::{Cartridge, Cheat, Cpu, Options, Port, SaveChip, Video};
pub use polls::{Playback, Poll};
pub use state::{State, Storage};

/// The address of the first byte of RAM, as programs see it.
pub const RAM_BASE: u32 = 0x8000_0000;

/// RAM of a console without and with the expansion pak, in bytes.
pub const RAM_SIZES: [usize; 2] = [0x40_0000, 0x80_0000];

/// The width and height of the picture, in pixels.
pub const PICTURE_SIZE: [usize; 2] = [
    bindings::SHIM_PICTURE_WIDTH as usize,
    bindings::SHIM_PICTURE_HEIGHT as usize,
];

/// Stereo samples a second of [`Emulator::take_sound`].
pub const SAMPLE_RATE: u32 = 44_100;
