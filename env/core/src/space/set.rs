//! What every space has: elements, and a distribution to draw them from.

use std::fmt::Debug;

use rand::Rng;

use super::issue::{Role, SpaceIssue};

/// A set with a distribution to draw from.
///
/// The same generator state draws the same element.
pub trait Space: Debug {
    /// The type of the space's elements.
    type Element: Clone + PartialEq + Debug;

    /// Draws an element at random.
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Self::Element;

    /// Whether the space contains `value`.
    fn contains(&self, value: &Self::Element) -> bool;

    /// Properties of the space that are valid but seldom intended by an environment that uses it as `role`,
    /// at most one of each kind.
    fn issues(&self, _role: Role) -> Vec<SpaceIssue> {
        Vec::new()
    }
}
