//! From a ROM's bytes to the end of the first step.

use std::time::Instant;

use anyhow::Result;
use env_core::Env;
use env_mkds::config::RaceEnvConfig;
use env_mkds::control::RaceAction;
use env_mkds::race_env::{RaceEnv, ResetOptions};

/// Prints the seconds from the bundled game's bytes to the end of its first step with 24 rays. Only the first measurement of a
/// process is a first step.
pub fn measure() -> Result<()> {
    let begin = Instant::now();
    let mut env = RaceEnv::open(homebrew::ROM, RaceEnvConfig::mario_kart_ds_v0(3000.0, 24))?;
    env.reset(Some(1), &ResetOptions::default())?;
    env.step(&RaceAction::Index(1))?;
    let seconds = begin.elapsed().as_secs_f64();
    crate::print("first_step_s", seconds, "s", "<= 0.2")?;
    Ok(())
}
