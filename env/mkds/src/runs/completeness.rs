//! Checks that a movie is complete, by its own comments and by the ghost that it was made from.

use env_kart::runs::{checks::Checks, completeness};
use mkds_formats::ghost::Ghost;
use nds_formats::dsm::Movie;

use super::RaceComment;
use crate::{Result, game::MarioKartDs};

/// [`completeness::require_complete`] of a movie of Mario Kart DS.
///
/// # Errors
/// As there.
pub fn require_complete(movie: &Movie) -> Result<()> {
    Ok(completeness::require_complete::<MarioKartDs>(movie)?)
}

/// Refuses a movie that is not, from its first to its last frame, what
/// [`from_ghost`](super::ghost_movie::from_ghost) makes of `ghost`.
///
/// # Errors
/// As [`require_complete`], and [`Incomplete`](env_kart::Error::Incomplete) if it is of another race or has frames without a check at its end.
pub fn require_complete_of(ghost: &Ghost, movie: &Movie) -> Result<()> {
    require_complete(movie)?;
    let race = RaceComment::of_movie(movie)?;
    let is_of_ghost =
        race.is_some_and(|race| (race.combo, race.total_ms) == (ghost.combo, Some(ghost.time.0)));
    if !is_of_ghost {
        let expected = format!(
            "a comment of its race: {}, total_ms {}",
            ghost.combo, ghost.time.0
        );
        return Err(incomplete(expected, "none"));
    }
    let frames = movie.frames.len() as u64;
    let end = Checks::from_comments(movie.header.comments())?.end();
    if end != frames {
        let expected = format!("checks up to the last of its {frames} frames");
        return Err(incomplete(expected, format!("none from frame {end} on")));
    }
    Ok(())
}

fn incomplete(expected: impl Into<String>, found: impl Into<String>) -> crate::Error {
    let (expected, found) = (expected.into(), found.into());
    env_kart::Error::Incomplete { expected, found }.into()
}

#[cfg(test)]
mod tests {
    use env_kart::runs::comments::SOURCE_COMMENT;
    use mkds_formats::ghost::{Combo, RaceTime};
    use nds_formats::pad::{Frame, Pad};

    use super::*;
    use crate::Error;

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

    fn without(mut movie: Movie, comment: &str) -> Movie {
        movie
            .header
            .remove_comments(|text| text.starts_with(comment));
        movie
    }

    #[test]
    fn each_lost_part_of_a_movie_is_missed() {
        require_complete(&whole()).unwrap();
        for frames in [0, 10, 79] {
            let mut cut = whole();
            cut.frames.truncate(frames);
            let error = require_complete(&cut).unwrap_err().to_string();
            assert!(error.ends_with(&format!("found {frames}")), "{error}");
        }
        for comment in ["kartscope character", "kartscope check"] {
            let error = require_complete(&without(whole(), comment));
            let is_missed = matches!(error, Err(Error::Kart(env_kart::Error::Incomplete { .. })));
            assert!(is_missed, "{comment}");
        }
        let mut bare = without(without(whole(), "kartscope check"), "kartscope character");
        require_complete(&bare).unwrap();
        let source = format!("{SOURCE_COMMENT}00");
        bare.header.add_comment(&source);
        assert!(require_complete(&bare).is_err());
    }

    #[test]
    fn a_ghosts_movie_is_checked_to_its_last_frame() {
        let race = RaceComment::of_movie(&whole()).unwrap().unwrap();
        let ghost = |total_ms: u32| {
            let time = RaceTime(total_ms);
            Ghost::from_pads(race.combo, time, vec![time], "me", [Pad::A])
        };
        require_complete_of(&ghost(1000), &whole()).unwrap();
        assert!(require_complete_of(&ghost(1001), &whole()).is_err());
        let cut = without(whole(), "kartscope check 70 ");
        require_complete(&cut).unwrap();
        let error = require_complete_of(&ghost(1000), &cut)
            .unwrap_err()
            .to_string();
        assert!(error.contains("none from frame 70 on"), "{error}");
    }

    #[test]
    fn a_movie_of_other_programs_tells_nothing() {
        let mut movie = Movie::new();
        require_complete(&movie).unwrap();
        movie.header.add_comment("my best run");
        movie.frames.push(Frame::default());
        require_complete(&movie).unwrap();
    }
}
