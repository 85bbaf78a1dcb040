//! The parts that observations are composed of.

use std::fmt::Debug;

use env_core::columns::{Column, DType};
use nds_formats::pad::Pad;
use serde::{Deserialize, Serialize};

use super::Observation;
use super::course::{Centreline, Checkpoints, Rays, Toward};
use super::kart::{
    Buttons, Countdown, Drift, Motion, Normal, Position, PreviousAction, Surface, Velocity,
};
use super::published::TimeTrialV1;
use crate::{Result, moment::Moment};

/// A part of an observation: its fields, and how they are filled.
pub trait Observe: Debug + Send + Sync {
    /// Its fields, `f32` and `u16` ones only.
    fn fields(&self) -> Vec<Column>;

    /// Writes as many values as its fields have, in order.
    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>);

    /// Writes the values without a race: zeros, except for fields that hold the buttons.
    fn observe_nothing(&self, _pad: Pad, out: &mut Writer<'_>) {
        for field in self.fields() {
            for _ in 0..field.width() {
                match field.dtype {
                    DType::F32 => out.put(0.0),
                    _ => out.put_word(0),
                }
            }
        }
    }
}

/// A part of an observation, as configurations name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "term", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Term {
    /// Distances along rays.
    Rays(Rays),
    /// Bearings of the next checkpoints.
    Checkpoints(Checkpoints),
    /// The centreline beside and ahead of the kart.
    Centreline(Centreline),
    /// The kart's position, units.
    Position(Position),
    /// Its velocity, units a frame.
    Velocity(Velocity),
    /// The floor's normal.
    Normal(Normal),
    /// Speeds, slip, turn and slope.
    Motion(Motion),
    /// The drift and its boosts.
    Drift(Drift),
    /// The floor below the kart and its contact with walls.
    Surface(Surface),
    /// Frames until the start.
    Countdown(Countdown),
    /// The buttons held last, a flag each.
    PreviousAction(PreviousAction),
    /// The buttons held last, as the keypad bits.
    Buttons(Buttons),
    /// The dictionary of a published time trial, scaled to -1..1.
    TimeTrialV1(TimeTrialV1),
}

impl Term {
    /// The terms of datasets and of the models trained on them.
    pub fn driving() -> Vec<Self> {
        vec![
            Self::Rays(Rays {
                name: "edge_distance".to_owned(),
                toward: Toward::Edge,
                ..Rays::default()
            }),
            Self::Checkpoints(Checkpoints::default()),
            Self::Centreline(Centreline::default()),
            Self::Motion(Motion {}),
            Self::Drift(Drift {}),
            Self::Surface(Surface {}),
            Self::Countdown(Countdown {}),
        ]
    }

    /// Makes the part with these settings.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if one of its settings is invalid.
    pub fn build(&self) -> Result<Box<dyn Observe>> {
        Ok(match self.clone() {
            Self::Rays(rays) => Box::new(rays.build()?),
            Self::Checkpoints(term) => Box::new(term.checked()?),
            Self::Centreline(term) => Box::new(term.checked()?),
            Self::Position(term) => Box::new(term),
            Self::Velocity(term) => Box::new(term),
            Self::Normal(term) => Box::new(term),
            Self::Motion(term) => Box::new(term),
            Self::Drift(term) => Box::new(term),
            Self::Surface(term) => Box::new(term),
            Self::Countdown(term) => Box::new(term),
            Self::PreviousAction(term) => Box::new(term),
            Self::Buttons(term) => Box::new(term),
            Self::TimeTrialV1(term) => Box::new(term),
        })
    }
}

/// Writes values into an observation one after the other, each clamped into its field's bounds.
#[derive(Debug)]
pub struct Writer<'a> {
    floats: &'a mut [f32],
    low: &'a [f32],
    high: &'a [f32],
    at: usize,
    words: &'a mut [u16],
    word: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Observation, low: &'a [f32], high: &'a [f32]) -> Self {
        Self {
            floats: &mut out.floats,
            low,
            high,
            at: 0,
            words: &mut out.words,
            word: 0,
        }
    }

    /// Writes the next `f32`.
    #[inline]
    pub fn put(&mut self, value: f32) {
        let (low, high) = (self.low[self.at], self.high[self.at]);
        // A NaN of a degenerate course must not reach a learner.
        let value = if value.is_nan() { 0.0 } else { value };
        self.floats[self.at] = value.clamp(low, high);
        self.at += 1;
    }

    /// Writes the next `f32`: 1 or 0.
    #[inline]
    pub fn flag(&mut self, value: bool) {
        self.put(f32::from(u8::from(value)));
    }

    /// Writes the next values of three axes.
    pub fn vector(&mut self, value: [f32; 3]) {
        value.into_iter().for_each(|part| self.put(part));
    }

    /// The next `count` values; the caller writes values within their bounds.
    pub fn take(&mut self, count: usize) -> &mut [f32] {
        let values = &mut self.floats[self.at..self.at + count];
        self.at += count;
        values
    }

    /// Writes the next `u16`.
    pub fn put_word(&mut self, value: u16) {
        self.words[self.word] = value;
        self.word += 1;
    }

    /// How many floats and words have been written.
    pub(super) const fn written(&self) -> (usize, usize) {
        (self.at, self.word)
    }
}
