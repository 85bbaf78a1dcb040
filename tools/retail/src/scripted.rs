//! The scripted driver on each course of the ghosts, from their states.

use std::ops::{ControlFlow, Range};

use anyhow::{Context, Result};
use env_kart::runs::race_movie;
use env_mkds::runs::StateStart;
use env_mkds::runs::console::Console;
use env_mkds::scripted::{ScriptedDriver, Style};
use rayon::prelude::*;

use crate::check::Check;
use crate::folder::{Folder, Ghost};

/// Seeds of the driver's styles.
const SEEDS: Range<u64> = 0..20;

/// Frames after which a race has failed: five minutes.
const FRAME_LIMIT: u64 = 18_000;

/// The largest allowed mean of a course's races, in percent of its slowest ghost.
const MOST_PERCENT: f64 = 115.0;

/// The driver's results.
pub struct Scripted {
    /// A check for each course.
    pub checks: Vec<Check>,
    /// Finishes of [`SEEDS`] on the course with the fewest.
    pub finishes: usize,
    /// Mean time in percent of the slowest ghost, on the course where that is most.
    pub percent: f64,
}

/// Races from each state that ghosts start from.
///
/// # Errors
/// The emulator's, and when RAM no longer holds a race.
pub fn race(folder: &Folder) -> Result<Scripted> {
    let mut scripted = Scripted {
        checks: Vec::new(),
        finishes: SEEDS.end as usize,
        percent: 0.0,
    };
    for ghosts in folder.by_state() {
        let slowest = ghosts.iter().map(|ghost| ghost.total_ms).max();
        let slowest = f64::from(slowest.context("no ghost")?);
        let times = race_from(&folder.rom, &ghosts[0])?;
        let mean = times.iter().copied().map(f64::from).sum::<f64>() / times.len() as f64;
        let percent = 100.0 * mean / slowest;
        let name = format!("scripted driver from the state of {}", ghosts[0].name);
        scripted.checks.push(Check::equal(
            format!("{name}, finishes"),
            &(SEEDS.end as usize),
            &times.len(),
        ));
        scripted.checks.push(Check::at_most(
            format!("{name}, mean time in percent of the slowest ghost"),
            MOST_PERCENT as f32,
            percent as f32,
        ));
        scripted.finishes = scripted.finishes.min(times.len());
        scripted.percent = scripted.percent.max(percent);
    }
    Ok(scripted)
}

/// Total times of the races that finish, milliseconds.
fn race_from(rom: &[u8], ghost: &Ghost) -> Result<Vec<u32>> {
    let totals: Result<Vec<Option<u32>>> = SEEDS
        .into_par_iter()
        .map(|seed| {
            let start = StateStart::open(rom, &Console::default(), &ghost.state)?;
            let mut driver = ScriptedDriver::new(Style::seeded(seed));
            let run = race_movie::record_from_state(start, FRAME_LIMIT, &mut driver, &mut |_| {
                ControlFlow::Continue(())
            })?;
            Ok(run.outcome.finished.then_some(run.outcome.total_ms))
        })
        .collect();
    Ok(totals?.into_iter().flatten().collect())
}
