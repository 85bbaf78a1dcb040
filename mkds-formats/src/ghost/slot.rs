//! A ghost and its slot in a save.

use std::fmt;

use nds_formats::pad::Pad;

use super::buttons::{GhostButtons, Run, extend};
use super::time::RaceTime;
use crate::cipher;
use crate::names::COURSE_SLOTS;
use crate::{Error, Result};

/// The format's name in errors.
pub(super) const FORMAT: &str = "ghost";

/// The offset of the first slot in a save.
pub const GHOSTS_OFFSET: usize = 0xAF00;
/// Bytes of a ghost's slot in a save.
pub const SLOT_SIZE: usize = 0xE00;
/// The most runs a ghost can hold.
pub const MAX_RUNS: usize = 1764;
/// The most laps a ghost can hold a time for.
pub const MAX_LAPS: usize = 5;
/// UTF-16 units of a nickname.
pub const NICKNAME_LENGTH: usize = 10;
/// Playback starts this many frames after the race's frame counter was 1.
pub const PLAYBACK_DELAY: usize = 120;

const MAGIC: [u8; 4] = *b"NKPG";
const COMBO: usize = 0x04;
const TIME: usize = 0x08;
const NICKNAME: usize = 0x0C;
const LAPS: usize = 0x20;
const LENGTH: usize = 0x30;
const RUNS: usize = 0x34;
/// Where the runs end; see [`cipher::UNCHECKED`].
const UNCHECKED: usize = SLOT_SIZE - cipher::UNCHECKED;
const CHECKSUM: usize = SLOT_SIZE - 2;
/// Bit 0, and the bits real ghosts of the console's owner have in the flags.
const NEW_FLAGS: u32 = 0b1001;

/// The character, kart and course of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Combo {
    /// 0..13, see [`crate::names::CHARACTERS`]; 4 bits in a ghost.
    pub character: u8,
    /// 0..37, see [`crate::names::KARTS`]; 6 bits in a ghost.
    pub kart: u8,
    /// The game's course number, see [`crate::names::Course::by_id`]; 6 bits in a ghost.
    pub course: u8,
}

impl fmt::Display for Combo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            character,
            kart,
            course,
        } = self;
        write!(f, "character {character}, kart {kart}, course {course}")
    }
}

/// A time-trial ghost.
#[derive(Clone, PartialEq, Eq)]
pub struct Ghost {
    /// The character, the kart and the course.
    pub combo: Combo,
    /// The whole race.
    pub time: RaceTime,
    /// Each lap, at most [`MAX_LAPS`]; they add up to the whole.
    pub laps: Vec<RaceTime>,
    /// The driver's name, at most [`NICKNAME_LENGTH`] UTF-16 units.
    pub nickname: String,
    /// The buttons, at most [`MAX_RUNS`] runs. The first frame is [`PLAYBACK_DELAY`] frames after
    /// the race's frame counter was 1.
    pub runs: Vec<Run>,
    /// The deciphered slot the ghost was read from, for the bits and bytes whose meaning is not
    /// known; zero in a new ghost.
    image: Box<[u8; SLOT_SIZE]>,
    /// The cipher's start, below [`cipher::STARTS`].
    cipher_start: u8,
}

impl fmt::Debug for Ghost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ghost")
            .field("combo", &self.combo)
            .field("time", &self.time)
            .field("laps", &self.laps)
            .field("nickname", &self.nickname)
            .field("runs", &self.runs.len())
            .finish_non_exhaustive()
    }
}

impl Ghost {
    /// A new ghost. What does not fit the format is found out by [`Ghost::to_slot`].
    pub fn new(
        combo: Combo,
        time: RaceTime,
        laps: Vec<RaceTime>,
        nickname: &str,
        runs: Vec<Run>,
    ) -> Self {
        let mut image = Box::new([0; SLOT_SIZE]);
        image[TIME..NICKNAME].copy_from_slice(&NEW_FLAGS.to_le_bytes());
        Self {
            combo,
            time,
            laps,
            nickname: nickname.into(),
            runs,
            image,
            cipher_start: 0,
        }
    }

    /// A new ghost whose runs are the pads of successive frames; see [`Ghost::new`].
    pub fn from_pads(
        combo: Combo,
        time: RaceTime,
        laps: Vec<RaceTime>,
        nickname: &str,
        pads: impl IntoIterator<Item = Pad>,
    ) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for buttons in pads.into_iter().map(GhostButtons::from) {
            extend(&mut runs, buttons);
        }
        Self::new(combo, time, laps, nickname, runs)
    }

    /// The pad of each video frame.
    pub fn frames(&self) -> impl Iterator<Item = Pad> {
        self.runs
            .iter()
            .flat_map(|run| std::iter::repeat_n(Pad::from(run.buttons), usize::from(run.frames)))
    }

    /// Video frames in all runs.
    pub fn frame_count(&self) -> usize {
        self.runs.iter().map(|run| usize::from(run.frames)).sum()
    }

    /// Reads slot number `slot` of a save, `None` if it is empty: begins with FF FF as the game
    /// leaves it, or holds nothing but zeros as some flash cards do.
    ///
    /// # Errors
    /// [`Error::Malformed`] with slot and offset in the save, if the slot does not decipher, its
    /// checksum is wrong, or a field is out of its range.
    pub fn from_slot(enciphered: &[u8; SLOT_SIZE], slot: usize) -> Result<Option<Self>> {
        if enciphered.starts_with(&[0xFF, 0xFF]) || enciphered.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let malformed = |offset: usize, expected: String, found: String| {
            Error::malformed(FORMAT, place(slot, offset), expected, found)
        };
        let mut image = Box::new(*enciphered);
        let first_word = [image[0], image[1], image[2], image[3]];
        let cipher_start = cipher::find_start(first_word, MAGIC).ok_or_else(|| {
            let expected = format!("\"NKPG\" under one of {} keys", cipher::STARTS);
            malformed(0, expected, format!("\"{}\"", first_word.escape_ascii()))
        })?;
        cipher::apply(image.as_mut_slice(), cipher_start);

        let stored = cipher::stored_checksum(image.as_slice());
        let computed = cipher::checksum(image.as_slice());
        if stored != computed {
            let expected = format!("checksum {computed:#06x}");
            return Err(malformed(CHECKSUM, expected, format!("{stored:#06x}")));
        }
        let length = word(&image, LENGTH) as usize;
        if length > 2 * MAX_RUNS || !length.is_multiple_of(2) {
            let expected = format!("an even length of the runs, at most {} bytes", 2 * MAX_RUNS);
            return Err(malformed(LENGTH, expected, format!("{length} bytes")));
        }
        let time = read_time(word(&image, TIME) >> 8, false).ok_or_else(|| {
            let found = format!("{:#010x}", word(&image, TIME));
            malformed(TIME, "a time".into(), found)
        })?;
        let mut laps = Vec::with_capacity(MAX_LAPS);
        for offset in (LAPS..LENGTH - 1).step_by(3) {
            let bits = u32::from_be_bytes([0, image[offset], image[offset + 1], image[offset + 2]]);
            laps.push(
                read_time(bits, true).ok_or_else(|| {
                    malformed(offset, "a lap time".into(), format!("{bits:#08x}"))
                })?,
            );
        }
        let used = laps
            .iter()
            .rposition(|lap| *lap != RaceTime(0))
            .map_or(0, |last| last + 1);
        laps.truncate(used);

        let combo = word(&image, COMBO);
        let (runs, _) = image[RUNS..RUNS + length].as_chunks::<2>();
        Ok(Some(Self {
            combo: Combo {
                character: (combo & 0xF) as u8,
                kart: (combo >> 4 & 0x3F) as u8,
                course: (combo >> 10 & 0x3F) as u8,
            },
            time,
            laps,
            nickname: read_nickname(&image),
            runs: runs
                .iter()
                .map(|&[buttons, frames]| Run {
                    buttons: GhostButtons::from_bits_retain(buttons),
                    frames,
                })
                .collect(),
            image,
            cipher_start,
        }))
    }

    /// The slot of a save that holds this ghost: byte for byte the one it was read from, where
    /// nothing was changed.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a field does not fit.
    pub fn to_slot(&self) -> Result<[u8; SLOT_SIZE]> {
        let mut image = *self.image;
        image[..COMBO].copy_from_slice(&MAGIC);
        self.write_combo(&mut image)?;
        self.write_times(&mut image)?;
        self.write_nickname(&mut image)?;
        self.write_runs(&mut image)?;
        cipher::seal(&mut image);
        cipher::apply(&mut image, self.cipher_start);
        Ok(image)
    }

    fn write_combo(&self, image: &mut [u8; SLOT_SIZE]) -> Result<()> {
        let Combo {
            character,
            kart,
            course,
        } = self.combo;
        for (field, value, limit) in [
            ("character", character, 16),
            ("kart", kart, 64),
            ("course", course, 64),
        ] {
            check(field, usize::from(value), limit - 1)?;
        }
        let bits = u32::from(character) | u32::from(kart) << 4 | u32::from(course) << 10;
        set_word(image, COMBO, word(image, COMBO) & 0xFFFF_0000 | bits);
        Ok(())
    }

    fn write_times(&self, image: &mut [u8; SLOT_SIZE]) -> Result<()> {
        check("laps", self.laps.len(), MAX_LAPS)?;
        for time in self.laps.iter().chain([&self.time]) {
            check("milliseconds", time.0 as usize, RaceTime::MAX.0 as usize)?;
        }
        let (minutes, seconds, milliseconds) = self.time.parts();
        let bits = minutes | seconds << 7 | milliseconds << 14;
        set_word(image, TIME, word(image, TIME) & 0xFF | bits << 8);
        image[LAPS..LAPS + 3 * MAX_LAPS].fill(0);
        for (lap, bytes) in self.laps.iter().zip(image[LAPS..].chunks_exact_mut(3)) {
            let (minutes, seconds, milliseconds) = lap.parts();
            let bits = minutes << 17 | seconds << 10 | milliseconds;
            bytes.copy_from_slice(&bits.to_be_bytes()[1..]);
        }
        Ok(())
    }

    fn write_nickname(&self, image: &mut [u8; SLOT_SIZE]) -> Result<()> {
        // Units that are not text cannot be told from their replacement: an unchanged name stays.
        if read_nickname(image) == self.nickname {
            return Ok(());
        }
        let units: Vec<u16> = self.nickname.encode_utf16().collect();
        check("nickname's UTF-16 units", units.len(), NICKNAME_LENGTH)?;
        let (places, _) = image[NICKNAME..LAPS].as_chunks_mut::<2>();
        for (index, place) in places.iter_mut().enumerate() {
            *place = units.get(index).copied().unwrap_or(0).to_le_bytes();
        }
        Ok(())
    }

    fn write_runs(&self, image: &mut [u8; SLOT_SIZE]) -> Result<()> {
        check("runs", self.runs.len(), MAX_RUNS)?;
        set_word(image, LENGTH, 2 * self.runs.len() as u32);
        for (run, bytes) in self
            .runs
            .iter()
            .zip(image[RUNS..UNCHECKED].chunks_exact_mut(2))
        {
            bytes.copy_from_slice(&[run.buttons.bits(), run.frames]);
        }
        Ok(())
    }
}

/// Slot, course and the offset in the save.
pub(crate) fn place(slot: usize, offset: usize) -> String {
    let course = COURSE_SLOTS
        .get(slot)
        .map_or("?", |course| course.abbreviation);
    let offset = GHOSTS_OFFSET + slot * SLOT_SIZE + offset;
    format!("slot {slot} ({course}), offset {offset:#x}")
}

fn check(field: &'static str, value: usize, most: usize) -> Result<()> {
    if value > most {
        let expected = format!("at most {most}");
        return Err(Error::out_of_range(
            FORMAT,
            field,
            expected,
            value.to_string(),
        ));
    }
    Ok(())
}

/// Minutes 7 bits, seconds 7 and milliseconds 10: from the top in a lap (`big`), else from below.
fn read_time(bits: u32, big: bool) -> Option<RaceTime> {
    match big {
        true => RaceTime::from_parts(bits >> 17, bits >> 10 & 0x7F, bits & 0x3FF),
        false => RaceTime::from_parts(bits & 0x7F, bits >> 7 & 0x7F, bits >> 14),
    }
}

fn read_nickname(image: &[u8; SLOT_SIZE]) -> String {
    let (units, _) = image[NICKNAME..LAPS].as_chunks::<2>();
    let units = units
        .iter()
        .map(|unit| u16::from_le_bytes(*unit))
        .take_while(|unit| *unit != 0);
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn word(image: &[u8; SLOT_SIZE], offset: usize) -> u32 {
    let bytes = [
        image[offset],
        image[offset + 1],
        image[offset + 2],
        image[offset + 3],
    ];
    u32::from_le_bytes(bytes)
}

fn set_word(image: &mut [u8; SLOT_SIZE], offset: usize, value: u32) {
    image[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
}

#[cfg(test)]
mod tests;
