//! A ghost's race, played in both CPU modes side by side.

use anyhow::Result;
use desmume::{Cpu, Picture};
use env_mkds::runs::lap_times_ms;
use nds_formats::pad::Pad;
use rayon::prelude::*;

use crate::check::Check;
use crate::events::Events;
use crate::folder::{Folder, Ghost};
use crate::modes::Differences;
use crate::race::Run;
use crate::track::Track;

/// Suffix of the names of the checks of times.
pub const TIMES: &str = "laps and total";

/// Checks each ghost, or one of them.
///
/// # Errors
/// The emulator's, and when RAM no longer holds the race.
pub fn check_all(folder: &Folder, only: Option<usize>, compare_every: u32) -> Result<Vec<Check>> {
    let ghosts: Vec<&Ghost> = folder.chosen(only).collect();
    let checks: Result<Vec<Vec<Check>>> = ghosts
        .par_iter()
        .map(|ghost| {
            let checks = check(&folder.rom, ghost, compare_every);
            note!("{} played in both CPU modes", ghost.name);
            checks
        })
        .collect();
    Ok(checks?.into_iter().flatten().collect())
}

fn check(rom: &[u8], ghost: &Ghost, compare_every: u32) -> Result<Vec<Check>> {
    let names = ["interpreter", "JIT"].map(|mode| format!("{} ({mode})", ghost.name));
    let mut runs = [
        Run::new(rom, ghost, Cpu::Interpreter)?,
        Run::new(rom, ghost, Cpu::default())?,
    ];
    let mut events = [Events::new(), Events::new()];
    let mut track = Track::new(&runs[1].race()?)?;
    let mut differences = Differences::default();
    while runs[0].step(Picture::Skip)? && runs[1].step(Picture::Skip)? {
        let [interpreter, jit] = &runs;
        for (run, events) in runs.iter().zip(&mut events) {
            events.see(&run.ram()?)?;
        }
        track.see(&jit.race()?)?;
        if jit.counter() % compare_every == 0 {
            differences.see(jit.counter(), &interpreter.ram()?, &jit.ram()?)?;
        }
    }
    let mut checks = Vec::new();
    let last_run = last_run(rom, ghost, runs[1].outcome()?.total_ms)?;
    for ((name, run), events) in names.iter().zip(&runs).zip(&events) {
        let mut found = lap_times_ms(&run.race()?)?;
        let mut expected = ghost.lap_ms.clone();
        found.push(run.outcome()?.total_ms);
        expected.push(ghost.total_ms);
        let mut times = Check::equal(format!("{name}, {TIMES}"), &expected, &found);
        if let (true, Some(pad)) = (times.failed(), last_run) {
            times.expected = None;
            times.name += ", but for inputs that the save leaves out";
            times.found += &format!(
                ", and {} with {pad:?} held after the saved inputs",
                ghost.total_ms
            );
        }
        checks.push(times);
        checks.extend(events.checks(name, ghost));
    }
    checks.extend(track.checks(&ghost.name));
    checks.extend(check_walls(rom, &ghost.straight_on())?);
    checks.extend(differences.checks(&ghost.name));
    Ok(checks)
}

/// The checks of the track for a race that hits walls, which people's ghosts do not.
fn check_walls(rom: &[u8], race: &Ghost) -> Result<Vec<Check>> {
    let mut run = Run::new(rom, race, Cpu::default())?;
    let mut track = Track::new(&run.race()?)?;
    while run.counter() < race.end() && run.step(Picture::Skip)? {
        track.see(&run.race()?)?;
    }
    let mut checks = track.checks(&race.name);
    let hits = format!("{}, walls are hit", race.name);
    checks.push(Check::equal(hits, &true, &(track.walls_hit() > 0)));
    Ok(checks)
}

/// The buttons that may be held when a race ends: drivers accelerate, and may hop into a bend.
const LAST_RUNS: [Pad; 6] = [
    Pad::A,
    Pad::A.union(Pad::LEFT),
    Pad::A.union(Pad::RIGHT),
    Pad::A.union(Pad::R),
    Pad::A.union(Pad::R).union(Pad::LEFT),
    Pad::A.union(Pad::R).union(Pad::RIGHT),
];

/// The buttons that give the saved time if held after the saved inputs, which alone give the different time `total_ms`.
///
/// A save holds runs of equal buttons: the run that is not finished when the kart crosses the line is missing.
fn last_run(rom: &[u8], ghost: &Ghost, total_ms: u32) -> Result<Option<Pad>> {
    if total_ms == ghost.total_ms {
        return Ok(None);
    }
    let mut run = Run::new(rom, ghost, Cpu::default())?;
    run.play_inputs()?;
    for pad in LAST_RUNS {
        if run.total_holding(pad)? == ghost.total_ms {
            return Ok(Some(pad));
        }
    }
    Ok(None)
}
