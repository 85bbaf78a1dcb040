//! Checks that a movie is complete, by its own comments.
//!
//! A movie that kartscope writes has a comment about its race and a check for each of the race's frames, all before its
//! first frame, so that a missing part is detected. A movie without such comments, as other programs write it, cannot be
//! checked and is accepted.

use formats::comments::Comments;

use super::{
    MovieOf, RunGame,
    checks::Checks,
    comments::{self, RaceComment},
};
use crate::{Error, Result};

/// Refuses a movie that lacks a part which its own comments mention: frames, checks, or the comment on its race.
///
/// What only playing the movie shows is checked by [`Replay::require_finish`](super::replay::Replay::require_finish).
///
/// # Errors
/// [`Error::Incomplete`] with what is missing, and [`Error::Comment`] for malformed comments and a gap between checks.
pub fn require_complete<G: RunGame>(movie: &MovieOf<G>) -> Result<()> {
    let checks = Checks::from_comments(movie.comments())?;
    let frames = G::frames(movie).len() as u64;
    let Some(race) = RaceComment::<G>::of_movie(movie)? else {
        let is_of_race = comments::source_of(movie).is_some() || !checks.is_empty();
        return match is_of_race {
            true => Err(Error::incomplete("the comment of its race", "none")),
            false => Ok(()),
        };
    };
    if checks.is_empty() && race.first_frame() < frames {
        return Err(Error::incomplete("checks of its race", "none"));
    }
    if checks.end() > frames {
        let expected = format!("{} frames, so many are checked", checks.end());
        return Err(Error::incomplete(expected, frames.to_string()));
    }
    Ok(())
}
