//! `kartscope data`: datasets from and to other programs, and what is in them. One file for each subcommand.

mod export;
mod import;
mod stats;

use anyhow::Result;
use clap::{Args, Subcommand};
use outputs::Outputs;

use crate::report::Report;

/// `kartscope data`.
#[derive(Debug, Args)]
pub struct Data {
    /// What to do with a dataset.
    #[command(subcommand)]
    command: DataCommand,
}

/// What to do with a dataset.
#[derive(Debug, Subcommand)]
enum DataCommand {
    /// Make a dataset of another program's recordings
    Import(import::Import),
    /// Write a dataset as another program's recordings
    Export(export::Export),
    /// Count a dataset's rows, pictures and actions, course by course
    Stats(stats::Stats),
}

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: &Data, outputs: &Outputs, report: Report) -> Result<()> {
    match &args.command {
        DataCommand::Import(args) => import::run(args, outputs, report),
        DataCommand::Export(args) => export::run(args, outputs, report),
        DataCommand::Stats(args) => stats::run(args, report),
    }
}
