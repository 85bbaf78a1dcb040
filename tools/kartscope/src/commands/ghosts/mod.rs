//! `kartscope ghosts`: the ghosts of save files, looked at, taken out and put in.

mod extract;
mod inject;
mod list;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use mkds_formats::ghost::Ghost;
use mkds_formats::sav::Save;

use crate::cli::{Ghosts, GhostsCommand};
use crate::report::Report;
use crate::{courses, files};

/// Does what the command line says with the ghosts of a save file.
///
/// # Errors
/// Those of the subcommands.
pub fn run(args: &Ghosts, rom: Option<&Path>, report: Report) -> Result<()> {
    match &args.command {
        GhostsCommand::List(args) => list::run(args, report),
        GhostsCommand::Extract(args) => extract::run(args, report),
        GhostsCommand::Inject(args) => inject::run(args, rom, report),
    }
}

/// A save file.
///
/// # Errors
/// When it can't be read, or is none.
pub fn read_save(path: &Path) -> Result<Save> {
    Save::parse(&files::read(path)?).with_context(|| path.display().to_string())
}

/// The ghosts of a save, those of `wanted` courses alone unless that is empty.
fn ghosts_of(path: &Path, wanted: &[String]) -> Result<Vec<(usize, Ghost)>> {
    let wanted = courses::by_name(wanted)?;
    let is_wanted = |slot: usize| {
        wanted.is_empty() || wanted.iter().any(|course| usize::from(course.slot) == slot)
    };
    let ghosts = read_save(path)?
        .ghosts()
        .into_iter()
        .filter(|(slot, _)| is_wanted(*slot))
        .map(|(slot, ghost)| Ok((slot, ghost.with_context(|| path.display().to_string())?)))
        .collect::<Result<Vec<_>>>()?;
    ensure!(!ghosts.is_empty(), "{}: no ghost in it", path.display());
    Ok(ghosts)
}

/// Milliseconds as the game shows them.
fn time(milliseconds: u32) -> String {
    format!(
        "{}:{:02}.{:03}",
        milliseconds / 60_000,
        milliseconds / 1000 % 60,
        milliseconds % 1000
    )
}
