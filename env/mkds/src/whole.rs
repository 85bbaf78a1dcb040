//! Whether a movie is whole, as far as its own comments tell.
//!
//! A movie that kartscope writes has a comment about its race and a check of each of the race's frames, all before its
//! first frame. So a part that is missing shows. A movie without such comments, as DeSmuME writes it, tells nothing and
//! is taken as it is.

use mkds_formats::dsm::Movie;

use crate::{Error, Result, checks::Checks, ghost_movie, race_movie::RaceComment};

/// Refuses a movie that lacks a part which its own comments speak of: frames, checks, or what its race was.
///
/// What only playing shows is left to [`Replay::require_finish`](crate::replay::Replay::require_finish).
///
/// # Errors
/// [`Error::Incomplete`] with what is missing, and [`Error::Comment`] for malformed comments and a gap between checks.
pub fn require_whole(movie: &Movie) -> Result<()> {
    let checks = Checks::from_comments(movie.header.comments())?;
    let is_of_ghost = ghost_movie::source_of(movie).is_some();
    let frames = movie.frames.len() as u64;
    let Some(race) = RaceComment::of_movie(movie)? else {
        return match is_of_ghost || !checks.is_empty() {
            true => Err(incomplete("the comment of its race", "none")),
            false => Ok(()),
        };
    };
    if is_of_ghost && race.total_ms.is_none() {
        return Err(incomplete("total_ms in the comment of its race", "none"));
    }
    let end = checks.end();
    if checks.is_empty() && (is_of_ghost || race.first_frame() < frames) {
        return Err(incomplete("checks of its race", "none"));
    }
    if end > frames {
        let expected = format!("{end} frames, so many are checked");
        return Err(incomplete(expected, frames));
    }
    if is_of_ghost && end < frames {
        let expected = format!("checks up to its last frame, {}", frames - 1);
        return Err(incomplete(expected, format!("none from frame {end} on")));
    }
    Ok(())
}

pub(crate) fn incomplete(expected: impl ToString, found: impl ToString) -> Error {
    Error::Incomplete {
        expected: expected.to_string(),
        found: found.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use mkds_formats::{ghost::Combo, pad::Frame};

    use super::*;

    /// A race of 70 frames, the first of them the movie's frame 10, with a check of each.
    fn whole() -> Movie {
        let mut movie = Movie::new();
        movie.frames = vec![Frame::default(); 80];
        let race = RaceComment {
            combo: Combo {
                character: 0,
                kart: 0,
                course: 20,
            },
            start_frame: 10,
            total_ms: Some(1000),
        };
        movie.header.add_comment(&race.to_text());
        let mut checks = Checks::starting_at(10);
        (0..70).for_each(|digest| checks.push(digest));
        for text in checks.comments() {
            movie.header.add_comment(&text);
        }
        movie
    }

    fn of_ghost() -> Movie {
        let mut movie = whole();
        let source = format!("{}00", ghost_movie::SOURCE_COMMENT);
        movie.header.add_comment(&source);
        movie
    }

    fn without(mut movie: Movie, comment: &str) -> Movie {
        movie
            .header
            .remove_comments(|text| text.starts_with(comment));
        movie
    }

    #[test]
    fn each_lost_part_of_a_movie_is_missed() {
        for movie in [whole(), of_ghost()] {
            require_whole(&movie).unwrap();
            for frames in [0, 10, 79] {
                let mut cut = movie.clone();
                cut.frames.truncate(frames);
                let error = require_whole(&cut).unwrap_err().to_string();
                assert!(error.contains(&format!("found {frames}")), "{error}");
            }
            for comment in ["kartscope character", "kartscope check"] {
                let error = require_whole(&without(movie.clone(), comment));
                assert!(matches!(error, Err(Error::Incomplete { .. })), "{comment}");
            }
        }
    }

    #[test]
    fn a_ghosts_movie_is_checked_to_its_last_frame() {
        let cut = "kartscope check 70 ";
        require_whole(&without(whole(), cut)).unwrap();
        let error = require_whole(&without(of_ghost(), cut)).unwrap_err();
        assert!(
            error.to_string().contains("none from frame 70 on"),
            "{error}"
        );
        let bare = without(
            without(of_ghost(), "kartscope check"),
            "kartscope character",
        );
        assert!(require_whole(&bare).is_err());
    }

    #[test]
    fn a_movie_of_other_programs_tells_nothing() {
        let mut movie = Movie::new();
        require_whole(&movie).unwrap();
        movie.header.add_comment("my best run");
        movie.frames.push(Frame::default());
        require_whole(&movie).unwrap();
    }
}
