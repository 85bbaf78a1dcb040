//! `kartscope data export`: a dataset as recordings of another program.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use learn::dataset::Dataset;
use learn::tensorkart;
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::json_path;
use crate::report::Report;

/// `kartscope data export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The other program.
    #[command(subcommand)]
    program: Program,
}

/// Programs whose recordings are written.
#[derive(Debug, Subcommand)]
enum Program {
    /// TensorKart and its successors: for each movie a folder of img_N.png and data.csv
    Tensorkart(TensorKart),
}

#[derive(Debug, Args)]
struct TensorKart {
    /// A dataset with pictures
    #[arg(value_name = "DATASET")]
    dataset: PathBuf,
    /// Folder for the recordings, which must not exist; TensorKart looks for them in its folder `samples`
    #[arg(long, short, value_name = "DIR")]
    output: OutputPath,
}

/// The result of an export.
#[derive(Serialize)]
struct Exported {
    #[serde(serialize_with = "json_path::serialize")]
    folder: PathBuf,
    recordings: usize,
    pictures: u64,
}

/// Exports a dataset.
///
/// # Errors
/// The dataset is damaged or has no pictures, or the folder exists or can't be written. Nothing is written then.
pub(super) fn run(args: &Export, outputs: &Outputs, report: Report) -> Result<()> {
    let Program::Tensorkart(args) = &args.program;
    outputs.require_free_folder(&args.output)?;
    let dataset = Dataset::open(&args.dataset)?;
    tensorkart::export(&dataset, &args.output)?;
    let exported = Exported {
        folder: args.output.to_path_buf(),
        recordings: dataset.movies().len(),
        pictures: dataset.movies().iter().map(|movie| movie.rows).sum(),
    };
    report.summary(&exported, |exported, output| {
        Ok(writeln!(
            output,
            "{}: {} recordings, {} pictures",
            exported.folder.display(),
            exported.recordings,
            exported.pictures
        )?)
    })
}
