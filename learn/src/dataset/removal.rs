//! Rows taken out of a dataset, in place or in a copy.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::writer::{file_name, store};
use super::{Dataset, MANIFEST, Manifest, Movie, NewDataset, Rows, Selection, Writer};
use crate::{Error, Result, files};

/// Rows that were removed from a movie at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// The movie's file name.
    pub movie: String,
    /// The movie's hash, as [`Source::movie_sha256`](super::Source::movie_sha256).
    pub movie_sha256: String,
    /// The rows, as they were numbered before this removal.
    pub rows: Vec<Range<u64>>,
}

impl Dataset {
    /// Removes rows from this dataset's folder, for good. Movies all of whose rows go leave the manifest. Until all new files are
    /// complete the manifest names the old ones; these are deleted afterwards.
    ///
    /// # Errors
    /// [`Error::Argument`] for a selection of another dataset. Another process writes the dataset or has changed it since it was
    /// opened, or a file can't be read or written; the dataset is then unchanged. The rows are removed, but an old file can't be
    /// deleted.
    pub fn remove(self, rows: &Selection) -> Result<Self> {
        self.require(rows)?;
        let writer = Writer::open(self.folder(), self.schema())?;
        if writer.manifest() != self.manifest() {
            let path = self.folder().join(MANIFEST);
            let expected = "the manifest as it was when the dataset was opened";
            return Err(Error::mismatch(&path, "movies", expected, "another"));
        }
        let mut new = NewFiles::default();
        let mut manifest = self.manifest().clone();
        manifest.note(rows);
        manifest.movies.clear();
        for (index, movie) in self.movies().iter().enumerate() {
            if rows.len_of(index) == 0 {
                manifest.movies.push(movie.clone());
            } else if let Some(kept) = self.kept(index, rows)? {
                let name = free_name(movie, self.movies());
                let path = self.folder().join(&name);
                new.0.push(path);
                let source = movie.source.clone();
                let stored = store(self.folder(), &manifest, name, source, &kept)?;
                manifest.movies.push(stored);
            }
        }
        files::write_json(&self.folder().join(MANIFEST), &manifest)?;
        new.0.clear();
        for movie in self.movies() {
            if !manifest.movies.iter().any(|other| other.file == movie.file) {
                let path = self.folder().join(&movie.file);
                fs::remove_file(&path).map_err(Error::io("delete", &path))?;
            }
        }
        drop(writer);
        Self::open(self.folder())
    }

    /// Writes a copy of this dataset without some rows. Movies all of whose rows are left out are not in it.
    ///
    /// # Errors
    /// [`Error::Argument`] for a selection of another dataset. There is something at `folder`, or a file can't be read or
    /// written; nothing remains then.
    pub fn copy_without(&self, rows: &Selection, folder: &Path) -> Result<Self> {
        self.require(rows)?;
        let mut copy = NewDataset::begin(folder, self.schema())?;
        for (index, movie) in self.movies().iter().enumerate() {
            if let Some(kept) = self.kept(index, rows)? {
                copy.add(movie.source.clone(), &kept)?;
            }
        }
        let mut manifest = self.manifest().clone();
        manifest.note(rows);
        copy.set_removals(manifest.removals);
        copy.commit()?;
        Self::open(folder)
    }

    /// The rows of a movie that are not selected; `None` if all are.
    fn kept(&self, index: usize, removed: &Selection) -> Result<Option<Rows>> {
        let all = self.read(index)?;
        let mut kept = Rows::new(self.schema());
        for (number, row) in all.iter().enumerate() {
            if !removed.contains(index, number) {
                kept.push(&row);
            }
        }
        Ok(Some(kept).filter(|kept| !kept.is_empty()))
    }

    /// Refuses a selection of another dataset.
    fn require(&self, rows: &Selection) -> Result<()> {
        let expected = Selection::none(self).shape();
        match rows.shape() == expected {
            true => Ok(()),
            false => Err(Error::Argument {
                what: "selection".to_owned(),
                expected: format!("rows of movies with {expected:?} rows"),
                found: format!("rows of movies with {:?}", rows.shape()),
            }),
        }
    }
}

impl Manifest {
    /// Adds rows that are removed to the list of those.
    fn note(&mut self, rows: &Selection) {
        let removals = self.movies.iter().enumerate().filter_map(|(index, movie)| {
            let rows = rows.ranges(index);
            (!rows.is_empty()).then(|| Removal {
                movie: movie.source.movie.clone(),
                movie_sha256: movie.source.movie_sha256.clone(),
                rows,
            })
        });
        self.removals.extend(removals);
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
