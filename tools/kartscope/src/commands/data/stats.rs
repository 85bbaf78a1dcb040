//! `kartscope data stats`: what is in a dataset.

#[cfg(feature = "cairo")]
mod picture;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use learn::dataset::Dataset;
use learn::statistics::{CourseStatistics, Statistics};
use outputs::{Kind, Output, Outputs};

use crate::arguments::OutputPath;
use crate::report::Report;

/// `kartscope data stats`.
#[derive(Debug, Args)]
pub struct Stats {
    /// A dataset
    #[arg(value_name = "DATASET")]
    dataset: PathBuf,
    /// Draw them into this PNG, too
    #[arg(long, short, value_name = "PNG")]
    output: Option<OutputPath>,
}

/// Prints what is in a dataset, and draws it.
///
/// # Errors
/// The dataset is damaged, or the picture can't be written.
pub(super) fn run(args: &Stats, outputs: &Outputs, report: Report) -> Result<()> {
    let output = args.output.as_deref();
    let output = output.map(|path| outputs.begin(path, Kind::PNG));
    let output = output.transpose()?;
    let statistics = Statistics::of(&Dataset::open(&args.dataset)?)?;
    if let Some(output) = output {
        draw(&statistics, output)?;
    }
    report.result(&statistics, |statistics, output| {
        print(&args.dataset, statistics, output)
    })
}

#[cfg(feature = "cairo")]
fn draw(statistics: &Statistics, mut output: Output) -> Result<()> {
    use std::io::BufWriter;

    use anyhow::Context as _;

    let picture = picture::draw(statistics).render()?;
    drawing::export::png(&picture, BufWriter::new(&mut output))
        .with_context(|| format!("can't write {}", output.path().display()))?;
    Ok(output.commit()?)
}

#[cfg(not(feature = "cairo"))]
fn draw(_statistics: &Statistics, _output: Output) -> Result<()> {
    anyhow::bail!("--output: expected a build with the feature \"cairo\", found one without");
}

/// A course's name in words.
fn course_name(name: &str) -> &str {
    if name.is_empty() { "no course" } else { name }
}

fn print(dataset: &Path, all: &Statistics, output: &mut dyn Write) -> Result<()> {
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
    for vectors in &all.vectors {
        let embedding = &vectors.embedding;
        writeln!(
            output,
            "vectors: {} numbers by {}, of {} movies, {} rows",
            embedding.dimension, embedding.embedder, vectors.movies, vectors.rows
        )?;
    }
    for (name, course) in &all.courses {
        print_course(course_name(name), course, output)?;
    }
    Ok(())
}

fn print_course(name: &str, course: &CourseStatistics, output: &mut dyn Write) -> Result<()> {
    let actions = &course.actions;
    let share = |rows: u64| 100.0 * rows as f64 / actions.rows.max(1) as f64;
    writeln!(
        output,
        "{name}: {} movies, {} rows, {:.0} % straight",
        course.movies,
        actions.rows,
        100.0 * actions.straight
    )?;
    let stick = actions.stick.map(|rows| format!("{:.0}", share(rows)));
    writeln!(output, "  stick from left to right, %: {}", stick.join(" "))?;
    let buttons = actions.buttons.iter();
    let buttons: Vec<String> = buttons
        .map(|(name, rows)| format!("{name} {:.0}", share(*rows)))
        .collect();
    writeln!(output, "  buttons held, %: {}", buttons.join(", "))?;
    Ok(())
}
