//! `kartscope data`: datasets from and to other programs, and what is in them. One file for each subcommand.

mod clean;
mod embed;
mod export;
mod import;
mod stats;
#[cfg(feature = "window")]
mod view;

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
    /// Compute the vectors of a dataset's pictures once, and write them into it as one more column
    Embed(embed::Embed),
    /// Count a dataset's rows, pictures and actions, course by course, and draw them
    Stats(stats::Stats),
    /// Find near-duplicates and rows outside a race, and remove them
    Clean(clean::Clean),
    /// Open a window on a dataset with pictures: look through its rows, mark some, remove them
    #[cfg(feature = "window")]
    View(view::View),
}

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: &Data, outputs: &Outputs, report: Report) -> Result<()> {
    match &args.command {
        DataCommand::Import(args) => import::run(args, outputs, report),
        DataCommand::Export(args) => export::run(args, outputs, report),
        DataCommand::Clean(args) => clean::run(args, outputs, report),
        DataCommand::Embed(args) => embed::run(args, report),
        #[cfg(feature = "window")]
        DataCommand::View(args) => view::run(args, report),
        DataCommand::Stats(args) => stats::run(args, outputs, report),
    }
}
