//! `kartscope ghosts list`: lists the ghosts of a save file.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::{Found, read_save};
use crate::games::GhostGame;
use crate::report::Report;

/// `kartscope ghosts list`.
#[derive(Debug, Args)]
pub struct ListGhosts {
    /// A save file: raw, DeSmuME's .dsv, an Action Replay's .duc or no$gba's; or controller paks of Mario Kart 64: one, those
    /// of four ports (Mupen64Plus's .mpk) or a DexDrive's (.n64)
    pub save: PathBuf,
}

/// Lists the ghosts of a save file; slots that can't be read are reported on standard error and fail the command.
///
/// # Errors
/// When the file can't be read, is no save, holds a broken ghost or ends too early.
pub fn run<G: GhostGame>(args: &ListGhosts, report: Report) -> Result<()> {
    let save = read_save::<G>(&args.save)?;
    let found = Found::<G>::look(&args.save, &save, &[], report);
    let ghosts = found.ghosts.iter();
    let ghosts = ghosts.map(|(place, ghost)| G::summary(&save, *place, ghost));
    let ghosts: Vec<G::Summary> = ghosts
        .collect::<Result<_>>()
        .with_context(|| args.save.display().to_string())?;
    report.result(&ghosts, |ghosts, output| {
        writeln!(output, "{}", G::HEADING)?;
        for ghost in ghosts {
            writeln!(output, "{}", G::line(ghost))?;
        }
        Ok(())
    })?;
    found.require_all(&args.save)
}
