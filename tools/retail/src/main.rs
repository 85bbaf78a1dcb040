//! `cargo xtask retail DIR`: kartscope on the real game, from save states of it and people's ghosts.
//!
//! Nothing of the game is kept: what the programs that are measured play lies in a temporary folder.
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
mod speed;
mod track;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use check::Check;
use folder::Folder;

/// Checks kartscope on the real game.
#[derive(Parser)]
struct Arguments {
    /// Save states and the cartridge, as prepare.py makes them, with ghosts.json beside them.
    folder: PathBuf,
    /// Compare every field between the CPU modes in one of so many frames.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    compare_every: u32,
    /// Only the ghost of this number, and no measuring.
    #[arg(long, value_name = "N")]
    ghost: Option<usize>,
    /// The command-line tool of this version, to compare its speed.
    #[arg(long, value_name = "PROGRAM", requires = "before")]
    ours: Option<PathBuf>,
    /// The command-line tool of an earlier version.
    #[arg(long, value_name = "PROGRAM", requires = "ours")]
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
    let mut checks = ghost::check_all(&folder, arguments.ghost, arguments.compare_every)?;
    for ghost in folder.chosen(arguments.ghost) {
        checks.extend(picture::check(
            &folder.rom,
            ghost,
            arguments.pictures.as_deref(),
        )?);
    }
    for check in &checks {
        say!("{check}");
    }
    for missing in &folder.missing {
        say!("skipped: {missing}");
    }
    let failures = checks.iter().filter(|check| check.failed()).count();
    say!("{failures} of {} checks failed", checks.len());
    if arguments.ghost.is_none() {
        measure(&folder, &arguments, &checks)?;
    }
    Ok(ExitCode::from(u8::from(failures > 0)))
}

/// Prints the figures and writes them.
fn measure(folder: &Folder, arguments: &Arguments, checks: &[Check]) -> Result<()> {
    let count = |what: &'static str| {
        checks
            .iter()
            .filter(move |check| check.name.ends_with(what))
    };
    let exact = count(ghost::TIMES).filter(|check| !check.failed()).count();
    let differences = count(modes::UNEXPLAINED)
        .filter(|check| check.failed())
        .count();
    let mut figures = BTreeMap::from([
        ("retail_ghosts_exact", exact as f64),
        ("retail_mode_differences", differences as f64),
    ]);
    if let Some(ghost) = folder.ghosts.first() {
        let [without, with] = speed::measure(folder, ghost)?;
        figures.extend([("retail_fps", without), ("retail_fps_picture", with)]);
        if let (Some(ours), Some(before)) = (&arguments.ours, &arguments.before) {
            let scratch = tempfile::tempdir()?;
            let ratio = speed::compare(folder, ghost, [ours, before], scratch.path())?;
            figures.insert("retail_fps_vs_before", ratio);
        } else {
            say!("skipped: retail_fps_vs_before, for no earlier program is given (--before)");
        }
    }
    for (name, value) in &figures {
        say!("{name}: {value:.2}");
    }
    if let Some(path) = &arguments.figures {
        std::fs::write(path, serde_json::to_vec_pretty(&figures)?)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}
