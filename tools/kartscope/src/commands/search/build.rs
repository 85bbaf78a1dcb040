//! `kartscope search build`: makes an index of pictures.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use learn::neighbours::{self, Settings};
use outputs::Outputs;
use search::Exact;

use super::info::Summary;
use crate::arguments::{EmbedderArguments, OutputPath};
use crate::commands::train::knn::{MetricName, note_vectors};
use crate::interrupt;
use crate::report::Report;

/// `kartscope search build`.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// Datasets with pictures, as `record --pictures` writes them
    #[arg(required = true, value_name = "DATASET")]
    datasets: Vec<PathBuf>,
    /// The index's file
    #[arg(long, short, value_name = "FILE", default_value = "pictures.index")]
    output: OutputPath,
    /// How vectors are compared
    #[arg(long, value_enum, default_value = "cosine")]
    metric: MetricName,
    #[command(flatten)]
    embedder: EmbedderArguments,
}

/// Makes an index.
///
/// # Errors
/// When a dataset is damaged, has no pictures, other vectors or differs from the first, the embedder's weights are missing, the index can't be
/// written, or the user interrupts.
pub(super) fn run(args: &Build, outputs: &Outputs, report: Report) -> Result<()> {
    let output = outputs.begin(&args.output, Exact::KIND)?;
    let open = |folder: &PathBuf| Dataset::open(folder);
    let datasets = args
        .datasets
        .iter()
        .map(open)
        .collect::<Result<Vec<_>, _>>()?;
    interrupt::catch()?;
    note_vectors(&datasets, report);
    let movies = datasets.iter().flat_map(Dataset::movies);
    let bar = report.progress(movies.map(|movie| movie.rows).sum(), "pictures");
    let mut embedders = args.embedder.open()?;
    let settings = Settings {
        metric: args.metric.into(),
        waiting: true,
        ..Settings::default()
    };
    let builder = neighbours::build(&datasets, &mut embedders, &settings, &mut |done, _| {
        bar.set_position(done);
        interrupt::control_flow()
    })?;
    bar.finish_and_clear();
    interrupt::check()?;
    let Some(builder) = builder else {
        return Ok(());
    };
    builder.write(output)?;
    let summary = Summary::of(&Exact::open(&args.output)?, &args.output)?;
    report.summary(&summary, Summary::print)
}
