//! The sets that contain observations and actions.

mod boxes;
mod discrete;
mod error;
mod issue;
mod number;
mod set;

// What implementations of `Space` draw from.
pub use rand::Rng;

pub use boxes::BoxSpace;
pub use discrete::{Discrete, MultiBinary, MultiDiscrete};
pub use error::SpaceError;
pub use issue::{Role, SpaceIssue};
pub use number::Number;
pub use set::Space;

#[cfg(test)]
mod tests;
