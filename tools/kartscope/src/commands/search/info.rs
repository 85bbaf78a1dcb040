//! `kartscope search info`: what is in an index.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use search::Search;
use serde::Serialize;

use crate::json_path;
use crate::report::Report;

/// `kartscope search info`.
#[derive(Debug, Args)]
pub(super) struct Info {
    /// An index of any engine: a file, a folder, or the address of a server's collection
    #[arg(value_name = "INDEX")]
    index: PathBuf,
}

/// What is in an index.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    #[serde(serialize_with = "json_path::serialize")]
    index: &'a Path,
    engine: String,
    pictures: u64,
    embedder: String,
    weights_sha256: Option<String>,
    preprocessing: String,
    dimension: usize,
    metric: String,
    courses: Vec<String>,
    movies: Vec<String>,
}

impl<'a> Summary<'a> {
    pub(super) fn of(index: &dyn Search, place: &'a Path) -> search::Result<Self> {
        let description = index.description();
        let embedding = &description.embedding;
        Ok(Self {
            index: place,
            engine: index.engine()?,
            pictures: index.count(),
            embedder: embedding.embedder.clone(),
            weights_sha256: embedding.weights_sha256.clone(),
            preprocessing: embedding.preprocessing.clone(),
            dimension: embedding.dimension,
            metric: description.metric.to_string(),
            courses: index.texts("course")?,
            movies: index.texts("movie")?,
        })
    }

    pub(super) fn print(&self, output: &mut dyn Write) -> Result<()> {
        writeln!(
            output,
            "{}: {} pictures of {} movies on {}",
            self.index.display(),
            self.pictures,
            self.movies.len(),
            self.courses.join(" ")
        )?;
        writeln!(
            output,
            "{}: {} numbers, compared by {}; {}",
            self.embedder, self.dimension, self.metric, self.preprocessing
        )?;
        writeln!(output, "engine: {}", self.engine)?;
        if let Some(weights) = &self.weights_sha256 {
            writeln!(output, "weights: SHA-256 {weights}")?;
        }
        Ok(())
    }
}

/// Prints what is in an index.
///
/// # Errors
/// When it can't be read, is no index or is damaged.
pub(super) fn run(args: &Info, report: Report) -> Result<()> {
    let index = search_qdrant::open(&args.index)?;
    let summary = Summary::of(&*index, &args.index)?;
    report.result(&summary, |summary, output| summary.print(output))
}
