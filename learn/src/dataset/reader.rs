use std::path::{Path, PathBuf};

use super::parquet_file;
use super::{Manifest, Movie, PictureFormat, Rows, Schema, Vectors};
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
            parquet_file::check(&path, &manifest, movie)?;
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
        self.read_as(index, &self.schema)
    }

    /// Reads the rows of movie `index` of [`movies`](Self::movies) without their pictures, which are most of a file's bytes.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_numbers(&self, index: usize) -> Result<Rows> {
        self.read_as(index, &self.schema.clone().without_pictures())
    }

    fn read_as(&self, index: usize, schema: &Schema) -> Result<Rows> {
        let movie = self.movie(index)?;
        let path = self.folder.join(&movie.file);
        parquet_file::read(&path, &self.manifest, movie, schema)
    }

    /// Reads the vectors of the pictures of movie `index` of [`movies`](Self::movies); `None` if it has none.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn vectors(&self, index: usize) -> Result<Option<Vectors>> {
        let movie = self.movie(index)?;
        let path = self.folder.join(&movie.file);
        let read = |embedding| parquet_file::read_vectors(&path, &self.manifest, movie, embedding);
        movie.embedding.as_ref().map(read).transpose()
    }

    /// How many rows have vectors of their pictures.
    pub fn rows_with_vectors(&self) -> u64 {
        let movies = self.movies().iter();
        let with_vectors = movies.filter(|movie| movie.embedding.is_some());
        with_vectors.map(|movie| movie.rows).sum()
    }

    /// The format of the pictures.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when there are none.
    pub(crate) fn require_pictures(&self) -> Result<PictureFormat> {
        self.schema.pictures().ok_or_else(|| {
            let expected = "a dataset with pictures, as `record --pictures` writes it";
            Error::mismatch(&self.folder, "schema", expected, "one without")
        })
    }

    /// The format of the pictures of several datasets, whose rows are alike.
    ///
    /// # Errors
    /// [`Error::NoData`] without rows; one has no pictures, or differs from the first in what a row is.
    #[cfg(feature = "torch")]
    pub(crate) fn require_alike(datasets: &[Self]) -> Result<PictureFormat> {
        let rows = |dataset: &Self| dataset.movies().iter().any(|movie| movie.rows > 0);
        let Some(first) = datasets.first().filter(|_| datasets.iter().any(rows)) else {
            let folders = datasets.iter().map(|dataset| dataset.folder().display());
            let folders: Vec<_> = folders.map(|folder| folder.to_string()).collect();
            return Err(Error::NoData(format!("no rows in {}", folders.join(", "))));
        };
        for dataset in datasets {
            dataset.require_pictures()?;
            if let Some(difference) = first.schema.difference(&dataset.schema) {
                return Err(Error::differs(&dataset.folder, difference));
            }
        }
        first.require_pictures()
    }

    fn movie(&self, index: usize) -> Result<&Movie> {
        let movies = self.movies();
        movies.get(index).ok_or_else(|| Error::Argument {
            what: "movie".to_owned(),
            expected: format!("an index below {}", movies.len()),
            found: index.to_string(),
        })
    }
}
