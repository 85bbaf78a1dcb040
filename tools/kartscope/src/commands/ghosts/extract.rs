//! `kartscope ghosts extract`: writes each ghost of a save to a separate file.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;
use mkds_formats::ghost::{Ghost, GhostSummary};
use mkds_formats::names::Course;
use outputs::{Kind, Outputs};
use serde::Serialize;

use super::{Found, read_save};
use crate::arguments::{OutputPath, values};
use crate::failures::Failures;
use crate::report::Report;
use crate::{courses, json_path};

/// `kartscope ghosts extract`.
#[derive(Debug, Args)]
pub struct ExtractGhosts {
    /// A save file: raw, DeSmuME's .dsv, an Action Replay's .duc or no$gba's
    pub save: PathBuf,
    /// Folder for the ghosts
    #[arg(long, short, value_name = "DIR", default_value = "ghosts")]
    pub output: OutputPath,
    /// Only ghosts of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = values::course)]
    pub course_name: Vec<&'static Course>,
}

/// A ghost that was written to a file.
#[derive(Serialize)]
struct Extracted {
    #[serde(serialize_with = "json_path::serialize")]
    file: PathBuf,
    #[serde(flatten)]
    ghost: GhostSummary,
}

/// Writes each ghost of a save to a separate file: the unchanged bytes of its slot. Ghosts that
/// can't be read or written are reported on standard error and fail the command; the others are written nevertheless.
///
/// # Errors
/// When the save can't be read, holds no such ghost or a broken one, or a file exists already or can't be written.
pub fn run(args: &ExtractGhosts, outputs: &Outputs, report: Report) -> Result<()> {
    let stem = args.save.file_stem().unwrap_or_default().to_string_lossy();
    let mut extracted = Vec::new();
    let mut failures = Failures::none("ghosts", report);
    let save = read_save(&args.save)?;
    let found = Found::look(&args.save, &save, &args.course_name, report);
    ensure!(
        !found.ghosts.is_empty(),
        "{}: no ghost in it",
        args.save.display()
    );
    for (slot, ghost) in &found.ghosts {
        let code = courses::ghost_code(*slot, ghost.combo.course);
        let name = format!("{code}_{stem}.ghost");
        let file = args.output.join(name);
        if failures.keep(write(&file, ghost, outputs)).is_some() {
            let ghost = GhostSummary::new(*slot, ghost);
            extracted.push(Extracted { file, ghost });
        }
    }
    report.summary(&extracted, |extracted, output| {
        for Extracted { file, ghost } in extracted {
            let time = super::time(ghost.total_ms);
            writeln!(
                output,
                "{:<5} {time}  {}",
                ghost.course_abbreviation,
                file.display()
            )?;
        }
        Ok(())
    })?;
    failures.end()?;
    found.require_all(&args.save)
}

/// Writes a ghost to a file.
fn write(file: &Path, ghost: &Ghost, outputs: &Outputs) -> Result<()> {
    let output = outputs.begin(file, Kind::NEW)?;
    Ok(output.commit_with(&ghost.to_slot()?)?)
}
