//! `model.json`: the description of a model, and the names and hashes of the files with its weights.

use std::fs;
use std::path::Path;

use outputs::{Kind, Output};
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::metrics::ClassWeights;
use super::{Config, Epoch, Heads, Network, Normalisation, PerHead, Widths, version_1};
use crate::dataset::{Column, Schema};
pub use crate::model::CARD;
use crate::{Error, Result, files};

/// The version of card and weights that this crate writes. It also reads version 1, which had no step length: its models
/// decide once a frame.
pub const VERSION: u32 = 2;

/// The value of `format` in every card.
const FORMAT: &str = "kartscope-model";

/// A model card in errors.
pub(super) const WHAT: &str = "model card";

/// A file beside the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReference {
    /// Its name.
    pub file: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

impl FileReference {
    /// Refuses a name that contains a folder, which could point outside the model; `path` is the card's.
    pub(crate) fn require_plain(&self, path: &Path) -> Result<()> {
        match Path::new(&self.file).file_name() == Some(self.file.as_ref()) {
            true => Ok(()),
            false => Err(Error::mismatch(
                path,
                "file",
                "a plain file name",
                &self.file,
            )),
        }
    }
}

/// A movie that took part in training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedMovie {
    /// The movie's file name.
    pub movie: String,
    /// SHA-256 of its rows' Parquet file.
    pub rows_sha256: String,
    /// The course's abbreviation.
    pub course_name: String,
    /// Whether it is in the validation set.
    pub validates: bool,
}

/// The contents of `model.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    format: String,
    version: u32,
    /// Its training configuration.
    pub config: Config,
    /// The fields of its observations, and the frames that each decision is held.
    pub observation: Schema,
    /// [`Schema::hash`] of that.
    pub observation_sha256: String,
    /// The columns of the action that it decides, each by a head of the network.
    pub action: Vec<Column>,
    /// How observations are normalised.
    pub normalisation: Normalisation,
    /// The weight of each class in the loss, and of each bin of a number's magnitude.
    pub class_weights: ClassWeights,
    /// The movies that it was trained on.
    pub movies: Vec<UsedMovie>,
    /// The figures of every epoch so far.
    pub history: Vec<Epoch>,
    /// The epoch whose weights are the model.
    pub best_epoch: u32,
    /// Those weights.
    pub weights: FileReference,
    /// Weights and optimiser state after the last epoch, from which training resumes. Random numbers
    /// need no state: each epoch has its own stream of the seed.
    pub checkpoint: FileReference,
    /// Gradient steps taken so far.
    pub steps: u64,
}

/// The keys that determine which other keys to expect.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// The card's content that is fixed before the first epoch.
#[derive(Clone, Debug)]
pub(crate) struct Preparation {
    pub(crate) config: Config,
    pub(crate) observation: Schema,
    pub(crate) action: Vec<Column>,
    /// The heads for that.
    pub(crate) heads: Heads,
    pub(crate) normalisation: Normalisation,
    pub(crate) class_weights: ClassWeights,
    pub(crate) movies: Vec<UsedMovie>,
}

impl Preparation {
    pub(crate) fn widths(&self) -> Widths {
        widths(&self.observation, &self.heads)
    }
}

fn widths(observation: &Schema, heads: &Heads) -> Widths {
    Widths {
        observation: observation.width(),
        action: heads.width(),
        outputs: heads.outputs(),
    }
}

impl Card {
    pub(crate) fn new(
        preparation: &Preparation,
        history: Vec<Epoch>,
        best_epoch: u32,
        weights: FileReference,
        checkpoint: FileReference,
        steps: u64,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            config: preparation.config.clone(),
            observation: preparation.observation.clone(),
            observation_sha256: preparation.observation.hash(),
            action: preparation.action.clone(),
            normalisation: preparation.normalisation.clone(),
            class_weights: preparation.class_weights.clone(),
            movies: preparation.movies.clone(),
            history,
            best_epoch,
            weights,
            checkpoint,
            steps,
        }
    }

    /// Whether `folder` has a card at all.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn exists(folder: &Path) -> Result<bool> {
        let path = folder.join(CARD);
        path.try_exists().map_err(Error::io("read", path))
    }

    /// Reads a card of version 1 as one of the present version.
    fn of_version_1(text: &[u8], path: &Path) -> Result<Self> {
        let mut json = version_1::upgraded(files::parse_json(text, path, WHAT)?);
        json.insert("version".to_owned(), VERSION.into());
        let mut card: Self = files::from_json(json, path, WHAT)?;
        let hash = version_1::hash(&card.observation);
        if card.observation_sha256 != hash {
            let place = "observation_sha256";
            return Err(Error::mismatch(path, place, hash, card.observation_sha256));
        }
        card.observation_sha256 = card.observation.hash();
        Ok(card)
    }

    /// Reads and checks a model folder's card, but not the weights.
    ///
    /// # Errors
    /// A missing or damaged file, another format or version, or contents that contradict
    /// themselves.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(CARD);
        let text = files::read(&path, WHAT)?;
        let head: Head = files::parse_json(&text, &path, WHAT)?;
        if head.format != FORMAT {
            return Err(Error::mismatch(&path, "format", FORMAT, head.format));
        }
        let card: Self = match head.version {
            VERSION => files::parse_json(&text, &path, WHAT)?,
            version_1::VERSION => Self::of_version_1(&text, &path)?,
            other => {
                let expected = format!("{} or {VERSION}", version_1::VERSION);
                return Err(Error::mismatch(&path, "version", expected, other));
            }
        };
        card.check(&path)?;
        Ok(card)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        files::write_json(&folder.join(CARD), self)
    }

    /// Copies a model into another folder, which is made if it does not exist: all that a driver needs, but not the state from
    /// which training resumes.
    pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
        let card = Self::read(from)?;
        fs::create_dir_all(to).map_err(Error::io("make", to))?;
        for file in [&card.weights.file, CARD] {
            let path = from.join(file);
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            outputs::write(&to.join(file), Kind::OWN, &bytes)?;
        }
        Ok(())
    }

    fn check(&self, path: &Path) -> Result<()> {
        self.config.check().map_err(|error| match error {
            Error::Argument {
                what,
                expected,
                found,
            } => Error::mismatch(path, format!("config: {what}"), expected, found),
            other => other,
        })?;
        self.observation
            .check()
            .map_err(|difference| Error::differs(path, difference))?;
        let hash = self.observation.hash();
        if self.observation_sha256 != hash {
            return Err(Error::mismatch(
                path,
                "observation_sha256",
                hash,
                &self.observation_sha256,
            ));
        }
        let sees = self.config.model.sees_pictures();
        if sees != self.observation.pictures().is_some() {
            let describe = |pictures| if pictures { "pictures" } else { "numbers" };
            let (expected, found) = (describe(sees), describe(!sees));
            return Err(Error::mismatch(path, "observation", expected, found));
        }
        let Normalisation { mean, deviation } = &self.normalisation;
        let width = self.observation.width();
        let usable = mean.iter().all(|mean| mean.is_finite())
            && deviation
                .iter()
                .all(|deviation| *deviation > 0.0 && deviation.is_finite());
        if mean.len() != width || deviation.len() != width || !usable {
            let expected = format!("{width} finite means and positive deviations");
            let found = format!("{} and {}", mean.len(), deviation.len());
            return Err(Error::mismatch(path, "normalisation", expected, found));
        }
        let heads = self.heads(path)?;
        let counts = heads.per_head(|head| head.weights());
        let described = self.class_weights.iter().map(|(name, weights)| {
            let usable = weights
                .iter()
                .all(|weight| *weight >= 0.0 && weight.is_finite());
            (name.to_owned(), if usable { weights.len() } else { 0 })
        });
        if described.collect::<PerHead<usize>>() != counts {
            let counts: Vec<String> = counts
                .iter()
                .map(|(name, count)| format!("{count} for {name}"))
                .collect();
            let expected = format!("weights, none below 0: {}", counts.join(", "));
            let found = format!("{:?}", self.class_weights);
            return Err(Error::mismatch(path, "class_weights", expected, found));
        }
        self.weights.require_plain(path)?;
        self.checkpoint.require_plain(path)
    }

    /// The heads for its action's columns; `path` is the card's, for errors.
    pub(crate) fn heads(&self, path: &Path) -> Result<Heads> {
        Heads::new(&self.action)
            .map_err(|(place, expected, found)| Error::mismatch(path, place, expected, found))
    }

    /// The numbers of its network's input and output, with these heads.
    pub(crate) fn widths(&self, heads: &Heads) -> Widths {
        widths(&self.observation, heads)
    }

    /// Reads the model's weights, for these heads, onto `device`.
    pub(crate) fn network(&self, folder: &Path, heads: &Heads, device: Device) -> Result<Network> {
        let shapes = Network::shapes(&self.config, self.widths(heads));
        let parameters = read_tensors(folder, &self.weights, &shapes, device)?;
        Ok(Network::with_parameters(&self.config, parameters))
    }
}

/// Writes named tensors beside the card.
pub(crate) fn write_tensors(
    folder: &Path,
    file: String,
    tensors: &[(String, Tensor)],
) -> Result<FileReference> {
    let path = folder.join(&file);
    let tensors: Vec<(&str, Tensor)> = tensors
        .iter()
        .map(|(name, tensor)| {
            (
                name.as_str(),
                tensor.detach().to_device(Device::Cpu).contiguous(),
            )
        })
        .collect();
    let output = Output::begin(&path, Kind::OWN)?;
    Tensor::write_safetensors(&tensors, output.partial_path()).map_err(|source| {
        Error::Weights {
            path: path.clone(),
            source,
        }
    })?;
    output.commit()?;
    let sha256 = files::sha256_of_file(&path)?;
    Ok(FileReference { file, sha256 })
}

/// Reads a file of tensors that must have these names and shapes, in this order of the result.
pub(crate) fn read_tensors(
    folder: &Path,
    reference: &FileReference,
    shapes: &[(String, Vec<i64>)],
    device: Device,
) -> Result<Vec<(String, Tensor)>> {
    let path = folder.join(&reference.file);
    let hash = files::sha256_of_file(&path)?;
    if hash != reference.sha256 {
        return Err(Error::mismatch(&path, "SHA-256", &reference.sha256, hash));
    }
    let mut tensors = Tensor::read_safetensors(&path).map_err(|source| Error::Weights {
        path: path.clone(),
        source,
    })?;
    if tensors.len() != shapes.len() {
        return Err(Error::mismatch(
            &path,
            "number of tensors",
            shapes.len(),
            tensors.len(),
        ));
    }
    shapes
        .iter()
        .map(|(name, shape)| {
            let Some(index) = tensors.iter().position(|(found, _)| found == name) else {
                return Err(Error::mismatch(
                    &path,
                    "tensors",
                    format!("one named {name}"),
                    "none",
                ));
            };
            let (_, tensor) = tensors.swap_remove(index);
            let describe = |shape: &[i64], kind| format!("{kind:?} {shape:?}");
            let expected = describe(shape, tch::Kind::Float);
            let found = describe(&tensor.size(), tensor.kind());
            if expected != found {
                return Err(Error::mismatch(
                    &path,
                    format!("tensor {name}"),
                    expected,
                    found,
                ));
            }
            let finite = tensor.f_isfinite()?.f_all()?.int64_value(&[]) == 1;
            if !finite {
                return Err(Error::mismatch(
                    &path,
                    format!("tensor {name}"),
                    "finite numbers",
                    "others",
                ));
            }
            Ok((name.clone(), tensor.f_to_device(device)?))
        })
        .collect()
}

/// Removes the files of epochs but for those that the card names. A file that cannot be removed is harmless,
/// so that errors are ignored.
pub(crate) fn remove_unnamed(folder: &Path, named: [&FileReference; 2]) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let ours = is_epoch_file(name, WEIGHTS_PREFIX) || is_epoch_file(name, CHECKPOINT_PREFIX);
        if ours && named.iter().all(|reference| name != reference.file) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

const WEIGHTS_PREFIX: &str = "model-";
const CHECKPOINT_PREFIX: &str = "checkpoint-";
const SUFFIX: &str = ".safetensors";

fn is_epoch_file(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .is_some_and(|epoch| epoch.len() >= 4 && epoch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The file of an epoch's weights.
pub(crate) fn weights_file(epoch: u32) -> String {
    format!("{WEIGHTS_PREFIX}{epoch:04}{SUFFIX}")
}

/// The file of an epoch's weights and optimiser state.
pub(crate) fn checkpoint_file(epoch: u32) -> String {
    format!("{CHECKPOINT_PREFIX}{epoch:04}{SUFFIX}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_epochs_are_removed() {
        assert!(is_epoch_file("model-0012.safetensors", WEIGHTS_PREFIX));
        assert!(!is_epoch_file("model-mine.safetensors", WEIGHTS_PREFIX));
        assert!(!is_epoch_file("model-.safetensors", WEIGHTS_PREFIX));
        assert!(!is_epoch_file(CARD, WEIGHTS_PREFIX));
    }
}
