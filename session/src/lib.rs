//! A run of a game that is watched, driven and rewound.
//!
//! A [`Session`] is a [machine](machine::Machine) and its [`Log`]: every input since the beginning. What is behind the present
//! frame has been played; what is ahead of it, of a movie or after going back, is played when its turn comes; and where the log
//! ends, live inputs go on. Going to a frame loads the nearest state before it and plays the log from there, so that
//! whatever way led to a frame, main RAM holds the same in it.
//!
//! What a game adds, its events, notes and movies, comes from a [`Game`]; what can be done with a run of any game is [`Run`].
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
