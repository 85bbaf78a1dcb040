//! Rewards of a known scale.

use super::{RunningStatistics, SettingError};
use crate::env::{Env, Step};

/// Divides rewards by the running standard deviation of the discounted sum of an episode's rewards
/// so far, as Gymnasium's `NormalizeReward`, but starts a new sum in every episode, whether the last
/// one was terminated or truncated. It does not shift rewards, so that their signs stay.
///
/// Until [frozen](Self::set_frozen), the statistics continue across resets, and
/// [`check`](crate::check()) reports that a seed does not repeat the rewards.
#[derive(Debug, Clone)]
pub struct NormalizeReward<E> {
    env: E,
    discount: f64,
    discounted: f64,
    statistics: RunningStatistics,
    frozen: bool,
}

impl<E> NormalizeReward<E> {
    /// Normalizes the rewards of `env`, starting with empty statistics. `discount` is the learner's
    /// discount factor per step; 0.99 is usual.
    ///
    /// # Errors
    /// [`SettingError::Discount`] if `discount` is not within 0 and 1.
    pub fn new(env: E, discount: f64) -> Result<Self, SettingError> {
        if !(0.0..=1.0).contains(&discount) {
            return Err(SettingError::Discount { found: discount });
        }
        Ok(Self {
            env,
            discount,
            discounted: 0.0,
            statistics: RunningStatistics::new(1),
            frozen: false,
        })
    }

    /// The statistics of the discounted sums so far; save them beside the model.
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

impl<E: Env> Env for NormalizeReward<E> {
    inside!(types: Obs, Action, Info, Options, Error, ObservationSpace, ActionSpace);

    inside!(observation_space);
    inside!(action_space);
    inside!(render, close);

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error> {
        let first = self.env.reset(seed, options)?;
        self.discounted = 0.0;
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        self.discounted = self.discounted * self.discount + step.reward;
        if !self.frozen {
            self.statistics.update(&[self.discounted]);
        }
        Ok(Step {
            reward: step.reward * self.statistics.scale(0),
            ..step
        })
    }
}
