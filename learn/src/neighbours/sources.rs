//! The datasets that an index was made of.

use std::collections::HashMap;
use std::path::Path;

use image::RgbImage;

use crate::dataset::{Dataset, Rows};
use crate::{Error, Result};

/// Finds the pictures of neighbours in the datasets that an index was made of.
#[derive(Debug)]
pub struct Sources {
    datasets: Vec<Dataset>,
    /// The rows of the movies that were asked for, by the numbers of dataset and movie.
    read: HashMap<(usize, usize), Rows>,
}

impl Sources {
    /// These datasets. Of movies of the same name, the first one's rows are found.
    pub fn new(datasets: Vec<Dataset>) -> Self {
        Self {
            datasets,
            read: HashMap::new(),
        }
    }

    /// The numbers of the dataset that has a movie, and of the movie in it.
    fn place(&self, movie: &str) -> Option<(usize, usize)> {
        let mut datasets = self.datasets.iter().enumerate();
        datasets.find_map(|(number, dataset)| {
            let mut movies = dataset.movies().iter();
            let place = movies.position(|other| other.source.movie == movie)?;
            Some((number, place))
        })
    }

    /// The folder of the dataset that has a movie; `None` if none has it.
    pub fn folder(&self, movie: &str) -> Option<&Path> {
        let (dataset, _) = self.place(movie)?;
        Some(self.datasets[dataset].folder())
    }

    /// The picture of a movie's row; `None` if no dataset has the movie. The rows of each movie are read once, and kept.
    ///
    /// # Errors
    /// The movie has fewer rows or no pictures; its file or the picture is damaged.
    pub fn picture(&mut self, movie: &str, row: usize) -> Result<Option<RgbImage>> {
        let Some(place) = self.place(movie) else {
            return Ok(None);
        };
        if !self.read.contains_key(&place) {
            let rows = self.datasets[place.0].read(place.1)?;
            self.read.insert(place, rows);
        }
        let rows = &self.read[&place];
        if row >= rows.len() {
            return Err(Error::Argument {
                what: format!("row of {movie}"),
                expected: format!("one of its {} rows", rows.len()),
                found: row.to_string(),
            });
        }
        rows.picture(row)
    }
}
