//! The space of observations.

use env_core::{
    Space,
    columns::{Cells, Column, Columnar, DType},
    space::Rng,
};
use rand::RngExt;

use super::{Field, Number, Observation};

/// All observations of given fields: each value between its field's bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservationSpace {
    fields: Vec<Field>,
}

impl ObservationSpace {
    /// The space of observations of `fields`.
    pub fn new(fields: Vec<Field>) -> Self {
        Self { fields }
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn of(&self, number: Number) -> impl Iterator<Item = (f32, f32)> {
        self.fields
            .iter()
            .filter(move |field| field.number == number)
            .flat_map(|field| std::iter::repeat_n((field.low, field.high), field.len()))
    }
}

impl Space for ObservationSpace {
    type Element = Observation;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Observation {
        let floats = self
            .of(Number::Float)
            .map(|(low, high)| rng.random_range(low..=high))
            .collect();
        let words = self
            .of(Number::Word)
            .map(|(low, high)| rng.random_range(low as u16..=high as u16))
            .collect();
        let bytes = self
            .of(Number::Byte)
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
        inside(self.of(Number::Float), value.floats.iter().copied())
            && inside(
                self.of(Number::Word),
                value.words.iter().map(|word| f32::from(*word)),
            )
            && inside(
                self.of(Number::Byte),
                value.bytes.iter().map(|byte| f32::from(*byte)),
            )
    }
}

impl Columnar for ObservationSpace {
    fn columns(&self) -> Vec<Column> {
        let column = |field: &Field| Column {
            name: field.name.clone(),
            dtype: match field.number {
                Number::Float => DType::F32,
                Number::Word => DType::U16,
                Number::Byte => DType::U8,
            },
            shape: field.shape.clone(),
        };
        self.fields.iter().map(column).collect()
    }

    fn cells(&self, element: &Observation, visit: &mut dyn FnMut(Cells<'_>)) {
        let (mut float, mut word, mut byte) = (0, 0, 0);
        let next = |at: &mut usize, len: usize| {
            *at += len;
            *at - len..*at
        };
        for field in &self.fields {
            visit(match field.number {
                Number::Float => Cells::F32(&element.floats[next(&mut float, field.len())]),
                Number::Word => Cells::U16(&element.words[next(&mut word, field.len())]),
                Number::Byte => Cells::U8(&element.bytes[next(&mut byte, field.len())]),
            });
        }
    }
}
