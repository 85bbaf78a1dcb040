//! The comments about a movie's race: which race it is, and the ghost that it was made from.

use formats::comments::Comments;

use super::{MovieOf, RunGame};
use crate::{Error, Result};

/// Prefix of the comment that identifies the ghost from which a movie was made.
pub const SOURCE_COMMENT: &str = "kartscope ghost=";

/// The comment that identifies the ghost from which a movie was made; `None` without one.
pub fn source_of(movie: &impl Comments) -> Option<String> {
    let mut comments = movie.comments();
    let source = comments.find(|text| text.starts_with(SOURCE_COMMENT));
    source.map(|text| text.into_owned())
}

/// [`RaceComment::start_frame`] of a race whose counter stands at `counter` after `frames` frames of a movie.
pub fn start_frame(frames: u64, counter: u32) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX) + 1 - i64::from(counter)
}

/// The comment that `kartscope` writes into a movie about its race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaceComment<G: RunGame> {
    /// Which race it is.
    pub combo: G::Combo,
    /// The movie's frame before which the race's own count of frames is 1: negative where the race was running already
    /// when the movie began, in a save state.
    pub start_frame: i64,
    /// The race's total time in milliseconds, if it finished.
    pub total_ms: Option<u32>,
}

const PREFIX: &str = "kartscope ";
/// The first field of every race.
const FIRST_FIELD: &str = "character=";

/// Whether a comment is about a race.
pub(crate) fn is_of_race(comment: &str) -> bool {
    let fields = comment.strip_prefix(PREFIX);
    fields.is_some_and(|fields| fields.starts_with(FIRST_FIELD))
}

impl<G: RunGame> RaceComment<G> {
    /// The first frame of the race that the movie has.
    pub fn first_frame(&self) -> u64 {
        u64::try_from(self.start_frame).unwrap_or(0)
    }

    /// The comment's text.
    pub fn to_text(&self) -> String {
        let (fields, start_frame) = (G::combo_fields(&self.combo), self.start_frame);
        let mut text = format!("{PREFIX}{fields} start_frame={start_frame}");
        if let Some(total_ms) = self.total_ms {
            text.push_str(&format!(" total_ms={total_ms}"));
        }
        text
    }

    /// The race comment of a movie; `None` when it has none.
    ///
    /// # Errors
    /// [`Error::Comment`] when there is one and it does not parse.
    pub fn of_movie(movie: &MovieOf<G>) -> Result<Option<Self>> {
        let Some(text) = movie.comments().find(|text| is_of_race(text)) else {
            return Ok(None);
        };
        Self::parse(&text).map(Some).ok_or_else(|| Error::Comment {
            comment: text.to_string(),
            expected: format!("`{PREFIX}{} start_frame=N`", G::COMBO_FORM),
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.split(' ')
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        Some(Self {
            combo: G::combo_of_fields(value)?,
            start_frame: value("start_frame")?.parse().ok()?,
            total_ms: match value("total_ms") {
                Some(text) => Some(text.parse().ok()?),
                None => None,
            },
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::borrow::Cow;

    use super::*;

    /// A movie's comments alone.
    #[derive(Debug, Default)]
    pub(crate) struct Lines(pub(crate) Vec<String>);

    impl Comments for Lines {
        fn comments(&self) -> impl Iterator<Item = Cow<'_, str>> {
            self.0.iter().map(|line| Cow::Borrowed(line.as_str()))
        }

        fn add_comment(&mut self, text: &str) {
            self.0.push(text.to_owned());
        }

        fn remove_comments(&mut self, mut unwanted: impl FnMut(&str) -> bool) {
            self.0.retain(|line| !unwanted(line));
        }
    }

    #[test]
    fn the_source_is_found_among_other_comments() {
        let source = format!("{SOURCE_COMMENT}1f");
        let movie = Lines(vec!["author somebody".to_owned(), source.clone()]);
        assert_eq!(source_of(&movie), Some(source));
        assert_eq!(source_of(&Lines::default()), None);
    }
}
