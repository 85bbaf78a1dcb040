//! The games over whose races overlays are drawn.

use env_kart::race_env::{InputOf, RaceGame};
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use overlays::Races;
use overlays_mk64::Mk64Races;
use overlays_mkds::MkdsRaces;

/// A game over whose races overlays are drawn.
pub trait Drawn: RaceGame {
    /// Reads its races.
    type Races: Races<Input = InputOf<Self>, Course = Self::Course>;
}

impl Drawn for MarioKartDs {
    type Races = MkdsRaces;
}

impl Drawn for MarioKart64 {
    type Races = Mk64Races;
}
