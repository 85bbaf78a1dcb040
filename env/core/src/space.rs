//! The sets that observations and actions lie in.
//!
//! A Rust tuple of spaces is the space of tuples (Gymnasium's `Tuple`), and
//! [`dict_space!`](crate::dict_space) makes a struct of spaces into the space of a struct of
//! elements (Gymnasium's `Dict`).

mod boxes;
mod composite;
mod discrete;

use std::fmt::Debug;

// What implementations of `Space` draw from.
pub use rand::Rng;

pub use boxes::{BoxSpace, Number};
pub use discrete::{Discrete, MultiBinary, MultiDiscrete};

/// A set with a distribution to draw from.
///
/// The same generator state draws the same element.
pub trait Space: Debug {
    /// What the space holds.
    type Element: Clone + PartialEq + Debug;

    /// Draws an element at random.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Self::Element;

    /// Whether `value` lies in the space.
    fn contains(&self, value: &Self::Element) -> bool;
}

/// Why a space cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpaceError {
    /// The bounds do not have as many elements as the shape.
    #[error("box of shape {shape:?}: expected {expected} bounds, found {found}")]
    Bounds {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The product of the shape.
        expected: usize,
        /// The bounds given.
        found: usize,
    },
    /// A lower bound is above its upper bound, or one of them is not a number.
    #[error("box, element {index}: expected low <= high, found {low} and {high}")]
    Order {
        /// The element, in row-major order.
        index: usize,
        /// Its lower bound.
        low: String,
        /// Its upper bound.
        high: String,
    },
    /// A discrete space without elements.
    #[error("discrete space {index}: expected at least one element, found none")]
    Empty {
        /// Which of a multi-discrete's; 0 otherwise.
        index: usize,
    },
    /// A discrete space that ends beyond the largest `i64`.
    #[error("discrete space: expected an end of at most {max}, found start {start} and {n} elements", max = i64::MAX)]
    TooFar {
        /// The first element.
        start: i64,
        /// How many elements.
        n: u32,
    },
}

#[cfg(test)]
mod tests;
