//! The frames of a movie to train on: those that a human drove in place of the agent, or that the scripted driver
//! drove itself in a [disturbed](crate::disturbed) race.
//!
//! Comments `kartscope corrections 1200..1320 1400..1410` of a movie name the frames by their numbers in the movie,
//! counted from 0, each range without its end.

use std::ops::Range;

use formats::comments::Comments;

use crate::{Error, Result};

const PREFIX: &str = "kartscope corrections";
/// A larger set is split into several comments, so that the lines stay readable.
const RANGES_PER_COMMENT: usize = 12;

/// The frames of a movie to train on.
///
/// ```
/// use env_kart::runs::corrections::Corrections;
///
/// let mut corrections = Corrections::default();
/// (1200..1320).for_each(|frame| corrections.mark(frame));
/// corrections.truncate(1300); // rewound
/// corrections.mark(1301);
/// let comments: Vec<String> = corrections.to_comments().collect();
/// assert_eq!(comments, ["kartscope corrections 1200..1300 1301..1302"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corrections {
    /// In order, none empty, none touching the next.
    ranges: Vec<Range<u64>>,
}

impl Corrections {
    /// The corrections that a movie's comments name; empty without such comments. The ranges may exceed the movie's end.
    ///
    /// # Errors
    /// [`Error::Comment`] for a comment of corrections that is malformed.
    pub fn of_movie(movie: &impl Comments) -> Result<Self> {
        let mut corrections = Self::default();
        for comment in movie.comments() {
            let Some(text) = ranges_of(&comment) else {
                continue;
            };
            let ranges = parse(text).ok_or_else(|| Error::Comment {
                comment: comment.to_string(),
                expected: "`kartscope corrections FIRST..END FIRST..END`, each END above its FIRST"
                    .to_owned(),
            })?;
            corrections.ranges.extend(ranges);
        }
        corrections.merge();
        Ok(corrections)
    }

    /// Writes the corrections into a movie's comments, replacing those that are there.
    pub fn write_to(&self, movie: &mut impl Comments) {
        movie.remove_comments(|comment| ranges_of(comment).is_some());
        for comment in self.to_comments() {
            movie.add_comment(&comment);
        }
    }

    /// The comments' texts; none without a correction.
    pub fn to_comments(&self) -> impl Iterator<Item = String> + '_ {
        self.ranges.chunks(RANGES_PER_COMMENT).map(|ranges| {
            let mut text = PREFIX.to_owned();
            for Range { start, end } in ranges {
                text += &format!(" {start}..{end}");
            }
            text
        })
    }

    /// Adds a frame. Adding frames in ascending order is cheap.
    pub fn mark(&mut self, frame: u64) {
        match self.ranges.last_mut() {
            Some(last) if last.end == frame => last.end += 1,
            Some(last) if frame < last.end => self.mark_among(frame),
            // `frame + 1` would overflow; no movie is that long.
            _ => self
                .ranges
                .extend(frame.checked_add(1).map(|end| frame..end)),
        }
    }

    fn mark_among(&mut self, frame: u64) {
        if !self.contains(frame) {
            self.ranges.push(frame..frame + 1);
            self.merge();
        }
    }

    /// Removes `frame` and all later frames: the run was rewound to before `frame`.
    pub fn truncate(&mut self, frame: u64) {
        self.ranges.retain(|range| range.start < frame);
        if let Some(last) = self.ranges.last_mut() {
            last.end = last.end.min(frame);
        }
    }

    /// Whether the set contains this frame.
    #[must_use]
    pub fn contains(&self, frame: u64) -> bool {
        let behind = self.ranges.partition_point(|range| range.end <= frame);
        self.ranges
            .get(behind)
            .is_some_and(|range| range.contains(&frame))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many frames there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.ranges
            .iter()
            .map(|range| range.end - range.start)
            .sum()
    }

    /// The frames as ranges: in order, none empty, none touching the next.
    #[must_use]
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// Puts ranges in order and joins those that touch.
    fn merge(&mut self) {
        self.ranges.sort_by_key(|range| range.start);
        self.ranges.dedup_by(|next, kept| {
            let touches = next.start <= kept.end;
            if touches {
                kept.end = kept.end.max(next.end);
            }
            touches
        });
    }
}

/// The part of a comment after the prefix, if it is a comment of corrections.
fn ranges_of(comment: &str) -> Option<&str> {
    let rest = comment.strip_prefix(PREFIX)?;
    (rest.is_empty() || rest.starts_with(' ')).then_some(rest)
}

fn parse(text: &str) -> Option<Vec<Range<u64>>> {
    let ranges: Option<Vec<_>> = text.split_ascii_whitespace().map(parse_range).collect();
    ranges.filter(|ranges| !ranges.is_empty())
}

fn parse_range(text: &str) -> Option<Range<u64>> {
    let (start, end) = text.split_once("..")?;
    let range = start.parse().ok()?..end.parse().ok()?;
    (!range.is_empty()).then_some(range)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::runs::comments::tests::Lines;

    fn movie_with(comments: &[&str]) -> Lines {
        Lines(comments.iter().map(|line| (*line).to_owned()).collect())
    }

    #[test]
    fn ranges_of_several_comments_are_put_in_order_and_joined() {
        let movie = movie_with(&[
            "author somebody",
            "kartscope corrections 40..50 10..20",
            "kartscope corrections 20..25  45..60",
            "kartscope correctionsomething else",
        ]);
        let corrections = Corrections::of_movie(&movie).expect("sound");
        assert_eq!(corrections.ranges(), [10..25, 40..60]);
        assert_eq!(corrections.count(), 35);
    }

    #[test]
    fn malformed_comments_are_named() {
        for text in [
            "kartscope corrections",
            "kartscope corrections 10",
            "kartscope corrections 10..",
            "kartscope corrections 10..10",
            "kartscope corrections 20..10",
            "kartscope corrections 1..2 x..3",
            "kartscope corrections 1..99999999999999999999999",
        ] {
            let error = Corrections::of_movie(&movie_with(&[text])).expect_err(text);
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn writing_replaces_what_was_there_and_keeps_other_comments() {
        let mut movie = movie_with(&["author somebody", "kartscope corrections 1..2"]);
        let mut corrections = Corrections::default();
        (7..9).for_each(|frame| corrections.mark(frame));
        corrections.write_to(&mut movie);
        assert_eq!(movie.0, ["author somebody", "kartscope corrections 7..9"]);
        Corrections::default().write_to(&mut movie);
        assert_eq!(movie.0, ["author somebody"]);
    }

    /// Marks and rewinds, as a driver does them.
    fn steps() -> impl Strategy<Value = Vec<(u64, bool)>> {
        prop::collection::vec((0..400u64, prop::bool::weighted(0.9)), 0..300)
    }

    proptest! {
        #[test]
        fn it_is_the_set_of_marked_frames(steps in steps()) {
            let (mut corrections, mut frames) = (Corrections::default(), BTreeSet::new());
            for (frame, marks) in steps {
                if marks {
                    corrections.mark(frame);
                    frames.insert(frame);
                } else {
                    corrections.truncate(frame);
                    frames.retain(|marked| *marked < frame);
                }
            }
            prop_assert_eq!(corrections.count(), frames.len() as u64);
            prop_assert_eq!(corrections.is_empty(), frames.is_empty());
            for frame in 0..401 {
                prop_assert_eq!(corrections.contains(frame), frames.contains(&frame));
            }
            for pair in corrections.ranges().windows(2) {
                prop_assert!(pair[0].end < pair[1].start);
            }
        }

        #[test]
        fn a_movie_gives_back_what_was_written(steps in steps()) {
            let mut corrections = Corrections::default();
            steps.iter().for_each(|(frame, _)| corrections.mark(frame * 3 % 401));
            let mut movie = Lines::default();
            corrections.write_to(&mut movie);
            prop_assert_eq!(Corrections::of_movie(&movie).expect("sound"), corrections);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "kartscope corrections[ .0-9x]{0,40}") {
            let _ = Corrections::of_movie(&movie_with(&[&text]));
        }
    }
}
