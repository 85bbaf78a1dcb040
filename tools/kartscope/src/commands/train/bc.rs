//! `kartscope train bc`: trains a driver on datasets by behavioural cloning.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use indicatif::ProgressBar;
use learn::bc::{self, Config, Epoch, Plan, Run, StopReason, Summary};
use learn::dataset::Dataset;
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::OutputPath;
use crate::arguments::values::{self, setting, whole};
use crate::failures::Failures;
use crate::games::CourseName;
use crate::report::Report;
use crate::{interrupt, json_path};

/// `kartscope train bc`.
#[derive(Debug, Args)]
pub struct BehaviouralCloning {
    /// Datasets, as `record` writes them
    #[arg(required = true, value_name = "DATASET")]
    pub datasets: Vec<PathBuf>,
    /// Folder for the model
    #[arg(long, short, value_name = "DIR", default_value = "model")]
    pub output: OutputPath,
    /// Network: mlp or lstm
    #[arg(long, default_value = "mlp")]
    pub model_name: learn::bc::ModelName,
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
    /// Frames a gradient step
    #[arg(
        long,
        default_value_t = 512,
        value_parser = setting("a whole number", |config, size| config.batch_size = size)
    )]
    pub batch_size: usize,
    /// Part of the movies to train on, above 0 and up to 1; the rest validate
    #[arg(
        long,
        default_value_t = 0.8,
        value_parser = setting("a number", |config, ratio| config.split_ratio = ratio)
    )]
    pub split_ratio: f64,
    /// Frames that the network sees at once; the network's own default when left out
    #[arg(
        long,
        value_parser = setting("a whole number", |config, frames| config.seq_len = frames)
    )]
    pub seq_len: Option<usize>,
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

/// Trains a driver, or resumes interrupted training in the same folder.
///
/// # Errors
/// When a dataset or the folder is damaged or doesn't fit, another process trains in the folder, the device does not exist,
/// or training is interrupted.
pub fn run(args: &BehaviouralCloning, outputs: &Outputs, report: Report) -> Result<()> {
    outputs.require_free_folder(&args.output)?;
    let courses = args.course_name.iter();
    let courses: Vec<String> = courses.map(|course| course.0.clone()).collect();
    let mut failures = Failures::none("datasets", report);
    let open = |folder: &PathBuf| failures.keep(Dataset::open(folder).map_err(anyhow::Error::from));
    let datasets: Vec<Dataset> = args.datasets.iter().filter_map(open).collect();
    // Training without a dataset that can't be read would give another driver than requested.
    failures.end()?;
    let defaults = Config::new(args.model_name);
    let config = Config {
        epochs: args.epochs,
        lr: args.lr,
        batch_size: args.batch_size,
        split_ratio: args.split_ratio,
        seq_len: args.seq_len.unwrap_or(defaults.seq_len),
        seed: args.seed,
        ..defaults
    };
    let run = Run {
        folder: &args.output,
        courses: &courses,
        device: args.device,
        threads: args.threads.get(),
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

/// A [`Summary`] as JSON.
#[derive(Serialize)]
struct Trained<'a> {
    #[serde(serialize_with = "json_path::serialize")]
    folder: &'a Path,
    plan: &'a Plan,
    ending: StopReason,
    epochs: u32,
    best: Option<&'a Epoch>,
}

impl<'a> Trained<'a> {
    fn of(summary: &'a Summary) -> Self {
        Self {
            folder: &summary.folder,
            plan: &summary.plan,
            ending: summary.ending,
            epochs: summary.epochs,
            best: summary.best.as_ref(),
        }
    }
}

fn print(summary: &Summary, output: &mut dyn Write) -> Result<()> {
    let ending = match summary.ending {
        StopReason::Complete => "all epochs done",
        StopReason::NoImprovement => "no improvement",
        StopReason::Interrupted => "interrupted",
    };
    writeln!(
        output,
        "{}: {} epochs, {ending}",
        summary.folder.display(),
        summary.epochs
    )?;
    if let Some(best) = &summary.best {
        writeln!(output, "best epoch: {}", describe(best))?;
    }
    Ok(())
}

/// An epoch in a line: losses, and the balanced accuracy of each button.
fn describe(epoch: &Epoch) -> String {
    let figures = epoch.validation.as_ref().unwrap_or(&epoch.train);
    let buttons: Vec<String> = figures
        .heads
        .iter()
        .map(|(name, head)| format!("{name} {:.3}", head.balanced_accuracy))
        .collect();
    format!(
        "{}: loss {:.4}, validation {:.4}; balanced accuracy {}",
        epoch.epoch,
        epoch.train.loss,
        figures.loss,
        buttons.join(", ")
    )
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
