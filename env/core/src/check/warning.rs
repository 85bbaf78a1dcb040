//! What the contract allows but an environment seldom intends.

use crate::space::{Role, SpaceIssue};

/// Something that breaks no rule of [`Env`](crate::Env) but is seldom intended, or that kept
/// [`Check`](crate::Check) from testing a rule.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A space has bounds that learning algorithms handle badly.
    #[error("{role} space: {issue}")]
    Space {
        /// What the space is for.
        role: Role,
        /// What is unusual about it.
        issue: SpaceIssue,
    },
    /// No episode ended, so that the rules about what follows the end of an episode were not tested.
    #[error("{steps} steps: expected the end of an episode, found none; more steps may show one")]
    NoEnd {
        /// The steps of each trajectory.
        steps: usize,
    },
    /// Pictures have different sizes, so that they cannot form a video.
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
