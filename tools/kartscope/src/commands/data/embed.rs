//! `kartscope data embed`: the vectors of a dataset's pictures, computed once.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use learn::embed::{self, Embedding};
use serde::Serialize;

use crate::arguments::EmbedderArguments;
use crate::report::Report;
use crate::{interrupt, json_path};

/// `kartscope data embed`.
#[derive(Debug, Args)]
pub struct Embed {
    /// A dataset with pictures
    #[arg(value_name = "DATASET")]
    dataset: PathBuf,
    #[command(flatten)]
    embedder: EmbedderArguments,
    /// Replace vectors of another embedder, other weights or another preprocessing; without this they are an error
    #[arg(long)]
    replace: bool,
}

/// The result of embedding a dataset.
#[derive(Serialize)]
struct Embedded {
    #[serde(serialize_with = "json_path::serialize")]
    dataset: PathBuf,
    /// Which vectors it has now.
    embedding: Embedding,
    /// Rows, all of which have a vector.
    rows: u64,
    /// Movies whose pictures were embedded.
    embedded: usize,
    /// Movies that had these vectors already.
    kept: usize,
}

/// Writes the vectors of all pictures into a dataset.
///
/// # Errors
/// When the dataset is damaged, has no pictures, has other vectors or is being written, the embedder's weights are missing, a file
/// can't be written, or the user interrupts. Movies that were embedded before are kept.
pub(super) fn run(args: &Embed, report: Report) -> Result<()> {
    interrupt::catch()?;
    let dataset = Dataset::open(&args.dataset)?;
    let mut embedders = args.embedder.open()?;
    let bar = report.progress(0, "pictures");
    let embedded = embed::add_to(
        &dataset,
        &mut embedders,
        args.replace,
        &mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
            interrupt::control_flow()
        },
    )?;
    bar.finish_and_clear();
    interrupt::check_keeping(
        embedded,
        format_args!(
            "{embedded} movies have vectors now, and the same command continues from there"
        ),
    )?;
    let movies = dataset.movies();
    let result = Embedded {
        dataset: args.dataset.clone(),
        embedding: embedders[0].embedding().clone(),
        rows: movies.iter().map(|movie| movie.rows).sum(),
        embedded,
        kept: movies.len() - embedded,
    };
    report.summary(&result, |result, output| {
        Ok(writeln!(
            output,
            "{}: {} rows, {} numbers each by {}, of {} movies now and {} before",
            result.dataset.display(),
            result.rows,
            result.embedding.dimension,
            result.embedding.embedder,
            result.embedded,
            result.kept
        )?)
    })
}
