//! Prints the seconds from a bundled game's bytes to the end of its first step with 24 rays: `first_step` of `cargo xtask bench`.
#![allow(clippy::print_stdout, reason = "the answer")]

use std::time::Instant;

use anyhow::Result;
use env_core::Env;
use env_mkds::config::RaceEnvConfig;
use env_mkds::control::RaceAction;
use env_mkds::race_env::{RaceEnv, ResetOptions};

fn main() -> Result<()> {
    let begin = Instant::now();
    let mut env = RaceEnv::open(homebrew::ROM, RaceEnvConfig::mario_kart_ds_v0(3000.0, 24))?;
    env.reset(Some(1), &ResetOptions::default())?;
    env.step(&RaceAction::Index(1))?;
    println!("{}", begin.elapsed().as_secs_f64());
    Ok(())
}
