//! The comments about a movie's race: which race it is, and the ghost that it was made from.

use mkds_formats::ghost::Combo;
use nds_formats::dsm::Movie;

use crate::{Error, Result};

/// Prefix of the comment that identifies the ghost from which a movie was made.
pub const SOURCE_COMMENT: &str = "kartscope ghost=";

/// The comment that identifies the ghost from which a movie was made; `None` without one.
pub fn source_of(movie: &Movie) -> Option<String> {
    let mut comments = movie.header.comments();
    let source = comments.find(|text| text.starts_with(SOURCE_COMMENT));
    source.map(|text| text.into_owned())
}

/// [`RaceComment::start_frame`] of a race whose counter stands at `counter` after `frames` frames of a movie.
pub fn start_frame(frames: u64, counter: u32) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX) + 1 - i64::from(counter)
}

/// The comment that `kartscope` writes into a movie about its race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaceComment {
    /// Character, kart and course.
    pub combo: Combo,
    /// The movie's frame before which the race has `frameCounter == 1`: negative where the race was running already when
    /// the movie began, in a save state.
    pub start_frame: i64,
    /// The ghost's own total time in milliseconds.
    pub total_ms: Option<u32>,
}

impl RaceComment {
    const PREFIX: &'static str = "kartscope character=";

    /// Whether a comment is of this kind.
    pub(crate) fn is_one(comment: &str) -> bool {
        comment.starts_with(Self::PREFIX)
    }

    /// The first frame of the race that the movie has.
    pub fn first_frame(&self) -> u64 {
        u64::try_from(self.start_frame).unwrap_or(0)
    }

    /// The comment's text.
    pub fn to_text(&self) -> String {
        let Combo {
            character,
            kart,
            course,
        } = self.combo;
        let mut text = format!(
            "{}{character} kart={kart} course={course} start_frame={}",
            Self::PREFIX,
            self.start_frame
        );
        if let Some(total_ms) = self.total_ms {
            text.push_str(&format!(" total_ms={total_ms}"));
        }
        text
    }

    /// The race comment of a movie; `None` when it has none.
    ///
    /// # Errors
    /// [`Error::Comment`] when there is one and it does not parse.
    pub fn of_movie(movie: &Movie) -> Result<Option<Self>> {
        let Some(text) = movie
            .header
            .comments()
            .find(|text| text.starts_with(Self::PREFIX))
        else {
            return Ok(None);
        };
        Self::parse(&text).map(Some).ok_or_else(|| Error::Comment {
            comment: text.to_string(),
            expected: "`kartscope character=N kart=N course=N start_frame=N`",
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.split(' ')
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Self {
            combo: Combo {
                character: value("character")?.parse().ok()?,
                kart: value("kart")?.parse().ok()?,
                course: value("course")?.parse().ok()?,
            },
            start_frame: value("start_frame")?.parse().ok()?,
            total_ms: match value("total_ms") {
                Some(text) => Some(text.parse().ok()?),
                None => None,
            },
        })
    }
}
