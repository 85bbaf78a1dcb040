//! `kartscope search`: pictures of datasets that look like another. One file for each subcommand.

mod build;
mod copy;
mod info;
mod query;
#[cfg(feature = "cairo")]
mod sheet;

use anyhow::Result;
use clap::{Args, Subcommand};
use outputs::Outputs;

use crate::report::Report;

/// `kartscope search`.
#[derive(Debug, Args)]
pub struct Search {
    /// What to do with an index.
    #[command(subcommand)]
    command: SearchCommand,
}

/// What to do with an index.
#[derive(Debug, Subcommand)]
enum SearchCommand {
    /// Make an index of the pictures of datasets
    Build(build::Build),
    /// Copy an index to Qdrant: to a folder, or to a collection of a server's
    Copy(copy::Copy),
    /// Print what is in an index
    Info(info::Info),
    /// Find the pictures of an index that look most like one
    Query(query::FindPictures),
}

/// Runs a subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: &Search, outputs: &Outputs, report: Report) -> Result<()> {
    match &args.command {
        SearchCommand::Build(args) => build::run(args, outputs, report),
        SearchCommand::Copy(args) => copy::run(args, outputs, report),
        SearchCommand::Info(args) => info::run(args, report),
        SearchCommand::Query(args) => query::run(args, outputs, report),
    }
}
