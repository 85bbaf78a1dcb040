//! Other bounds for the floats of a space.

use rand::Rng;

use super::{Number, Role, Space, SpaceError, SpaceIssue, SpaceIssueKind};
use crate::seeding::rng;

/// The elements of a space, but with other bounds, one pair for all, for their `f32` numbers.
/// The other parts of an element keep their spaces. Sampled as a [`BoxSpace`](super::BoxSpace).
#[derive(Debug, Clone, PartialEq)]
pub struct FloatBounds<S> {
    space: S,
    low: f32,
    high: f32,
    /// Valid `f32` numbers of one element of `space`: put in place of an element's numbers, they let `space` judge its
    /// other parts.
    inside: Vec<f32>,
}

impl<S> FloatBounds<S>
where
    S: Space,
    S::Element: AsRef<[f32]> + AsMut<[f32]>,
{
    /// `space`, with all its `f32` numbers between `low` and `high`, both included and perhaps
    /// infinite.
    ///
    /// # Errors
    /// [`SpaceError::Order`] if the bounds hold nothing.
    pub fn new(space: S, low: f32, high: f32) -> Result<Self, SpaceError> {
        if low <= high {
            Ok(Self::from_ordered(space, low, high))
        } else {
            let (low, high) = (low.to_string(), high.to_string());
            Err(SpaceError::Order {
                index: 0,
                low,
                high,
            })
        }
    }

    /// `space`, with any `f32` numbers.
    pub fn unbounded(space: S) -> Self {
        Self::from_ordered(space, f32::NEG_INFINITY, f32::INFINITY)
    }

    fn from_ordered(space: S, low: f32, high: f32) -> Self {
        let inside = space.sample(&mut rng(Some(0))).as_ref().to_vec();
        Self {
            space,
            low,
            high,
            inside,
        }
    }

    /// The space whose numbers have other bounds.
    pub const fn space(&self) -> &S {
        &self.space
    }

    /// The lower bound of each `f32` number.
    pub const fn low(&self) -> f32 {
        self.low
    }

    /// The upper bound of each `f32` number.
    pub const fn high(&self) -> f32 {
        self.high
    }

    /// How many `f32` numbers an element has.
    pub const fn width(&self) -> usize {
        self.inside.len()
    }
}

impl<S> Space for FloatBounds<S>
where
    S: Space,
    S::Element: AsRef<[f32]> + AsMut<[f32]>,
{
    type Element = S::Element;

    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> S::Element {
        let mut element = self.space.sample(rng);
        for number in element.as_mut() {
            *number = f32::draw(self.low, self.high, rng);
        }
        element
    }

    fn contains(&self, value: &S::Element) -> bool {
        let numbers: &[f32] = value.as_ref();
        let mut numbers_inside = numbers
            .iter()
            .map(|number| self.low <= *number && *number <= self.high);
        if numbers.len() != self.inside.len() || !numbers_inside.all(|inside| inside) {
            return false;
        }
        let mut rest = value.clone();
        rest.as_mut().copy_from_slice(&self.inside);
        self.space.contains(&rest)
    }

    fn issues(&self, _: Role) -> Vec<SpaceIssue> {
        let low = self
            .low
            .is_infinite()
            .then_some(SpaceIssueKind::NoLow { index: 0 });
        let high = self
            .high
            .is_infinite()
            .then_some(SpaceIssueKind::NoHigh { index: 0 });
        low.into_iter().chain(high).map(SpaceIssue::from).collect()
    }
}
