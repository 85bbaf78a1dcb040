//! `kartscope data clean`: rows that a model should not learn from, found and removed.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args, ValueEnum};
use learn::cleaning::{self, OutsideRace, near_duplicates};
use learn::dataset::{Dataset, Selection};
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::report::Report;
use crate::{interrupt, json_path};

/// `kartscope data clean`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["duplicates", "outside_race"]))]
pub struct Clean {
    /// A dataset
    #[arg(value_name = "DATASET")]
    dataset: PathBuf,
    /// Remove rows whose picture nearly repeats an earlier one: in the root mean square of a small grey picture's pixels they differ
    /// by at most this many levels of 255. 2 finds pictures of a kart that stands
    #[arg(long, value_name = "LEVELS", value_parser = levels)]
    duplicates: Option<f32>,
    /// The earlier pictures that count for --duplicates
    #[arg(long, value_enum, default_value_t, requires = "duplicates")]
    among: Among,
    /// Remove rows before the line is crossed for the first time, after the finish, and of a paused race
    #[arg(long)]
    outside_race: bool,
    /// Only count the rows
    #[arg(long, conflicts_with = "output")]
    dry_run: bool,
    /// Folder for a cleaned copy, which must not exist; without this the dataset itself is changed, for good
    #[arg(long, short, value_name = "DIR")]
    output: Option<OutputPath>,
}

/// See [`cleaning::Among`].
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Among {
    /// The last one that stays, of the same movie
    #[default]
    Consecutive,
    /// All that stay, of all movies
    All,
}

fn levels(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(levels) if (0.0..=255.0).contains(&levels) => Ok(levels),
        _ => Err("expected a number from 0 to 255".to_owned()),
    }
}

/// The result of a cleaning.
#[derive(Serialize)]
struct Cleaned {
    /// The cleaned dataset; that which was only counted with `--dry-run`.
    #[serde(serialize_with = "json_path::serialize")]
    dataset: PathBuf,
    found: Found,
    /// Rows that were removed, or would be: some are found for several reasons.
    removed: u64,
    /// Rows that stay.
    rows: u64,
    /// Movies that stay.
    movies: usize,
    dry_run: bool,
}

/// Rows by the reason; `None` for a reason that was not asked for.
#[derive(Serialize)]
struct Found {
    near_duplicates: Option<u64>,
    before_start: Option<u64>,
    after_finish: Option<u64>,
    paused: Option<u64>,
}

/// Finds rows and removes them.
///
/// # Errors
/// The dataset is damaged, has no pictures to compare or is being written, or the copy's folder exists or can't be written. The
/// dataset is unchanged then.
pub(super) fn run(args: &Clean, outputs: &Outputs, report: Report) -> Result<()> {
    if let Some(copy) = &args.output {
        outputs.require_free_folder(copy)?;
    }
    let dataset = Dataset::open(&args.dataset)?;
    let among = match args.among {
        Among::Consecutive => cleaning::Among::Consecutive,
        Among::All => cleaning::Among::All,
    };
    let duplicates = args.duplicates;
    let duplicates = duplicates.map(|levels| near_duplicates(&dataset, levels, among));
    let duplicates = duplicates.transpose()?;
    let outside = args.outside_race.then(|| OutsideRace::of(&dataset));
    let outside = outside.transpose()?;

    let of_outside =
        |rows: fn(&OutsideRace) -> &Selection| outside.as_ref().map(|found| rows(found).len());
    let found = Found {
        near_duplicates: duplicates.as_ref().map(Selection::len),
        before_start: of_outside(|found| &found.before_start),
        after_finish: of_outside(|found| &found.after_finish),
        paused: of_outside(|found| &found.paused),
    };
    let mut rows = Selection::none(&dataset);
    for found in duplicates
        .into_iter()
        .chain(outside.map(|found| found.all()))
    {
        rows.add(&found);
    }
    // From here on the first signal waits until the dataset is whole.
    interrupt::catch()?;
    let (folder, movies) = match &args.output {
        _ if args.dry_run => (args.dataset.clone(), staying_movies(&dataset, &rows)),
        Some(copy) => (
            copy.to_path_buf(),
            dataset.copy_without(&rows, copy)?.movies().len(),
        ),
        None => (
            args.dataset.clone(),
            dataset.clone().remove(&rows)?.movies().len(),
        ),
    };
    let all: u64 = dataset.movies().iter().map(|movie| movie.rows).sum();
    let cleaned = Cleaned {
        dataset: folder,
        found,
        removed: rows.len(),
        rows: all - rows.len(),
        movies,
        dry_run: args.dry_run,
    };
    report.summary(&cleaned, print)
}

/// How many movies keep a row.
fn staying_movies(dataset: &Dataset, removed: &Selection) -> usize {
    let movies = dataset.movies().iter().enumerate();
    movies
        .filter(|(index, movie)| removed.len_of(*index) < movie.rows)
        .count()
}

fn print(cleaned: &Cleaned, output: &mut dyn Write) -> Result<()> {
    let found = &cleaned.found;
    for (what, rows) in [
        ("near-duplicates", found.near_duplicates),
        ("before the start", found.before_start),
        ("after the finish", found.after_finish),
        ("paused", found.paused),
    ] {
        if let Some(rows) = rows {
            writeln!(output, "{rows:>8}  {what}")?;
        }
    }
    let verb = if cleaned.dry_run {
        "would be removed"
    } else {
        "removed"
    };
    writeln!(
        output,
        "{}: {} rows {verb}, {} rows of {} movies stay",
        cleaned.dataset.display(),
        cleaned.removed,
        cleaned.rows,
        cleaned.movies
    )?;
    Ok(())
}
