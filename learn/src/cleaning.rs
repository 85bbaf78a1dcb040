//! Rows that a model should not learn from: near-duplicates, and those outside a race.

use std::collections::BTreeMap;

use crate::dataset::{Dataset, Rows, Selection};
use crate::embed::{Embedder as _, Picture, Pixels};
use crate::{Error, Result};

/// The pictures that a picture is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// The one before it in its movie that is not itself a near-duplicate. A kart that stands or waits makes such rows.
    Consecutive,
    /// All before it in the dataset that are not themselves near-duplicates.
    All,
}

/// The rows whose picture nearly repeats an earlier one; the first of each kind is not selected.
///
/// Pictures are compared as [`Pixels`]: small and grey. Two are near-duplicates if the root of the mean square of their
/// differences is at most `threshold`, in levels of brightness from 0 to 255. Actions are not compared.
///
/// # Errors
/// [`Error::Argument`] for a threshold that is no number from 0 to 255; the dataset has no pictures, or a file or picture is
/// damaged.
pub fn near_duplicates(dataset: &Dataset, threshold: f32, among: Among) -> Result<Selection> {
    dataset.require_pictures()?;
    if !(0.0..=255.0).contains(&threshold) {
        return Err(Error::Argument {
            what: "threshold".to_owned(),
            expected: "a number of levels from 0 to 255".to_owned(),
            found: threshold.to_string(),
        });
    }
    let mut found = Selection::none(dataset);
    let mut pixels = Pixels::new();
    let mut kept = Kept::new(threshold / 255.0);
    for movie in 0..dataset.movies().len() {
        if among == Among::Consecutive {
            kept.clear();
        }
        let rows = dataset.read(movie)?;
        for row in 0..rows.len() {
            let vector = small(&mut pixels, &rows, row)?;
            if kept.has_near(&vector) {
                found.set(movie, row, true);
                continue;
            }
            if among == Among::Consecutive {
                kept.clear();
            }
            kept.push(vector);
        }
    }
    Ok(found)
}

/// The row's picture, small and grey: its brightness from 0 to 1.
fn small(pixels: &mut Pixels, rows: &Rows, row: usize) -> Result<Vec<f32>> {
    let picture = rows.picture(row)?.ok_or_else(|| Error::Picture {
        row,
        reason: "expected a picture, found none".to_owned(),
    })?;
    let picture = Picture::new(picture.width(), picture.height(), picture.as_raw())?;
    let vectors = pixels.embed(&[picture])?;
    Ok(vectors.into_iter().flatten().collect())
}

/// Pictures to compare with, by their mean brightness: the difference of the means is at most that of the pictures.
struct Kept {
    threshold: f32,
    /// By the mean in units of [`Self::STEP`].
    by_mean: BTreeMap<i32, Vec<Vec<f32>>>,
}

impl Kept {
    /// A level of brightness.
    const STEP: f32 = 1.0 / 255.0;

    const fn new(threshold: f32) -> Self {
        Self {
            threshold,
            by_mean: BTreeMap::new(),
        }
    }

    fn clear(&mut self) {
        self.by_mean.clear();
    }

    fn push(&mut self, vector: Vec<f32>) {
        self.by_mean.entry(level(&vector)).or_default().push(vector);
    }

    fn has_near(&self, vector: &[f32]) -> bool {
        let level = level(vector);
        // One more, since means are rounded.
        let reach = (self.threshold / Self::STEP).ceil() as i32 + 1;
        let near = self.by_mean.range(level - reach..=level + reach);
        let mut near = near.flat_map(|(_, vectors)| vectors);
        let most = self.threshold * self.threshold * vector.len() as f32;
        near.any(|other| is_within(vector, other, most))
    }
}

fn level(vector: &[f32]) -> i32 {
    let mean = vector.iter().sum::<f32>() / vector.len().max(1) as f32;
    (mean / Kept::STEP).round() as i32
}

/// Whether the sum of the squares of the differences is at most `most`.
fn is_within(a: &[f32], b: &[f32], most: f32) -> bool {
    const PART: usize = 64;
    let mut sum = 0.0;
    a.chunks(PART).zip(b.chunks(PART)).all(|(a, b)| {
        let squares = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b));
        sum += squares.sum::<f32>();
        sum <= most
    })
}

/// Rows outside the race that their movies show, by the reason.
#[derive(Clone, Debug)]
pub struct OutsideRace {
    /// Rows at whose end the kart has not yet crossed the line for the first time: their progress is below 0.
    pub before_start: Selection,
    /// Rows that begin after the race's end: the progress before them is 1.
    pub after_finish: Selection,
    /// Rows of a paused race: their frame counter is that of the row before.
    pub paused: Selection,
}

impl OutsideRace {
    /// Finds them.
    ///
    /// # Errors
    /// A file is damaged.
    pub fn of(dataset: &Dataset) -> Result<Self> {
        let none = || Selection::none(dataset);
        let mut found = Self {
            before_start: none(),
            after_finish: none(),
            paused: none(),
        };
        for movie in 0..dataset.movies().len() {
            let rows = dataset.read_numbers(movie)?;
            for index in 0..rows.len() {
                let row = rows.get(index);
                let before = index.checked_sub(1).and_then(|before| rows.get(before));
                let is_before_start = row.is_some_and(|row| row.race_progress < 0.0);
                let is_after_finish = before.is_some_and(|before| before.race_progress >= 1.0);
                let is_paused = row
                    .zip(before)
                    .is_some_and(|(row, before)| row.frame == before.frame);
                found.before_start.set(movie, index, is_before_start);
                found.after_finish.set(movie, index, is_after_finish);
                found.paused.set(movie, index, is_paused);
            }
        }
        Ok(found)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Selection {
        let mut all = self.before_start.clone();
        all.add(&self.after_finish);
        all.add(&self.paused);
        all
    }
}
