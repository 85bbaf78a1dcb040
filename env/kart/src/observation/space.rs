//! The space of observations.

use env_core::{
    Space,
    columns::{Cells, Column, Columnar, DType},
    space::Rng,
};
use rand::RngExt;

use super::values::Observation;

/// All observations of given columns: each value between its column's bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservationSpace {
    columns: Vec<Column>,
}

impl ObservationSpace {
    /// The space of observations of `columns`, which are of `f32`, `u16` and `u8`.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns }
    }

    fn of(&self, dtype: DType) -> impl Iterator<Item = (f32, f32)> {
        self.columns
            .iter()
            .filter(move |column| column.dtype == dtype)
            .flat_map(|column| std::iter::repeat_n(column.range(), column.width()))
    }
}

impl Space for ObservationSpace {
    type Element = Observation;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Observation {
        let floats = self
            .of(DType::F32)
            .map(|(low, high)| rng.random_range(low..=high))
            .collect();
        let words = self
            .of(DType::U16)
            .map(|(low, high)| rng.random_range(low as u16..=high as u16))
            .collect();
        let bytes = self
            .of(DType::U8)
            .map(|(low, high)| rng.random_range(low as u8..=high as u8))
            .collect();
        Observation {
            floats,
            words,
            bytes,
        }
    }

    fn contains(&self, value: &Observation) -> bool {
        fn inside(
            mut bounds: impl Iterator<Item = (f32, f32)>,
            mut values: impl Iterator<Item = f32>,
        ) -> bool {
            loop {
                match (bounds.next(), values.next()) {
                    (Some((low, high)), Some(value)) if low <= value && value <= high => {}
                    (None, None) => return true,
                    _ => return false,
                }
            }
        }
        inside(self.of(DType::F32), value.floats.iter().copied())
            && inside(
                self.of(DType::U16),
                value.words.iter().map(|word| f32::from(*word)),
            )
            && inside(
                self.of(DType::U8),
                value.bytes.iter().map(|byte| f32::from(*byte)),
            )
    }
}

impl Columnar for ObservationSpace {
    fn columns(&self) -> Vec<Column> {
        self.columns.clone()
    }

    fn cells(&self, element: &Observation, visit: &mut dyn FnMut(Cells<'_>)) {
        let (mut float, mut word, mut byte) = (0, 0, 0);
        let next = |at: &mut usize, len: usize| {
            *at += len;
            *at - len..*at
        };
        for column in &self.columns {
            let width = column.width();
            visit(match column.dtype {
                DType::F32 => Cells::F32(&element.floats[next(&mut float, width)]),
                DType::U16 => Cells::U16(&element.words[next(&mut word, width)]),
                _ => Cells::U8(&element.bytes[next(&mut byte, width)]),
            });
        }
    }
}
