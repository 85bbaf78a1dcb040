//! `kartscope train bc`: trains a driver on datasets by behavioural cloning.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::bc::{Config, ModelName};
use outputs::Outputs;

use super::training::Options;
use crate::arguments::values::setting;
use crate::report::Report;

/// `kartscope train bc`.
#[derive(Debug, Args)]
pub struct BehaviouralCloning {
    /// Datasets, as `record` writes them
    #[arg(required = true, value_name = "DATASET")]
    pub datasets: Vec<PathBuf>,
    /// Network
    #[arg(long, default_value = "mlp", value_parser = super::network(&[ModelName::Mlp, ModelName::Lstm]))]
    pub model_name: ModelName,
    #[command(flatten)]
    options: Options,
    /// Frames a gradient step
    #[arg(
        long,
        default_value_t = 512,
        value_parser = setting("a whole number", |config, size| config.batch_size = size)
    )]
    pub batch_size: usize,
    /// Frames that the network sees at once; the network's own default when left out
    #[arg(
        long,
        value_parser = setting("a whole number", |config, frames| config.seq_len = frames)
    )]
    pub seq_len: Option<usize>,
}

/// Trains a driver that sees numbers.
///
/// # Errors
/// Those of [`Options::train`].
pub fn run(args: &BehaviouralCloning, outputs: &Outputs, report: Report) -> Result<()> {
    let defaults = Config::new(args.model_name);
    let config = Config {
        batch_size: args.batch_size,
        seq_len: args.seq_len.unwrap_or(defaults.seq_len),
        ..defaults
    };
    args.options.train(&args.datasets, &config, outputs, report)
}
