//! How a part of an observation is described and filled.

use std::fmt::Debug;

use env_core::columns::{Column, DType};

use super::values::Observation;
use crate::{facts::Controls, moment::Moment};

/// A part of an observation: its fields, and how they are filled.
pub trait Observe: Debug + Send + Sync {
    /// Its fields, `f32` and `u16` ones only.
    fn fields(&self) -> Vec<Column>;

    /// Writes as many values as its fields have, in order.
    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>);

    /// Writes the values without a race: zeros, except for fields that hold the controls.
    fn observe_nothing(&self, _controls: &Controls, out: &mut Writer<'_>) {
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
