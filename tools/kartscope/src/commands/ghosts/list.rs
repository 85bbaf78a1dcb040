//! `kartscope ghosts list`: what is in a save file.

use std::io::Write;

use anyhow::{Result, bail};
use mkds_formats::ghost::GhostSummary;

use super::{read_save, time};
use crate::cli::ListGhosts;
use crate::report::Report;

/// Lists the ghosts of a save file; slots that can't be read are named on standard error and fail the command.
///
/// # Errors
/// When the file can't be read, is no save, or holds a broken ghost.
pub fn run(args: &ListGhosts, report: Report) -> Result<()> {
    let path = args.save.display();
    let save = read_save(&args.save)?;
    let mut ghosts = Vec::new();
    let mut broken = 0;
    for (slot, ghost) in save.ghosts() {
        match ghost {
            Ok(ghost) => ghosts.push(GhostSummary::new(slot, &ghost)),
            Err(error) => {
                report.note(format_args!("error: {path}: {error}"));
                broken += 1;
            }
        }
    }
    report.result(&ghosts, |ghosts, output| print(ghosts, output))?;
    if broken > 0 {
        bail!("{path}: {broken} of its ghosts can't be read");
    }
    Ok(())
}

fn print(ghosts: &[GhostSummary], output: &mut dyn Write) -> Result<()> {
    writeln!(
        output,
        "slot  course  character  kart  time       laps                             nickname"
    )?;
    for ghost in ghosts {
        let laps: Vec<String> = ghost.lap_ms.iter().map(|&lap| time(lap)).collect();
        writeln!(
            output,
            "{:>4}  {:<6}  {:>9}  {:>4}  {}  {:<32} {}",
            ghost.slot,
            ghost.course_abbreviation,
            ghost.character,
            ghost.kart,
            time(ghost.total_ms),
            laps.join(" "),
            ghost.nickname
        )?;
    }
    Ok(())
}
