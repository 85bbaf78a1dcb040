//! What the vectors of an index are.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::payload::{Field, Value};
use crate::{Error, Result, geometry, payload};

/// How vectors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// By their angle: the distance is 1 less its cosine, from 0 to 2. A vector of length 0 has no angle and is refused.
    Cosine,
    /// By the distance between them.
    Euclidean,
}

impl Metric {
    /// A vector as an index holds it: of length 1 where its angle alone counts. It is finite, and has an angle there.
    #[must_use]
    pub fn held(self, vector: &[f32]) -> Cow<'_, [f32]> {
        match self {
            Self::Euclidean => vector.into(),
            Self::Cosine => geometry::unit(vector).into(),
        }
    }

    /// The distance of two vectors of the same dimension as an index holds them.
    #[must_use]
    pub fn distance(self, x: &[f32], y: &[f32]) -> f64 {
        self.of_euclidean(geometry::squared_distance(x, y).sqrt())
    }

    /// The distance of two vectors as an index holds them, by the Euclidean distance between them.
    pub(crate) fn of_euclidean(self, distance: f64) -> f64 {
        match self {
            Self::Euclidean => distance,
            // Between vectors of length 1.
            Self::Cosine => distance * distance / 2.0,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cosine => "cosine",
            Self::Euclidean => "euclidean",
        })
    }
}

/// Where vectors come from. Only vectors of equal embeddings can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embedding {
    /// The name of the embedder.
    pub embedder: String,
    /// SHA-256 of its file of weights, hexadecimal; none if it has no weights.
    pub weights_sha256: Option<String>,
    /// What is done to a picture before the embedder sees it.
    pub preprocessing: String,
    /// The numbers in a vector.
    pub dimension: usize,
}

impl Embedding {
    /// Fails unless these vectors can be compared with those of `expected`; `of` names in the error what has them.
    ///
    /// # Errors
    /// [`Error::Mismatch`] that names the first difference.
    pub fn require(&self, of: &str, expected: &Self) -> Result<()> {
        let hash = |embedding: &Self| {
            let hash = embedding.weights_sha256.clone();
            hash.unwrap_or_else(|| "none".to_owned())
        };
        let differences = [
            ("embedder", expected.embedder.clone(), self.embedder.clone()),
            ("SHA-256 of the weights", hash(expected), hash(self)),
            (
                "preprocessing",
                expected.preprocessing.clone(),
                self.preprocessing.clone(),
            ),
            (
                "dimension",
                expected.dimension.to_string(),
                self.dimension.to_string(),
            ),
        ];
        let mut differences = differences.into_iter();
        match differences.find(|(_, expected, found)| expected != found) {
            None => Ok(()),
            Some((place, expected, found)) => Err(Error::mismatch(of, place, expected, found)),
        }
    }
}

/// What the vectors of an index are, how they are compared, and what is known of each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Where the vectors come from.
    pub embedding: Embedding,
    /// How they are compared.
    pub metric: Metric,
    /// The fields of each vector's payload.
    pub fields: Vec<Field>,
}

impl Description {
    /// The most numbers that a vector may have: sums of products of quantised vectors then fit into 32 bits.
    pub const MOST_DIMENSIONS: usize = 16_384;

    /// The place of a field in payloads.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// Fails unless an index of this description answers queries of `embedding` by `metric`; `index` names it in the error.
    ///
    /// # Errors
    /// [`Error::Mismatch`] that names the first difference.
    pub fn require(&self, index: &str, embedding: &Embedding, metric: Metric) -> Result<()> {
        self.embedding.require(index, embedding)?;
        match self.metric == metric {
            true => Ok(()),
            false => Err(Error::mismatch(index, "metric", metric, self.metric)),
        }
    }

    /// The distance of a vector from one that an index of this description holds.
    ///
    /// # Errors
    /// [`Error::Argument`] when one has another dimension or numbers that are not finite, or `vector` has no angle where that is the
    /// metric.
    pub fn distance(&self, held: &[f32], vector: &[f32]) -> Result<f64> {
        self.check_vector("vector of the index", held)?;
        self.check_vector("vector", vector)?;
        Ok(self.metric.distance(held, &self.metric.held(vector)))
    }

    /// Fails unless an index can have this description.
    ///
    /// # Errors
    /// [`Error::Argument`] for a dimension out of range, too many fields, or two of the same name.
    pub fn check(&self) -> Result<()> {
        let dimension = self.embedding.dimension;
        if !(1..=Self::MOST_DIMENSIONS).contains(&dimension) {
            let expected = format!("1 to {}", Self::MOST_DIMENSIONS);
            return Err(Error::argument("dimension", expected, dimension));
        }
        payload::check_fields(&self.fields)
    }

    /// Fails unless `vector` can be compared; `what` names it in the error.
    pub(crate) fn check_vector(&self, what: &str, vector: &[f32]) -> Result<()> {
        let dimension = self.embedding.dimension;
        if vector.len() != dimension {
            let expected = format!("{dimension} numbers");
            return Err(Error::argument(what, expected, vector.len()));
        }
        if let Some(at) = vector.iter().position(|value| !value.is_finite()) {
            let found = format!("{} at {at}", vector[at]);
            return Err(Error::argument(what, "finite numbers", found));
        }
        if self.metric == Metric::Cosine && vector.iter().all(|value| *value == 0.0) {
            let expected = "a vector that has an angle";
            return Err(Error::argument(what, expected, "zeros alone"));
        }
        Ok(())
    }

    /// Fails unless `payload` has a value of its kind for each field; `what` names it in the error.
    pub(crate) fn check_payload(&self, what: &str, payload: &[Value]) -> Result<()> {
        if payload.len() != self.fields.len() {
            let expected = format!("{} values of payload", self.fields.len());
            return Err(Error::argument(what, expected, payload.len()));
        }
        for (field, value) in self.fields.iter().zip(payload) {
            field.check(what, value)?;
        }
        Ok(())
    }
}
