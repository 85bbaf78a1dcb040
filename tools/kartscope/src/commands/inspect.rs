//! `kartscope inspect`: shows main RAM and courses. One file for each subcommand.

pub mod course;
mod diff;
mod dump;
mod events;
mod field_name;
mod fields;
mod game;
pub mod search;
pub mod show;
pub mod source;
mod symbols;
mod tree;
pub mod watch;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use course::ListedGame;
use game::{InspectedGame, MemoryOf};
use outputs::{Kind, Outputs};
use ram_views::Memory as _;

use crate::arguments::Misuse;
use crate::game::Game;
use crate::games::{GameChoice, of_game};
use crate::interrupt;
use crate::report::Report;

/// Explanation of sources, in the help of every command that takes one.
const SOURCES: &str = "\
Sources:
  ram.bin           a dump of main RAM, 4 MiB, as the emulator keeps it
  f8c.dst           a save state, DeSmuME's (.dst, .ds0 to .ds9), Mupen64Plus's (.st, .st0 to .st9) or kartscope's
  race.dsm          a movie (.dsm; .m64 of a Nintendo 64), played to the first frame of its race
  race.dsm@race+300 ... to 300 frames after the race's first one: the start signal
  race.dsm@1200     ... to the movie's frame 1200, counted from 0
  race.dsm@end      ... to its last frame

Movies are played and states loaded on the bundled game, or on the ROM that --rom names.";

/// `kartscope inspect`.
#[derive(Debug, Args)]
#[command(after_help = SOURCES)]
pub struct Inspect {
    /// What to look at.
    #[command(subcommand)]
    pub command: InspectCommand,
    /// The save state that movies start from, in place of the .dst (.st of a Nintendo 64) beside each
    #[arg(long, global = true, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum InspectCommand {
    /// List the structures, or the fields of one
    Fields(fields::Fields),
    /// List where the game keeps its structures
    #[command(after_help = "Examples:\n  kartscope inspect symbols\n  \
                            kartscope inspect symbols --json")]
    Symbols,
    /// Print fields, or write them into a dump
    Show(show::Show),
    /// Write main RAM as a file
    Dump(dump::Dump),
    /// Play a movie and write fields frame by frame
    Watch(watch::Watch),
    /// Play a movie and list the events of its races: laps, checkpoints, drifts, boosts, walls, the finish
    Events(events::Events),
    /// Search main RAM for a value by its amount and its changes
    Search(search::Search),
    /// Compare two images of main RAM
    Diff(diff::Diff),
    /// List the contents of a course, and draw it from above
    Course(course::InspectCourse),
}

impl Inspect {
    /// Refuses `--state` without a movie to play from it, and options that contradict each other.
    ///
    /// # Errors
    /// When the command line has one of them.
    pub fn check(&self, json: bool) -> Result<(), Misuse> {
        let plays = match &self.command {
            InspectCommand::Symbols => false,
            InspectCommand::Fields(args) => args.source.is_some(),
            _ => true,
        };
        if self.state.is_some() && !plays {
            return Err(Misuse::conflict(
                "--state: expected a movie to play from it",
            ));
        }
        match &self.command {
            InspectCommand::Watch(args) => args.check(json),
            InspectCommand::Search(args) => args.check(),
            _ => Ok(()),
        }
    }
}

/// The kind of file that a dump may replace.
const fn dump_kind<G: InspectedGame>() -> Kind {
    Kind {
        name: "a dump of main RAM",
        is_one: |bytes| MemoryOf::<G>::in_dump(bytes).is_some(),
    }
}

/// Frames between two checks for Ctrl-C and updates of the progress bar while a movie plays.
const LOOK_UP_EVERY: u64 = 64;

/// Runs a subcommand.
///
/// # Errors
/// When a source can't be read or played, holds no game, or a file can't be written.
pub fn run(args: &Inspect, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    let game = Game::open(choice)?.with_state(args.state.as_deref());
    interrupt::catch()?;
    of_game!(game.kind, G => run_on::<G>(&args.command, &game, outputs, report))
}

fn run_on<G: ListedGame>(
    command: &InspectCommand,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    match command {
        InspectCommand::Fields(args) => fields::run::<G>(args, game, report),
        InspectCommand::Symbols => symbols::run::<G>(report),
        InspectCommand::Show(args) => show::run::<G>(args, game, outputs, report),
        InspectCommand::Dump(args) => dump::run::<G>(args, game, outputs, report),
        InspectCommand::Watch(args) => watch::run::<G>(args, game, outputs, report),
        InspectCommand::Events(args) => events::run::<G>(args, game, report),
        InspectCommand::Search(args) => search::run::<G>(args, game, report),
        InspectCommand::Diff(args) => diff::run::<G>(args, game, report),
        InspectCommand::Course(args) => course::run::<G>(args, game, outputs, report),
    }
}
