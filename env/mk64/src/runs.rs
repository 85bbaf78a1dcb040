//! Runs: races as movies, recorded, replayed, checked and annotated. [`env_kart::runs`] has what they share with other
//! games; here is what Mario Kart 64 adds.
//!
//! [`console`] is how a console is switched on for a movie, from a save state, or to go through the menus; [`ghost_movie`]
//! turns ghosts into movies.

use env_kart::runs;

use crate::game::MarioKart64;

pub mod console;
pub mod ghost_movie;
mod run_game;

pub use env_kart::runs::{Opponent, corrections::Corrections};

/// Notes on the races of a run.
pub type Annotations = runs::annotations::Annotations<MarioKart64>;
/// The comment about a movie's race.
pub type RaceComment = runs::comments::RaceComment<MarioKart64>;
/// A movie being played back.
pub type Replay = runs::replay::Replay<MarioKart64>;
/// Which race, on which console.
pub type Setup<'a> = runs::race_movie::Setup<'a, MarioKart64>;
/// A race that was driven.
pub type RaceMovie = runs::race_movie::RaceMovie<MarioKart64>;
/// A race that has just begun.
pub type Entered = runs::race_movie::Entered<MarioKart64>;
/// A console in a save state, and the movie of the frames played from there on.
pub type StateStart = runs::race_movie::StateStart<MarioKart64>;
