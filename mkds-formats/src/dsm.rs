//! DeSmuME movies (`.dsm`) in their text form.
//!
//! A movie is a header of `key value` lines and one line per video frame:
//! `|commands|RLDUTSBAYXWEG` `xxx yyy t mmm|`. [`Movie::parse`] keeps what it does not need, so that
//! an unchanged movie is written back byte for byte: unknown keys, blank lines, line endings,
//! frames in an unusual form, and the lack of the microphone field in older movies.
//!
//! Source: `movie.cpp` of DeSmuME 0.9.12.

mod clock;
mod header;
mod record;

use std::collections::BTreeMap;

pub use clock::DateTime;
pub use header::{Firmware, Header};

use crate::error::{Error, Result};
use crate::pad::Frame;

/// The format's name in errors.
const FORMAT: &str = "movie";

/// A movie: how the console was set up, and what was pressed in each frame from power-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movie {
    /// Settings, ROM and comments.
    pub header: Header,
    /// The input of each video frame (59.8261 a second), from power-on.
    pub frames: Vec<Frame>,
    /// How the text differs from what DeSmuME 0.9.12 would write.
    layout: Layout,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Layout {
    separator: &'static str,
    microphone: bool,
    /// Frames, by index, whose text is not the one [`record::write`] gives, blank lines before
    /// them included. Used only while the frame at that index still means the same.
    verbatim: BTreeMap<usize, (Frame, Vec<u8>)>,
    /// What follows the last line's text.
    tail: Vec<u8>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            separator: "\n",
            microphone: true,
            verbatim: BTreeMap::new(),
            tail: b"\n".to_vec(),
        }
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

    /// Reads a movie in text form.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line number; [`Error::Unsupported`] for the binary form.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let body = bytes.trim_ascii_end();
        let mut layout = Layout {
            separator: separator(body),
            microphone: true,
            verbatim: BTreeMap::new(),
            tail: bytes[body.len()..].to_vec(),
        };
        let mut header = Header::empty();
        let mut frames = Vec::new();
        // Blank lines since the last frame, each with its line ending.
        let mut blank = Vec::new();
        for (index, line) in lines(body, layout.separator).enumerate() {
            let number = index + 1;
            let text = line.trim_ascii();
            if index == 0 {
                check_version(text)?;
            }
            if text.first() == Some(&b'|') {
                if frames.is_empty() {
                    if header.is_binary() {
                        return Err(Error::Unsupported {
                            format: FORMAT,
                            place: format!("line {number}"),
                            feature: "the binary form",
                        });
                    }
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
        Ok(Self {
            header,
            frames,
            layout,
        })
    }

    /// The movie's text: byte for byte the parsed one where nothing was changed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let separator = self.layout.separator.as_bytes();
        for line in self.header.lines() {
            out.extend_from_slice(line);
            out.extend_from_slice(separator);
        }
        for (index, frame) in self.frames.iter().enumerate() {
            match self.layout.verbatim.get(&index) {
                Some((meaning, text)) if meaning == frame => out.extend_from_slice(text),
                _ => record::write(frame, self.layout.microphone, &mut out),
            }
            out.extend_from_slice(separator);
        }
        out.truncate(out.len().saturating_sub(separator.len()));
        out.extend_from_slice(&self.layout.tail);
        out
    }
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

/// Versions 1 and 2 differ in the microphone field only, which is recognised by itself.
fn check_version(line: &[u8]) -> Result<()> {
    match line {
        b"version 1" | b"version 2" => Ok(()),
        _ => Err(Error::malformed(
            FORMAT,
            "line 1",
            "version 1 or version 2",
            quote(line),
        )),
    }
}

/// At most 40 bytes of outside data, fit for an error message.
fn quote(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(40)];
    let more = if shown.len() < bytes.len() { "…" } else { "" };
    format!("\"{}{more}\"", shown.escape_ascii())
}

#[cfg(test)]
mod tests;
