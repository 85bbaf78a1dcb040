//! A run on its way into a movie.

use std::path::PathBuf;

/// A movie that is to be written when all of its run is known.
pub(crate) struct Saving {
    pub(crate) path: PathBuf,
    /// The number of the game.
    pub(crate) game: usize,
    /// Where its session was before.
    pub(crate) return_to: u64,
    /// The edits of the run: it is saved as it was when it was asked for, or not at all.
    pub(crate) edits: u64,
}
