use outputs::Output;

use crate::description::Description;
use crate::file::{self, Contents};
use crate::payload::{GrowingColumn, Value};
use crate::quantised::quantise_row;
use crate::{Error, Result};

/// An index that is being made. Its vectors are in memory until [`Builder::write`]: 4 bytes a number.
#[derive(Debug)]
pub struct Builder {
    description: Description,
    vectors: Vec<f32>,
    columns: Vec<GrowingColumn>,
    rows: u32,
}

impl Builder {
    /// An empty index.
    ///
    /// # Errors
    /// [`Error::Argument`] when the dimension or the fields of `description` can't be those of an index.
    pub fn new(description: Description) -> Result<Self> {
        description.check()?;
        let kinds = description.fields.iter().map(|field| field.kind);
        Ok(Self {
            columns: kinds.map(GrowingColumn::new).collect(),
            description,
            vectors: Vec::new(),
            rows: 0,
        })
    }

    /// How many vectors there are.
    pub fn count(&self) -> u32 {
        self.rows
    }

    /// Adds a vector with its payload, a value for each field in their order.
    ///
    /// # Errors
    /// [`Error::Argument`] when the vector has another dimension, numbers that are not finite, or no angle where that is the
    /// metric; when the payload is not as the fields say; when the index is full.
    pub fn push(&mut self, vector: &[f32], payload: &[Value]) -> Result<()> {
        let what = format!("vector {}", self.rows);
        self.description.check_vector(&what, vector)?;
        self.description.check_payload(&what, payload)?;
        let Some(rows) = self.rows.checked_add(1) else {
            let expected = format!("at most {} vectors", u32::MAX);
            return Err(Error::argument("index", expected, "one more"));
        };
        let held = self.description.metric.held(vector);
        self.vectors.extend_from_slice(&held);
        for (column, value) in self.columns.iter_mut().zip(payload) {
            column.push(value);
        }
        self.rows = rows;
        Ok(())
    }

    /// Writes the index into an output, of the kind [`Exact::KIND`](crate::Exact::KIND), and commits it.
    ///
    /// # Errors
    /// The output can't be written.
    pub fn write(self, output: Output) -> Result<()> {
        let dimension = self.description.embedding.dimension;
        let mean = mean(&self.vectors, dimension);
        let mut codes = Vec::with_capacity(self.vectors.len());
        let rows = self.vectors.chunks_exact(dimension);
        let scales = rows
            .map(|row| quantise_row(row, &mean, &mut codes))
            .collect();
        let columns = self.columns.into_iter().map(GrowingColumn::finish);
        let contents = Contents {
            columns: columns.collect(),
            description: self.description,
            mean,
            scales,
        };
        file::write(output, &contents, &codes, &self.vectors)
    }
}

/// The mean of vectors that lie one behind the other; zeros if there are none.
fn mean(vectors: &[f32], dimension: usize) -> Vec<f32> {
    let mut sums = vec![0.0; dimension];
    for vector in vectors.chunks_exact(dimension) {
        for (sum, value) in sums.iter_mut().zip(vector) {
            *sum += f64::from(*value);
        }
    }
    let rows = (vectors.len() / dimension).max(1) as f64;
    sums.iter().map(|sum| (sum / rows) as f32).collect()
}
