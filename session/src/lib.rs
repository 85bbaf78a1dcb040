//! A run of a game that is watched, driven and rewound.
//!
//! A [`Session`] is a [machine](machine::Machine) and its [`Log`]: every input since the beginning. Inputs before the present
//! frame are played. Inputs after it come from a movie, or remain when the user goes back; the session plays them next. At the
//! end of the log, live input follows. To go to a frame, the session loads the nearest state before it and plays the log from
//! there, so that main RAM is the same at a frame on every way to it.
//!
//! A [`Game`] adds its events, notes and movies. [`Run`] is what can be done with a run of any game.
//! `env_mkds::game` has sessions of Mario Kart DS.
#![forbid(unsafe_code)]

mod branch;
mod error;
pub mod file;
mod game;
mod keyframes;
mod log;
mod run;
mod seen;
mod session;

pub use branch::{Branch, SLOTS, Snapshot};
pub use error::{Error, Result};
pub use game::{Direction, Game, InputOf, Mark, MovieFormat, StateOf};
pub use keyframes::Keyframes;
pub use log::{Input, Log, Poke, corrections};
pub use run::{Left, MovieFile, Run};
pub use seen::Happening;
pub use session::Session;
