use std::path::Path;

use outputs::FolderOutput;

use super::writer::{file_name, store};
use super::{MANIFEST, Manifest, Movie, Removal, Rows, Schema, Source, Vectors};
use crate::{Error, Result, files};

/// A new dataset's folder, which appears as a whole or not at all. [`Writer`](super::Writer) adds to one movie by movie.
#[derive(Debug)]
pub struct NewDataset {
    output: FolderOutput,
    manifest: Manifest,
}

impl NewDataset {
    /// Begins the dataset, whose folder must not exist. Until [`commit`](Self::commit) it is a hidden one beside it.
    ///
    /// # Errors
    /// There is something at `folder`, another process writes it, or it can't be made.
    pub fn begin(folder: &Path, schema: &Schema) -> Result<Self> {
        Ok(Self {
            output: FolderOutput::begin(folder)?,
            manifest: Manifest::new(schema),
        })
    }

    /// The dataset as it is now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes a movie's rows.
    ///
    /// # Errors
    /// No rows, rows of another width, a movie that is there already, or the file cannot be written; the movie is then
    /// left out.
    pub fn add(&mut self, source: Source, rows: &Rows) -> Result<&Movie> {
        self.add_with(source, rows, None)
    }

    /// The same with the vectors of the rows' pictures, if there are some.
    pub(super) fn add_with(
        &mut self,
        source: Source,
        rows: &Rows,
        vectors: Option<&Vectors>,
    ) -> Result<&Movie> {
        let same = |movie: &Movie| movie.source.movie_sha256 == source.movie_sha256;
        if self.manifest.movies.iter().any(same) {
            return Err(Error::Argument {
                what: format!("source of {}", source.movie),
                expected: "a movie_sha256 of its own".to_owned(),
                found: source.movie_sha256,
            });
        }
        let file = file_name(&source);
        let folder = self.output.partial_path();
        let movie = store(folder, &self.manifest, file, source, rows, vectors)?;
        self.manifest.movies.push(movie);
        Ok(&self.manifest.movies[self.manifest.movies.len() - 1])
    }

    /// Says which rows of other datasets' movies are not in this one.
    pub(super) fn set_removals(&mut self, removals: Vec<Removal>) {
        self.manifest.removals = removals;
    }

    /// Writes the manifest and gives the folder its name. A dataset may be without movies.
    ///
    /// # Errors
    /// The manifest can't be written, or there is something at the folder's path by now; nothing remains then.
    pub fn commit(self) -> Result<Manifest> {
        files::write_json(&self.output.partial_path().join(MANIFEST), &self.manifest)?;
        self.output.commit()?;
        Ok(self.manifest)
    }
}
