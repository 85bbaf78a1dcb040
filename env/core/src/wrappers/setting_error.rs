//! Settings that wrappers refuse.

/// Why a wrapper cannot be made, or set, as asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// A probability of repeating an action.
    #[error("probability of repeating an action: expected 0 <= probability < 1, found {found}")]
    Probability {
        /// The probability.
        found: f64,
    },
    /// A discount.
    #[error("discount of rewards: expected 0 <= discount <= 1, found {found}")]
    Discount {
        /// The discount.
        found: f64,
    },
    /// Bounds of rewards.
    #[error("bounds of rewards: expected low <= high, both finite, found {low} and {high}")]
    RewardBounds {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A linear map of rewards.
    #[error("scale and offset of rewards: expected finite numbers, found {scale} and {offset}")]
    RewardScale {
        /// The factor.
        scale: f64,
        /// What is added.
        offset: f64,
    },
    /// An action outside the environment's action space.
    #[error("first action: expected one in the space of actions, found {found}")]
    ActionOutside {
        /// The action.
        found: String,
    },
    /// Statistics of something else.
    #[error("statistics: expected those of {expected} numbers, found those of {found}")]
    StatisticsWidth {
        /// The numbers to normalize.
        expected: usize,
        /// The numbers that the statistics are of.
        found: usize,
    },
}
