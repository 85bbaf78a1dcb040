//! The rows of all movies, without their pictures.

use std::ops::Range;

use anyhow::{Context as _, Result};
use learn::dataset::{Column, Console, Dataset, Held, Row};
use learn::statistics::Actions;

/// The rows of a dataset, movie after movie. A row's number counts through all of them.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) console: Console,
    /// Rows a second, as they were recorded.
    pub(crate) rate: f64,
    pub(crate) movies: Vec<MovieRows>,
    /// The actions of all rows.
    pub(crate) actions: Actions,
    rows: Vec<Numbers>,
    fields: Vec<Column>,
    /// The numbers of all observations, row after row.
    observations: Vec<f32>,
}

/// The rows of a movie.
#[derive(Debug)]
pub(crate) struct MovieRows {
    pub(crate) name: String,
    pub(crate) course: String,
    /// Their numbers.
    pub(crate) rows: Range<usize>,
}

/// The numbers of a row but for its observation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbers {
    frame: u32,
    pub(crate) held: Held,
    race_progress: f32,
    lap: i32,
    reward: f32,
}

impl Numbers {
    fn of(row: &Row<'_>) -> Self {
        Self {
            frame: row.frame,
            held: row.held,
            race_progress: row.race_progress,
            lap: row.lap,
            reward: row.reward,
        }
    }
}

impl Catalogue {
    /// Reads a dataset's rows.
    ///
    /// # Errors
    /// A file is damaged.
    pub(crate) fn of(dataset: &Dataset) -> Result<Self> {
        let schema = dataset.schema();
        let frames = f64::from(schema.frames_per_step().get());
        let mut all = Self {
            console: schema.console(),
            rate: schema.console().frame_rate().hertz() / frames,
            movies: Vec::new(),
            actions: Actions::default(),
            rows: Vec::new(),
            fields: schema.fields().to_vec(),
            observations: Vec::new(),
        };
        for (index, movie) in dataset.movies().iter().enumerate() {
            let rows = dataset.read_numbers(index)?;
            let first = all.rows.len();
            for row in rows.iter() {
                all.actions.add(all.console, row.held);
                all.rows.push(Numbers::of(&row));
            }
            all.observations.extend(rows.observations());
            all.movies.push(MovieRows {
                name: movie.source.movie.clone(),
                course: movie.source.game.course_name.clone(),
                rows: first..all.rows.len(),
            });
        }
        Ok(all)
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number of the last row.
    pub(crate) fn last(&self) -> usize {
        self.len().saturating_sub(1)
    }

    /// The numbers of a row.
    ///
    /// # Panics
    /// If there is no such row.
    pub(crate) fn numbers(&self, row: usize) -> Numbers {
        self.rows[row]
    }

    /// The number of a movie's row.
    ///
    /// # Errors
    /// There is no such movie, or it has fewer rows.
    pub(crate) fn number(&self, movie: &str, row: usize) -> Result<usize> {
        let rows = self.movies.iter().find(|other| other.name == movie);
        let rows = rows.with_context(|| {
            let names: Vec<_> = self
                .movies
                .iter()
                .map(|movie| movie.name.as_str())
                .collect();
            format!(
                "expected one of the movies {}, found {movie}",
                names.join(", ")
            )
        })?;
        let rows = rows.rows.clone();
        let number = rows.clone().nth(row);
        number.with_context(|| {
            format!(
                "{movie}: expected one of its {} rows, found {row}",
                rows.len()
            )
        })
    }

    /// The movie of a row, and the row's number in it.
    pub(crate) fn place(&self, row: usize) -> (usize, usize) {
        let later = self.movies.partition_point(|movie| movie.rows.start <= row);
        let movie = later.saturating_sub(1);
        (movie, row - self.movies[movie].rows.start)
    }

    /// A row in words: its movie and its numbers, one a line.
    pub(crate) fn describe(&self, row: usize) -> String {
        let (movie, row_of_movie) = self.place(row);
        let movie = &self.movies[movie];
        let course = match movie.course.as_str() {
            "" => "no course",
            course => course,
        };
        let numbers = &self.rows[row];
        let mut lines = vec![
            format!("{} ({course})", movie.name),
            format!("row {row_of_movie} of {}", movie.rows.len()),
            format!("frame {}", numbers.frame),
            format!("progress {:.4}, lap {}", numbers.race_progress, numbers.lap),
            format!("reward {:.3}", numbers.reward),
        ];
        let width: usize = self.fields.iter().map(Column::width).sum();
        let mut observation = &self.observations[row * width..][..width];
        for field in &self.fields {
            let (numbers, rest) = observation.split_at(field.width());
            observation = rest;
            let numbers: Vec<String> = numbers
                .iter()
                .map(|number| format!("{number:.2}"))
                .collect();
            lines.push(format!(
                "{} {} {}",
                field.name,
                numbers.join(" "),
                field.unit
            ));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn each_row_has_its_place_and_its_numbers() {
        let (_folder, dataset) = fixture::dataset(&[3, 1, 2]);
        let catalogue = Catalogue::of(&dataset).expect("read");
        let places: Vec<_> = (0..catalogue.len())
            .map(|row| catalogue.place(row))
            .collect();
        assert_eq!(places, [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1)]);
        for (row, (movie, row_of_movie)) in places.into_iter().enumerate() {
            let said = catalogue.describe(row);
            let frame = fixture::frame(movie, row_of_movie);
            assert!(said.contains(&format!("frame {frame}\n")), "{said}");
            let speed = fixture::speed_of(movie, row_of_movie);
            assert!(
                said.contains(&format!("speed {speed:.2} units/frame")),
                "{said}"
            );
        }
        assert_eq!(catalogue.actions.rows, 6);
    }
}
