//! Sticky actions.

use rand::RngExt;

use super::SettingError;
use crate::env::{Env, Step};
use crate::seeding::{EnvRng, rng};

/// The generator's stream. Environments use stream 0, so that the two do not draw the same numbers from one seed.
const STREAM: u64 = 0x0057_1c4b;

/// Takes, with some probability, the action taken last in place of the given one (Machado et
/// al., 2018, section 5.2), so that a policy cannot memorize a sequence of actions.
///
/// The seed of a reset seeds this too.
#[derive(Debug, Clone)]
pub struct StickyActions<E: Env> {
    env: E,
    probability: f64,
    random: EnvRng,
    last: Option<E::Action>,
}

impl<E: Env> StickyActions<E> {
    /// Takes the last action again with `probability`.
    ///
    /// # Errors
    /// [`SettingError::Probability`] if it is not within 0 and 1, 1 excluded.
    pub fn new(env: E, probability: f64) -> Result<Self, SettingError> {
        if !(0.0..1.0).contains(&probability) {
            return Err(SettingError::Probability { found: probability });
        }
        Ok(Self {
            env,
            probability,
            random: rng(None),
            last: None,
        })
    }

    inside!(access);
}

impl<E: Env> Env for StickyActions<E> {
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
        if seed.is_some() {
            self.random = rng(seed);
            self.random.set_stream(STREAM);
        }
        self.last = None;
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let sticks = self.random.random_bool(self.probability);
        let taken = match self.last.take() {
            Some(last) if sticks => last,
            _ => action.clone(),
        };
        let step = self.env.step(&taken);
        self.last = Some(taken);
        step
    }
}
