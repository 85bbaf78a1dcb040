//! Automatic resets.

use crate::env::{Env, Step};

/// Starts the next episode in the step after the last of an episode (Gymnasium's `NEXT_STEP`): that
/// step ignores its action, and has the first observation, the reset's info
/// and a reward of 0. The reset has no seed and the default options.
///
/// It breaks one rule of [`Env`] on purpose: a step after the end of an episode is no error.
/// [`Check::autoreset`](crate::Check::autoreset) tests this behaviour instead.
#[derive(Debug, Clone)]
pub struct Autoreset<E> {
    env: E,
    over: bool,
}

impl<E> Autoreset<E> {
    /// Resets `env` where its episodes end.
    pub const fn new(env: E) -> Self {
        Self { env, over: false }
    }

    inside!(access);
}

impl<E: Env> Env for Autoreset<E> {
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
        self.over = false;
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = if self.over {
            let (observation, info) = self.env.reset(None, &E::Options::default())?;
            Step::new(observation, 0.0, info)
        } else {
            self.env.step(action)?
        };
        self.over = step.is_done();
        Ok(step)
    }
}
