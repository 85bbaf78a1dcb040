//! One game that is watched, driven and rewound.
//!
//! A [`Session`] is an emulator and its [`Log`]: every input since the beginning. What is behind the present frame has
//! been played; what is ahead of it, of a movie or after going back, is played when its turn comes; and where the log
//! ends, live inputs go on. Going to a frame loads the nearest state before it and plays the log from there, so that
//! whatever way led to a frame, main RAM holds the same in it.
//!
//! ```
//! use desmume::{Emulator, Options};
//! use env_mkds::runs::race_movie::blank_movie;
//! use nds_formats::pad::{Frame, Pad};
//! use session::{Input, Session};
//!
//! # fn main() -> session::Result<()> {
//! let options = Options::default();
//! let emulator = Emulator::open(homebrew::ROM, &options)?;
//! let movie = blank_movie(homebrew::ROM, &options, None)?;
//! let mut session = Session::new(emulator, movie)?;
//! for _ in 0..90 {
//!     session.step(Some(Input::of(Frame::pad(Pad::A))))?;
//! }
//! let hash = session.emulator().ram_hash();
//! session.go_to(30)?; // back to the frame after thirty inputs
//! session.go_to(90)?; // and forth
//! assert_eq!(session.emulator().ram_hash(), hash);
//! session.go_to(30)?;
//! session.take_over()?; // what was ahead becomes a branch
//! session.step(Some(Input::of(Frame::pad(Pad::B))))?;
//! assert_eq!(session.length(), 31);
//! let movie = session.movie()?; // for any replay
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod error;
pub mod file;
mod keyframes;
mod log;
mod seen;
mod session;

pub use error::{Error, Result};
pub use keyframes::Keyframes;
pub use log::{Input, Log, Poke};
pub use seen::{Happening, Mark};
pub use session::{Branch, SLOTS, Session, Way};
