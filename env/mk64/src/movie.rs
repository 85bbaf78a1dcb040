//! Movies of the Nintendo 64 with kartscope's comments, frame by frame.
//!
//! A file holds an answer for each time that the game polled a controller; a run is played frame by frame. A movie that
//! kartscope wrote says in its comments which controllers the game polled in each frame, `kartscope polls 120x- 3x1`:
//! no controller in 120 frames, then the first one in each of three. Of another program's movie only playing it tells
//! that: see [`by_frames`](env_kart::runs::RunGame::by_frames).

use std::borrow::Cow;

use formats::comments::Comments;
use mupen64plus::Poll;
use n64_formats::m64::{self, Controller, Header, Sample, Start, comments};
use n64_formats::pad::Frame;

use crate::{Error, Result};

const POLLS: &str = "kartscope polls";
/// A longer list is split into several comments, so that the lines stay readable.
const GROUPS_PER_COMMENT: usize = 16;
/// Frames that a file may name: 9 hours. A damaged number asks for no more memory than that.
const MOST_FRAMES: usize = 2_000_000;
const PORTS: usize = 4;

/// The ports of the controllers that the game polled in a frame, in order.
pub type Polled = Vec<u8>;

/// A movie.
#[derive(Clone, Debug, PartialEq)]
pub struct Movie {
    /// Start, controllers, ROM and texts.
    pub header: Header,
    comments: Vec<String>,
    /// The samples of a movie that does not say in which frames the game asked for them; none of one that does.
    samples: Vec<Sample>,
    frames: Vec<Frame>,
    polled: Vec<Polled>,
}

impl Movie {
    /// A movie without frames and controllers.
    #[must_use]
    pub fn new(start: Start) -> Self {
        Self {
            header: m64::Movie::new(start).header,
            comments: Vec::new(),
            samples: Vec::new(),
            frames: Vec::new(),
            polled: Vec::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It is no movie, or its comments on polls are malformed or not of its samples.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let (movie, comments) = comments::split(file)?;
        let m64::Movie { header, samples } = m64::Movie::parse(movie)?;
        let mut movie = Self {
            header,
            samples,
            ..Self::new(Start::PowerOn)
        };
        let mut told = false;
        for comment in comments {
            match comment.strip_prefix(POLLS) {
                Some(groups) => {
                    told = true;
                    read_groups(groups, &mut movie.polled)
                        .ok_or_else(|| malformed(&comment, "groups as `120x- 3x1`"))?;
                }
                None => movie.comments.push(comment),
            }
        }
        if told {
            movie.divide()?;
        }
        Ok(movie)
    }

    /// Divides the samples among the frames in which the game asked for them.
    fn divide(&mut self) -> Result<()> {
        let polls: usize = self.polled.iter().map(Vec::len).sum();
        if polls != self.samples.len() {
            return Err(env_kart::Error::Incomplete {
                expected: format!("{polls} samples, so many polls its comments name"),
                found: self.samples.len().to_string(),
            }
            .into());
        }
        let mut samples = std::mem::take(&mut self.samples).into_iter();
        let mut frame = Frame::default();
        for ports in &self.polled {
            for (port, sample) in ports.iter().zip(samples.by_ref()) {
                frame.pads[usize::from(*port)] = sample.pad();
            }
            self.frames.push(frame);
        }
        Ok(())
    }

    /// The file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut header = self.header.clone();
        let mut samples = self.samples.clone();
        let mut lines = self.comments.clone();
        if self.is_by_frames() {
            header.set_interrupts(u32::try_from(self.frames.len()).unwrap_or(u32::MAX));
            for (frame, ports) in self.frames.iter().zip(&self.polled) {
                let pads = ports.iter().map(|port| frame.pads[usize::from(*port)]);
                samples.extend(pads.map(Sample::from));
            }
            lines.extend(poll_comments(&self.polled));
        }
        comments::join(m64::Movie { header, samples }.to_bytes(), &lines)
    }

    /// Whether the movie says in which frames the game polls: it is played frame by frame.
    #[must_use]
    pub fn is_by_frames(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples of a movie that is not [by frames](Self::is_by_frames).
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The inputs, frame by frame. On a controller that the game did not poll in a frame, what it got last is held.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Appends a frame in which the game polled so.
    pub fn push(&mut self, frame: &Frame, polls: &[Poll]) {
        self.push_polled(frame, ports_of(polls));
    }

    fn push_polled(&mut self, frame: &Frame, ports: Polled) {
        let mut held = self.frames.last().copied().unwrap_or_default();
        for port in ports.iter().map(|port| usize::from(*port)) {
            held.pads[port] = frame.pads[port];
        }
        self.frames.push(held);
        self.polled.push(ports);
    }

    /// Takes the samples or frames out.
    pub fn clear(&mut self) {
        self.samples.clear();
        self.frames.clear();
        self.polled.clear();
    }

    /// Takes the frames out, and keeps which controllers the game polled in them.
    pub(crate) fn take_frames(&mut self) -> Vec<Frame> {
        std::mem::take(&mut self.frames)
    }

    /// The same movie with other frames. `polled`: in place of what the game polled in the movie's own.
    pub(crate) fn with_frames(
        &self,
        frames: impl Iterator<Item = Frame>,
        polled: Option<&[Polled]>,
    ) -> Self {
        let mut movie = self.clone();
        movie.clear();
        let polled = polled.unwrap_or(&self.polled);
        for (frame, ports) in frames.zip(polled) {
            movie.push_polled(&frame, ports.clone());
        }
        movie
    }

    /// What is at the ports.
    #[must_use]
    pub fn controllers(&self) -> [Controller; PORTS] {
        self.header.controllers()
    }
}

impl Comments for Movie {
    fn comments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.comments
            .iter()
            .map(|line| Cow::Borrowed(line.as_str()))
    }

    fn add_comment(&mut self, text: &str) {
        let lines = text.split(['\n', '\r']).map(str::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty());
        self.comments.extend(lines.map(str::to_owned));
    }

    fn remove_comments(&mut self, mut unwanted: impl FnMut(&str) -> bool) {
        self.comments.retain(|line| !unwanted(line));
    }
}

/// The ports of polls.
pub(crate) fn ports_of(polls: &[Poll]) -> Polled {
    polls.iter().map(|poll| poll.port as u8).collect()
}

/// The comments that say what the game polled in each frame.
fn poll_comments(polled: &[Polled]) -> Vec<String> {
    let groups: Vec<String> = polled
        .chunk_by(|one, next| one == next)
        .map(|frames| format!("{}x{}", frames.len(), ports_text(&frames[0])))
        .collect();
    let comments = groups.chunks(GROUPS_PER_COMMENT);
    comments
        .map(|groups| format!("{POLLS} {}", groups.join(" ")))
        .collect()
}

/// Ports from 1; `-` for none.
fn ports_text(ports: &[u8]) -> String {
    match ports {
        [] => "-".to_owned(),
        ports => ports.iter().map(|port| char::from(b'1' + port)).collect(),
    }
}

/// Reads groups of frames and appends them to `polled`; `None` where they are malformed, or more than a movie may have.
fn read_groups(text: &str, polled: &mut Vec<Polled>) -> Option<()> {
    for group in text.split_ascii_whitespace() {
        let (count, ports) = group.split_once('x')?;
        let count: usize = count.parse().ok()?;
        let ports = read_ports(ports)?;
        if count == 0 || count > MOST_FRAMES - polled.len() {
            return None;
        }
        polled.extend(std::iter::repeat_n(ports, count));
    }
    Some(())
}

fn read_ports(text: &str) -> Option<Polled> {
    if text == "-" {
        return Some(Polled::new());
    }
    let port = |digit: u8| {
        let port = digit.checked_sub(b'1')?;
        (usize::from(port) < PORTS).then_some(port)
    };
    let ports: Option<Polled> = text.bytes().map(port).collect();
    ports.filter(|ports| !ports.is_empty())
}

fn malformed(comment: &str, expected: &str) -> Error {
    env_kart::Error::Comment {
        comment: comment.to_owned(),
        expected: format!("`{POLLS}` and {expected}"),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use n64_formats::pad::{Buttons, Pad};
    use proptest::prelude::*;

    use super::*;

    fn movie() -> Movie {
        let mut movie = Movie::new(Start::PowerOn);
        movie.header.set_controllers([
            Controller::PRESENT,
            Controller::PRESENT,
            Controller::NONE,
            Controller::NONE,
        ]);
        movie
    }

    fn poll(port: usize) -> Poll {
        Poll {
            port,
            pad: Pad::default(),
        }
    }

    proptest! {
        #[test]
        fn frames_come_back_as_the_game_polled_them(
            frames in prop::collection::vec((any::<u8>(), prop::collection::vec(0..2_usize, 0..4)), 0..60),
        ) {
            let mut movie = movie();
            movie.add_comment("a comment");
            for (buttons, ports) in &frames {
                let polls: Vec<Poll> = ports.iter().map(|port| poll(*port)).collect();
                let pad = Pad { buttons: Buttons::from_bits_truncate((*buttons).into()), stick: [*buttons as i8, 0] };
                movie.push(&Frame { pads: [pad; 4] }, &polls);
            }
            movie.header.set_interrupts(frames.len() as u32);
            let read = Movie::parse(&movie.to_bytes()).expect("ours");
            prop_assert!(read.is_by_frames());
            prop_assert_eq!(read.frames(), movie.frames());
            prop_assert_eq!(read.to_bytes(), movie.to_bytes());
        }

        #[test]
        fn any_comment_on_polls_is_read_or_refused(text in "[ 0-9x-]{0,30}") {
            let mut polled = Vec::new();
            let _ = read_groups(&text, &mut polled);
            prop_assert!(polled.len() <= MOST_FRAMES);
        }
    }

    #[test]
    fn a_movie_of_another_program_keeps_its_samples_and_bytes() {
        let mut plain = m64::Movie::new(Start::PowerOn);
        plain.header.set_controllers(movie().controllers());
        plain.push(&Frame::default());
        let read = Movie::parse(&plain.to_bytes()).expect("a movie");
        assert!(!read.is_by_frames());
        assert_eq!((read.samples().len(), read.frames().len()), (2, 0));
        assert_eq!(read.to_bytes(), plain.to_bytes());
    }

    #[test]
    fn lost_samples_and_damaged_polls_are_named() {
        let mut whole = movie();
        whole.push(&Frame::default(), &[poll(0)]);
        let file = whole.to_bytes();
        let text = String::from_utf8_lossy(&file);
        for (polls, expected) in [
            ("2x1", "expected 2 samples"),
            ("1x9", "kartscope polls 1x9"),
            ("0x1", "kartscope polls 0x1"),
            ("99999999x1", "kartscope polls 99999999x1"),
        ] {
            let damaged = text.replace("1x1", polls);
            let error = Movie::parse(damaged.as_bytes()).expect_err(polls);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
