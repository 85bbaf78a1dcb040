//! One frame's line: `|commands|RLDUTSBAYXWEGxxx yyy t mmm|`.

use super::{FORMAT, quote};
use crate::error::{Error, Result};
use crate::pad::{Commands, Frame, Pad, Touch};

/// The pad's letters in the order of the line.
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
    line.iter().filter(|&&byte| byte == b' ').count() >= 3
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
    let bar = inner.iter().position(|&byte| byte == b'|');
    let (commands, rest) = bar
        .and_then(|bar| Some((decimal(&inner[..bar])?, &inner[bar + 1..])))
        .ok_or_else(|| malformed("|commands|, a number up to 255"))?;
    let (letters, numbers) = rest
        .split_at_checked(PAD_LETTERS.len())
        .filter(|(letters, _)| !letters.contains(&b'|'))
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
