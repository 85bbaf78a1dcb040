//! `kartscope data view`: a window on a dataset with pictures.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use window_data::{Closed, Setup};

use crate::interrupt;
use crate::report::Report;

/// `kartscope data view`.
#[derive(Debug, Args)]
pub struct View {
    /// A dataset with pictures
    #[arg(value_name = "DATASET")]
    dataset: PathBuf,
    /// Begin with this movie, by its file's name
    #[arg(long, value_name = "NAME")]
    movie: Option<String>,
    /// Begin with this row of that movie
    #[arg(long, value_name = "N", requires = "movie", default_value_t = 0)]
    row: usize,
}

/// Opens the window.
///
/// # Errors
/// The dataset is damaged or has no pictures, or there is no display.
pub(super) fn run(args: &View, report: Report) -> Result<()> {
    let dataset = Dataset::open(&args.dataset)?;
    interrupt::catch()?;
    let closed = window_data::run(Setup {
        dataset,
        first: args.movie.clone().map(|movie| (movie, args.row)),
        is_over: Box::new(interrupt::requested),
    })?;
    report.summary(
        &closed,
        |Closed {
             movies,
             rows,
             removed,
         },
         output| {
            Ok(writeln!(
                output,
                "{}: {removed} rows removed, {rows} rows of {movies} movies",
                args.dataset.display()
            )?)
        },
    )
}
