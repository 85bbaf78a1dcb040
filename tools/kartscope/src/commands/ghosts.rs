//! `kartscope ghosts`: lists, extracts and injects the ghosts of save files, and lists and writes records.

mod extract;
mod inject;
mod list;
mod records;

use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use outputs::Outputs;

use crate::files::{self, Input};
use crate::games::{CourseName, GameChoice, GhostGame, of_game};
use crate::report::{Report, causes};

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
    /// List the records in the EEPROM of Mario Kart 64, and write records into it
    Records(records::Records),
}

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommands.
pub fn run(args: &Ghosts, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    match &args.command {
        GhostsCommand::List(args) => {
            of_game!(choice.of_save(&args.save), G => list::run::<G>(args, report))
        }
        GhostsCommand::Extract(args) => {
            of_game!(choice.of_save(&args.save), G => extract::run::<G>(args, outputs, report))
        }
        GhostsCommand::Inject(args) => inject::run(args, choice, outputs, report),
        GhostsCommand::Records(args) => records::run(args, outputs, report),
    }
}

/// Reads a save file.
///
/// # Errors
/// When it can't be read, or is no save.
pub fn read_save<G: GhostGame>(path: &Path) -> Result<G::Save> {
    G::parse_save(&files::read(path, Input::Save)?).with_context(|| path.display().to_string())
}

/// The readable ghosts of a save.
struct Found<G: GhostGame> {
    /// Places and ghosts.
    ghosts: Vec<(G::Place, G::Ghost)>,
    /// Whether these are all: no ghost is broken, and the file does not end too early.
    all: bool,
}

impl<G: GhostGame> Found<G> {
    /// Reads the ghosts of a save on the `wanted` courses, or on all if that is empty. Reports ghosts that can't be read
    /// on standard error.
    fn look(path: &Path, save: &G::Save, wanted: &[CourseName], report: Report) -> Self {
        let path = path.display();
        let missing = G::missing(save);
        if let Some(missing) = &missing {
            report.note(format_args!("error: {path}: {missing}"));
        }
        let mut found = Self {
            ghosts: Vec::new(),
            all: missing.is_none(),
        };
        for (place, ghost) in G::ghosts(save) {
            let is_on = |course: &CourseName| G::is_on(place, ghost.as_ref().ok(), &course.0);
            match ghost {
                _ if !wanted.is_empty() && !wanted.iter().any(is_on) => {}
                Ok(ghost) => found.ghosts.push((place, ghost)),
                Err(error) => {
                    report.note(format_args!("error: {path}: {}", causes(&error)));
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
