//! `kartscope inspect`: what there is in main RAM and in courses. One file a subcommand.

mod course;
mod diff;
mod dump;
mod fields;
pub mod search;
pub mod show;
pub mod source;
mod symbols;
mod tree;
mod watch;
mod words;

use std::path::Path;

use anyhow::Result;

use crate::cli::{Inspect, InspectCommand};
use crate::interrupt;
use crate::report::Report;

/// Looks at what was asked for.
///
/// # Errors
/// When a source can't be read or played, holds no game, or a file can't be written.
pub fn run(args: &Inspect, rom: Option<&Path>, report: Report) -> Result<()> {
    interrupt::catch()?;
    match &args.command {
        InspectCommand::Fields(args) => fields::run(args, rom, report),
        InspectCommand::Symbols => symbols::run(report),
        InspectCommand::Show(args) => show::run(args, rom, report),
        InspectCommand::Dump(args) => dump::run(args, rom, report),
        InspectCommand::Watch(args) => watch::run(args, rom, report),
        InspectCommand::Search(args) => search::run(args, rom, report),
        InspectCommand::Diff(args) => diff::run(args, rom, report),
        InspectCommand::Course(args) => course::run(args, rom, report),
    }
}
