use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use search::Embedding;
use search_qdrant::is_server;
use serde::{Deserialize, Serialize};

use super::Settings;
use crate::dataset::{Console, PictureFormat};
use crate::model::CARD;
use crate::{Error, Result, files};

/// The value of `format` in every card.
pub const FORMAT: &str = "kartscope-neighbours";
/// The version that this crate writes and reads.
pub(super) const VERSION: u32 = 1;
/// A card in errors.
pub(super) const WHAT: &str = "model card";

/// A movie whose rows are in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedMovie {
    /// The movie's file name.
    pub movie: String,
    /// SHA-256 of its rows' Parquet file.
    pub rows_sha256: String,
    /// The course's abbreviation.
    pub course_name: String,
    /// How many rows it has.
    pub rows: u64,
}

/// The contents of `model.json` of a driver of nearest neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub(super) format: String,
    pub(super) version: u32,
    /// The console on whose pad it drives.
    pub console: Console,
    /// The frames of a row.
    pub frames_per_step: NonZeroU32,
    /// The pictures that it sees.
    pub pictures: PictureFormat,
    /// How it decides.
    pub settings: Settings,
    /// The embedder of its pictures, by its name.
    pub embedder: String,
    /// The file of the embedder's weights beside the card, or the driver's folder in its place; `None` for those that `make setup`
    /// installs, and for none.
    pub weights: Option<String>,
    /// Which vectors the index has.
    pub embedding: Embedding,
    /// The index: a file or a folder beside the card, or the address of a server's collection.
    pub index: String,
    /// The movies whose rows are in it.
    pub movies: Vec<IndexedMovie>,
}

impl Card {
    /// Reads the card of a model's folder.
    ///
    /// # Errors
    /// It can't be read, is no card of such a driver, is of another version, or has values out of their range.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(CARD);
        let card: Self = files::parse_json(&files::read(&path, WHAT)?, &path, WHAT)?;
        if card.format != FORMAT {
            return Err(Error::mismatch(&path, "format", FORMAT, card.format));
        }
        if card.version != VERSION {
            return Err(Error::mismatch(&path, "version", VERSION, card.version));
        }
        let wrong = |error| match error {
            Error::Argument {
                what,
                expected,
                found,
            } => Error::mismatch(&path, format!("settings: {what}"), expected, found),
            other => other,
        };
        card.settings.check().map_err(wrong)?;
        let index = [&card.index]
            .into_iter()
            .filter(|index| !is_server(Path::new(index)));
        for file in card.weights.iter().chain(index) {
            // A name that contains a folder could point outside the model.
            if Path::new(file).file_name() != Some(file.as_ref()) {
                return Err(Error::mismatch(&path, "file", "a plain file name", file));
            }
        }
        Ok(card)
    }

    /// Where the index is; `folder` is the model's.
    pub(super) fn place(&self, folder: &Path) -> PathBuf {
        place(folder, &self.index)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        files::write_json(&folder.join(CARD), self)
    }
}

/// Where a model's index of this name is.
pub(super) fn place(folder: &Path, index: &str) -> PathBuf {
    match is_server(Path::new(index)) {
        true => PathBuf::from(index),
        false => folder.join(index),
    }
}
