//! Rewards within bounds.

use super::SettingError;
use crate::env::{Env, Step};

/// Moves each reward to the nearest within two bounds.
#[derive(Debug, Clone)]
pub struct ClipReward<E> {
    env: E,
    low: f64,
    high: f64,
}

impl<E> ClipReward<E> {
    /// Clips the rewards of `env` to `low` and `high`.
    ///
    /// # Errors
    /// [`SettingError::RewardBounds`] if the bounds hold nothing or one is not finite.
    pub fn new(env: E, low: f64, high: f64) -> Result<Self, SettingError> {
        if low.is_finite() && high.is_finite() && low <= high {
            Ok(Self { env, low, high })
        } else {
            Err(SettingError::RewardBounds { low, high })
        }
    }

    inside!(access);
}

impl<E: Env> Env for ClipReward<E> {
    inside!(types: Obs, Action, Info, Options, Error, ObservationSpace, ActionSpace);

    inside!(observation_space);
    inside!(action_space);
    inside!(reset);
    inside!(render, close);

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        Ok(Step {
            reward: step.reward.clamp(self.low, self.high),
            ..step
        })
    }
}
