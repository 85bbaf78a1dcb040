use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How an embedder is fine-tuned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Passes over the pictures.
    pub epochs: u32,
    /// Pairs of pictures a gradient step; each is told from all others.
    pub batch_size: usize,
    /// Two pictures are neighbours in time when they are at most so many rows apart.
    pub near: NonZeroU32,
    /// The last blocks of the network that learn, of [`BLOCKS`](Self::BLOCKS).
    pub blocks: u32,
    /// Cosines of angles are divided by this: the smaller, the more the nearest wrong pictures count.
    pub temperature: f64,
    /// The step size of AdamW.
    pub lr: f64,
    /// AdamW's weight decay.
    pub weight_decay: f64,
    /// Of the order of pictures and their partners.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            epochs: 5,
            batch_size: 16,
            near: NonZeroU32::new(2).expect("not 0"),
            blocks: 4,
            temperature: 0.1,
            lr: 1e-4,
            weight_decay: 1e-4,
            seed: 0,
        }
    }
}

impl Config {
    /// The blocks of the network, with its first and last convolution.
    pub const BLOCKS: u32 = 19;

    /// Checks every value's range.
    ///
    /// # Errors
    /// [`Error::Argument`] with the first that is out of it.
    pub fn check(&self) -> Result<()> {
        let check = |name: &str, holds: bool, expected: &str, found: String| match holds {
            true => Ok(()),
            false => Err(Error::Argument {
                what: name.to_owned(),
                expected: expected.to_owned(),
                found,
            }),
        };
        let epochs = 1..=100_000;
        let holds = epochs.contains(&self.epochs);
        check("epochs", holds, "1 to 100000", self.epochs.to_string())?;
        let holds = (2..=1024).contains(&self.batch_size);
        let found = self.batch_size.to_string();
        check("batch-size", holds, "2 to 1024", found)?;
        let holds = self.near.get() <= 10_000;
        check("near", holds, "at most 10000", self.near.to_string())?;
        let holds = (1..=Self::BLOCKS).contains(&self.blocks);
        check("blocks", holds, "1 to 19", self.blocks.to_string())?;
        let holds = (0.01..=10.0).contains(&self.temperature);
        let found = self.temperature.to_string();
        check("temperature", holds, "0.01 to 10", found)?;
        let holds = self.lr > 0.0 && self.lr <= 1.0;
        check("lr", holds, "above 0 and up to 1", self.lr.to_string())?;
        let holds = (0.0..=1.0).contains(&self.weight_decay);
        let found = self.weight_decay.to_string();
        check("weight-decay", holds, "0 to 1", found)
    }

    /// The starts of the names of the tensors that learn.
    pub(super) fn learning(&self) -> Vec<String> {
        let blocks = Self::BLOCKS - self.blocks..Self::BLOCKS;
        blocks.map(|block| format!("features.{block}.")).collect()
    }
}
