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
    /// `PilotNet`, as published (Bojarski et al. 2016), on the row's picture.
    PilotNet,
    /// `PilotNet` as TensorKart has it: a layer of 1164 more, dropout, and numbers between -1 and 1 alone as outputs.
    TensorKart,
    /// Residual convolutions on a smaller picture, with fewer parameters than `PilotNet`.
    Small,
}

impl ModelName {
    /// All.
    const ALL: [Self; 5] = [
        Self::Mlp,
        Self::Lstm,
        Self::PilotNet,
        Self::TensorKart,
        Self::Small,
    ];

    /// The name, as files and the command line have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mlp => "mlp",
            Self::Lstm => "lstm",
            Self::PilotNet => "pilotnet",
            Self::TensorKart => "tensorkart",
            Self::Small => "small",
        }
    }

    /// Whether its input is the row's picture, and its decisions what is held on the pad. If not, its input is the row's
    /// numbers, and its decisions are driving actions.
    pub const fn sees_pictures(self) -> bool {
        match self {
            Self::Mlp | Self::Lstm => false,
            Self::PilotNet | Self::TensorKart | Self::Small => true,
        }
    }

    /// Default frames of a sample.
    pub const fn default_seq_len(self) -> usize {
        match self {
            Self::Mlp => 4,
            Self::Lstm => 64,
            Self::PilotNet | Self::TensorKart | Self::Small => 1,
        }
    }
}

impl FromStr for ModelName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|model| model.name() == name);
        found.ok_or_else(|| Error::Argument {
            what: "model name".to_owned(),
            expected: Self::ALL.map(Self::name).join(", "),
            found: name.to_owned(),
        })
    }
}

/// How far a decided number is from the recorded one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberLoss {
    /// The sum of the squared differences.
    #[default]
    Squared,
    /// The root of that sum, for each row by itself: TensorKart's.
    Distance,
}

impl NumberLoss {
    /// Whether files leave it out.
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of a picture before a network sees it, and in training.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureConfig {
    /// Rows of pixels that are cut off at the top, where the sky is.
    pub crop_top: u32,
    /// Rows of pixels that are cut off at the bottom.
    pub crop_bottom: u32,
    /// Fraction of the training samples, 0 to 1, whose picture and steering are mirrored. Writing on the screen is
    /// mirrored too.
    pub mirror: f64,
}

impl Default for PictureConfig {
    fn default() -> Self {
        Self {
            crop_top: 0,
            crop_bottom: 0,
            mirror: 0.5,
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
    /// `mlp` and `lstm`: neurons of a hidden layer.
    pub hidden: usize,
    /// `mlp` and `lstm`: hidden layers.
    pub layers: usize,
    /// Actions before the present frame that are input; none of a network that sees pictures.
    pub previous_actions: usize,
    /// Fraction of samples, 0 to 1, that do not see the previous actions.
    pub previous_action_dropout: f64,
    /// How far classes, and bins of a number's magnitude, are balanced: 0 gives every frame the same weight, 1 every class.
    pub class_balance: f64,
    /// No class weighs more than this, nor less than its inverse.
    pub class_weight_limit: f64,
    /// The loss of decided numbers.
    #[serde(default, skip_serializing_if = "NumberLoss::is_default")]
    pub number_loss: NumberLoss,
    /// `None` of networks that see no pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<PictureConfig>,
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
        let of_numbers = Self {
            model,
            seq_len: model.default_seq_len(),
            hidden: 256,
            layers: 2,
            previous_actions: 2,
            previous_action_dropout: 0.5,
            class_balance: 0.5,
            class_weight_limit: 4.0,
            number_loss: NumberLoss::default(),
            pictures: None,
            epochs: 30,
            patience: 6,
            lr: 1e-3,
            weight_decay: 1e-2,
            gradient_clip: 1.0,
            batch_size: 512,
            split_ratio: 0.8,
            seed: 0,
        };
        let of_pictures = Self {
            previous_actions: 0,
            previous_action_dropout: 0.0,
            pictures: Some(PictureConfig::default()),
            batch_size: 64,
            ..of_numbers
        };
        match model {
            ModelName::Mlp => of_numbers,
            ModelName::Lstm => Self {
                hidden: 128,
                layers: 1,
                ..of_numbers
            },
            ModelName::PilotNet | ModelName::Small => of_pictures,
            ModelName::TensorKart => Self {
                number_loss: NumberLoss::Distance,
                class_balance: 0.0,
                weight_decay: 0.0,
                batch_size: 50,
                ..of_pictures
            },
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
        let most_actions = if self.model.sees_pictures() { 0 } else { 256 };
        whole("previous-actions", self.previous_actions, 0, most_actions)?;
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
        check(
            "pictures",
            self.pictures.is_some() == self.model.sees_pictures(),
            "settings of a network that sees pictures, and of no other".to_owned(),
            self.model.name(),
        )?;
        if let Some(pictures) = self.pictures {
            real("mirror", pictures.mirror, 0.0, 1.0)?;
        }
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
            _ => 1,
        }
    }

    /// Frames of a sample.
    pub(super) fn sample_length(&self) -> usize {
        match self.model {
            ModelName::Lstm => self.seq_len,
            _ => 1,
        }
    }

    /// The fraction of the training samples that are mirrored.
    pub(super) fn mirror(&self) -> f64 {
        self.pictures.map_or(0.0, |pictures| pictures.mirror)
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
