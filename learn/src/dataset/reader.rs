use std::path::{Path, PathBuf};

use super::parquet_file;
use super::{Manifest, Movie, Rows, Schema};
use crate::{Error, Result, files};

/// A dataset whose files have been checked.
#[derive(Clone, Debug)]
pub struct Dataset {
    folder: PathBuf,
    manifest: Manifest,
    schema: Schema,
}

impl Dataset {
    /// Opens a folder and checks the manifest and every file it names: present, unchanged (by
    /// its SHA-256), with the manifest's columns and rows.
    ///
    /// # Errors
    /// The first thing wrong, with file, place, expected and found.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref().to_path_buf();
        let manifest = Manifest::read(&folder)?;
        for movie in &manifest.movies {
            let path = folder.join(&movie.file);
            let hash = files::sha256_of_file(&path)?;
            if hash != movie.sha256 {
                return Err(Error::mismatch(&path, "SHA-256", &movie.sha256, hash));
            }
            parquet_file::check(&path, &manifest, movie.rows)?;
        }
        let schema = manifest.schema();
        Ok(Self {
            folder,
            manifest,
            schema,
        })
    }

    /// The dataset's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a row is.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The movies, in the manifest's order.
    pub fn movies(&self) -> &[Movie] {
        &self.manifest.movies
    }

    /// The whole manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Reads the rows of movie `index` of [`movies`](Self::movies).
    ///
    /// # Errors
    /// No such movie, a file that changed since [`open`](Self::open), or an observation that is
    /// not finite.
    pub fn read(&self, index: usize) -> Result<Rows> {
        let movie = self
            .manifest
            .movies
            .get(index)
            .ok_or_else(|| Error::Argument {
                what: "movie".to_owned(),
                expected: format!("an index below {}", self.manifest.movies.len()),
                found: index.to_string(),
            })?;
        parquet_file::read(&self.folder.join(&movie.file), &self.manifest, movie.rows)
    }
}
