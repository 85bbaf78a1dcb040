//! `kartscope ghosts extract`: writes each ghost of a save to a separate file.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use clap::Args;
use outputs::{Kind, Outputs};
use serde::Serialize;

use super::{Found, read_save};
use crate::arguments::OutputPath;
use crate::failures::Failures;
use crate::games::{CourseName, GhostGame};
use crate::json_path;
use crate::report::{Report, time};

/// `kartscope ghosts extract`.
#[derive(Debug, Args)]
pub struct ExtractGhosts {
    /// A save file, or controller paks of Mario Kart 64: see `kartscope ghosts list`
    pub save: PathBuf,
    /// Folder for the ghosts
    #[arg(long, short, value_name = "DIR", default_value = "ghosts")]
    pub output: OutputPath,
    /// Only ghosts of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    pub course_name: Vec<CourseName>,
}

/// A ghost that was written to a file.
#[derive(Serialize)]
struct Extracted<S> {
    #[serde(serialize_with = "json_path::serialize")]
    file: PathBuf,
    #[serde(flatten)]
    ghost: S,
}

/// Writes each ghost of a save to a separate file: its unchanged bytes. Ghosts that
/// can't be read or written are reported on standard error and fail the command; the others are written nevertheless.
///
/// # Errors
/// When the save can't be read, holds no such ghost or a broken one, or a file exists already or can't be written.
pub fn run<G: GhostGame>(args: &ExtractGhosts, outputs: &Outputs, report: Report) -> Result<()> {
    let stem = args.save.file_stem().unwrap_or_default().to_string_lossy();
    let (mut extracted, mut lines) = (Vec::new(), Vec::new());
    let mut failures = Failures::none("ghosts", report);
    let save = read_save::<G>(&args.save)?;
    let found = Found::<G>::look(&args.save, &save, &args.course_name, report);
    ensure!(
        !found.ghosts.is_empty(),
        "{}: no ghost in it",
        args.save.display()
    );
    for (place, ghost) in &found.ghosts {
        let name = format!("{}_{stem}.ghost", G::file_code(*place, ghost));
        let file = args.output.join(name);
        if failures.keep(write::<G>(&file, ghost, outputs)).is_some() {
            let (course, total) = (G::course_label(*place, ghost), time(G::total_ms(ghost)));
            lines.push(format!("{course:<5} {total}  {}", file.display()));
            let ghost = G::summary(&save, *place, ghost)?;
            extracted.push(Extracted { file, ghost });
        }
    }
    report.summary(&extracted, |_, output| {
        for line in lines {
            writeln!(output, "{line}")?;
        }
        Ok(())
    })?;
    failures.end()?;
    found.require_all(&args.save)
}

/// Writes a ghost to a file.
fn write<G: GhostGame>(file: &Path, ghost: &G::Ghost, outputs: &Outputs) -> Result<()> {
    let output = outputs.begin(file, Kind::NEW)?;
    Ok(output.commit_with(&G::ghost_to_bytes(ghost)?)?)
}
