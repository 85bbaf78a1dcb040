//! Drivers of races of Mario Kart DS.

use env_kart::driver;

use crate::game::MarioKartDs;

/// What a driver of races sees.
pub type RaceView<'a> = driver::RaceView<'a, MarioKartDs>;

/// A driver of races: once a frame it decides the buttons to hold in the next one.
pub type RaceDriver<'d> = driver::RaceDriver<'d, MarioKartDs>;

/// A driver of observations, such as a trained policy, as a driver of races.
pub type ObservingDriver<D> = driver::ObservingDriver<MarioKartDs, D>;
