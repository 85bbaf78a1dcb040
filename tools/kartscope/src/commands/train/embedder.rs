//! `kartscope train embedder`: fine-tunes the default embedder.

use std::io::Write;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use indicatif::ProgressBar;
use learn::bc::{Run, StopReason};
use learn::dataset::Dataset;
use learn::embed::tuning::{self, Config, Epoch, Step, Summary};
use learn::embed::{Network, Weights};
use outputs::Outputs;
use serde::Serialize;

use super::training;
use crate::arguments::OutputPath;
use crate::arguments::values::{self, whole};
use crate::games::CourseName;
use crate::report::Report;
use crate::{interrupt, json_path};

/// `kartscope train embedder`.
#[derive(Debug, Args)]
pub struct FineTuning {
    /// Datasets with pictures, as `record --pictures` writes them
    #[arg(required = true, value_name = "DATASET")]
    pub datasets: Vec<PathBuf>,
    /// Folder for the weights
    #[arg(long, short, value_name = "DIR", default_value = "embedder")]
    pub output: OutputPath,
    /// The file of MobileNetV2's weights to begin with: torch's .pth, safetensors or ONNX; those that `make setup` installs when left out
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Only movies of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    pub course_name: Vec<CourseName>,
    /// Passes over the pictures
    #[arg(long, short, default_value_t = Config::default().epochs)]
    pub epochs: u32,
    /// Pairs of pictures a gradient step; each is told from all others
    #[arg(long, value_name = "PAIRS", default_value_t = Config::default().batch_size)]
    pub batch_size: usize,
    /// Rows that two pictures are apart at most that are to look alike
    #[arg(long, value_name = "ROWS", default_value_t = Config::default().near)]
    pub near: NonZeroU32,
    /// How many of the network's last blocks learn, of 19
    #[arg(long, value_name = "N", default_value_t = Config::default().blocks)]
    pub blocks: u32,
    /// The smaller, the more the wrong pictures count that look most alike
    #[arg(long, default_value_t = Config::default().temperature)]
    pub temperature: f64,
    /// Learning rate
    #[arg(long, default_value_t = Config::default().lr)]
    pub lr: f64,
    /// Processor threads to compute on
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::count)]
    pub threads: NonZeroUsize,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
    /// Seed of the order of pictures and of their partners
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
}

impl FineTuning {
    fn config(&self) -> Config {
        Config {
            epochs: self.epochs,
            batch_size: self.batch_size,
            near: self.near,
            blocks: self.blocks,
            temperature: self.temperature,
            lr: self.lr,
            seed: self.seed,
            ..Config::default()
        }
    }
}

/// Fine-tunes the default embedder on datasets, or resumes an interrupted run in the same folder.
///
/// # Errors
/// When a dataset or the folder is damaged or doesn't fit, the weights are missing or another network's, another process trains in
/// the folder, the device does not exist, or training is interrupted.
pub fn run(args: &FineTuning, outputs: &Outputs, report: Report) -> Result<()> {
    outputs.require_free_folder(&args.output)?;
    let datasets = args.datasets.iter().map(Dataset::open);
    let datasets = datasets.collect::<Result<Vec<_>, _>>()?;
    let weights = match &args.weights {
        Some(path) => Weights::read(path)?,
        None => Weights::read(&Weights::find(Network::default())?)?,
    };
    let courses = args.course_name.iter();
    let courses: Vec<String> = courses.map(|course| course.0.clone()).collect();
    let run = Run {
        folder: &args.output,
        courses: &courses,
        device: args.device,
        threads: args.threads.get(),
        interrupt: interrupt::flag(),
    };
    interrupt::catch()?;
    let mut bar = ProgressBar::hidden();
    let summary = tuning::train(&datasets, &weights, &args.config(), &run, &mut |step| {
        show(step, &mut bar, report);
    })?;
    bar.finish_and_clear();
    report.summary(&Tuned::of(&summary), |_, output| print(&summary, output))?;
    let epochs = summary.history.len();
    interrupt::check_keeping(
        epochs,
        format_args!("{epochs} epochs are kept, and the same command continues from there"),
    )
}

/// A [`Summary`] as JSON.
#[derive(Serialize)]
struct Tuned<'a> {
    #[serde(serialize_with = "json_path::serialize")]
    folder: &'a Path,
    #[serde(serialize_with = "json_path::optional")]
    weights: Option<&'a Path>,
    pictures: usize,
    parameters: usize,
    ending: StopReason,
    history: &'a [Epoch],
}

impl<'a> Tuned<'a> {
    fn of(summary: &'a Summary) -> Self {
        Self {
            folder: &summary.folder,
            weights: summary.weights.as_deref(),
            pictures: summary.pictures,
            parameters: summary.parameters,
            ending: summary.ending,
            history: &summary.history,
        }
    }
}

fn show(step: Step, bar: &mut ProgressBar, report: Report) {
    match step {
        Step::Batch {
            epoch,
            done,
            batches,
        } => {
            if bar.length() != Some(batches as u64) {
                *bar = report.progress(batches as u64, "batches");
            }
            bar.set_message(format!("epoch {epoch}"));
            bar.set_position(done as u64);
        }
        Step::Epoch(epoch) => bar.suspend(|| report.note(describe(&epoch))),
    }
}

fn describe(Epoch { epoch, loss, found }: &Epoch) -> String {
    let percent = 100.0 * found;
    format!("epoch {epoch}: loss {loss:.4}, partner nearest in {percent:.1} % of the pairs")
}

fn print(summary: &Summary, output: &mut dyn Write) -> Result<()> {
    writeln!(
        output,
        "{}: {} epochs, {}; {} numbers learnt from {} pictures",
        summary.folder.display(),
        summary.history.len(),
        training::ending(summary.ending),
        summary.parameters,
        summary.pictures
    )?;
    if let Some(weights) = &summary.weights {
        let weights = weights.display();
        writeln!(output, "use them by --weights {weights}")?;
    }
    Ok(())
}
