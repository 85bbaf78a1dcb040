//! `kartscope inspect`: shows main RAM and courses. One file for each subcommand.

pub mod course;
mod diff;
mod dump;
mod events;
mod fields;
pub mod search;
pub mod show;
pub mod source;
mod symbols;
mod tree;
pub mod watch;

use anyhow::Result;
use mkds_memory::main_ram_of;
use outputs::{Kind, Outputs};

use crate::cli::{Inspect, InspectCommand};
use crate::game::GameFiles;
use crate::interrupt;
use crate::report::Report;

/// The kind of file that a dump may replace.
const DUMP: Kind = Kind {
    name: "a dump of main RAM",
    is_one: |bytes| main_ram_of(bytes).is_some(),
};

/// Frames between two checks for Ctrl-C and updates of the progress bar while a movie plays.
const LOOK_UP_EVERY: u64 = 64;

/// Runs a subcommand.
///
/// # Errors
/// When a source can't be read or played, holds no game, or a file can't be written.
pub fn run(args: &Inspect, game: GameFiles<'_>, outputs: &Outputs, report: Report) -> Result<()> {
    interrupt::catch()?;
    match &args.command {
        InspectCommand::Fields(args) => fields::run(args, game, report),
        InspectCommand::Symbols => symbols::run(report),
        InspectCommand::Show(args) => show::run(args, game, outputs, report),
        InspectCommand::Dump(args) => dump::run(args, game, outputs, report),
        InspectCommand::Watch(args) => watch::run(args, game, outputs, report),
        InspectCommand::Events(args) => events::run(args, game, report),
        InspectCommand::Search(args) => search::run(args, game, report),
        InspectCommand::Diff(args) => diff::run(args, game, report),
        InspectCommand::Course(args) => course::run(args, game, outputs, report),
    }
}
