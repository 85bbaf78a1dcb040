//! Runs: races as movies, recorded, replayed, checked and annotated. [`env_kart::runs`] has what they share with other
//! games; here is what Mario Kart DS adds.
//!
//! - [`rom_check`] is whether a ROM is the one that a movie was made with;
//! - [`console`] is how a console is switched on for a movie, from a save state, or to go through the menus;
//! - [`completeness`] refuses a movie that lacks a part which its comments mention;
//! - [`ghost_movie`] turns ghosts into movies and movies into ghosts.

use env_kart::runs;
use mkds_memory::{Race, race::RaceTime};

use crate::game::MarioKartDs;

pub mod completeness;
pub mod console;
pub mod ghost_movie;
pub mod rom_check;
mod run_game;

pub use env_kart::runs::{Opponent, corrections::Corrections};

/// Notes on the races of a run.
pub type Annotations = runs::annotations::Annotations<MarioKartDs>;
/// The comment about a movie's race.
pub type RaceComment = runs::comments::RaceComment<MarioKartDs>;
/// A movie being played back.
pub type Replay = runs::replay::Replay<MarioKartDs>;
/// Which race, on which console.
pub type Setup<'a> = runs::race_movie::Setup<'a, MarioKartDs>;
/// A race that was driven.
pub type RaceMovie = runs::race_movie::RaceMovie<MarioKartDs>;
/// A race that has just begun.
pub type Entered = runs::race_movie::Entered<MarioKartDs>;
/// A console in a save state, and the movie of the frames played from there on.
pub type StateStart = runs::race_movie::StateStart<MarioKartDs>;

/// Milliseconds of the laps driven so far, in order.
///
/// # Errors
/// The pointer to the player's status is outside RAM.
pub fn lap_times_ms(race: &Race<'_>) -> mkds_memory::Result<Vec<u32>> {
    let laps = race
        .driver_status(0)?
        .lap_times()
        .map(RaceTime::total_milliseconds);
    Ok(laps.into_iter().take_while(|ms| *ms != 0).collect())
}
