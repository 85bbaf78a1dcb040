//! Rows taken out of a dataset, in place or in a copy.

use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::rewriting::Rewriting;
use super::{Dataset, Manifest, NewDataset, Rows, Selection, Vectors};
use crate::{Error, Result};

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
    /// complete the manifest names the old ones; these are deleted afterwards. Vectors stay with their rows.
    ///
    /// # Errors
    /// [`Error::Argument`] for a selection of another dataset. Another process writes the dataset or has changed it since it was
    /// opened, or a file can't be read or written; the dataset is then unchanged. The rows are removed, but an old file can't be
    /// deleted.
    pub fn remove(self, rows: &Selection) -> Result<Self> {
        self.require(rows)?;
        let mut rewriting = Rewriting::begin(&self)?;
        rewriting.manifest.note(rows);
        for (index, movie) in self.movies().iter().enumerate() {
            if rows.len_of(index) == 0 {
                continue;
            }
            match self.kept(index, rows)? {
                Some((kept, vectors)) => rewriting.replace(movie, &kept, vectors.as_ref())?,
                None => rewriting.leave_out(movie),
            }
        }
        rewriting.commit()?;
        drop(rewriting);
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
            if let Some((kept, vectors)) = self.kept(index, rows)? {
                copy.add_with(movie.source.clone(), &kept, vectors.as_ref())?;
            }
        }
        let mut manifest = self.manifest().clone();
        manifest.note(rows);
        copy.set_removals(manifest.removals);
        copy.commit()?;
        Self::open(folder)
    }

    /// The rows of a movie that are not selected, with their vectors if it has some; `None` if all are.
    fn kept(&self, index: usize, removed: &Selection) -> Result<Option<(Rows, Option<Vectors>)>> {
        let all = self.read(index)?;
        let stay = || (0..all.len()).filter(|row| !removed.contains(index, *row));
        let mut kept = Rows::new(self.schema());
        for row in stay().filter_map(|row| all.get(row)) {
            kept.push(&row);
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let vectors = self.vectors(index)?;
        Ok(Some((kept, vectors.map(|all| all.of_rows(stay())))))
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
