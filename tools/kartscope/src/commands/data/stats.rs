//! `kartscope data stats`: what is in a dataset.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use learn::statistics::{CourseStatistics, Statistics};

use crate::report::Report;

/// `kartscope data stats`.
#[derive(Debug, Args)]
pub struct Stats {
    /// A dataset
    #[arg(value_name = "DATASET")]
    dataset: PathBuf,
}

/// Prints what is in a dataset.
///
/// # Errors
/// The dataset is damaged.
pub(super) fn run(args: &Stats, report: Report) -> Result<()> {
    let statistics = Statistics::of(&Dataset::open(&args.dataset)?)?;
    report.result(&statistics, |statistics, output| {
        print(&args.dataset, statistics, output)
    })
}

fn print(dataset: &std::path::Path, all: &Statistics, output: &mut dyn Write) -> Result<()> {
    let dataset = dataset.display();
    writeln!(
        output,
        "{dataset}: {} movies, {} rows",
        all.movies, all.rows
    )?;
    if let Some(pictures) = &all.pictures {
        let mean = pictures.bytes / all.rows.max(1);
        writeln!(
            output,
            "pictures: {} x {} pixels, {}, {mean} bytes in the mean, {} at most",
            pictures.width, pictures.height, pictures.encoding, pictures.largest
        )?;
    }
    for (name, course) in &all.courses {
        let name = if name.is_empty() { "no course" } else { name };
        print_course(name, course, output)?;
    }
    Ok(())
}

fn print_course(name: &str, course: &CourseStatistics, output: &mut dyn Write) -> Result<()> {
    let share = |rows: u64| 100.0 * rows as f64 / course.rows.max(1) as f64;
    writeln!(
        output,
        "{name}: {} movies, {} rows, {:.0} % straight",
        course.movies,
        course.rows,
        100.0 * course.straight
    )?;
    let stick = course.stick.map(|rows| format!("{:.0}", share(rows)));
    writeln!(output, "  stick from left to right, %: {}", stick.join(" "))?;
    let buttons = course.buttons.iter();
    let buttons: Vec<String> = buttons
        .map(|(name, rows)| format!("{name} {:.0}", share(*rows)))
        .collect();
    writeln!(output, "  buttons held, %: {}", buttons.join(", "))?;
    Ok(())
}
