//! Movies' files written anew.

use std::fs;
use std::path::PathBuf;

use super::writer::{file_name, store};
use super::{Dataset, MANIFEST, Manifest, Movie, Rows, Vectors, Writer};
use crate::{Error, Result, files};

/// Movies of a dataset that are written anew, or leave it. New files have new names. The manifest names the old ones until
/// [`commit`](Self::commit); these are deleted afterwards. So at every moment a reader finds a whole dataset.
#[derive(Debug)]
pub(crate) struct Rewriting {
    folder: PathBuf,
    /// As the next commit writes it.
    pub(super) manifest: Manifest,
    new: NewFiles,
    /// Files that the next commit no longer names.
    old: Vec<PathBuf>,
    /// Keeps others from writing.
    _writer: Writer,
}

impl Rewriting {
    /// Begins.
    ///
    /// # Errors
    /// Another process writes the dataset, or has changed it since it was opened.
    pub(crate) fn begin(dataset: &Dataset) -> Result<Self> {
        let writer = Writer::open(dataset.folder(), dataset.schema())?;
        if writer.manifest() != dataset.manifest() {
            let path = dataset.folder().join(MANIFEST);
            let expected = "the manifest as it was when the dataset was opened";
            return Err(Error::mismatch(&path, "movies", expected, "another"));
        }
        Ok(Self {
            folder: dataset.folder().to_path_buf(),
            manifest: dataset.manifest().clone(),
            new: NewFiles::default(),
            old: Vec::new(),
            _writer: writer,
        })
    }

    /// Writes a movie of the dataset anew.
    ///
    /// # Errors
    /// The rows or the vectors are not those of the dataset's movies, or the file can't be written.
    ///
    /// # Panics
    /// If the dataset has no such movie, or it was replaced since the last commit.
    pub(crate) fn replace(
        &mut self,
        movie: &Movie,
        rows: &Rows,
        vectors: Option<&Vectors>,
    ) -> Result<()> {
        let name = free_name(movie, &self.manifest.movies);
        self.new.0.push(self.folder.join(&name));
        let source = movie.source.clone();
        let stored = store(&self.folder, &self.manifest, name, source, rows, vectors)?;
        let mut movies = self.manifest.movies.iter_mut();
        let replaced = movies.find(|other| other.file == movie.file);
        *replaced.expect("a movie of the dataset") = stored;
        self.old.push(self.folder.join(&movie.file));
        Ok(())
    }

    /// Takes a movie out of the dataset.
    pub(super) fn leave_out(&mut self, movie: &Movie) {
        self.manifest
            .movies
            .retain(|other| other.file != movie.file);
        self.old.push(self.folder.join(&movie.file));
    }

    /// Writes the manifest, then deletes what it no longer names. The dataset can be changed further.
    ///
    /// # Errors
    /// The manifest can't be written, and the dataset is unchanged; or it is changed, but an old file can't be deleted.
    pub(crate) fn commit(&mut self) -> Result<()> {
        files::write_json(&self.folder.join(MANIFEST), &self.manifest)?;
        self.new.0.clear();
        for path in self.old.drain(..) {
            fs::remove_file(&path).map_err(Error::io("delete", &path))?;
        }
        Ok(())
    }
}

/// A name for a movie's new file, which no file of the dataset has.
fn free_name(movie: &Movie, movies: &[Movie]) -> String {
    let name = file_name(&movie.source);
    let stem = name.strip_suffix(".parquet").unwrap_or(&name);
    let mut number = 1;
    loop {
        let name = format!("{stem}-{number}.parquet");
        if !movies.iter().any(|movie| movie.file == name) {
            return name;
        }
        number += 1;
    }
}

/// New files beside a dataset's. Those that no manifest names are deleted.
#[derive(Debug, Default)]
struct NewFiles(Vec<PathBuf>);

impl Drop for NewFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            // The last may not be there; one that stays is no part of the dataset.
            let _ = fs::remove_file(path);
        }
    }
}
