use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Config, Epoch};
use crate::bc::FileReference;
use crate::model::CARD;
use crate::{Error, Result, files, model};

/// The value of `format` in every card.
pub(super) const FORMAT: &str = "kartscope-embedder";
/// The version that this crate writes and reads.
const VERSION: u32 = 1;
/// A card in errors.
const WHAT: &str = "model card";

/// A movie that is learnt from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LearntMovie {
    /// The movie's file name.
    pub(super) movie: String,
    /// SHA-256 of its rows' Parquet file.
    pub(super) rows_sha256: String,
}

/// What is fixed before the first epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Preparation {
    pub(super) config: Config,
    /// The network that learns.
    pub(super) network: String,
    /// SHA-256 of the weights that it begins with.
    pub(super) weights_sha256: String,
    pub(super) movies: Vec<LearntMovie>,
}

/// The contents of `model.json` of a fine-tuned embedder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Card {
    format: String,
    version: u32,
    #[serde(flatten)]
    pub(super) preparation: Preparation,
    pub(super) history: Vec<Epoch>,
    /// Gradient steps taken so far.
    pub(super) steps: u64,
    /// The network's weights after the last epoch.
    pub(super) weights: FileReference,
    /// What learns after the last epoch, with the state of the optimiser.
    pub(super) checkpoint: FileReference,
}

impl Card {
    pub(super) fn new(
        preparation: Preparation,
        history: Vec<Epoch>,
        steps: u64,
        weights: FileReference,
        checkpoint: FileReference,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            preparation,
            history,
            steps,
            weights,
            checkpoint,
        }
    }

    /// Reads the card of a folder; `None` if it has none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        if !model::holds(folder, FORMAT)? {
            return Ok(None);
        }
        let path = folder.join(CARD);
        let card: Self = files::parse_json(&files::read(&path, WHAT)?, &path, WHAT)?;
        if card.version != VERSION {
            return Err(Error::mismatch(&path, "version", VERSION, card.version));
        }
        card.weights.require_plain(&path)?;
        card.checkpoint.require_plain(&path)?;
        Ok(Some(card))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        files::write_json(&folder.join(CARD), self)
    }

    /// Refuses the card of a run that was begun otherwise; only the number of epochs may differ.
    pub(super) fn require(&self, folder: &Path, expected: &Preparation) -> Result<()> {
        let config = Config {
            epochs: expected.config.epochs,
            ..self.preparation.config.clone()
        };
        let found = Preparation {
            config: config.clone(),
            ..self.preparation.clone()
        };
        let difference = files::first_difference(&expected.config, &config);
        let difference = difference.or_else(|| files::first_difference(expected, &found));
        match difference {
            None => Ok(()),
            Some((key, expected, found)) => {
                let place = format!("{key} (another folder trains anew)");
                Err(Error::mismatch(&folder.join(CARD), place, expected, found))
            }
        }
    }
}
