//! `cargo xtask retail DIR`: kartscope on the real game, from save states of it and people's ghosts.
//!
//! No data of the game is kept: the movies for the measured programs are in a temporary folder.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "a program has no interface to other crates")]

#[macro_use]
#[path = "../../xtask/src/console.rs"]
mod console;
mod check;
mod events;
mod folder;
mod ghost;
mod modes;
mod picture;
mod race;
mod scripted;
mod speed;
mod track;
mod verify;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use outputs::Kind;

use check::Check;
use folder::Folder;

/// Checks kartscope on the real game.
#[derive(Parser)]
struct Arguments {
    /// Save states and the cartridge, as prepare.py makes them, with ghosts.json beside them.
    folder: PathBuf,
    /// Compare every field between the CPU modes in every N-th frame.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    compare_every: u32,
    /// Check only the ghost with this number, and measure nothing.
    #[arg(long, value_name = "N")]
    ghost: Option<usize>,
    /// The command-line tool of this version.
    #[arg(long, value_name = "PROGRAM")]
    program: PathBuf,
    /// The command-line tool of an earlier version, to compare the speed with.
    #[arg(long, value_name = "PROGRAM")]
    before: Option<PathBuf>,
    /// Write a picture of each ghost's race, with all overlays, into this folder.
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
    /// Write the figures into this file, as JSON.
    #[arg(long, value_name = "FILE")]
    figures: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let folder = Folder::open(&arguments.folder)?;
    let mut checks = verify::check(&arguments.program, &folder)?;
    checks.extend(ghost::check_all(
        &folder,
        arguments.ghost,
        arguments.compare_every,
    )?);
    for ghost in folder.chosen(arguments.ghost) {
        checks.extend(picture::check(
            &folder.rom,
            ghost,
            arguments.pictures.as_deref(),
        )?);
    }
    let mut figures = BTreeMap::new();
    if arguments.ghost.is_none() {
        let scripted = scripted::race(&folder)?;
        checks.extend(scripted.checks);
        figures.extend([
            ("retail_finish_scripted", scripted.finishes as f64),
            ("retail_time_vs_ghost_pct", scripted.percent),
        ]);
        figures.extend(count(&checks));
        figures.extend(measure(&folder, &arguments)?);
    }
    for check in &checks {
        say!("{check}");
    }
    for missing in &folder.missing {
        say!("skipped: {missing}");
    }
    if arguments.before.is_none() {
        say!("skipped: retail_fps_vs_before, for no earlier program is given (--before)");
    }
    let failures = checks.iter().filter(|check| check.failed()).count();
    say!("{failures} of {} checks failed", checks.len());
    for (name, value) in &figures {
        say!("{name}: {value:.2}");
    }
    if let Some(path) = &arguments.figures {
        outputs::write(path, Kind::OWN, &serde_json::to_vec_pretty(&figures)?)?;
    }
    Ok(ExitCode::from(u8::from(failures > 0)))
}

/// The number of ghosts whose times are exact, and the number of comparisons of the CPU modes with a difference.
fn count(checks: &[Check]) -> [(&'static str, f64); 2] {
    let ending_in = |what: &str, failed: bool| {
        checks
            .iter()
            .filter(|check| check.name.ends_with(what) && check.failed() == failed)
            .count() as f64
    };
    [
        ("retail_ghosts_exact", ending_in(ghost::TIMES, false)),
        (
            "retail_mode_differences",
            ending_in(modes::UNEXPLAINED, true),
        ),
    ]
}

/// The speed of this version, also compared with the earlier one.
fn measure(folder: &Folder, arguments: &Arguments) -> Result<Vec<(&'static str, f64)>> {
    let Some(ghost) = folder.ghosts.first() else {
        return Ok(Vec::new());
    };
    let [without, with] = speed::measure(folder, ghost)?;
    let mut figures = vec![("retail_fps", without), ("retail_fps_picture", with)];
    if let Some(before) = &arguments.before {
        let scratch = tempfile::tempdir()?;
        let ratio = speed::compare(folder, ghost, [&arguments.program, before], scratch.path())?;
        figures.push(("retail_fps_vs_before", ratio));
    }
    Ok(figures)
}
