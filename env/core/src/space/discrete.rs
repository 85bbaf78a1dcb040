//! Countable spaces.

use rand::{Rng, RngExt};

use super::{Space, SpaceError};

/// The integers `start..start + n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discrete {
    start: i64,
    n: u32,
}

impl Discrete {
    /// The integers `0..n`.
    ///
    /// # Errors
    /// [`SpaceError::Empty`] if `n` is 0.
    pub fn new(n: u32) -> Result<Self, SpaceError> {
        Self::starting_at(0, n)
    }

    /// The integers `start..start + n`.
    ///
    /// # Errors
    /// [`SpaceError::Empty`] if `n` is 0, [`SpaceError::TooFar`] if `start + n` is no `i64`.
    pub fn starting_at(start: i64, n: u32) -> Result<Self, SpaceError> {
        if n == 0 {
            return Err(SpaceError::Empty { index: 0 });
        }
        if start.checked_add(i64::from(n)).is_none() {
            return Err(SpaceError::TooFar { start, n });
        }
        Ok(Self { start, n })
    }

    /// The least element.
    pub const fn start(&self) -> i64 {
        self.start
    }

    /// How many elements.
    pub const fn n(&self) -> u32 {
        self.n
    }
}

impl Space for Discrete {
    type Element = i64;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> i64 {
        self.start + i64::from(rng.random_range(0..self.n))
    }

    fn contains(&self, value: &i64) -> bool {
        (self.start..self.start + i64::from(self.n)).contains(value)
    }
}

/// Several independent choices, number `i` one of `0..nvec[i]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiDiscrete {
    nvec: Vec<u32>,
}

impl MultiDiscrete {
    /// One choice for each of `nvec`.
    ///
    /// # Errors
    /// [`SpaceError::Empty`] if one of them is 0.
    pub fn new(nvec: Vec<u32>) -> Result<Self, SpaceError> {
        match nvec.iter().position(|n| *n == 0) {
            Some(index) => Err(SpaceError::Empty { index }),
            None => Ok(Self { nvec }),
        }
    }

    /// How many options each choice has.
    pub fn nvec(&self) -> &[u32] {
        &self.nvec
    }
}

impl Space for MultiDiscrete {
    type Element = Vec<u32>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<u32> {
        self.nvec.iter().map(|n| rng.random_range(0..*n)).collect()
    }

    fn contains(&self, value: &Vec<u32>) -> bool {
        value.len() == self.nvec.len() && value.iter().zip(&self.nvec).all(|(value, n)| value < n)
    }
}

/// `n` independent yes-or-no choices, as of buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MultiBinary {
    n: usize,
}

impl MultiBinary {
    /// `n` choices.
    pub const fn new(n: usize) -> Self {
        Self { n }
    }

    /// How many choices.
    pub const fn n(&self) -> usize {
        self.n
    }
}

impl Space for MultiBinary {
    type Element = Vec<bool>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<bool> {
        (0..self.n).map(|_| rng.random()).collect()
    }

    fn contains(&self, value: &Vec<bool>) -> bool {
        value.len() == self.n
    }
}
