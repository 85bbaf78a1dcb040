//! Delayed actions.

use std::collections::VecDeque;

use super::SettingError;
use crate::env::{Env, Step};

/// Takes each action some steps after it was given, as the reaction time of a player and the latency
/// of a console's picture and controller do.
#[derive(Debug, Clone)]
pub struct ActionDelay<E: Env> {
    env: E,
    first: E::Action,
    /// The actions given and not taken yet, the next first; always as many as the delay.
    pending: VecDeque<E::Action>,
}

impl<E: Env> ActionDelay<E> {
    /// Takes actions `delay` steps late; the first `delay` steps of an episode take `first`.
    ///
    /// # Errors
    /// [`SettingError::ActionOutside`] if `first` is not in the space of actions.
    pub fn new(env: E, delay: usize, first: E::Action) -> Result<Self, SettingError> {
        use crate::space::Space;
        if !env.action_space().contains(&first) {
            let found = format!("{first:?}");
            return Err(SettingError::ActionOutside { found });
        }
        let pending = std::iter::repeat_n(first.clone(), delay).collect();
        Ok(Self {
            env,
            first,
            pending,
        })
    }

    /// How many steps late.
    pub fn delay(&self) -> usize {
        self.pending.len()
    }

    inside!(access);
}

impl<E: Env> Env for ActionDelay<E> {
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
        self.pending
            .iter_mut()
            .for_each(|action| action.clone_from(&self.first));
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(self.pending.front().unwrap_or(action))?;
        self.pending.push_back(action.clone());
        self.pending.pop_front();
        Ok(step)
    }
}
