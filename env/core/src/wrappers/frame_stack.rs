//! The last observations together.

use std::collections::VecDeque;
use std::num::NonZeroUsize;

use crate::env::{Env, Step};
use crate::space::Stacked;

/// Returns the last `n` observations, the oldest first, so that a policy without memory can see
/// motion. At the start of an episode the first observation fills the missing places, as in
/// Gymnasium's `FrameStackObservation`.
#[derive(Debug, Clone)]
pub struct FrameStack<E: Env> {
    env: E,
    space: Stacked<E::ObservationSpace>,
    last: VecDeque<E::Obs>,
}

impl<E: Env> FrameStack<E>
where
    E::ObservationSpace: Clone,
{
    /// Returns the last `n` observations of `env`.
    pub fn new(env: E, n: NonZeroUsize) -> Self {
        let space = Stacked::new(env.observation_space().clone(), n);
        let last = VecDeque::with_capacity(n.get());
        Self { env, space, last }
    }

    inside!(access);
}

impl<E: Env> FrameStack<E> {
    /// The last observations with `newest` for the oldest.
    fn push(&mut self, newest: E::Obs) -> Vec<E::Obs> {
        self.last.pop_front();
        self.last.push_back(newest);
        self.last.iter().cloned().collect()
    }
}

impl<E: Env> Env for FrameStack<E> {
    inside!(types: Action, Info, Options, Error, ActionSpace);
    type Obs = Vec<E::Obs>;
    type ObservationSpace = Stacked<E::ObservationSpace>;

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
        let (first, info) = self.env.reset(seed, options)?;
        self.last.clear();
        self.last.resize(self.space.n().get(), first.clone());
        Ok((self.push(first), info))
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        Ok(Step {
            observation: self.push(step.observation),
            reward: step.reward,
            terminated: step.terminated,
            truncated: step.truncated,
            info: step.info,
        })
    }
}
