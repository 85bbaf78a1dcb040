//! What is allowed to an environment but seldom meant.

use crate::space::{Oddity, Role};

/// Something that breaks no rule of [`Env`](crate::Env) but is seldom meant, or that kept
/// [`Check`](crate::Check) from testing a rule.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A space has bounds that learners cope with badly.
    #[error("{role} space: {oddity}")]
    Space {
        /// What the space is for.
        role: Role,
        /// What is odd about it.
        oddity: Oddity,
    },
    /// No episode came to its end, so that nothing is known of what comes after one.
    #[error("{steps} steps: expected the end of an episode, found none; more steps may show one")]
    NoEnd {
        /// The steps of each trajectory.
        steps: usize,
    },
    /// Pictures have different sizes, so that they make no film.
    #[error(
        "render: expected pictures of one size, found {first:?} and {second:?} (width, height)"
    )]
    PictureResized {
        /// The size of the first picture: width and height.
        first: (usize, usize),
        /// That of the first one that differs.
        second: (usize, usize),
    },
}
