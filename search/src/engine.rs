//! The interface of every engine.

use std::num::NonZeroUsize;

use crate::payload::{Condition, Value};
use crate::{Description, Result};

/// What is searched for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The vector whose neighbours are wanted, of the index's dimension.
    pub vector: &'a [f32],
    /// How many neighbours are wanted; there are fewer if fewer vectors meet the conditions.
    pub neighbours: NonZeroUsize,
    /// The conditions that neighbours meet, all of them.
    pub filter: &'a [Condition],
}

impl Query<'_> {
    /// Fails unless an index of this description can answer it.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) as [`Search::nearest`].
    pub fn check(&self, description: &Description) -> Result<()> {
        description.check_vector("query", self.vector)?;
        for condition in self.filter {
            condition.resolve(description)?;
        }
        Ok(())
    }
}

/// A vector near the query's.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// Its place in the order in which vectors were added, from 0.
    pub row: u32,
    /// Its distance from the query by the index's metric.
    pub distance: f64,
    /// Its payload: the values of the description's fields, in their order.
    pub payload: Vec<Value>,
}

/// An engine that finds the nearest neighbours of vectors in its index.
pub trait Search {
    /// What its vectors are.
    fn description(&self) -> &Description;

    /// How many vectors it holds.
    fn count(&self) -> u64;

    /// The neighbours of a query, the nearest first; of equally near ones the one of the lower row.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when the vector has another dimension, numbers that are not finite, or no
    /// angle where that is the metric, and when a condition names no field or a value of another kind; the engine's own.
    fn nearest(&self, query: &Query<'_>) -> Result<Vec<Neighbour>>;

    /// A row's vector and payload. Under the cosine metric the vector has length 1.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) when there is no such row; the engine's own.
    fn row(&self, row: u32) -> Result<(Vec<f32>, Vec<Value>)>;

    /// The different texts of a field, sorted; none if there is no such field of texts.
    ///
    /// # Errors
    /// The engine's own.
    fn texts(&self, field: &str) -> Result<Vec<String>>;

    /// The engine and its state, in a line for people.
    ///
    /// # Errors
    /// The engine's own.
    fn engine(&self) -> Result<String>;
}

/// The share of exact neighbours that an approximate engine found, from 0 to 1. As many count as the engine was asked for;
/// one that is as near as the last exact neighbour is right, since equally near vectors are interchangeable. `tolerance` is the
/// relative error of the engine's distances.
#[must_use]
pub fn recall(exact: &[Neighbour], found: &[Neighbour], tolerance: f64) -> f64 {
    let Some(last) = exact.last() else {
        return 1.0;
    };
    let limit = last.distance + tolerance * last.distance.max(1.0);
    let right = found
        .iter()
        .filter(|neighbour| neighbour.distance <= limit)
        .count();
    right.min(exact.len()) as f64 / exact.len() as f64
}
