//! Runs: races as movies, recorded, replayed, checked and annotated.
//!
//! Each layer knows those above it in this list:
//!
//! - what a movie's comments say: [`comments`] of its race, checks of its frames, [`corrections`] to train on;
//! - [`outcome`] is how a race ended, [`divergence`] where a replay leaves it, [`rom_check`] whether a ROM is the one
//!   that a movie was made with;
//! - [`completeness`] refuses a movie that lacks a part which its comments mention;
//! - [`annotations`] are the comments of a run that is being played;
//! - [`replay`] plays a movie and reports where it differs from the recorded race, [`race_movie`] records one;
//! - [`recording`] plays a movie and observes and rewards its race;
//! - [`ghost_movie`] turns ghosts into movies and movies into ghosts.

pub mod annotations;
mod checks;
pub mod comments;
pub mod completeness;
pub mod corrections;
pub mod divergence;
pub mod ghost_movie;
pub mod outcome;
pub mod race_movie;
pub mod recording;
pub mod replay;
pub mod rom_check;
