//! Several steps as one.

use std::num::NonZeroU32;

use crate::env::{Env, Step};

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

    inside!(access);
}

impl<E: Env> Env for FrameSkip<E> {
    inside!(types: Obs, Action, Info, Options, Error, ObservationSpace, ActionSpace);

    inside!(observation_space);
    inside!(action_space);
    inside!(reset);
    inside!(render, close);

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
}
