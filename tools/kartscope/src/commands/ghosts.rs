//! `kartscope ghosts`: lists, extracts and injects the ghosts of save files.

mod extract;
mod inject;
mod list;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use mkds_formats::ghost::Ghost;
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use outputs::{Kind, Outputs};

use crate::files::{self, Input};
use crate::games::GameChoice;
use crate::report::Report;

/// `kartscope ghosts`.
#[derive(Debug, Args)]
pub struct Ghosts {
    /// What to do with them.
    #[command(subcommand)]
    pub command: GhostsCommand,
}

/// What to do with ghosts.
#[derive(Debug, Subcommand)]
pub enum GhostsCommand {
    /// List the ghosts of a save file
    List(list::ListGhosts),
    /// Write each ghost of a save file to a separate file
    Extract(extract::ExtractGhosts),
    /// Put runs into a save file as ghosts, to race against them
    Inject(inject::InjectGhosts),
}

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommands.
pub fn run(args: &Ghosts, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    match &args.command {
        GhostsCommand::List(args) => list::run(args, report),
        GhostsCommand::Extract(args) => extract::run(args, outputs, report),
        GhostsCommand::Inject(args) => inject::run(args, choice, outputs, report),
    }
}

/// The kind of file that a save may replace.
pub const SAVE: Kind = Kind {
    name: "a save file",
    is_one: |bytes| Save::parse(bytes).is_ok(),
};

/// Reads a save file.
///
/// # Errors
/// When it can't be read, or is no save.
pub fn read_save(path: &Path) -> Result<Save> {
    Save::parse(&files::read(path, Input::Save)?).with_context(|| path.display().to_string())
}

/// The readable ghosts of a save.
struct Found {
    /// Slots and ghosts.
    ghosts: Vec<(usize, Ghost)>,
    /// Whether these are all: no ghost is broken, and the file does not end too early.
    all: bool,
}

impl Found {
    /// Reads the ghosts of a save on the `wanted` courses, or on all if that is empty. Reports ghosts that can't be read
    /// on standard error.
    fn look(path: &Path, save: &Save, wanted: &[&Course], report: Report) -> Self {
        let path = path.display();
        let is_wanted = |slot: usize| {
            wanted.is_empty() || wanted.iter().any(|course| usize::from(course.slot) == slot)
        };
        let (lost, whole) = (save.lost_bytes(), save.battery().len());
        if lost > 0 {
            report.note(format_args!(
                "error: {path}: expected {whole} bytes of battery memory, found {}: only the first {} slots are whole",
                whole - lost,
                save.whole_slots()
            ));
        }
        let mut found = Self {
            ghosts: Vec::new(),
            all: lost == 0,
        };
        for (slot, ghost) in save.ghosts() {
            match ghost {
                _ if !is_wanted(slot) => {}
                Ok(ghost) => found.ghosts.push((slot, ghost)),
                Err(error) => {
                    report.note(format_args!("error: {path}: {error}"));
                    found.all = false;
                }
            }
        }
        found
    }

    /// Fails unless all ghosts could be read.
    ///
    /// # Errors
    /// When some could not.
    fn require_all(&self, path: &Path) -> Result<()> {
        ensure!(
            self.all,
            "{}: not all of its ghosts can be read",
            path.display()
        );
        Ok(())
    }
}

/// Milliseconds in the game's format.
fn time(milliseconds: u32) -> String {
    format!(
        "{}:{:02}.{:03}",
        milliseconds / 60_000,
        milliseconds / 1000 % 60,
        milliseconds % 1000
    )
}
