//! Observations within bounds.

use crate::env::{Env, Step};
use crate::space::{FloatBounds, SpaceError};

/// Moves each `f32` number of the observations to the nearest within two bounds.
#[derive(Debug, Clone)]
pub struct ClipObservation<E: Env> {
    env: E,
    space: FloatBounds<E::ObservationSpace>,
}

impl<E: Env> ClipObservation<E>
where
    E::Obs: AsRef<[f32]> + AsMut<[f32]>,
    E::ObservationSpace: Clone,
{
    /// Clips the observations of `env` to `low` and `high`.
    ///
    /// # Errors
    /// [`SpaceError::Order`] if the bounds hold nothing.
    pub fn new(env: E, low: f32, high: f32) -> Result<Self, SpaceError> {
        let space = FloatBounds::new(env.observation_space().clone(), low, high)?;
        Ok(Self { env, space })
    }

    inside!(access);
}

impl<E: Env> ClipObservation<E>
where
    E::Obs: AsRef<[f32]> + AsMut<[f32]>,
{
    fn clip(&self, mut observation: E::Obs) -> E::Obs {
        for number in observation.as_mut() {
            *number = number.clamp(self.space.low(), self.space.high());
        }
        observation
    }
}

impl<E: Env> Env for ClipObservation<E>
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
        Ok((self.clip(observation), info))
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        Ok(Step {
            observation: self.clip(step.observation),
            ..step
        })
    }
}
