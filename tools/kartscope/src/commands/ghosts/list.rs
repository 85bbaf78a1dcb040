//! `kartscope ghosts list`: lists the ghosts of a save file.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use mkds_formats::ghost::GhostSummary;
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use serde::Serialize;

use super::{Found, read_save, time};
use crate::report::Report;

/// `kartscope ghosts list`.
#[derive(Debug, Args)]
pub struct ListGhosts {
    /// A save file: raw, DeSmuME's .dsv, an Action Replay's .duc or no$gba's
    pub save: PathBuf,
}

/// A ghost, and its unusual properties.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    ghost: GhostSummary,
    /// The course is not one of the game's: the ghost comes from a mod.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    not_in_this_game: bool,
    /// The ghost is deleted: it is not in the save's table of ghosts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
}

/// Lists the ghosts of a save file; slots that can't be read are reported on standard error and fail the command.
///
/// # Errors
/// When the file can't be read, is no save, holds a broken ghost or ends too early.
pub fn run(args: &ListGhosts, report: Report) -> Result<()> {
    let save = read_save(&args.save)?;
    let found = Found::look(&args.save, &save, &[], report);
    let ghosts = listed(&save, &found).with_context(|| args.save.display().to_string())?;
    report.result(&ghosts, |ghosts, output| print(ghosts, output))?;
    found.require_all(&args.save)
}

fn listed(save: &Save, found: &Found) -> Result<Vec<Listed>> {
    let deleted = save.hidden_ghosts()?;
    let ghosts = found.ghosts.iter();
    Ok(ghosts
        .map(|(slot, ghost)| Listed {
            ghost: GhostSummary::new(*slot, ghost),
            not_in_this_game: Course::by_id(ghost.combo.course).is_none(),
            deleted: deleted.contains(slot),
        })
        .collect())
}

fn print(ghosts: &[Listed], output: &mut dyn Write) -> Result<()> {
    writeln!(
        output,
        "slot  course  character  kart  time       laps                             nickname"
    )?;
    for listed in ghosts {
        let ghost = &listed.ghost;
        let laps: Vec<String> = ghost.lap_ms.iter().map(|&lap| time(lap)).collect();
        writeln!(
            output,
            "{:>4}  {:<6}  {:>9}  {:>4}  {}  {:<32} {}{}",
            ghost.slot,
            ghost.course_abbreviation,
            ghost.character,
            ghost.kart,
            time(ghost.total_ms),
            laps.join(" "),
            ghost.nickname,
            remarks(listed)
        )?;
    }
    Ok(())
}

/// The unusual properties of a ghost as text.
fn remarks(listed: &Listed) -> String {
    let ghost = &listed.ghost;
    let course = match Course::by_id(ghost.course) {
        None => format!("  course {}, not in this game", ghost.course),
        Some(course) if course.abbreviation != ghost.course_abbreviation => {
            format!("  course {}, {}", ghost.course, course.abbreviation)
        }
        Some(_) => String::new(),
    };
    let deleted = if listed.deleted {
        "  deleted: the game no longer shows it"
    } else {
        ""
    };
    course + deleted
}
