//! Countable spaces.

use rand::{Rng, RngExt};

use super::error::SpaceError;
use super::issue::{Role, SpaceIssue};
use super::set::Space;

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

/// Several independent choices, number `i` one of `start[i]..start[i] + nvec[i]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultiDiscrete {
    start: Vec<u32>,
    nvec: Vec<u32>,
}

impl MultiDiscrete {
    /// One choice of `0..n` for each `n` of `nvec`.
    ///
    /// # Errors
    /// [`SpaceError::Empty`] if one of them is 0.
    pub fn new(nvec: Vec<u32>) -> Result<Self, SpaceError> {
        Self::starting_at(vec![0; nvec.len()], nvec)
    }

    /// One choice of `start[i]..start[i] + nvec[i]` for each `i`.
    ///
    /// # Errors
    /// [`SpaceError::Starts`] if there are not as many starts as choices, [`SpaceError::Empty`] if
    /// a choice has no options, [`SpaceError::ChoiceTooFar`] if an option is no `u32`.
    pub fn starting_at(start: Vec<u32>, nvec: Vec<u32>) -> Result<Self, SpaceError> {
        let (expected, found) = (nvec.len(), start.len());
        if expected != found {
            return Err(SpaceError::Starts { expected, found });
        }
        for (index, (&start, &n)) in start.iter().zip(&nvec).enumerate() {
            let last = n.checked_sub(1).ok_or(SpaceError::Empty { index })?;
            if start.checked_add(last).is_none() {
                return Err(SpaceError::ChoiceTooFar { index, start, n });
            }
        }
        Ok(Self { start, nvec })
    }

    /// The first option of each choice.
    pub fn start(&self) -> &[u32] {
        &self.start
    }

    /// How many options each choice has.
    pub fn nvec(&self) -> &[u32] {
        &self.nvec
    }

    fn choices(&self) -> impl Iterator<Item = (u32, u32)> {
        self.start.iter().copied().zip(self.nvec.iter().copied())
    }
}

impl Space for MultiDiscrete {
    type Element = Vec<u32>;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Vec<u32> {
        self.choices()
            .map(|(start, n)| start + rng.random_range(0..n))
            .collect()
    }

    fn contains(&self, value: &Vec<u32>) -> bool {
        // The options end before `start + n`, which need be no `u32`.
        let is_option = |(value, (start, n)): (&u32, (u32, u32))| {
            value.checked_sub(start).is_some_and(|option| option < n)
        };
        value.len() == self.nvec.len() && value.iter().zip(self.choices()).all(is_option)
    }

    fn issues(&self, _: Role) -> Vec<SpaceIssue> {
        empty_if(self.nvec.is_empty())
    }
}

fn empty_if(empty: bool) -> Vec<SpaceIssue> {
    empty.then_some(SpaceIssue::Empty).into_iter().collect()
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

    fn issues(&self, _: Role) -> Vec<SpaceIssue> {
        empty_if(self.n == 0)
    }
}
