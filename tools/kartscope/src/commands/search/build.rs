//! `kartscope search build`: makes an index of pictures.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use learn::embed::choice;
use learn::neighbours::{self, Settings};
use outputs::Outputs;
use search::Exact;

use super::info::Summary;
use crate::arguments::OutputPath;
use crate::arguments::values;
use crate::commands::train::knn::MetricName;
use crate::report::Report;
use crate::{interrupt, workers};

/// `kartscope search build`.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// Datasets with pictures, as `record --pictures` writes them
    #[arg(required = true, value_name = "DATASET")]
    datasets: Vec<PathBuf>,
    /// The index's file
    #[arg(long, short, value_name = "FILE", default_value = "pictures.index")]
    output: OutputPath,
    /// What turns pictures into vectors
    #[arg(long, default_value = "mobilenet_v2", value_parser = choice::NAMES)]
    embedder: String,
    /// The file of the embedder's weights: torch's .pth or safetensors; those that `make setup` installs when left out
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// How vectors are compared
    #[arg(long, value_enum, default_value = "cosine")]
    metric: MetricName,
    /// Threads that embed pictures; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    threads: Option<NonZeroUsize>,
}

/// Makes an index.
///
/// # Errors
/// When a dataset is damaged, has no pictures or differs from the first, the embedder's weights are missing, the index can't be
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
    let movies = datasets.iter().flat_map(Dataset::movies);
    let bar = report.progress(movies.map(|movie| movie.rows).sum(), "pictures");
    let open = |_| choice::open(&args.embedder, args.weights.as_deref());
    let threads = 0..workers::count(args.threads);
    let mut embedders = threads.map(open).collect::<Result<Vec<_>, _>>()?;
    let settings = Settings {
        metric: args.metric.into(),
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
