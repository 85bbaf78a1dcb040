//! What is in a dataset: rows, pictures and actions, course by course.

use std::collections::BTreeMap;

use search::Embedding;
use serde::Serialize;

use crate::Result;
use crate::dataset::{Console, Dataset, Held, Movie, Rows};

/// The stick's numbers from one bin of a histogram to the next.
pub const BIN: i32 = 10;

/// The bins of a histogram of the stick: around 0, and around each multiple of [`BIN`] up to full deflection at 80, on either
/// side. What goes beyond counts in the outermost.
pub const BINS: usize = 17;

/// The parts of a movie in the statistics over time.
pub const PARTS: usize = 40;

/// What is in a dataset.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Movies.
    pub movies: u64,
    /// Rows.
    pub rows: u64,
    /// The pictures; `None` in a dataset without.
    pub pictures: Option<PictureStatistics>,
    /// The vectors of pictures, by what they are, in the order of the movies. One embedder's unless embedding was interrupted.
    pub vectors: Vec<VectorStatistics>,
    /// The courses by their names.
    pub courses: BTreeMap<String, CourseStatistics>,
}

/// The pictures of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PictureStatistics {
    /// Pixels a row.
    pub width: u32,
    /// Rows of pixels.
    pub height: u32,
    /// The encoding.
    pub encoding: String,
    /// Bytes of all.
    pub bytes: u64,
    /// Bytes of the largest.
    pub largest: u64,
}

/// The vectors of one embedder.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VectorStatistics {
    /// Which they are.
    #[serde(flatten)]
    pub embedding: Embedding,
    /// Movies that have them.
    pub movies: u64,
    /// Rows of those.
    pub rows: u64,
}

/// The actions on a course.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CourseStatistics {
    /// Movies.
    pub movies: u64,
    /// The actions of all rows.
    #[serde(flatten)]
    pub actions: Actions,
    /// The actions in each of [`PARTS`] equal parts of the movies, from their beginning to their end.
    pub over_time: Vec<Actions>,
}

/// The actions of some rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Actions {
    /// Rows.
    pub rows: u64,
    /// Rows by the stick to the left and right, from left to right. The directional pad of a DS is a stick at full
    /// deflection.
    pub stick: [u64; BINS],
    /// The share of rows in the middle bin. A model of mostly straight rows learns to drive straight.
    pub straight: f64,
    /// Rows in which a button is held, by its name.
    pub buttons: BTreeMap<String, u64>,
}

impl Statistics {
    /// Counts a dataset.
    ///
    /// # Errors
    /// A file is damaged.
    pub fn of(dataset: &Dataset) -> Result<Self> {
        let mut all = Self {
            pictures: dataset.schema().pictures().map(|format| PictureStatistics {
                width: format.width,
                height: format.height,
                encoding: format.encoding.to_string(),
                ..PictureStatistics::default()
            }),
            ..Self::default()
        };
        for (index, movie) in dataset.movies().iter().enumerate() {
            let rows = dataset.read(index)?;
            all.movies += 1;
            all.rows += rows.len() as u64;
            if let Some(pictures) = &mut all.pictures {
                pictures.add(&rows);
            }
            all.add_vectors(movie);
            let name = movie.source.game.course_name.clone();
            let course = all.courses.entry(name).or_default();
            course.add(dataset.schema().console(), &rows);
        }
        Ok(all)
    }

    fn add_vectors(&mut self, movie: &Movie) {
        let Some(embedding) = &movie.embedding else {
            return;
        };
        let mut known = self.vectors.iter();
        let place = known.position(|vectors| vectors.embedding == *embedding);
        let place = place.unwrap_or_else(|| {
            self.vectors.push(VectorStatistics {
                embedding: embedding.clone(),
                movies: 0,
                rows: 0,
            });
            self.vectors.len() - 1
        });
        self.vectors[place].movies += 1;
        self.vectors[place].rows += movie.rows;
    }
}

impl PictureStatistics {
    fn add(&mut self, rows: &Rows) {
        for picture in rows.iter().filter_map(|row| row.picture) {
            let bytes = picture.len() as u64;
            self.bytes += bytes;
            self.largest = self.largest.max(bytes);
        }
    }
}

impl CourseStatistics {
    fn add(&mut self, console: Console, rows: &Rows) {
        self.movies += 1;
        self.over_time.resize_with(PARTS, Actions::default);
        for (index, row) in rows.iter().enumerate() {
            self.actions.add(console, row.held);
            self.over_time[index * PARTS / rows.len()].add(console, row.held);
        }
    }
}

impl Actions {
    /// Counts a row in which this is held.
    pub fn add(&mut self, console: Console, held: Held) {
        self.rows += 1;
        self.stick[bin(console.stick(held)[0])] += 1;
        self.straight = self.stick[bin(0)] as f64 / self.rows as f64;
        for name in console.held_buttons(held) {
            *self.buttons.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// The rows in the fullest bin of the stick.
    pub fn most(&self) -> u64 {
        self.stick.into_iter().max().unwrap_or_default()
    }
}

/// The bin of [`Actions::stick`] in which a stick's number to the right counts.
pub fn bin(stick: i32) -> usize {
    let most = BINS as i32 / 2;
    let distance = (stick.abs() + BIN / 2) / BIN;
    let bin = most + stick.signum() * distance.min(most);
    usize::try_from(bin).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use nds_formats::pad::Pad;

    use super::*;

    #[test]
    fn bins_are_symmetric_and_the_outermost_have_no_end() {
        assert_eq!([-128, -80, -75, -5, -4].map(bin), [0, 0, 0, 7, 8]);
        assert_eq!(
            [0, 4, 5, 14, 15, 80, 127].map(bin),
            [8, 8, 9, 9, 10, 16, 16]
        );
        for stick in 0..=128 {
            assert_eq!(bin(stick) + bin(-stick), BINS - 1, "{stick}");
        }
    }

    #[test]
    fn a_directional_pad_is_a_stick_at_full_deflection() {
        let stick = |pad: Pad| Console::Ds.stick(pad.into());
        assert_eq!(stick(Pad::LEFT | Pad::UP), [-80, 80]);
        assert_eq!(stick(Pad::RIGHT | Pad::A), [80, 0]);
        assert_eq!(stick(Pad::LEFT | Pad::RIGHT | Pad::DOWN), [0, -80]);
        let held = Console::Ds.held_buttons((Pad::A | Pad::R).into());
        assert_eq!(held, ["A", "R"]);
    }
}
