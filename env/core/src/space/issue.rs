//! Properties of spaces that are valid but seldom intended.

use std::fmt;

/// The use of a space in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// As the space of its observations.
    Observation,
    /// As the space of its actions.
    Action,
}

impl Role {
    /// `observation` or `action`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observation => "observation",
            Self::Action => "action",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A property of a space that is valid but seldom intended; see [`Space::issues`]. Element indices count in row-major
/// order.
///
/// [`Space::issues`]: super::Space::issues
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SpaceIssue {
    /// The space's elements are empty.
    Empty,
    /// A number of a box has one possible value only.
    Fixed {
        /// The first such number.
        index: usize,
        /// Its value.
        value: f64,
    },
    /// A number of a box has no lower bound.
    NoLow {
        /// The first such number.
        index: usize,
    },
    /// A number of a box has no upper bound.
    NoHigh {
        /// The first such number.
        index: usize,
    },
    /// A vector of actions is neither within -1 and 1 and symmetric nor within 0 and 1, the ranges
    /// that untrained policies output.
    NotNormalized {
        /// The first such number.
        index: usize,
        /// Its lower bound.
        low: f64,
        /// Its upper bound.
        high: f64,
    },
}

impl fmt::Display for SpaceIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(
                f,
                "expected elements with something in them, found empty ones"
            ),
            Self::Fixed { index, value } => {
                write!(
                    f,
                    "element {index}: expected low < high, found {value} for both"
                )
            }
            Self::NoLow { index } => {
                write!(f, "element {index}: expected a finite low, found -inf")
            }
            Self::NoHigh { index } => {
                write!(f, "element {index}: expected a finite high, found inf")
            }
            Self::NotNormalized { index, low, high } => write!(
                f,
                "element {index}: expected [0, high] or [-high, high] with high <= 1, found [{low}, {high}]"
            ),
        }
    }
}
