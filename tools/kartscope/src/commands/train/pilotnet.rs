//! `kartscope train pilotnet`: trains a driver on datasets with pictures.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use learn::bc::{Config, ModelName, PictureConfig};
use outputs::Outputs;

use super::training::Options;
use crate::arguments::values::{rate, setting};
use crate::report::Report;

/// `kartscope train pilotnet`.
#[derive(Debug, Args)]
pub struct PilotNet {
    /// Datasets with pictures, as `record --pictures` writes them
    #[arg(required = true, value_name = "DATASET")]
    pub datasets: Vec<PathBuf>,
    /// PilotNet as published, as TensorKart has it, or a smaller network
    #[arg(
        long,
        default_value = "pilotnet",
        value_parser = super::network(&[ModelName::PilotNet, ModelName::TensorKart, ModelName::Small])
    )]
    pub network: ModelName,
    #[command(flatten)]
    options: Options,
    /// Pictures a gradient step; the network's own default when left out
    #[arg(
        long,
        value_parser = setting("a whole number", |config, size| config.batch_size = size)
    )]
    pub batch_size: Option<usize>,
    /// Part of the samples, 0 to 1, of which picture and steering are mirrored; writing on the screen is mirrored too
    #[arg(long, default_value_t = 0.5, value_parser = rate)]
    pub mirror: f64,
    /// Rows of pixels to cut off at the top of each picture
    #[arg(long, value_name = "ROWS", default_value_t = 0)]
    pub crop_top: u32,
    /// Rows of pixels to cut off at the bottom of each picture
    #[arg(long, value_name = "ROWS", default_value_t = 0)]
    pub crop_bottom: u32,
}

/// Trains a driver that sees pictures.
///
/// # Errors
/// Those of [`Options::train`].
pub fn run(args: &PilotNet, outputs: &Outputs, report: Report) -> Result<()> {
    let defaults = Config::new(args.network);
    let config = Config {
        batch_size: args.batch_size.unwrap_or(defaults.batch_size),
        pictures: Some(PictureConfig {
            crop_top: args.crop_top,
            crop_bottom: args.crop_bottom,
            mirror: args.mirror,
        }),
        ..defaults
    };
    args.options.train(&args.datasets, &config, outputs, report)
}
