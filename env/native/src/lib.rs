//! Races of the bundled DS game as environments without an emulator.
//!
//! [`NativeRaces`] is a [`RaceGame`](env_kart::race_env::RaceGame) as Mario Kart DS on the emulator is. It has the same
//! configuration, and reads the same RAM by the same code: the game's logic, compiled for this machine, keeps its state where
//! the console has it. So observations, rewards, endings and infos are those on the emulator, bit for bit. Episodes begin with states of
//! the emulator; from there on [`Console`] plays, a hundred times as fast.
//!
//! ```
//! use env_core::Env;
//! use env_mkds::{action::DrivingAction, config::RaceEnvConfig, race_env::ResetOptions};
//! use env_native::RaceEnv;
//!
//! # fn main() -> Result<(), env_mkds::Error> {
//! let mut env = RaceEnv::open(homebrew::ROM, RaceEnvConfig::default())?;
//! env.reset(Some(1), &ResetOptions::default())?;
//! let ahead = DrivingAction { accelerate: true, ..DrivingAction::default() };
//! let step = env.step(&ahead.into())?;
//! assert!(step.info.race_started);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod console;
mod races;

pub use console::{Console, State};
pub use races::{NativeRaces, RaceEnv, RaceFactory};
