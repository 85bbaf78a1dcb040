use std::num::NonZeroU32;
use std::ops::Range;

use env_kart::action::DrivingAction;
use image::RgbImage;

use super::console::HeldColumns;
use super::pictures::{Encoded, PICTURE};
use super::{Console, Held, PictureFormat, Schema};
use crate::difference::Difference;
use crate::{Error, Result};

/// One step of a race.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row<'a> {
    /// The race's frame counter before the step.
    pub frame: u32,
    /// The observation before the step: the schema's numbers, flat.
    pub observation: &'a [f32],
    /// The encoded picture that the player sees before the step; `None` without [`Schema::pictures`].
    pub picture: Option<&'a [u8]>,
    /// What was held in the step; of a step of more frames than the game needs to read its pad, what was held when the game
    /// first read it.
    pub held: Held,
    /// Fraction of the race driven after the step, 0 to 1.
    pub race_progress: f32,
    /// The lap the kart is in after the step; the game's own count.
    pub lap: i32,
    /// The environment's reward for the step.
    pub reward: f32,
}

/// The steps of one movie, column by column.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub(super) console: Console,
    frames_per_step: NonZeroU32,
    pub(super) width: usize,
    pub(super) frame: Vec<u32>,
    /// `len * width`, row after row.
    pub(super) observation: Vec<f32>,
    pub(super) format: Option<PictureFormat>,
    /// As many as rows if there is a format, none if not.
    pub(super) pictures: Encoded,
    pub(super) held: HeldColumns,
    pub(super) race_progress: Vec<f32>,
    pub(super) lap: Vec<i32>,
    pub(super) reward: Vec<f32>,
}

impl Rows {
    /// No rows yet.
    pub fn new(schema: &Schema) -> Self {
        Self {
            console: schema.console(),
            frames_per_step: schema.frames_per_step(),
            width: schema.width(),
            frame: Vec::new(),
            observation: Vec::new(),
            format: schema.pictures(),
            pictures: Encoded::default(),
            held: HeldColumns::default(),
            race_progress: Vec::new(),
            lap: Vec::new(),
            reward: Vec::new(),
        }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// If the observation is not as long as the schema is wide, or there is a picture and none in the schema, or none and one
    /// in the schema.
    pub fn push(&mut self, row: &Row<'_>) {
        assert_eq!(
            row.observation.len(),
            self.width,
            "numbers of an observation"
        );
        assert_eq!(
            row.picture.is_some(),
            self.format.is_some(),
            "whether there is a picture"
        );
        self.frame.push(row.frame);
        if let Some(picture) = row.picture {
            self.pictures.push(picture);
        }
        self.observation.extend_from_slice(row.observation);
        self.held.push(row.held);
        self.race_progress.push(row.race_progress);
        self.lap.push(row.lap);
        self.reward.push(row.reward);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.frame.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.frame.is_empty()
    }

    /// The row `index`; `None` from [`len`](Self::len) on.
    pub fn get(&self, index: usize) -> Option<Row<'_>> {
        (index < self.len()).then(|| self.row(index))
    }

    /// The rows, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        (0..self.len()).map(|index| self.row(index))
    }

    fn row(&self, index: usize) -> Row<'_> {
        Row {
            frame: self.frame[index],
            observation: &self.observation[index * self.width..][..self.width],
            picture: self.format.map(|_| self.pictures.get(index)),
            held: self.held.get(index),
            race_progress: self.race_progress[index],
            lap: self.lap[index],
            reward: self.reward[index],
        }
    }

    /// Decodes the picture of a row: what the player sees before the step; `None` in rows without pictures.
    ///
    /// # Errors
    /// [`Error::Picture`] for a damaged one.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn picture(&self, index: usize) -> Result<Option<RgbImage>> {
        let decode = |format: PictureFormat| {
            let decoded = format.decode(self.pictures.get(index));
            decoded.map_err(|reason| Error::Picture { row: index, reason })
        };
        self.format.map(decode).transpose()
    }

    /// The encoded pictures: one a row, none in rows without pictures.
    pub fn into_pictures(self) -> Encoded {
        self.pictures
    }

    /// Checks the headers of all pictures; returns the first that is damaged or of another size or encoding.
    pub(super) fn require_pictures(&self) -> Result<(), Difference> {
        let Some(format) = self.format else {
            return Ok(());
        };
        for (row, picture) in self.pictures.iter().enumerate() {
            format.require(picture).map_err(|found| Difference {
                place: format!("{PICTURE}, row {row}"),
                expected: format.to_string(),
                found,
            })?;
        }
        Ok(())
    }

    /// The rows as sequences of consecutive steps of the race. A whole race is one sequence; of a race's
    /// corrections each range is one. A paused race repeats its frame counter, which is no gap.
    pub fn sequences(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut rest = 0..self.len();
        std::iter::from_fn(move || {
            let first = rest.next()?;
            while rest.start < rest.end && self.follows(rest.start) {
                rest.start += 1;
            }
            Some(first..rest.start)
        })
    }

    /// Whether row `index` is at most a step after the row before.
    fn follows(&self, index: usize) -> bool {
        let passed = self.frame[index].checked_sub(self.frame[index - 1]);
        passed.is_some_and(|frames| frames <= self.frames_per_step.get())
    }

    /// All observations, row after row: `len * width` numbers.
    pub fn observations(&self) -> &[f32] {
        &self.observation
    }

    /// Some numbers of every observation, row after row.
    pub(super) fn observation_part(&self, part: Range<usize>) -> Vec<f32> {
        let rows = self.observation.chunks_exact(self.width);
        rows.flat_map(|row| &row[part.clone()]).copied().collect()
    }

    /// Overwrites some numbers of every observation with these, row after row.
    pub(super) fn set_observation_part(&mut self, part: Range<usize>, numbers: &[f32]) {
        let rows = self.observation.chunks_exact_mut(self.width);
        for (row, numbers) in rows.zip(numbers.chunks_exact(part.len())) {
            row[part.clone()].copy_from_slice(numbers);
        }
    }

    /// The actions, row by row.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = DrivingAction> {
        (0..self.len()).map(|row| self.console.action(self.held.get(row)))
    }
}
