//! Running mean and variance.

use serde::{Deserialize, Serialize};

/// The weight of the initial mean of 0 and variance of 1, in samples.
const FIRST_COUNT: f64 = 1e-4;
/// Added to variances, to avoid a division by 0.
const EPSILON: f64 = 1e-8;

/// The mean and the variance (of the population) of several numbers over all samples seen so far,
/// as Gymnasium's `RunningMeanStd` with samples one by one.
///
/// Save it beside the model that was trained with it: without it the model sees other numbers. Any
/// format of serde will do; `serde_json` reads every number exactly with its feature
/// `float_roundtrip` only.
///
/// ```
/// use env_core::wrappers::RunningStatistics;
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let mut statistics = RunningStatistics::new(2);
/// statistics.update(&[1.0, 20.0]);
/// statistics.update(&[3.0, 20.0]);
/// assert!((statistics.mean()[0] - 2.0).abs() < 1e-3);
/// assert!((statistics.variance()[0] - 1.0).abs() < 1e-3);
///
/// let saved = serde_json::to_string(&statistics)?;
/// assert_eq!(serde_json::from_str::<RunningStatistics>(&saved)?, statistics);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved")]
pub struct RunningStatistics {
    mean: Vec<f64>,
    variance: Vec<f64>,
    count: f64,
}

/// The content of a file before validation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    mean: Vec<f64>,
    variance: Vec<f64>,
    count: f64,
}

/// Why saved statistics are invalid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StatisticsError {
    /// Means and variances are not of the same numbers.
    #[error("statistics of {expected} means: expected as many variances, found {found}")]
    Widths {
        /// The means.
        expected: usize,
        /// The variances.
        found: usize,
    },
    /// A mean is infinite or not a number.
    #[error("statistics, number {index}: expected a finite mean, found {found}")]
    Mean {
        /// Which number.
        index: usize,
        /// Its mean.
        found: f64,
    },
    /// A variance is negative, infinite or not a number.
    #[error("statistics, number {index}: expected a finite variance of at least 0, found {found}")]
    Variance {
        /// Which number.
        index: usize,
        /// Its variance.
        found: f64,
    },
    /// The count is not positive, infinite or not a number.
    #[error("statistics: expected a finite count above 0, found {found}")]
    Count {
        /// The count.
        found: f64,
    },
}

impl RunningStatistics {
    /// Statistics of no samples of `width` numbers: a mean of 0 and a variance of 1, with a weight of 1e-4 samples.
    pub fn new(width: usize) -> Self {
        Self {
            mean: vec![0.0; width],
            variance: vec![1.0; width],
            count: FIRST_COUNT,
        }
    }

    /// How many numbers a sample has.
    pub const fn width(&self) -> usize {
        self.mean.len()
    }

    /// The mean of each number.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The variance of each number.
    pub fn variance(&self) -> &[f64] {
        &self.variance
    }

    /// The number of samples, plus the weight of the initial values.
    pub const fn count(&self) -> f64 {
        self.count
    }

    /// Adds a sample. A sample with other than [`Self::width`] numbers, or with a number that is infinite or not
    /// a number, is left out: it would spoil the statistics permanently.
    pub fn update(&mut self, sample: &[f64]) {
        if sample.len() != self.width() || sample.iter().any(|number| !number.is_finite()) {
            return;
        }
        let count = self.count + 1.0;
        let statistics = self.mean.iter_mut().zip(&mut self.variance);
        for (number, (mean, variance)) in sample.iter().zip(statistics) {
            let delta = number - *mean;
            *mean += delta / count;
            *variance = (*variance + delta * delta / count) * (self.count / count);
        }
        self.count = count;
    }

    /// Number `index` of a sample, moved and scaled so that over all samples it has mean 0 and
    /// variance 1.
    pub(super) fn normalized(&self, index: usize, number: f64) -> f64 {
        (number - self.mean[index]) * self.scale(index)
    }

    /// The factor that makes the variance of number `index` 1.
    pub(super) fn scale(&self, index: usize) -> f64 {
        (self.variance[index] + EPSILON).sqrt().recip()
    }
}

impl TryFrom<Saved> for RunningStatistics {
    type Error = StatisticsError;

    fn try_from(saved: Saved) -> Result<Self, StatisticsError> {
        let Saved {
            mean,
            variance,
            count,
        } = saved;
        let (expected, found) = (mean.len(), variance.len());
        if expected != found {
            return Err(StatisticsError::Widths { expected, found });
        }
        if let Some(index) = mean.iter().position(|mean| !mean.is_finite()) {
            let found = mean[index];
            return Err(StatisticsError::Mean { index, found });
        }
        let is_variance = |variance: &f64| variance.is_finite() && *variance >= 0.0;
        if let Some(index) = variance.iter().position(|variance| !is_variance(variance)) {
            let found = variance[index];
            return Err(StatisticsError::Variance { index, found });
        }
        if !(count.is_finite() && count > 0.0) {
            return Err(StatisticsError::Count { found: count });
        }
        Ok(Self {
            mean,
            variance,
            count,
        })
    }
}
