use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The kinds of network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelName {
    /// Fully connected layers over the last frames.
    #[default]
    Mlp,
    /// Long short-term memory, one frame at a time.
    Lstm,
}

impl ModelName {
    /// The names, as the command line takes them.
    pub const NAMES: [&'static str; 2] = ["mlp", "lstm"];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mlp => "mlp",
            Self::Lstm => "lstm",
        }
    }

    /// Default frames of a sample.
    pub const fn default_seq_len(self) -> usize {
        match self {
            Self::Mlp => 4,
            Self::Lstm => 64,
        }
    }
}

impl FromStr for ModelName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "mlp" => Ok(Self::Mlp),
            "lstm" => Ok(Self::Lstm),
            _ => Err(Error::Argument {
                what: "model name".to_owned(),
                expected: Self::NAMES.join(" or "),
                found: name.to_owned(),
            }),
        }
    }
}

/// All settings that determine the result of a training run, besides the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The kind of network.
    pub model: ModelName,
    /// `mlp`: frames of observation that it sees, the present one included.
    /// `lstm`: frames of a training window.
    pub seq_len: usize,
    /// Neurons of a hidden layer.
    pub hidden: usize,
    /// Hidden layers.
    pub layers: usize,
    /// Actions before the present frame that are input.
    pub previous_actions: usize,
    /// Fraction of samples, 0 to 1, that do not see the previous actions.
    pub previous_action_dropout: f64,
    /// How far classes are balanced: 0 gives every frame the same weight, 1 every class.
    pub class_balance: f64,
    /// No class weighs more than this, nor less than its inverse.
    pub class_weight_limit: f64,
    /// At most this many passes over the data.
    pub epochs: u32,
    /// Epochs without a better validation loss before training stops.
    pub patience: u32,
    /// AdamW's step size.
    pub lr: f64,
    /// AdamW's decay of the weights, per step and unit of `lr`.
    pub weight_decay: f64,
    /// The gradient's norm is clipped to this.
    pub gradient_clip: f64,
    /// Frames of a gradient step.
    pub batch_size: usize,
    /// Fraction of the movies, above 0 and up to 1, that are trained on; the others validate.
    pub split_ratio: f64,
    /// Determines the split, the initial weights, the order of samples and which previous actions are hidden.
    pub seed: u64,
}

impl Config {
    /// The defaults for a kind of network.
    pub fn new(model: ModelName) -> Self {
        Self {
            model,
            seq_len: model.default_seq_len(),
            hidden: match model {
                ModelName::Mlp => 256,
                ModelName::Lstm => 128,
            },
            layers: match model {
                ModelName::Mlp => 2,
                ModelName::Lstm => 1,
            },
            previous_actions: 2,
            previous_action_dropout: 0.5,
            class_balance: 0.5,
            class_weight_limit: 4.0,
            epochs: 30,
            patience: 6,
            lr: 1e-3,
            weight_decay: 1e-2,
            gradient_clip: 1.0,
            batch_size: 512,
            split_ratio: 0.8,
            seed: 0,
        }
    }

    /// Checks every value's range.
    ///
    /// # Errors
    /// [`Error::Argument`] with the first invalid value.
    pub fn check(&self) -> Result<()> {
        let whole = |name: &str, value: usize, low: usize, high: usize| {
            check(
                name,
                (low..=high).contains(&value),
                format!("{low} to {high}"),
                value,
            )
        };
        let real = |name: &str, value: f64, low: f64, high: f64| {
            check(
                name,
                (low..=high).contains(&value),
                format!("{low} to {high}"),
                value,
            )
        };
        whole("seq-len", self.seq_len, 1, 4096)?;
        whole("hidden", self.hidden, 1, 16_384)?;
        whole("layers", self.layers, 1, 64)?;
        whole("previous-actions", self.previous_actions, 0, 256)?;
        whole("batch-size", self.batch_size, 1, 1 << 20)?;
        check(
            "epochs",
            self.epochs > 0,
            "at least 1".to_owned(),
            self.epochs,
        )?;
        real(
            "previous-action-dropout",
            self.previous_action_dropout,
            0.0,
            1.0,
        )?;
        real("class-balance", self.class_balance, 0.0, 1.0)?;
        real("class-weight-limit", self.class_weight_limit, 1.0, 1e6)?;
        real("weight-decay", self.weight_decay, 0.0, 1e3)?;
        real("gradient-clip", self.gradient_clip, 1e-9, 1e9)?;
        let positive = |value: f64, high: f64| value > 0.0 && value <= high;
        check(
            "lr",
            positive(self.lr, 10.0),
            "above 0 and at most 10".to_owned(),
            self.lr,
        )?;
        let ratio = self.split_ratio;
        check(
            "split-ratio",
            positive(ratio, 1.0),
            "above 0 and at most 1".to_owned(),
            ratio,
        )
    }

    /// Frames of observation in one input.
    pub(crate) fn history(&self) -> usize {
        match self.model {
            ModelName::Mlp => self.seq_len,
            ModelName::Lstm => 1,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new(ModelName::default())
    }
}

fn check(name: &str, right: bool, expected: String, found: impl Display) -> Result<()> {
    if right {
        return Ok(());
    }
    Err(Error::Argument {
        what: name.to_owned(),
        expected,
        found: found.to_string(),
    })
}
