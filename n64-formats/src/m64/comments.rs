//! Lines of text behind a movie's samples.
//!
//! The format has no place for comments but the description of 255 bytes. Readers go by the header's number of samples,
//! so kartscope's comments follow the last sample: a line `kartscope comments`, then a line for each. [`split`] takes
//! them off, and what is left is a movie for [`Movie::parse`](super::Movie::parse), which refuses any other bytes there.

use super::SAMPLE_SIZE;
use super::header::{FORMAT, HEADER_SIZE, Header};
use crate::{Error, Result};

/// The line before the comments.
const BEGIN: &str = "kartscope comments\n";

/// The bytes of a movie without comments, and the comments. A file without comments is left as it is.
///
/// # Errors
/// [`Error::Malformed`] for comments that are no lines of UTF-8.
pub fn split(file: &[u8]) -> Result<(&[u8], Vec<String>)> {
    let samples = file.first_chunk::<HEADER_SIZE>().map(|header| {
        let count = Header::count_in(header) as usize;
        HEADER_SIZE.saturating_add(count.saturating_mul(SAMPLE_SIZE))
    });
    let parts = samples.and_then(|end| file.split_at_checked(end));
    let Some((movie, text)) = parts.filter(|(_, text)| text.starts_with(BEGIN.as_bytes())) else {
        return Ok((file, Vec::new()));
    };
    let malformed = |at: usize, expected, found| {
        let place = format!("offset {:#x}, comments", movie.len() + at);
        Error::malformed(FORMAT, place, expected, found)
    };
    let text = std::str::from_utf8(text)
        .map_err(|error| malformed(error.valid_up_to(), "UTF-8", error.to_string()))?;
    let lines = &text[BEGIN.len()..];
    if !lines.is_empty() && !lines.ends_with('\n') {
        return Err(malformed(
            text.len(),
            "the end of a line",
            "the end of the file".to_owned(),
        ));
    }
    Ok((
        movie,
        lines.split_terminator('\n').map(str::to_owned).collect(),
    ))
}

/// The file of a movie's bytes with comments, each without line breaks.
#[must_use]
pub fn join(movie: Vec<u8>, comments: &[String]) -> Vec<u8> {
    let mut file = movie;
    if !comments.is_empty() {
        file.extend(BEGIN.bytes());
    }
    for comment in comments {
        file.extend(comment.bytes().chain([b'\n']));
    }
    file
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::m64::{Controller, Movie, Start};
    use crate::pad::Frame;

    fn movie(frames: usize) -> Movie {
        let mut movie = Movie::new(Start::PowerOn);
        let mut controllers = [Controller::NONE; 4];
        controllers[0] = Controller::PRESENT;
        movie.header.set_controllers(controllers);
        (0..frames).for_each(|_| movie.push(&Frame::default()));
        movie
    }

    proptest! {
        #[test]
        fn comments_come_back_and_leave_the_movie_as_it_was(
            frames in 0..9_usize,
            comments in prop::collection::vec("[^\r\n]{0,20}", 0..5),
        ) {
            let bytes = movie(frames).to_bytes();
            let file = join(bytes.clone(), &comments);
            let (left, found) = split(&file)?;
            prop_assert_eq!(left, bytes);
            prop_assert_eq!(found, comments);
        }

        #[test]
        fn any_bytes_are_read_or_refused(
            frames in 0..3_usize,
            tail in prop::collection::vec(any::<u8>(), 0..40),
            cut in 0..1100_usize,
        ) {
            let mut file = join(movie(frames).to_bytes(), &[String::new()]);
            file.extend(tail);
            file.truncate(cut.max(3));
            let _ = split(&file).map(|(movie, _)| Movie::parse(movie).is_ok());
        }
    }

    #[test]
    fn other_bytes_behind_the_samples_stay_and_are_refused_by_the_parser() {
        let file = [&movie(2).to_bytes()[..], b"kartscope"].concat();
        let (left, comments) = split(&file).expect("no comments");
        assert_eq!((left, comments.len()), (&file[..], 0));
        assert!(Movie::parse(left).is_err());
    }

    #[test]
    fn damaged_comments_are_named() {
        let end = movie(1).to_bytes().len() + BEGIN.len();
        for (text, expected) in [
            (&b"caf\xE9\n"[..], format!("offset {:#x}", end + 3)),
            (b"cut off", "the end of a line".to_owned()),
        ] {
            let file = [&join(movie(1).to_bytes(), &[]), BEGIN.as_bytes(), text].concat();
            let error = split(&file).expect_err("damaged").to_string();
            assert!(error.contains(&expected), "{error}");
        }
    }
}
