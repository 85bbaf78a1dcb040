use std::ops::Range;

use super::Dataset;

/// Some rows of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// For each movie, whether each of its rows is selected.
    movies: Vec<Vec<bool>>,
}

impl Selection {
    /// None of a dataset's rows.
    pub fn none(dataset: &Dataset) -> Self {
        let movies = dataset.movies().iter();
        Self {
            movies: movies
                .map(|movie| vec![false; movie.rows as usize])
                .collect(),
        }
    }

    /// Selects a row, or no longer.
    ///
    /// # Panics
    /// If the dataset has no such row.
    pub fn set(&mut self, movie: usize, row: usize, is_selected: bool) {
        self.movies[movie][row] = is_selected;
    }

    /// Whether a row is selected.
    ///
    /// # Panics
    /// If the dataset has no such row.
    pub fn contains(&self, movie: usize, row: usize) -> bool {
        self.movies[movie][row]
    }

    /// Selects the rows of another selection of the same dataset too.
    ///
    /// # Panics
    /// If the other is of a dataset with other movies or rows.
    pub fn add(&mut self, other: &Self) {
        assert_eq!(self.shape(), other.shape(), "rows of one dataset");
        let pairs = self.movies.iter_mut().flatten();
        for (here, there) in pairs.zip(other.movies.iter().flatten()) {
            *here |= there;
        }
    }

    /// How many rows are selected.
    pub fn len(&self) -> u64 {
        self.movies.iter().map(|movie| count(movie)).sum()
    }

    /// Whether no row is selected.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows of a movie are selected.
    ///
    /// # Panics
    /// If the dataset has no such movie.
    pub fn len_of(&self, movie: usize) -> u64 {
        count(&self.movies[movie])
    }

    /// The selected rows of a movie, as ranges in order.
    ///
    /// # Panics
    /// If the dataset has no such movie.
    pub fn ranges(&self, movie: usize) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        let rows = (0..).zip(&self.movies[movie]);
        for row in rows.filter_map(|(row, is_selected)| is_selected.then_some(row)) {
            match ranges.last_mut() {
                Some(last) if last.end == row => last.end += 1,
                _ => ranges.push(row..row + 1),
            }
        }
        ranges
    }

    /// How many rows each movie of the dataset has.
    pub(super) fn shape(&self) -> Vec<usize> {
        self.movies.iter().map(Vec::len).collect()
    }
}

fn count(rows: &[bool]) -> u64 {
    rows.iter().filter(|is_selected| **is_selected).count() as u64
}
