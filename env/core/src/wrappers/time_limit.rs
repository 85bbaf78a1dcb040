//! A limit on the length of episodes.

use crate::env::{Env, Step};

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

    inside!(access);
}

impl<E: Env> Env for TimeLimit<E>
where
    E::Error: 'static,
{
    inside!(types: Obs, Action, Info, Options, ObservationSpace, ActionSpace);
    type Error = TimeLimitError<E::Error>;

    inside!(observation_space);
    inside!(action_space);
    inside!(render, close, with errors of its own);

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
}
