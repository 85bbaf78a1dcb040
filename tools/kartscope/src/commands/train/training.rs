//! What methods of training share: their options, progress and report.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use indicatif::ProgressBar;
use learn::bc::{self, Config, Epoch, Plan, Run, SplitMetrics, StopReason, Summary};
use learn::dataset::Dataset;
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::arguments::values::{self, setting, whole};
use crate::failures::Failures;
use crate::games::CourseName;
use crate::report::Report;
use crate::{interrupt, json_path};

/// Options of every method.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder for the model
    #[arg(long, short, value_name = "DIR", default_value = "model")]
    pub output: OutputPath,
    /// Only movies of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    pub course_name: Vec<CourseName>,
    /// Passes over the training movies at most
    #[arg(
        long,
        short,
        default_value_t = 30,
        value_parser = setting("a whole number", |config, epochs| config.epochs = epochs)
    )]
    pub epochs: u32,
    /// Learning rate, above 0
    #[arg(
        long,
        default_value_t = 1e-3,
        value_parser = setting("a number", |config, lr| config.lr = lr)
    )]
    pub lr: f64,
    /// Part of the movies to train on, above 0 and up to 1; the rest validate
    #[arg(
        long,
        default_value_t = 0.8,
        value_parser = setting("a number", |config, ratio| config.split_ratio = ratio)
    )]
    pub split_ratio: f64,
    /// Processor threads to compute on; only one gives the same bits on every run
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::count)]
    pub threads: std::num::NonZeroUsize,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
    /// Seed of the split, the weights and the order
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
}

impl Options {
    /// Trains a driver with `config` and these options on datasets, or resumes interrupted training in the same folder.
    ///
    /// # Errors
    /// When a dataset or the folder is damaged or doesn't fit, another process trains in the folder, the device does not exist,
    /// or training is interrupted.
    pub fn train(
        &self,
        datasets: &[PathBuf],
        config: &Config,
        outputs: &Outputs,
        report: Report,
    ) -> Result<()> {
        outputs.require_free_folder(&self.output)?;
        let courses = self.course_name.iter();
        let courses: Vec<String> = courses.map(|course| course.0.clone()).collect();
        let mut failures = Failures::none("datasets", report);
        let open =
            |folder: &PathBuf| failures.keep(Dataset::open(folder).map_err(anyhow::Error::from));
        let datasets: Vec<Dataset> = datasets.iter().filter_map(open).collect();
        // Training without a dataset that can't be read would give another driver than requested.
        failures.end()?;
        let config = Config {
            epochs: self.epochs,
            lr: self.lr,
            split_ratio: self.split_ratio,
            seed: self.seed,
            ..config.clone()
        };
        let run = Run {
            folder: &self.output,
            courses: &courses,
            device: self.device,
            threads: self.threads.get(),
            interrupt: interrupt::flag(),
        };
        interrupt::catch()?;
        let mut progress = Progress {
            report,
            bar: ProgressBar::hidden(),
        };
        let summary = bc::train(&datasets, &config, &run, &mut progress)?;
        progress.bar.finish_and_clear();
        report.summary(&Trained::of(&summary), |_, output| print(&summary, output))?;
        interrupt::check_keeping(
            summary.epochs as usize,
            format_args!(
                "{} epochs are kept, and the same command continues from there",
                summary.epochs
            ),
        )
    }
}

/// A [`Summary`] as JSON.
#[derive(Serialize)]
struct Trained<'a> {
    #[serde(serialize_with = "json_path::serialize")]
    folder: &'a Path,
    plan: &'a Plan,
    ending: StopReason,
    epochs: u32,
    best: Option<&'a Epoch>,
    /// Whether the best epoch's model (nearly) always drives straight while its data does not.
    always_straight: bool,
    seconds: f64,
    waited_seconds: f64,
}

impl<'a> Trained<'a> {
    fn of(summary: &'a Summary) -> Self {
        Self {
            folder: &summary.folder,
            plan: &summary.plan,
            ending: summary.ending,
            epochs: summary.epochs,
            best: summary.best.as_ref(),
            always_straight: summary
                .best
                .as_ref()
                .is_some_and(|best| figures(best).is_always_straight()),
            seconds: summary.seconds,
            waited_seconds: summary.waited_seconds,
        }
    }
}

/// Why training ended, in words.
pub fn ending(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Complete => "all epochs done",
        StopReason::NoImprovement => "no improvement",
        StopReason::Interrupted => "interrupted",
    }
}

fn print(summary: &Summary, output: &mut dyn Write) -> Result<()> {
    let ending = ending(summary.ending);
    writeln!(
        output,
        "{}: {} epochs, {ending}",
        summary.folder.display(),
        summary.epochs
    )?;
    if let Some(best) = &summary.best {
        writeln!(output, "best epoch: {}", describe(best))?;
        print_decisions(figures(best), output)?;
    }
    Ok(())
}

/// The figures by which an epoch is judged.
fn figures(epoch: &Epoch) -> &SplitMetrics {
    epoch.validation.as_ref().unwrap_or(&epoch.train)
}

/// What the model decides beside what was recorded, so that a model that never steers is seen before it loses a race.
fn print_decisions(figures: &SplitMetrics, output: &mut dyn Write) -> Result<()> {
    if let Some(steering) = figures.steering() {
        let bins = 0..steering.recorded.len();
        let shares: Vec<[f64; 2]> = bins.map(|bin| steering.shares(bin..bin + 1)).collect();
        for (side, name) in ["recorded", "model"].into_iter().enumerate() {
            let percents: Vec<String> = shares
                .iter()
                .map(|shares| format!("{:3.0}", 100.0 * shares[side]))
                .collect();
            let percents = percents.join(" ");
            writeln!(
                output,
                "steering from left to right, %, {name:>8}: {percents}"
            )?;
        }
    }
    let held: Vec<String> = figures
        .held()
        .iter()
        .map(|(name, [recorded, decided])| {
            format!("{name} {:.0} of {:.0}", 100.0 * decided, 100.0 * recorded)
        })
        .collect();
    if !held.is_empty() {
        let held = held.join(", ");
        writeln!(output, "held, % of the frames, model of recorded: {held}")?;
    }
    if figures.is_always_straight() {
        writeln!(
            output,
            "warning: the model drives straight (nearly) always, the recorded drivers do not; \
             more data of bends, other seeds or more epochs may help"
        )?;
    }
    Ok(())
}

/// An epoch in a line: losses, the balanced accuracy of each button, and how far decided numbers are from recorded ones.
fn describe(epoch: &Epoch) -> String {
    let figures = figures(epoch);
    let list = |figures: &mut dyn Iterator<Item = (&str, f64)>| {
        let figures: Vec<String> = figures
            .map(|(name, figure)| format!("{name} {figure:.3}"))
            .collect();
        figures.join(", ")
    };
    let buttons = figures.heads.iter();
    let mut line = format!(
        "{}: loss {:.4}, validation {:.4}; balanced accuracy {}",
        epoch.epoch,
        epoch.train.loss,
        figures.loss,
        list(&mut buttons.map(|(name, head)| (name, head.balanced_accuracy)))
    );
    if figures.heads.is_empty() {
        line.truncate(line.rfind(';').unwrap_or(line.len()));
    }
    if !figures.distances.is_empty() {
        let distances = figures.distances.iter();
        let distances = list(&mut distances.map(|(name, distance)| (name, *distance)));
        line += &format!("; distance {distances}");
    }
    line
}

/// Shows the progress of training.
struct Progress {
    report: Report,
    bar: ProgressBar,
}

impl bc::Progress for Progress {
    fn begin(&mut self, plan: &Plan) {
        self.report.note(format_args!(
            "training on {} movies ({} frames), validating on {} ({}); {} parameters on {}",
            plan.train_movies,
            plan.train_frames,
            plan.validation_movies,
            plan.validation_frames,
            plan.parameters,
            plan.device
        ));
        if plan.resumed_epochs > 0 {
            self.report
                .note(format_args!("resuming after epoch {}", plan.resumed_epochs));
        }
    }

    fn batch(&mut self, epoch: u32, done: usize, batches: usize) {
        if self.bar.length() != Some(batches as u64) {
            self.bar = self.report.progress(batches as u64, "batches");
        }
        self.bar.set_message(format!("epoch {epoch}"));
        self.bar.set_position(done as u64);
    }

    fn epoch(&mut self, epoch: &Epoch, best: bool) {
        let mark = if best { " *" } else { "" };
        self.bar.suspend(|| {
            self.report
                .note(format_args!("epoch {}{mark}", describe(epoch)));
        });
    }
}
