//! Digests of a race, one a frame, kept in a movie's comments.
//!
//! A comment `kartscope check FRAME DIGESTS` holds up to 60 digests of four
//! hexadecimal digits each, for the frames from FRAME (counted from 0 in the movie) on. Sixteen
//! bits a frame are enough: a race that diverges stays different, so that a chance match hides the
//! difference for one frame only.

use std::borrow::Cow;

use crate::{Error, Result};

const PREFIX: &str = "kartscope check ";
const PER_COMMENT: usize = 60;
const DIGITS: usize = 4;

/// Sixteen bits of a hash (FNV-1a, folded) over what makes up a kart's motion.
#[must_use]
pub fn digest(motion: &[i32]) -> u16 {
    let bytes = motion.iter().flat_map(|word| word.to_le_bytes());
    let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash >> 16 ^ hash) as u16
}

/// Consecutive digests from the movie frame `first` on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checks {
    first: u64,
    digests: Vec<u16>,
}

impl Checks {
    /// No digests yet, the first of which is that of the movie's frame `first`.
    pub fn starting_at(first: u64) -> Self {
        Self {
            first,
            digests: Vec::new(),
        }
    }

    /// Appends the digest of the next frame.
    pub fn push(&mut self, digest: u16) {
        self.digests.push(digest);
    }

    /// Keeps the first `count` digests.
    pub fn truncate(&mut self, count: usize) {
        self.digests.truncate(count);
    }

    /// Whether a comment holds digests.
    pub fn are_in(comment: &str) -> bool {
        comment.starts_with(PREFIX)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// The movie's frame after the last that is checked.
    pub fn end(&self) -> u64 {
        self.first.saturating_add(self.digests.len() as u64)
    }

    /// The digest that the movie records for its frame `frame`.
    pub fn get(&self, frame: u64) -> Option<u16> {
        let index = usize::try_from(frame.checked_sub(self.first)?).ok()?;
        self.digests.get(index).copied()
    }

    /// The comments' texts; none without digests.
    pub fn comments(&self) -> impl Iterator<Item = String> + '_ {
        self.digests
            .chunks(PER_COMMENT)
            .zip(0u64..)
            .map(|(chunk, n)| {
                let digests: String = chunk.iter().map(|digest| format!("{digest:04x}")).collect();
                format!("{PREFIX}{} {digests}", self.first + n * PER_COMMENT as u64)
            })
    }

    /// Collects the check comments among `comments`; other comments are ignored.
    ///
    /// # Errors
    /// [`Error::Comment`] for one that is malformed, or doesn't follow on from the one before.
    pub fn from_comments<'a>(comments: impl Iterator<Item = Cow<'a, str>>) -> Result<Self> {
        let mut checks: Option<Self> = None;
        for comment in comments {
            let Some(rest) = comment.strip_prefix(PREFIX) else {
                continue;
            };
            let (first, digests) = parse(rest).ok_or_else(|| Error::Comment {
                comment: comment.to_string(),
                expected: "`kartscope check FRAME DIGESTS`, four hexadecimal digits a frame"
                    .to_owned(),
            })?;
            let checks = checks.get_or_insert_with(|| Self::starting_at(first));
            if first != checks.end() {
                return Err(Error::Comment {
                    comment: comment.to_string(),
                    expected: "checks that follow on from the comment before".to_owned(),
                });
            }
            checks.digests.extend(digests);
        }
        Ok(checks.unwrap_or_default())
    }
}

fn parse(text: &str) -> Option<(u64, Vec<u16>)> {
    let (first, digests) = text.split_once(' ')?;
    if !digests.is_ascii() || digests.len() % DIGITS != 0 {
        return None;
    }
    let digests = digests
        .as_bytes()
        .chunks(DIGITS)
        .map(|chunk| u16::from_str_radix(std::str::from_utf8(chunk).ok()?, 16).ok())
        .collect::<Option<_>>()?;
    Some((first.parse().ok()?, digests))
}
