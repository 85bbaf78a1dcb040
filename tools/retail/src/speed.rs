//! The speed of the real game: frames a second of CPU time along a ghost's race.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use desmume::{Cpu, Options, Picture, State};
use env_mkds::runs::console::Console;
use nds_formats::pad::Frame;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use outputs::Kind;

use crate::folder::{Folder, Ghost};
use crate::race::Run;

/// Rounds of a measurement; its figure is the median.
const ROUNDS: usize = 5;

/// Frames a second without pictures, and with.
///
/// # Errors
/// The emulator's, and when RAM no longer holds the race.
pub fn measure(folder: &Folder, ghost: &Ghost) -> Result<[f64; 2]> {
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (rates, picture) in rates.iter_mut().zip([Picture::Skip, Picture::Draw]) {
            let mut run = Run::new(&folder.rom, ghost, Cpu::default())?;
            let (frames, begin) = (run.counter(), cpu_time(UsageWho::RUSAGE_SELF)?);
            while run.step(picture)? {}
            let took = cpu_time(UsageWho::RUSAGE_SELF)? - begin;
            rates.push(f64::from(run.counter() - frames) / took.as_secs_f64());
        }
    }
    Ok(rates.map(median))
}

/// How much less CPU time `ours` takes than `before` to replay a ghost's race, run alternately.
///
/// Both are programs with the command `replay`; the movie that they play is written into `scratch`.
///
/// # Errors
/// When a program fails.
pub fn compare(
    folder: &Folder,
    ghost: &Ghost,
    [ours, before]: [&Path; 2],
    scratch: &Path,
) -> Result<f64> {
    let options = Options::default();
    let state = State::from_dst(&ghost.state, &folder.rom, &options)?;
    let mut movie = Console::new(options.clone()).blank_movie(&folder.rom)?;
    movie.header.set("savestate", "1")?;
    let start = Run::new(&folder.rom, ghost, options.cpu)?.counter();
    movie.frames = (start..ghost.end())
        .map(|counter| ghost.frame(counter))
        .collect::<Vec<Frame>>();
    let path = scratch.join("speed.dsm");
    outputs::write(&path, Kind::OWN, &movie.to_bytes())?;
    outputs::write(&path.with_extension("dst"), Kind::OWN, &state.to_dst()?)?;
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let [ours, before] =
            [ours, before].map(|program| replay_time(program, &folder.rom_path, &path));
        ratios.push(before?.as_secs_f64() / ours?.as_secs_f64());
    }
    Ok(median(ratios))
}

fn replay_time(program: &Path, cartridge: &Path, movie: &Path) -> Result<Duration> {
    let begin = cpu_time(UsageWho::RUSAGE_CHILDREN)?;
    let status = Command::new(program)
        .arg("--rom")
        .arg(cartridge)
        .arg("replay")
        .arg(movie)
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("can't start {}", program.display()))?;
    ensure!(status.success(), "{}: {status}", program.display());
    Ok(cpu_time(UsageWho::RUSAGE_CHILDREN)? - begin)
}

fn cpu_time(of: UsageWho) -> Result<Duration> {
    let usage = getrusage(of)?;
    let microseconds =
        usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(microseconds.unsigned_abs()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
