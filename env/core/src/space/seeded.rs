//! Spaces that carry their own randomness.

use super::Space;
use crate::seeding::{EnvRng, rng};

/// A space with a generator of its own, so that it can be sampled without one at hand, as
/// Gymnasium's spaces are.
///
/// ```
/// use env_core::space::{Discrete, Seeded};
///
/// # fn main() -> Result<(), env_core::space::SpaceError> {
/// let mut actions = Seeded::new(Discrete::new(5)?, Some(7));
/// let first = actions.sample();
/// actions.seed(Some(7));
/// assert_eq!(actions.sample(), first);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Seeded<S> {
    space: S,
    random: EnvRng,
}

impl<S: Space> Seeded<S> {
    /// `space` with a generator seeded with `seed`, or from the operating system's entropy for `None`.
    pub fn new(space: S, seed: Option<u64>) -> Self {
        Self {
            space,
            random: rng(seed),
        }
    }

    /// Restarts the samples from `seed`.
    pub fn seed(&mut self, seed: Option<u64>) {
        self.random = rng(seed);
    }

    /// Draws the next element.
    pub fn sample(&mut self) -> S::Element {
        self.space.sample(&mut self.random)
    }

    /// The space itself.
    pub const fn space(&self) -> &S {
        &self.space
    }
}
