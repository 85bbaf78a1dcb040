//! Environments around environments.

use std::num::NonZeroU32;

use crate::env::{Env, RenderFrame, Step};

/// Truncates each episode after a number of steps.
#[derive(Debug, Clone)]
pub struct TimeLimit<E> {
    env: E,
    max_steps: u64,
    steps: u64,
}

/// Why a [`TimeLimit`] failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeLimitError<E> {
    /// A step was asked for after the one that was truncated.
    #[error("step after the time limit of {max_steps} steps: expected a reset")]
    Over {
        /// The limit.
        max_steps: u64,
    },
    /// The environment inside failed.
    #[error(transparent)]
    Env(#[from] E),
}

impl<E> TimeLimit<E> {
    /// Truncates step number `max_steps` of each episode, counted from 1.
    pub const fn new(env: E, max_steps: u64) -> Self {
        Self {
            env,
            max_steps,
            steps: 0,
        }
    }

    /// The environment inside.
    pub fn into_inner(self) -> E {
        self.env
    }
}

impl<E: Env> Env for TimeLimit<E>
where
    E::Error: 'static,
{
    type Obs = E::Obs;
    type Action = E::Action;
    type Info = E::Info;
    type Options = E::Options;
    type Error = TimeLimitError<E::Error>;
    type ObservationSpace = E::ObservationSpace;
    type ActionSpace = E::ActionSpace;

    fn observation_space(&self) -> &Self::ObservationSpace {
        self.env.observation_space()
    }

    fn action_space(&self) -> &Self::ActionSpace {
        self.env.action_space()
    }

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error> {
        let first = self.env.reset(seed, options)?;
        self.steps = 0;
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        // The environment inside does not know that its episode was ended.
        if self.steps >= self.max_steps {
            return Err(TimeLimitError::Over {
                max_steps: self.max_steps,
            });
        }
        let step = self.env.step(action)?;
        self.steps += 1;
        let over = self.steps >= self.max_steps;
        Ok(Step {
            truncated: step.truncated || over,
            ..step
        })
    }

    fn render(&mut self) -> Result<Option<RenderFrame>, Self::Error> {
        Ok(self.env.render()?)
    }

    fn close(&mut self) -> Result<(), Self::Error> {
        Ok(self.env.close()?)
    }
}

/// Repeats each action for several steps of the environment inside and adds up their rewards. The
/// end of an episode ends the repetition.
#[derive(Debug, Clone)]
pub struct FrameSkip<E> {
    env: E,
    repeat: NonZeroU32,
}

impl<E> FrameSkip<E> {
    /// One step is `repeat` steps of `env`.
    pub const fn new(env: E, repeat: NonZeroU32) -> Self {
        Self { env, repeat }
    }

    /// The environment inside.
    pub fn into_inner(self) -> E {
        self.env
    }
}

impl<E: Env> Env for FrameSkip<E> {
    type Obs = E::Obs;
    type Action = E::Action;
    type Info = E::Info;
    type Options = E::Options;
    type Error = E::Error;
    type ObservationSpace = E::ObservationSpace;
    type ActionSpace = E::ActionSpace;

    fn observation_space(&self) -> &Self::ObservationSpace {
        self.env.observation_space()
    }

    fn action_space(&self) -> &Self::ActionSpace {
        self.env.action_space()
    }

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error> {
        self.env.reset(seed, options)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let mut step = self.env.step(action)?;
        for _ in 1..self.repeat.get() {
            if step.is_done() {
                break;
            }
            let next = self.env.step(action)?;
            step = Step {
                reward: step.reward + next.reward,
                ..next
            };
        }
        Ok(step)
    }

    fn render(&mut self) -> Result<Option<RenderFrame>, Self::Error> {
        self.env.render()
    }

    fn close(&mut self) -> Result<(), Self::Error> {
        self.env.close()
    }
}

#[cfg(test)]
mod tests;
