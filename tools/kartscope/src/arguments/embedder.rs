//! What turns pictures into vectors.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Result, ensure};
use clap::Args;
use learn::embed::{Embedder, choice};

use super::values;
use crate::workers;

/// An embedder, and how many of it work.
#[derive(Debug, Args)]
pub struct EmbedderArguments {
    /// What turns pictures into vectors: pixels, mobilenet_v2, efficientnet_lite0, resnet50, or the folder of a driver of
    /// `train pilotnet`, for what its last layer sees
    #[arg(long, value_name = "NAME", default_value = "mobilenet_v2")]
    pub embedder: EmbedderName,
    /// The file of the embedder's weights: torch's .pth, safetensors or ONNX; those that `make setup` installs when left out
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Threads that embed pictures; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub threads: Option<NonZeroUsize>,
}

/// An embedder on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmbedderName {
    /// One of [`choice::NAMES`].
    Named(String),
    /// The features of the driver in a folder.
    Driver(PathBuf),
}

impl EmbedderName {
    /// The folder that it reads.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Named(_) => None,
            Self::Driver(folder) => Some(folder),
        }
    }
}

impl FromStr for EmbedderName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if choice::NAMES.contains(&text) {
            return Ok(Self::Named(text.to_owned()));
        }
        let path = Path::new(text);
        match path.components().count() > 1 || path.is_dir() {
            true => Ok(Self::Driver(text.into())),
            false => Err(format!(
                "expected {}, or the folder of a driver",
                choice::NAMES.join(", ")
            )),
        }
    }
}

impl EmbedderArguments {
    /// The embedder's name and where its weights are, as [`choice::open`] takes them.
    ///
    /// # Errors
    /// When a driver's folder is named and weights besides, or it is no driver's.
    pub fn choice(&self) -> Result<(&str, Option<&Path>)> {
        match &self.embedder {
            EmbedderName::Named(name) => Ok((name, self.weights.as_deref())),
            EmbedderName::Driver(folder) => {
                ensure!(
                    self.weights.is_none(),
                    "--weights: expected none, since the folder of a driver has its own"
                );
                Ok((choice::name_of(folder)?, Some(folder)))
            }
        }
    }

    /// How many embedders work side by side.
    pub fn threads(&self) -> NonZeroUsize {
        NonZeroUsize::new(workers::count(self.threads)).unwrap_or(NonZeroUsize::MIN)
    }

    /// An embedder for each thread.
    ///
    /// # Errors
    /// When the weights are missing, damaged or another embedder's.
    pub fn open(&self) -> Result<Vec<Box<dyn Embedder + Send>>> {
        let (name, weights) = self.choice()?;
        let open = |_| Ok(choice::open(name, weights)?);
        (0..self.threads().get()).map(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedder_is_one_by_name_or_a_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_str().expect("UTF-8");
        let driver: EmbedderName = path.parse().expect("a folder");
        assert_eq!(driver.path(), Some(folder.path()));
        let missing: EmbedderName = "./driver".parse().expect("a path");
        assert_eq!(missing.path(), Some(Path::new("./driver")));
        let named: EmbedderName = "pixels".parse().expect("a name");
        assert_eq!(named.path(), None);
        let refused = "mobilenet".parse::<EmbedderName>().expect_err("neither");
        assert!(refused.contains("pixels, mobilenet_v2"), "{refused}");
    }
}
