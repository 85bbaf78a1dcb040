//! Boxes: numbers between bounds.

use rand::Rng;

use super::error::SpaceError;
use super::issue::{Role, SpaceIssue};
use super::number::Number;
use super::set::Space;

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
    /// A box with a pair of bounds for each number, in row-major order. Bounds that are floats
    /// may be infinite.
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

    fn issues(&self, role: Role) -> Vec<SpaceIssue> {
        let bounds = || {
            let bounds = self.low.iter().zip(&self.high);
            bounds.map(|(low, high)| (low.to_f64(), high.to_f64()))
        };
        let fixed = bounds()
            .position(|(low, high)| low == high)
            .map(|index| SpaceIssue::Fixed {
                index,
                value: self.low[index].to_f64(),
            });
        let no_low = bounds()
            .position(|(low, _)| low == f64::NEG_INFINITY)
            .map(|index| SpaceIssue::NoLow { index });
        let no_high = bounds()
            .position(|(_, high)| high == f64::INFINITY)
            .map(|index| SpaceIssue::NoHigh { index });
        let is_vector_of_actions = role == Role::Action && self.shape.len() == 1;
        let not_normalized = bounds()
            .position(|(low, high)| is_vector_of_actions && !is_normalized(low, high))
            .map(|index| SpaceIssue::NotNormalized {
                index,
                low: self.low[index].to_f64(),
                high: self.high[index].to_f64(),
            });
        [fixed, no_low, no_high, not_normalized]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// Whether bounds are from 0 or symmetric around it, and within -1 and 1.
fn is_normalized(low: f64, high: f64) -> bool {
    (low == 0.0 || low == -high) && high <= 1.0
}
