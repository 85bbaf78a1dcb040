//! Observations brought to similar ranges.

use serde::{Deserialize, Serialize};

/// Mean and deviation of the training movies' observations, for normalising observations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Normalisation {
    /// Subtracted, for each number of an observation.
    pub mean: Vec<f32>,
    /// The divisor afterwards; 1 for numbers that are the same in all training frames.
    pub deviation: Vec<f32>,
}

/// Normalised numbers are clamped to this many deviations: a number that was constant in training, or is far
/// outside its training range, must not dominate the input.
const FARTHEST: f32 = 10.0;

impl Normalisation {
    /// The normalisation of observations with `width` numbers each, row by row.
    pub(super) fn of(observations: &[f32], width: usize) -> Self {
        let count = (observations.len() / width).max(1) as f64;
        let mut mean = vec![0f64; width];
        for row in observations.chunks_exact(width) {
            mean.iter_mut()
                .zip(row)
                .for_each(|(mean, value)| *mean += f64::from(*value) / count);
        }
        let mut variance = vec![0f64; width];
        for row in observations.chunks_exact(width) {
            for ((variance, mean), value) in variance.iter_mut().zip(&mean).zip(row) {
                *variance += (f64::from(*value) - mean).powi(2) / count;
            }
        }
        let deviation = |variance: f64| match variance.sqrt() as f32 {
            deviation if deviation > 1e-6 => deviation,
            _ => 1.0,
        };
        Self {
            mean: mean.into_iter().map(|mean| mean as f32).collect(),
            deviation: variance.into_iter().map(deviation).collect(),
        }
    }

    /// Normalises one observation in place.
    pub(crate) fn apply(&self, observation: &mut [f32]) {
        for ((value, mean), deviation) in
            observation.iter_mut().zip(&self.mean).zip(&self.deviation)
        {
            *value = ((*value - mean) / deviation).clamp(-FARTHEST, FARTHEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalisation_takes_each_column_by_itself() {
        let of = Normalisation::of(&[1.0, 5.0, 3.0, 5.0], 2);
        assert_eq!(
            of,
            Normalisation {
                mean: vec![2.0, 5.0],
                deviation: vec![1.0, 1.0]
            }
        );
        let mut observation = [3.0, 1000.0];
        of.apply(&mut observation);
        assert_eq!(observation, [1.0, FARTHEST]);
    }
}
