//! The vectors of a movie's pictures, which are one more column of its file.

use env_core::columns::{Column, DType};
use search::{Description, Embedding};

use crate::difference::Difference;
use crate::{Error, Result};

/// The vectors' column, which stands behind all others.
const COLUMN: &str = "embedding";

/// The vectors of the pictures of a movie's rows, one a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    embedding: Embedding,
    /// Row after row.
    numbers: Vec<f32>,
}

impl Vectors {
    /// Vectors that an embedder made; `numbers` has them one after the other.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dimension that no vector has, numbers of no whole vectors, and numbers that are not finite.
    pub fn new(embedding: Embedding, numbers: Vec<f32>) -> Result<Self> {
        Self::checked(embedding, numbers).map_err(Error::argument)
    }

    pub(super) fn checked(embedding: Embedding, numbers: Vec<f32>) -> Result<Self, Difference> {
        check(&embedding)?;
        let dimension = embedding.dimension;
        let differs = |expected: String, found: String| Difference {
            place: COLUMN.to_owned(),
            expected,
            found,
        };
        if !numbers.len().is_multiple_of(dimension) {
            let expected = format!("vectors of {dimension} numbers");
            return Err(differs(expected, format!("{} numbers", numbers.len())));
        }
        if let Some(at) = numbers.iter().position(|number| !number.is_finite()) {
            let found = format!("{} in row {}", numbers[at], at / dimension);
            return Err(differs("finite numbers".to_owned(), found));
        }
        Ok(Self { embedding, numbers })
    }

    /// Which vectors these are.
    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.numbers.len() / self.embedding.dimension
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The vector of a row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn get(&self, row: usize) -> &[f32] {
        let dimension = self.embedding.dimension;
        &self.numbers[row * dimension..][..dimension]
    }

    /// All vectors, one after the other.
    pub(super) fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// Those of some rows.
    ///
    /// # Panics
    /// If there is no such row.
    pub(super) fn of_rows(&self, rows: impl Iterator<Item = usize>) -> Self {
        Self {
            embedding: self.embedding.clone(),
            numbers: rows.flat_map(|row| self.get(row)).copied().collect(),
        }
    }
}

/// The column of vectors.
pub(super) fn column(embedding: &Embedding) -> Column {
    Column::new(COLUMN, DType::F32).of_shape(&[embedding.dimension])
}

/// Refuses a dimension that no vector has.
pub(super) fn check(embedding: &Embedding) -> Result<(), Difference> {
    let dimensions = 1..=Description::MOST_DIMENSIONS;
    match dimensions.contains(&embedding.dimension) {
        true => Ok(()),
        false => Err(Difference {
            place: format!("{COLUMN}: dimension"),
            expected: format!("1 to {}", dimensions.end()),
            found: embedding.dimension.to_string(),
        }),
    }
}
