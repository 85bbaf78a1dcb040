//! Observations of mean 0 and variance 1.

use super::{RunningStatistics, SettingError};
use crate::env::{Env, Step};
use crate::space::FloatBounds;

/// Moves and scales each `f32` number of the observations by its running mean and variance, as
/// Gymnasium's `NormalizeObservation`.
///
/// Until [frozen](Self::set_frozen), the statistics continue across resets: an observation
/// depends on all earlier ones, and [`check`](crate::check()) reports that a seed does not repeat
/// it.
#[derive(Debug, Clone)]
pub struct NormalizeObservation<E: Env> {
    env: E,
    space: FloatBounds<E::ObservationSpace>,
    statistics: RunningStatistics,
    frozen: bool,
    /// Buffer for the numbers of an observation as `f64`, to avoid an allocation in every step.
    wide: Vec<f64>,
}

impl<E: Env> NormalizeObservation<E>
where
    E::Obs: AsRef<[f32]> + AsMut<[f32]>,
    E::ObservationSpace: Clone,
{
    /// Normalizes the observations of `env`, starting with empty statistics.
    pub fn new(env: E) -> Self {
        let space = FloatBounds::unbounded(env.observation_space().clone());
        let statistics = RunningStatistics::new(space.width());
        Self {
            env,
            space,
            statistics,
            frozen: false,
            wide: Vec::new(),
        }
    }

    /// The statistics of the observations so far; save them beside the model.
    pub const fn statistics(&self) -> &RunningStatistics {
        &self.statistics
    }

    /// Continues from `statistics`, for example those of an earlier training.
    ///
    /// # Errors
    /// [`SettingError::StatisticsWidth`] if they are of other numbers.
    pub fn set_statistics(&mut self, statistics: RunningStatistics) -> Result<(), SettingError> {
        let (expected, found) = (self.statistics.width(), statistics.width());
        if expected != found {
            return Err(SettingError::StatisticsWidth { expected, found });
        }
        self.statistics = statistics;
        Ok(())
    }

    /// Whether the statistics stay as they are.
    pub const fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// Freezes the statistics, as for an evaluation, or resumes updating them.
    pub const fn set_frozen(&mut self, frozen: bool) {
        self.frozen = frozen;
    }

    inside!(access);
}

impl<E: Env> NormalizeObservation<E>
where
    E::Obs: AsMut<[f32]>,
{
    fn normalize(&mut self, mut observation: E::Obs) -> E::Obs {
        let numbers = observation.as_mut();
        if !self.frozen {
            self.wide.clear();
            self.wide
                .extend(numbers.iter().map(|number| f64::from(*number)));
            self.statistics.update(&self.wide);
        }
        for (index, number) in numbers.iter_mut().enumerate().take(self.statistics.width()) {
            *number = self.statistics.normalized(index, f64::from(*number)) as f32;
        }
        observation
    }
}

impl<E: Env> Env for NormalizeObservation<E>
where
    E::Obs: AsRef<[f32]> + AsMut<[f32]>,
{
    inside!(types: Obs, Action, Info, Options, Error, ActionSpace);
    type ObservationSpace = FloatBounds<E::ObservationSpace>;

    fn observation_space(&self) -> &Self::ObservationSpace {
        &self.space
    }

    inside!(action_space);
    inside!(render, close);

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error> {
        let (observation, info) = self.env.reset(seed, options)?;
        Ok((self.normalize(observation), info))
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        Ok(Step {
            observation: self.normalize(step.observation),
            ..step
        })
    }
}
