//! Rewards in other units.

use super::SettingError;
use crate::env::{Env, Step};

/// Multiplies each reward and adds to it.
#[derive(Debug, Clone)]
pub struct RescaleReward<E> {
    env: E,
    scale: f64,
    offset: f64,
}

impl<E> RescaleReward<E> {
    /// Rewards of `env` become `reward * scale + offset`.
    ///
    /// # Errors
    /// [`SettingError::RewardScale`] if one of them is not finite.
    pub fn new(env: E, scale: f64, offset: f64) -> Result<Self, SettingError> {
        if scale.is_finite() && offset.is_finite() {
            Ok(Self { env, scale, offset })
        } else {
            Err(SettingError::RewardScale { scale, offset })
        }
    }

    inside!(access);
}

impl<E: Env> Env for RescaleReward<E> {
    inside!(types: Obs, Action, Info, Options, Error, ObservationSpace, ActionSpace);

    inside!(observation_space);
    inside!(action_space);
    inside!(reset);
    inside!(render, close);

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        Ok(Step {
            reward: step.reward * self.scale + self.offset,
            ..step
        })
    }
}
