//! DeSmuME movies (`.dsm`), in their text and in their binary form.
//!
//! A movie is a header of `key value` lines in any order and its frames. In the text form a frame is
//! a line `|commands|RLDUTSBAYXWEG` `xxx yyy t mmm|`. In the binary form, which `binary 1` in the
//! header says, one `|` begins the frames, and each is six bytes: commands, the pad as 16 bits
//! (little endian; bit 12 is R, bit 0 is G), touch x, touch y, touching.
//!
//! [`Movie::parse`] keeps what it does not need, so that an unchanged movie is written back byte
//! for byte: unknown keys, the columns that later versions add to frames, blank lines, line endings,
//! frames in an unusual form, and the lack of the microphone field in older movies.
//! [`Movie::splice`] changes frames and leaves the rest; [`Movie::set_form`] turns one form into the
//! other.
//!
//! ```
//! use nds_formats::dsm::{Form, Movie};
//! use nds_formats::pad::{Frame, Pad};
//!
//! # fn main() -> nds_formats::Result<()> {
//! let text = "version 2\nkey kept\n|0|.......A.....000 000 0 000|\n";
//! let mut movie = Movie::parse(text.as_bytes())?;
//! assert_eq!(movie.frames, [Frame::pad(Pad::A)]);
//! assert_eq!(movie.to_bytes(), text.as_bytes());
//!
//! movie.splice(1..1, [Frame::pad(Pad::B)])?;
//! movie.set_form(Form::Binary)?;
//! assert!(movie.to_bytes().ends_with(b"binary 1\n|\0\x20\0\0\0\0\0\x40\0\0\0\0"));
//! # Ok(())
//! # }
//! ```
//!
//! Source: `movie.cpp` of DeSmuME 0.9.12.

mod clock;
mod error;
mod header;
mod record;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

pub use clock::DateTime;
pub use header::{Firmware, Header, Start};

use formats::comments::Comments;

use self::error::{FORMAT, quote};
use crate::pad::Frame;
use crate::{Error, Result};

/// How a movie's frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// A line a frame.
    Text,
    /// Six bytes a frame, without microphone samples.
    Binary,
}

/// A movie: how the console was set up, and what was pressed in each frame from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movie {
    /// Settings, ROM and comments.
    pub header: Header,
    /// The input of each video frame (59.8261 a second), from the [`Start`] on.
    pub frames: Vec<Frame>,
    /// How the file differs from what DeSmuME 0.9.12 would write.
    layout: Layout,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Layout {
    /// Ends the header's lines, and the frames' in the text form.
    separator: &'static str,
    microphone: bool,
    /// The form that `verbatim` is in.
    form: Form,
    /// Frames, by index, that are not as [`record`] writes them; of the text form with the blank
    /// lines before them. Used only while the frame at that index still means the same.
    verbatim: BTreeMap<usize, (Frame, Vec<u8>)>,
    /// Blanks before the `|` of the binary form.
    lead: Vec<u8>,
    /// What follows the last line's text.
    tail: Vec<u8>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            separator: "\n",
            microphone: true,
            form: Form::Text,
            verbatim: BTreeMap::new(),
            lead: Vec::new(),
            tail: b"\n".to_vec(),
        }
    }
}

impl Comments for Movie {
    fn comments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.header.comments()
    }

    fn add_comment(&mut self, text: &str) {
        self.header.add_comment(text);
    }

    fn remove_comments(&mut self, unwanted: impl FnMut(&str) -> bool) {
        self.header.remove_comments(unwanted);
    }
}

impl Default for Movie {
    fn default() -> Self {
        Self::new()
    }
}

impl Movie {
    /// A movie without frames, with the header DeSmuME 0.9.12 writes by default: no ROM named yet,
    /// DeSmuME's firmware settings, the JIT with blocks of 100, 2009-01-01 00:00:00.
    pub fn new() -> Self {
        Self {
            header: Header::new(),
            frames: Vec::new(),
            layout: Layout::default(),
        }
    }

    /// Reads a movie in either form.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line number, or the number of the frame in the binary form; for
    /// a file with neither a version nor frames, with the header.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (head, body) = bytes.split_at(header_length(bytes));
        let header = read_header(head);
        if header.is_binary() && !body.is_empty() {
            Self::parse_binary(head, header, body)
        } else {
            Self::parse_text(bytes)
        }
    }

    fn parse_text(bytes: &[u8]) -> Result<Self> {
        let body = bytes.trim_ascii_end();
        let mut layout = Layout {
            separator: separator(body),
            tail: bytes[body.len()..].to_vec(),
            ..Layout::default()
        };
        let mut header = Header::empty();
        let mut frames = Vec::new();
        // Blank lines since the last frame, each with its line ending.
        let mut blank = Vec::new();
        for (index, line) in lines(body, layout.separator).enumerate() {
            let number = index + 1;
            let text = line.trim_ascii();
            if text.first() == Some(&b'|') {
                if frames.is_empty() {
                    layout.microphone = record::has_microphone(text);
                }
                let frame = record::parse(text, number)?;
                let mut canonical = Vec::new();
                record::write(&frame, layout.microphone, &mut canonical);
                if !blank.is_empty() || line != canonical {
                    blank.extend_from_slice(line);
                    layout
                        .verbatim
                        .insert(frames.len(), (frame, std::mem::take(&mut blank)));
                }
                frames.push(frame);
            } else if frames.is_empty() {
                header.push_line(line);
            } else if text.is_empty() {
                blank.extend_from_slice(line);
                blank.extend_from_slice(layout.separator.as_bytes());
            } else {
                let place = format!("line {number}");
                return Err(Error::malformed(
                    FORMAT,
                    place,
                    "a frame (|…|)",
                    quote(text),
                ));
            }
        }
        check_version(&header, !frames.is_empty())?;
        Ok(Self {
            header,
            frames,
            layout,
        })
    }

    /// `body` starts in the line of the `|` that begins the frames.
    fn parse_binary(head: &[u8], header: Header, body: &[u8]) -> Result<Self> {
        check_version(&header, true)?;
        let lead = body.len() - body.trim_ascii_start().len();
        let (records, rest) = body[lead + 1..].as_chunks::<{ record::BINARY_SIZE }>();
        if !rest.is_empty() {
            let place = format!("frame {}", records.len());
            let expected = format!("{} bytes", record::BINARY_SIZE);
            let found = format!("{} bytes", rest.len());
            return Err(Error::malformed(FORMAT, place, expected, found));
        }
        let frames: Vec<Frame> = records.iter().map(record::parse_binary).collect();
        let unusual = |(_, (record, frame)): &(usize, (&[u8; record::BINARY_SIZE], &Frame))| {
            record::to_binary(frame) != **record
        };
        let verbatim = records.iter().zip(&frames).enumerate().filter(unusual);
        let verbatim = verbatim.map(|(at, (record, frame))| (at, (*frame, record.to_vec())));
        Ok(Self {
            layout: Layout {
                separator: separator(head),
                // The first version of the text form has no such field.
                microphone: header.get("version").as_deref() != Some("1"),
                form: Form::Binary,
                verbatim: verbatim.collect(),
                lead: body[..lead].to_vec(),
                ..Layout::default()
            },
            header,
            frames,
        })
    }

    /// The movie's file: byte for byte the parsed one where nothing was changed. The binary form
    /// leaves microphone samples out, see [`Movie::set_form`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let separator = self.layout.separator.as_bytes();
        for line in self.header.lines() {
            out.extend_from_slice(line);
            out.extend_from_slice(separator);
        }
        let form = self.form();
        if form == Form::Binary && (self.layout.form == form || !self.frames.is_empty()) {
            out.extend_from_slice(&self.layout.lead);
            out.push(b'|');
            for (index, frame) in self.frames.iter().enumerate() {
                match self.verbatim(index, form) {
                    Some(record) => out.extend_from_slice(record),
                    None => out.extend_from_slice(&record::to_binary(frame)),
                }
            }
            return out;
        }
        for (index, frame) in self.frames.iter().enumerate() {
            match self.verbatim(index, form) {
                Some(line) => out.extend_from_slice(line),
                None => {
                    record::write(frame, self.layout.microphone, &mut out);
                    out.extend_from_slice(self.more_columns(index));
                }
            }
            out.extend_from_slice(separator);
        }
        out.truncate(out.len().saturating_sub(separator.len()));
        out.extend_from_slice(&self.layout.tail);
        out
    }

    /// How the frame at `index` stood in the file, if it still means the same.
    fn verbatim(&self, index: usize, form: Form) -> Option<&[u8]> {
        let (meaning, bytes) = self.layout.verbatim.get(&index)?;
        (self.layout.form == form && self.frames.get(index) == Some(meaning)).then_some(bytes)
    }

    /// The unknown columns of the frame at `index`, which stay when the frame is changed.
    fn more_columns(&self, index: usize) -> &[u8] {
        match self.layout.verbatim.get(&index) {
            Some((_, line)) if self.layout.form == Form::Text => record::more_columns(line),
            _ => &[],
        }
    }

    /// The form that the header's `binary` asks for.
    pub fn form(&self) -> Form {
        match self.header.is_binary() {
            true => Form::Binary,
            false => Form::Text,
        }
    }

    /// Turns the movie into the other form. Frames are then written as DeSmuME writes them, without
    /// unknown columns; the rest stays as it is.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the frame, if it has a microphone sample that the binary form
    /// cannot hold.
    pub fn set_form(&mut self, form: Form) -> Result<()> {
        if form == self.form() {
            return Ok(());
        }
        match form {
            Form::Text => self.header.remove("binary"),
            Form::Binary => {
                let sounding = self.frames.iter().position(|frame| frame.microphone != 0);
                if let Some(index) = sounding {
                    let found = format!("{} in frame {index}", self.frames[index].microphone);
                    let field = "microphone sample of the binary form";
                    return Err(Error::out_of_range(FORMAT, field, "0", found));
                }
                self.header.set("binary", "1")?;
            }
        }
        self.layout.form = form;
        self.layout.verbatim.clear();
        self.layout.lead.clear();
        self.layout.tail = self.layout.separator.as_bytes().to_vec();
        Ok(())
    }

    /// Puts `frames` in the place of the frames in `range` and returns those; an empty range
    /// inserts, no frames delete. All other frames keep their text or bytes.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the movie has not the frames of `range`.
    pub fn splice(
        &mut self,
        range: impl RangeBounds<usize>,
        frames: impl IntoIterator<Item = Frame>,
    ) -> Result<Vec<Frame>> {
        let start = match range.start_bound() {
            Bound::Included(&start) => Some(start),
            Bound::Excluded(&before) => before.checked_add(1),
            Bound::Unbounded => Some(0),
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.checked_add(1),
            Bound::Excluded(&end) => Some(end),
            Bound::Unbounded => Some(self.frames.len()),
        };
        let length = self.frames.len();
        let (Some(start), Some(end)) = (start, end.filter(|end| *end <= length)) else {
            let found = format!("{start:?} to {end:?}");
            let expected = format!("0..={length}");
            return Err(Error::out_of_range(
                FORMAT,
                "range of frames",
                expected,
                found,
            ));
        };
        if start > end {
            let found = format!("{start}..{end}");
            let expected = "a start up to the end";
            return Err(Error::out_of_range(
                FORMAT,
                "range of frames",
                expected,
                found,
            ));
        }
        let removed = self.frames.splice(start..end, frames).collect();
        let verbatim = &mut self.layout.verbatim;
        let behind = verbatim.split_off(&end);
        verbatim.split_off(&start);
        let behind = behind
            .into_iter()
            .map(|(at, text)| (at + self.frames.len() - length, text));
        verbatim.extend(behind);
        Ok(removed)
    }
}

/// Bytes before the line that begins the frames, the first whose text starts with `|`.
fn header_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if line.trim_ascii_start().first() == Some(&b'|') {
            break;
        }
        length += line.len();
    }
    length
}

/// The header of `head`, whose last line ends.
fn read_header(head: &[u8]) -> Header {
    let separator = separator(head);
    let text = head.strip_suffix(b"\n").unwrap_or(head);
    let mut header = Header::empty();
    lines(text, separator).for_each(|line| header.push_line(line));
    header
}

/// CRLF only where every line ends so; in a mixed file the carriage returns belong to their lines.
fn separator(body: &[u8]) -> &'static str {
    let feeds = body.iter().filter(|&&byte| byte == b'\n').count();
    let pairs = body.windows(2).filter(|pair| pair == b"\r\n").count();
    if pairs > 0 && pairs == feeds {
        "\r\n"
    } else {
        "\n"
    }
}

fn lines<'a>(body: &'a [u8], separator: &'static str) -> impl Iterator<Item = &'a [u8]> {
    body.split(|&byte| byte == b'\n')
        .map(move |line| match separator {
            "\r\n" => line.strip_suffix(b"\r").unwrap_or(line),
            _ => line,
        })
}

/// Versions differ in the keys and columns that they add, which are kept or recognised by
/// themselves. Some programs leave the version out; a file with neither version nor frames is no
/// movie.
fn check_version(header: &Header, has_frames: bool) -> Result<()> {
    let is_number = |text: &str| text.parse::<u32>().is_ok();
    match header.get("version") {
        Some(version) if is_number(&version) => Ok(()),
        None if has_frames => Ok(()),
        found => Err(Error::malformed(
            FORMAT,
            "header",
            "version and a number, or frames (|…|)",
            found.map_or_else(
                || "neither".into(),
                |found| format!("version {}", quote(found.as_bytes())),
            ),
        )),
    }
}

#[cfg(test)]
mod tests;
