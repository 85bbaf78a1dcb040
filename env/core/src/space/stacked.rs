//! Several elements of one space.

use std::num::NonZeroUsize;

use rand::Rng;

use super::{Role, Space, SpaceIssue};

/// Lists of `n` elements of a space, as of the last `n` observations, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Stacked<S> {
    space: S,
    n: NonZeroUsize,
}

impl<S: Space> Stacked<S> {
    /// Lists of `n` elements of `space`.
    pub const fn new(space: S, n: NonZeroUsize) -> Self {
        Self { space, n }
    }

    /// The space of each element of a list.
    pub const fn space(&self) -> &S {
        &self.space
    }

    /// The length of a list.
    pub const fn n(&self) -> NonZeroUsize {
        self.n
    }
}

impl<S: Space> Space for Stacked<S> {
    type Element = Vec<S::Element>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Self::Element {
        (0..self.n.get()).map(|_| self.space.sample(rng)).collect()
    }

    fn contains(&self, value: &Self::Element) -> bool {
        value.len() == self.n.get() && value.iter().all(|value| self.space.contains(value))
    }

    fn issues(&self, role: Role) -> Vec<SpaceIssue> {
        self.space.issues(role)
    }
}
