//! Why a space cannot be made.

/// Why a space cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpaceError {
    /// The bounds do not have as many elements as the shape.
    #[error("box of shape {shape:?}: expected {expected} bounds, found {found}")]
    Bounds {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The product of the shape.
        expected: usize,
        /// The bounds given.
        found: usize,
    },
    /// A lower bound is above its upper bound, or one of them is not a number.
    #[error("box, element {index}: expected low <= high, found {low} and {high}")]
    Order {
        /// The element, in row-major order.
        index: usize,
        /// Its lower bound.
        low: String,
        /// Its upper bound.
        high: String,
    },
    /// A discrete space without elements.
    #[error("discrete space {index}: expected at least one element, found none")]
    Empty {
        /// Which of a multi-discrete's; 0 otherwise.
        index: usize,
    },
    /// A discrete space that ends beyond the largest `i64`.
    #[error("discrete space: expected an end of at most {max}, found start {start} and {n} elements", max = i64::MAX)]
    TooFar {
        /// The first element.
        start: i64,
        /// How many elements.
        n: u32,
    },
    /// Not every choice of a multi-discrete space has one start.
    #[error("multi-discrete space of {expected} choices: expected as many starts, found {found}")]
    Starts {
        /// The choices.
        expected: usize,
        /// The starts given.
        found: usize,
    },
    /// A choice of a multi-discrete space that ends beyond the largest `u32`.
    #[error("multi-discrete space, choice {index}: expected a last option of at most {max}, found start {start} and {n} options", max = u32::MAX)]
    ChoiceTooFar {
        /// Which choice.
        index: usize,
        /// Its first option.
        start: u32,
        /// How many options.
        n: u32,
    },
}
