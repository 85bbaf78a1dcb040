//! A ghost's inputs: words of the buttons, how long they are held, and the stick.

use n64_formats::pad::{Buttons, Pad};

use super::header::{FORMAT, malformed};
use crate::{Error, Result};

/// The most runs that a ghost can have.
pub const MAX_RUNS: usize = 0x1000;
/// Bytes of a run.
const RUN_SIZE: usize = 4;
/// Words that the game packs behind the last run, whatever they are.
const WORDS_BEHIND: usize = 7;
/// The most drawn frames of a run.
const MAX_FRAMES: u16 = 0x100;

/// The buttons that the game records, and their bits in a word.
const BUTTONS: [(Buttons, u32); 4] = [
    (Buttons::A, 1 << 31),
    (Buttons::B, 1 << 30),
    (Buttons::Z, 1 << 29),
    (Buttons::R, 1 << 28),
];

/// Some drawn frames in which the same is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Run {
    /// What is held: A, B, Z and R, and the stick.
    pub pad: Pad,
    /// For how many drawn frames, 1 to 256. In races of one player there are 30 a second.
    pub frames: u16,
}

impl Run {
    /// The run in a word of the inputs, as they are in the note and in RAM. Bits without a known meaning are ignored.
    #[must_use]
    pub fn from_word(word: u32) -> Self {
        let [_, repeats, y, x] = word.to_be_bytes();
        let buttons = BUTTONS.iter().filter(|(_, bit)| word & bit != 0);
        Self {
            pad: Pad {
                buttons: buttons.map(|(button, _)| *button).collect(),
                stick: [x.cast_signed(), y.cast_signed()],
            },
            frames: u16::from(repeats) + 1,
        }
    }

    fn to_word(self) -> Result<u32> {
        if !(1..=MAX_FRAMES).contains(&self.frames) {
            let found = self.frames.to_string();
            return Err(Error::out_of_range(
                FORMAT,
                "run's frames",
                "1..=256",
                found,
            ));
        }
        let recorded = recorded(self.pad);
        if recorded != self.pad {
            let found = format!("{:?}", self.pad.buttons);
            return Err(Error::out_of_range(
                FORMAT,
                "run's buttons",
                "A, B, Z and R",
                found,
            ));
        }
        let [x, y] = self.pad.stick.map(i8::cast_unsigned);
        let held = BUTTONS
            .iter()
            .filter(|(button, _)| self.pad.buttons.contains(*button));
        let held: u32 = held.map(|(_, bit)| bit).sum();
        Ok(held | u32::from_be_bytes([0, (self.frames - 1) as u8, y, x]))
    }
}

/// What of a pad the game records.
fn recorded(pad: Pad) -> Pad {
    let buttons = BUTTONS.iter().map(|(button, _)| *button).collect();
    Pad {
        buttons: pad.buttons.intersection(buttons),
        ..pad
    }
}

/// The runs that the game records of what is held in drawn frames.
#[must_use]
pub fn runs(pads: impl IntoIterator<Item = Pad>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for pad in pads.into_iter().map(recorded) {
        match runs.last_mut() {
            Some(run) if run.pad == pad && run.frames < MAX_FRAMES => run.frames += 1,
            _ => runs.push(Run { pad, frames: 1 }),
        }
    }
    runs
}

/// The plain inputs.
pub(super) fn to_bytes(runs: &[Run]) -> Result<Vec<u8>> {
    if runs.is_empty() || runs.len() > MAX_RUNS {
        let expected = format!("1..={MAX_RUNS}");
        let found = runs.len().to_string();
        return Err(Error::out_of_range(FORMAT, "runs", expected, found));
    }
    let words = runs.iter().map(|run| run.to_word());
    let behind = std::iter::repeat_n(Ok(0), WORDS_BEHIND);
    let words: Vec<_> = words
        .chain(behind)
        .map(|word| word.map(u32::to_be_bytes))
        .collect::<Result<_>>()?;
    Ok(words.into_flattened())
}

/// The runs of plain inputs. Zeros at the end, which are what was not recorded, are left out.
pub(super) fn from_bytes(plain: &[u8]) -> Result<Vec<Run>> {
    let (words, rest) = plain.as_chunks::<RUN_SIZE>();
    let count = words.len().checked_sub(WORDS_BEHIND);
    let count = count.filter(|count| (1..=MAX_RUNS).contains(count) && rest.is_empty());
    let count = count.ok_or_else(|| {
        let most = (MAX_RUNS + WORDS_BEHIND) * RUN_SIZE;
        let least = (1 + WORDS_BEHIND) * RUN_SIZE;
        let expected = format!("{least} to {most} bytes in whole words");
        malformed(
            "unpacked inputs",
            expected,
            format!("{} bytes", plain.len()),
        )
    })?;
    let words = &words[..count];
    let used = words.iter().rposition(|word| *word != [0; RUN_SIZE]);
    let words = &words[..used.map_or(0, |last| last + 1)];
    let runs = words
        .iter()
        .map(|word| Run::from_word(u32::from_be_bytes(*word)));
    Ok(runs.collect())
}
