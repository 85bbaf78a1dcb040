//! A movie that is being saved.

use std::path::PathBuf;

/// A movie that is written once its whole run has been played.
pub(crate) struct Saving {
    pub(crate) path: PathBuf,
    /// The number of the game.
    pub(crate) game: usize,
    /// The frame to return to afterwards.
    pub(crate) return_to: u64,
    /// The run's count of edits when the user asked for the movie: a run that was edited since is not saved.
    pub(crate) edits: u64,
}
