//! One frame: the line `|commands|RLDUTSBAYXWEGxxx yyy t mmm|`, or six bytes. Later versions may add
//! columns, each ended by a `|`.

use super::error::{FORMAT, quote};
use crate::pad::{Commands, Frame, Pad, Touch};
use crate::{Error, Result};

/// Bytes of a frame in the binary form.
pub(super) const BINARY_SIZE: usize = 6;

/// The pad's letters in the order of the line; in the binary form the last is bit 0.
const PAD_LETTERS: [(u8, Pad); 13] = [
    (b'R', Pad::RIGHT),
    (b'L', Pad::LEFT),
    (b'D', Pad::DOWN),
    (b'U', Pad::UP),
    (b'T', Pad::SELECT),
    (b'S', Pad::START),
    (b'B', Pad::B),
    (b'A', Pad::A),
    (b'Y', Pad::Y),
    (b'X', Pad::X),
    (b'W', Pad::L),
    (b'E', Pad::R),
    (b'G', Pad::DEBUG),
];

/// Whether the line has the fourth number that movies since DeSmuME 0.9.12 end with.
pub(super) fn has_microphone(line: &[u8]) -> bool {
    let unknown = more_columns(line).len();
    let known = &line[..line.len() - unknown];
    known.iter().filter(|&&byte| byte == b' ').count() >= 3
}

/// Reads one line without its ending and outer blanks. `number` is the line's, for errors.
pub(super) fn parse(line: &[u8], number: usize) -> Result<Frame> {
    let malformed = |expected: &str| {
        Error::malformed(
            FORMAT,
            format!("frame in line {number}"),
            expected,
            quote(line),
        )
    };
    let inner = line
        .strip_prefix(b"|")
        .and_then(|line| line.strip_suffix(b"|"))
        .ok_or_else(|| malformed("a line that starts and ends with |"))?;
    let (commands, rest) = split_columns(inner);
    let commands = decimal(commands).ok_or_else(|| malformed("|commands|, a number up to 255"))?;
    let (known, _) = split_columns(rest);
    let (letters, numbers) = known
        .split_at_checked(PAD_LETTERS.len())
        .ok_or_else(|| malformed("13 pad letters after the commands"))?;
    let numbers = numbers
        .split(u8::is_ascii_whitespace)
        .filter(|digits| !digits.is_empty())
        .map(decimal)
        .collect::<Option<Vec<u8>>>();
    let (x, y, touching, microphone) = match numbers.as_deref() {
        Some(&[x, y, touching]) => (x, y, touching, 0),
        Some(&[x, y, touching, microphone]) => (x, y, touching, microphone),
        _ => {
            return Err(malformed(
                "touch x, y, touching and microphone up to 255 after the pad",
            ));
        }
    };
    Ok(Frame {
        pad: parse_pad(letters),
        touch: (touching != 0).then_some(Touch { x, y }),
        microphone,
        commands: Commands::from_bits_retain(commands),
    })
}

/// What is before the first `|`, and what is behind it.
fn split_columns(columns: &[u8]) -> (&[u8], &[u8]) {
    match columns.iter().position(|&byte| byte == b'|') {
        Some(bar) => (&columns[..bar], &columns[bar + 1..]),
        None => (columns, &[]),
    }
}

/// The columns of a frame's line behind those that are known, up to the line's end.
pub(super) fn more_columns(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii().strip_prefix(b"|").unwrap_or_default();
    let (_commands, rest) = split_columns(line);
    split_columns(rest).1
}

/// As DeSmuME reads it: whatever is neither '.' nor a blank is a held button.
fn parse_pad(letters: &[u8]) -> Pad {
    let held = letters
        .iter()
        .zip(PAD_LETTERS)
        .filter(|(letter, _)| !matches!(letter, b'.' | b' '));
    held.map(|(_, (_, button))| button).collect()
}

fn decimal(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// Appends the line, without its ending, as DeSmuME writes it. `microphone` is whether the movie
/// has the microphone field; a frame that needs it gets it anyway.
pub(super) fn write(frame: &Frame, microphone: bool, out: &mut Vec<u8>) {
    let Touch { x, y } = frame.touch.unwrap_or_default();
    out.push(b'|');
    out.extend_from_slice(frame.commands.bits().to_string().as_bytes());
    out.push(b'|');
    out.extend(
        PAD_LETTERS.map(|(letter, button)| match frame.pad.contains(button) {
            true => letter,
            false => b'.',
        }),
    );
    three_digits(x, out);
    out.push(b' ');
    three_digits(y, out);
    out.extend_from_slice(if frame.touch.is_some() { b" 1" } else { b" 0" });
    if microphone || frame.microphone != 0 {
        out.push(b' ');
        three_digits(frame.microphone, out);
    }
    out.push(b'|');
}

fn three_digits(value: u8, out: &mut Vec<u8>) {
    out.extend([value / 100, value / 10 % 10, value % 10].map(|digit| b'0' + digit));
}

/// Reads a frame of the binary form. Bits of the pad that have no letter are left out.
pub(super) fn parse_binary(record: &[u8; BINARY_SIZE]) -> Frame {
    let [commands, low, high, x, y, touching] = *record;
    let bits = u16::from_le_bytes([low, high]);
    let held = |index: &usize| bits >> (PAD_LETTERS.len() - 1 - index) & 1 != 0;
    Frame {
        pad: (0..PAD_LETTERS.len())
            .filter(held)
            .map(|index| PAD_LETTERS[index].1)
            .collect(),
        touch: (touching != 0).then_some(Touch { x, y }),
        microphone: 0,
        commands: Commands::from_bits_retain(commands),
    }
}

/// The frame's six bytes as DeSmuME writes them, without its microphone sample.
pub(super) fn to_binary(frame: &Frame) -> [u8; BINARY_SIZE] {
    let bits = PAD_LETTERS.iter().fold(0_u16, |bits, (_, button)| {
        bits << 1 | u16::from(frame.pad.contains(*button))
    });
    let [low, high] = bits.to_le_bytes();
    let Touch { x, y } = frame.touch.unwrap_or_default();
    let touching = frame.touch.is_some().into();
    [frame.commands.bits(), low, high, x, y, touching]
}
