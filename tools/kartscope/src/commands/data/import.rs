//! `kartscope data import`: recordings of other programs as a dataset.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use learn::dataset::NewDataset;
use learn::tensorkart::{Problem, Recordings};
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::report::Report;
use crate::{interrupt, json_path};

/// `kartscope data import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The other program.
    #[command(subcommand)]
    program: Program,
}

/// Programs whose recordings are read.
#[derive(Debug, Subcommand)]
enum Program {
    /// TensorKart and its successors: img_N.png with data.csv or joystick.csv, or X.npy with y.npy
    Tensorkart(TensorKart),
}

#[derive(Debug, Args)]
struct TensorKart {
    /// A recording's folder, or a folder of such
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Folder for the dataset, which must not exist
    #[arg(long, short, value_name = "DIR")]
    output: OutputPath,
    /// Leave out pictures that are missing, damaged, of another size or without a line, and name each; without this they
    /// are errors
    #[arg(long)]
    skip_bad: bool,
}

/// The result of an import.
#[derive(Serialize)]
struct Imported {
    #[serde(serialize_with = "json_path::serialize")]
    dataset: PathBuf,
    movies: usize,
    rows: u64,
    /// What was left out, with the reason.
    left_out: Vec<String>,
}

/// Imports recordings.
///
/// # Errors
/// There is no recording, one is damaged, or the dataset exists or can't be written. Nothing is written then.
pub(super) fn run(args: &Import, outputs: &Outputs, report: Report) -> Result<()> {
    let Program::Tensorkart(args) = &args.program;
    outputs.require_free_folder(&args.output)?;
    interrupt::catch()?;
    let recordings = Recordings::open(&args.folder)?;
    let mut dataset = NewDataset::begin(&args.output, recordings.schema())?;
    let mut problems: Vec<Problem> = Vec::new();
    let read = recordings.read();
    let progress = report.progress(read.len() as u64, "recordings");
    for recorded in read {
        interrupt::check()?;
        let recorded = recorded?;
        problems.extend(recorded.problems);
        if !recorded.rows.is_empty() {
            dataset.add(recorded.source, &recorded.rows)?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    for problem in &problems {
        let what = if args.skip_bad { "left out: " } else { "" };
        report.note(format_args!("{what}{problem}"));
    }
    ensure!(
        problems.is_empty() || args.skip_bad,
        "{}: expected a sound picture for each line and a line for each picture, found {} without; --skip-bad leaves them out",
        args.folder.display(),
        problems.len()
    );
    let manifest = dataset.commit()?;
    let imported = Imported {
        dataset: args.output.to_path_buf(),
        movies: manifest.movies.len(),
        rows: manifest.movies.iter().map(|movie| movie.rows).sum(),
        left_out: problems.iter().map(ToString::to_string).collect(),
    };
    report.summary(&imported, |imported, output| {
        Ok(writeln!(
            output,
            "{}: {} movies, {} rows, {} left out",
            imported.dataset.display(),
            imported.movies,
            imported.rows,
            imported.left_out.len()
        )?)
    })
}
