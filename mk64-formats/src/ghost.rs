//! Ghosts on the controller pak: two, in a note of 121 pages.
//!
//! The note is a page with two headers of 128 bytes, then each ghost's inputs, packed with MIO0 into 60 pages. A
//! header is the time (hundredths, 32 bits, big endian), whether there is a ghost, the course in cup order, the
//! character, a checksum of each of the 60 pages and, as its last byte, one of the header. The inputs are words: see
//! [`Run`].
//!
//! ```
//! use mk64_formats::ghost::{Ghost, Ghosts, Run};
//! use mk64_formats::time::RaceTime;
//! use n64_formats::pad::{Buttons, Pad};
//! use n64_formats::pak::Pak;
//!
//! # fn main() -> mk64_formats::Result<()> {
//! let pad = Pad { buttons: Buttons::A, stick: [0, 0] };
//! let ghost = Ghost::new(7, 0, RaceTime(9025), &[Run { pad, frames: 256 }])?;
//! let mut pak = Pak::formatted([7; 16]);
//! let mut ghosts = Ghosts::blank();
//! ghosts.set_ghost(0, &ghost)?;
//! ghosts.write_to(&mut pak)?;
//!
//! let read = Ghosts::read_from(&pak)?.expect("the note that was written");
//! assert_eq!(read.ghost(0)?, Some(ghost));
//! assert_eq!(read.ghost(1)?, None);
//! # Ok(())
//! # }
//! ```

mod header;
mod run;

use n64_formats::mio0;
use n64_formats::pad::Pad;
use n64_formats::pak::{NoteId, PAGE_SIZE, Pak};

pub use self::run::{MAX_RUNS, Run, runs};

use self::header::{FORMAT, HEADER_SIZE, Header, PAGES, malformed};
use crate::time::RaceTime;
use crate::{Error, Result};

/// Ghosts of a pak.
pub const SLOT_COUNT: usize = 2;
/// Bytes of a ghost's packed inputs.
const PACKED_SIZE: usize = PAGES * PAGE_SIZE;
/// Bytes of the note.
pub const NOTE_SIZE: usize = SLOT_COUNT * (HEADER_SIZE + PACKED_SIZE);
/// Bytes of a ghost that was extracted: its header as that of the first slot, and its inputs.
pub const FILE_SIZE: usize = HEADER_SIZE + PACKED_SIZE;

/// By what the game finds its note.
pub const NOTE_ID: NoteId = NoteId {
    game: *b"NKTJ",
    company: *b"01",
    extension: [0; 4],
    // MARIOKART64
    name: [
        0x26, 0x1A, 0x2B, 0x22, 0x28, 0x24, 0x1A, 0x2B, 0x2D, 0x16, 0x14, 0, 0, 0, 0, 0,
    ],
};

/// A ghost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ghost {
    header: Header,
    /// As it was read, for every packing program makes other bytes.
    packed: Vec<u8>,
    runs: Vec<Run>,
}

impl Ghost {
    /// A ghost that drives by these inputs.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if `course`, which is the place in cup order, is not below 16 or `character` not below 8,
    /// there are no runs or more than [`MAX_RUNS`], a run is shorter than a frame or longer than 256 or has other
    /// buttons than the game records, or the packed runs are longer than their pages.
    pub fn new(course: u8, character: u8, time: RaceTime, runs: &[Run]) -> Result<Self> {
        let mut packed = mio0::compress(&run::to_bytes(runs)?)?;
        if packed.len() > PACKED_SIZE {
            let expected = format!("at most {PACKED_SIZE} bytes");
            let found = format!("{} bytes", packed.len());
            return Err(Error::out_of_range(FORMAT, "packed runs", expected, found));
        }
        packed.resize(PACKED_SIZE, 0);
        let header = Header::new(course, character, time, &packed)?;
        Self::unpack(header, packed)
    }

    /// `header` and the checksums of the pages were checked.
    fn unpack(header: Header, packed: Vec<u8>) -> Result<Self> {
        let plain = mio0::decompress(&packed)?;
        Ok(Self {
            runs: run::from_bytes(&plain)?,
            header,
            packed,
        })
    }

    /// Reads a ghost that was extracted, see [`Ghost::to_file`].
    ///
    /// # Errors
    /// [`Error::Malformed`] if the file has another size than [`FILE_SIZE`], a checksum is wrong, or there is no ghost
    /// in it.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let Some((header, packed)) = file
            .split_first_chunk::<HEADER_SIZE>()
            .filter(|(_, packed)| packed.len() == PACKED_SIZE)
        else {
            let found = format!("{} bytes", file.len());
            return Err(malformed("size", format!("{FILE_SIZE} bytes"), found));
        };
        let ghost = Self::read(header, packed, 0)?;
        ghost.ok_or_else(|| malformed("header", "a ghost", "none"))
    }

    /// Reads the ghost of a slot, if there is one.
    fn read(header: &[u8; HEADER_SIZE], packed: &[u8], slot: usize) -> Result<Option<Self>> {
        let Some(header) = Header::parse(header, slot)? else {
            return Ok(None);
        };
        header.check_pages(packed)?;
        Self::unpack(header, packed.to_vec()).map(Some)
    }

    /// The ghost in a file of its own: the header, with the checksum that it has in the first slot, and the inputs as
    /// they are packed.
    #[must_use]
    pub fn to_file(&self) -> Vec<u8> {
        [self.header.to_bytes(0).as_slice(), &self.packed].concat()
    }

    /// The course's place in cup order, see [`crate::names::Course::by_slot`].
    #[must_use]
    pub fn course(&self) -> u8 {
        self.header.course()
    }

    /// The character's number, see [`crate::names::CHARACTERS`].
    #[must_use]
    pub fn character(&self) -> u8 {
        self.header.character()
    }

    /// The time of three laps.
    #[must_use]
    pub fn time(&self) -> RaceTime {
        self.header.time()
    }

    /// The inputs.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// What is held in each drawn frame.
    pub fn pads(&self) -> impl Iterator<Item = Pad> {
        let runs = self.runs.iter();
        runs.flat_map(|run| std::iter::repeat_n(run.pad, run.frames.into()))
    }

    /// How many drawn frames the inputs last.
    #[must_use]
    pub fn frame_count(&self) -> usize {
        self.runs.iter().map(|run| usize::from(run.frames)).sum()
    }
}

/// The contents of the game's note. Bytes without a known meaning are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ghosts {
    bytes: Vec<u8>,
}

impl Ghosts {
    /// The note as the game makes it: without ghosts.
    #[must_use]
    pub fn blank() -> Self {
        let mut ghosts = Self {
            bytes: vec![0; NOTE_SIZE],
        };
        for slot in 0..SLOT_COUNT {
            ghosts.write_header(slot, &Header::none(slot));
        }
        ghosts
    }

    /// Takes the contents of a note. Its checksums are checked where a ghost is read.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it has another size than [`NOTE_SIZE`].
    pub fn parse(note: &[u8]) -> Result<Self> {
        if note.len() != NOTE_SIZE {
            let found = format!("{} bytes", note.len());
            return Err(malformed("note", format!("{NOTE_SIZE} bytes"), found));
        }
        Ok(Self {
            bytes: note.to_vec(),
        })
    }

    /// The note of a pak, if the game has one there.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the note is of another size, or damaged.
    pub fn read_from(pak: &Pak) -> Result<Option<Self>> {
        let Some(slot) = pak.find(&NOTE_ID) else {
            return Ok(None);
        };
        Self::parse(&pak.contents(slot)?).map(Some)
    }

    /// Writes the note into a pak, in the place of the game's note if it has one there. All other notes stay as they
    /// are.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a new note does not fit or the game's note is of another size; [`Error::Malformed`] if
    /// the game's note is damaged. The pak is then as it was.
    pub fn write_to(&self, pak: &mut Pak) -> Result<()> {
        match pak.find(&NOTE_ID) {
            Some(slot) => pak.write(slot, &self.bytes),
            None => pak.add(NOTE_ID, &self.bytes).map(drop),
        }
    }

    /// The note's contents: byte for byte the parsed ones where nothing was changed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The ghost of a slot, from 0, if there is one.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot; [`Error::Malformed`] if a checksum is wrong, or what is packed
    /// is no ghost's input.
    pub fn ghost(&self, slot: usize) -> Result<Option<Ghost>> {
        let place = check_slot(slot)? * HEADER_SIZE;
        let header = self.bytes[place..].first_chunk();
        let header = header.expect("the size was checked");
        let packed = &self.bytes[packed_at(slot)..][..PACKED_SIZE];
        Ghost::read(header, packed, slot)
    }

    /// All ghosts with their slots, those that cannot be read as errors.
    pub fn ghosts(&self) -> impl Iterator<Item = (usize, Result<Ghost>)> {
        (0..SLOT_COUNT).filter_map(|slot| Some((slot, self.ghost(slot).transpose()?)))
    }

    /// The slot for a ghost of a course, which is its place in cup order: that of the course's ghost, else the first
    /// without a ghost; `None` if ghosts of other courses are in all.
    ///
    /// # Errors
    /// As [`Ghosts::ghost`].
    pub fn slot_for(&self, course: u8) -> Result<Option<usize>> {
        let mut free = None;
        for slot in 0..SLOT_COUNT {
            match self.ghost(slot)? {
                Some(ghost) if ghost.course() == course => return Ok(Some(slot)),
                Some(_) => {}
                None => free = free.or(Some(slot)),
            }
        }
        Ok(free)
    }

    /// Puts a ghost into a slot, from 0. The other slot stays as it is.
    ///
    /// The game shows the first ghost of a course, and saves only one.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot.
    pub fn set_ghost(&mut self, slot: usize, ghost: &Ghost) -> Result<()> {
        check_slot(slot)?;
        self.write_header(slot, &ghost.header.to_bytes(slot));
        self.bytes[packed_at(slot)..][..PACKED_SIZE].copy_from_slice(&ghost.packed);
        Ok(())
    }

    /// Empties a slot, from 0, as the game does: the inputs stay where they are.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot.
    pub fn clear_ghost(&mut self, slot: usize) -> Result<()> {
        check_slot(slot)?;
        self.write_header(slot, &Header::none(slot));
        Ok(())
    }

    fn write_header(&mut self, slot: usize, header: &[u8; HEADER_SIZE]) {
        self.bytes[slot * HEADER_SIZE..][..HEADER_SIZE].copy_from_slice(header);
    }
}

fn check_slot(slot: usize) -> Result<usize> {
    match slot < SLOT_COUNT {
        true => Ok(slot),
        false => Err(Error::out_of_range(
            FORMAT,
            "slot",
            "0 or 1",
            slot.to_string(),
        )),
    }
}

fn packed_at(slot: usize) -> usize {
    SLOT_COUNT * HEADER_SIZE + slot * PACKED_SIZE
}

#[cfg(test)]
mod tests;
