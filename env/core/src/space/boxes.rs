//! Boxes: numbers between bounds.

use std::fmt::{Debug, Display};

use rand::{Rng, RngExt};

use super::{Space, SpaceError};

/// A number a [`BoxSpace`] can hold: `f32` or `u8`.
pub trait Number: Copy + PartialOrd + Debug + Display + private::Sealed {
    /// Draws uniformly between finite bounds, both included; see [`BoxSpace`] for infinite ones.
    #[doc(hidden)]
    fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self;
}

mod private {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for u8 {}
}

impl Number for u8 {
    fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self {
        rng.random_range(low..=high)
    }
}

impl Number for f32 {
    fn draw<R: Rng + ?Sized>(low: Self, high: Self, rng: &mut R) -> Self {
        // In f64, where the difference of two f32 cannot overflow; rounding back can leave the
        // bounds by half a unit in the last place.
        let (from, to) = (f64::from(low), f64::from(high));
        let value = match (low.is_finite(), high.is_finite()) {
            (true, true) => from + (to - from) * rng.random::<f64>(),
            (true, false) => from + exponential(rng),
            (false, true) => to - exponential(rng),
            (false, false) => normal(rng),
        };
        (value as f32).clamp(low, high)
    }
}

/// Mean 1.
fn exponential<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Mean 0, variance 1 (Box-Muller).
fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let radius = (2.0 * exponential(rng)).sqrt();
    radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

/// Arrays of numbers, each between its own bounds, both included.
///
/// Elements are flat, in row-major order of [`BoxSpace::shape`]. As in Gymnasium, samples are
/// uniform between two finite bounds, exponential from a single one, and normal without any.
#[derive(Debug, Clone, PartialEq)]
pub struct BoxSpace<T = f32> {
    low: Vec<T>,
    high: Vec<T>,
    shape: Vec<usize>,
}

impl<T: Number> BoxSpace<T> {
    /// A box with a pair of bounds for each number, in row-major order. `f32` bounds may be
    /// infinite.
    ///
    /// # Errors
    /// [`SpaceError::Bounds`] if there are not as many bounds as `shape` has numbers,
    /// [`SpaceError::Order`] if a pair of bounds holds nothing.
    pub fn new(low: Vec<T>, high: Vec<T>, shape: &[usize]) -> Result<Self, SpaceError> {
        let expected = shape
            .iter()
            .fold(1_usize, |product, side| product.saturating_mul(*side));
        if let Some(found) = [low.len(), high.len()]
            .into_iter()
            .find(|len| *len != expected)
        {
            return Err(SpaceError::Bounds {
                shape: shape.to_vec(),
                expected,
                found,
            });
        }
        let ordered = |(low, high): (&T, &T)| low <= high;
        if let Some(index) = low.iter().zip(&high).position(|bounds| !ordered(bounds)) {
            let (low, high) = (low[index].to_string(), high[index].to_string());
            return Err(SpaceError::Order { index, low, high });
        }
        Ok(Self {
            low,
            high,
            shape: shape.to_vec(),
        })
    }

    /// A box whose numbers all have the same bounds.
    ///
    /// # Errors
    /// [`SpaceError::Order`] if the bounds hold nothing.
    pub fn uniform(low: T, high: T, shape: &[usize]) -> Result<Self, SpaceError> {
        let count = shape.iter().product();
        Self::new(vec![low; count], vec![high; count], shape)
    }

    /// The lower bounds, in row-major order.
    pub fn low(&self) -> &[T] {
        &self.low
    }

    /// The upper bounds, in row-major order.
    pub fn high(&self) -> &[T] {
        &self.high
    }

    /// The sides; empty for a single number.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }
}

impl<T: Number> Space for BoxSpace<T> {
    type Element = Vec<T>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<T> {
        self.low
            .iter()
            .zip(&self.high)
            .map(|(low, high)| T::draw(*low, *high, rng))
            .collect()
    }

    fn contains(&self, value: &Vec<T>) -> bool {
        let bounds = self.low.iter().zip(&self.high);
        value.len() == self.low.len()
            && value
                .iter()
                .zip(bounds)
                .all(|(value, (low, high))| low <= value && value <= high)
    }
}
