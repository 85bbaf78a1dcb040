//! Controller paks: 32 KiB of memory with a file system of 16 notes.
//!
//! The memory has 128 pages of 256 bytes. The first holds four copies of an ID block with checksums, the next two hold
//! two copies of the index with a checksum, two more the table of notes; the notes have the rest. A pak with a damaged
//! copy is read from another, and [`Pak::faults`] names the damage.
//!
//! ```
//! use n64_formats::pak::{NoteId, Pak};
//!
//! # fn main() -> n64_formats::Result<()> {
//! let mut pak = Pak::formatted([7; 16]);
//! let id = NoteId::new(*b"NKTJ", *b"01", "MARIOKART64", "")?;
//! let slot = pak.add(id, &[1; 0x200])?;
//!
//! let again = Pak::parse(pak.bytes())?;
//! assert_eq!(again.notes().collect::<Vec<_>>(), [(slot, id)]);
//! assert_eq!(again.contents(slot)?, [1; 0x200]);
//! # Ok(())
//! # }
//! ```
//!
//! Source: n64brew's description of the file system.

mod error;
mod id;
mod index;
mod letters;
mod note;

use std::fmt;

pub use index::{FIRST_PAGE, PAGE_COUNT, PAGE_SIZE};
pub use note::NoteId;

use self::error::{FORMAT, malformed};
use self::index::Index;
use crate::{Error, Result};

/// Bytes of a pak.
pub const SIZE: usize = PAGE_COUNT * PAGE_SIZE;
/// Notes of a pak.
pub const NOTE_COUNT: usize = 16;

/// The pages of the index and its copy.
const INDEX_PAGES: [usize; 2] = [1, 2];
/// The first page of the table of notes.
const NOTES_PAGE: usize = 3;

/// A pak that was formatted.
#[derive(Clone, PartialEq, Eq)]
pub struct Pak {
    bytes: Vec<u8>,
    index: Index,
}

impl Pak {
    /// A pak without notes. Paks that a console sees one after the other should have different serial numbers.
    #[must_use]
    pub fn formatted(serial: [u8; 16]) -> Self {
        let mut pak = Self {
            bytes: vec![0; SIZE],
            index: Index::free(),
        };
        let block = id::block(serial);
        for offset in id::OFFSETS {
            pak.bytes[offset..offset + id::SIZE].copy_from_slice(&block);
        }
        pak.write_index();
        pak
    }

    /// Reads a pak.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it has another size than [`SIZE`], or all copies of the ID block or of the index are
    /// damaged, as they are in a pak that was never formatted: the error is that of the first copy.
    /// [`Error::Unsupported`] if it has more banks than one.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() != SIZE {
            let found = format!("{} bytes", bytes.len());
            return Err(malformed("size", format!("{SIZE} bytes"), found));
        }
        first_sound(id::OFFSETS.map(|offset| id::check(bytes, offset)))?;
        Ok(Self {
            index: first_sound(INDEX_PAGES.map(|page| read_index(bytes, page)))?,
            bytes: bytes.to_vec(),
        })
    }

    /// The pak's memory: byte for byte the parsed one where nothing was changed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What is wrong with the copies of the ID block and of the index, of which another one is used.
    #[must_use]
    pub fn faults(&self) -> Vec<Error> {
        let ids = id::OFFSETS.map(|offset| id::check(&self.bytes, offset));
        let indexes = INDEX_PAGES.map(|page| {
            let index = read_index(&self.bytes, page)?;
            if index == self.index {
                return Ok(());
            }
            let place = format!("index, offset {:#x}", page * PAGE_SIZE);
            Err(malformed(place, "two equal copies", "different entries"))
        });
        let results = ids.into_iter().chain(indexes);
        results.filter_map(Result::err).collect()
    }

    /// Puts the copies that are used in the place of the damaged ones.
    pub fn repair(&mut self) {
        let sound = id::OFFSETS.map(|offset| id::check(&self.bytes, offset).is_ok());
        let used = sound.iter().position(|sound| *sound);
        let used = id::OFFSETS[used.expect("parsing asks for a sound one")];
        for (offset, sound) in id::OFFSETS.into_iter().zip(sound) {
            if !sound {
                self.bytes.copy_within(used..used + id::SIZE, offset);
            }
        }
        self.write_index();
    }

    /// The notes with their slots, from 0.
    pub fn notes(&self) -> impl Iterator<Item = (usize, NoteId)> {
        (0..NOTE_COUNT).filter_map(|slot| Some((slot, self.note(slot)?.0)))
    }

    /// The slot of the first note with this ID.
    #[must_use]
    pub fn find(&self, id: &NoteId) -> Option<usize> {
        self.notes().find(|(_, of)| of == id).map(|(slot, _)| slot)
    }

    /// How many bytes a new note can have at most.
    #[must_use]
    pub fn free_bytes(&self) -> usize {
        self.index.free_pages(&self.starts()).count() * PAGE_SIZE
    }

    /// The contents of a note: whole pages.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the slot has no note; [`Error::Malformed`] if its pages don't lead to a last one, or
    /// belong to another note too.
    pub fn contents(&self, slot: usize) -> Result<Vec<u8>> {
        let pages = self.pages(slot)?;
        let pages = pages
            .iter()
            .map(|page| &self.bytes[page_at(*page)..][..PAGE_SIZE]);
        Ok(pages.collect::<Vec<_>>().concat())
    }

    /// Overwrites the contents of a note with as many bytes. Everything else stays as it is.
    ///
    /// # Errors
    /// As [`Pak::contents`], and [`Error::OutOfRange`] for another number of bytes. The pak is then as it was.
    pub fn write(&mut self, slot: usize, contents: &[u8]) -> Result<()> {
        let pages = self.pages(slot)?;
        let size = pages.len() * PAGE_SIZE;
        if contents.len() != size {
            let expected = format!("{size} bytes");
            let found = format!("{} bytes", contents.len());
            return Err(Error::out_of_range(
                FORMAT,
                "note's contents",
                expected,
                found,
            ));
        }
        self.fill(&pages, contents);
        Ok(())
    }

    /// Adds a note in the first free slot, and returns the slot. If the contents are no whole pages, zeros follow
    /// them. All other notes stay as they are.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no free slot, are not enough free pages, nothing is to be written, or the ID
    /// has no game or company. The pak is then as it was.
    pub fn add(&mut self, id: NoteId, contents: &[u8]) -> Result<usize> {
        let refused = |field, expected: String, found: String| {
            Err(Error::out_of_range(FORMAT, field, expected, found))
        };
        if !id.is_used() {
            let found = format!("{:?} and {:?}", id.game, id.company);
            return refused("note's codes", "a game's and a company's".into(), found);
        }
        let Some(slot) = (0..NOTE_COUNT).find(|slot| self.note(*slot).is_none()) else {
            return refused("note", "a free slot".into(), format!("{NOTE_COUNT} notes"));
        };
        if contents.is_empty() || contents.len() > self.free_bytes() {
            let expected = format!("1 to {} bytes, which are free", self.free_bytes());
            return refused(
                "note's contents",
                expected,
                format!("{} bytes", contents.len()),
            );
        }
        let count = contents.len().div_ceil(PAGE_SIZE);
        let pages: Vec<usize> = self.index.free_pages(&self.starts()).take(count).collect();
        self.index.link(&pages);
        self.write_index();
        self.fill(&pages, contents);
        let place = note_at(slot);
        self.bytes[place..place + note::SIZE].copy_from_slice(&id.to_bytes(pages[0] as u16));
        Ok(slot)
    }

    /// Removes a note. Its contents stay in the pages, which are free. All other notes stay as they are.
    ///
    /// # Errors
    /// As [`Pak::contents`]; the pak is then as it was.
    pub fn remove(&mut self, slot: usize) -> Result<()> {
        let pages = self.pages(slot)?;
        self.index.release(&pages);
        self.write_index();
        let place = note_at(slot);
        self.bytes[place..place + note::SIZE].fill(0);
        Ok(())
    }

    /// A note and its first page.
    fn note(&self, slot: usize) -> Option<(NoteId, u16)> {
        let bytes = self.bytes[note_at(slot)..].first_chunk()?;
        NoteId::read(bytes)
    }

    fn pages(&self, slot: usize) -> Result<Vec<usize>> {
        let note = (slot < NOTE_COUNT).then(|| self.note(slot)).flatten();
        let Some((_, first)) = note else {
            let expected = "a slot with a note, 0..=15";
            return Err(Error::out_of_range(
                FORMAT,
                "slot",
                expected,
                slot.to_string(),
            ));
        };
        self.index.chain(first, &self.starts())
    }

    /// The first pages of all notes.
    fn starts(&self) -> Vec<u16> {
        let notes = (0..NOTE_COUNT).filter_map(|slot| self.note(slot));
        notes.map(|(_, first)| first).collect()
    }

    /// Writes contents into pages, and zeros behind them.
    fn fill(&mut self, pages: &[usize], contents: &[u8]) {
        for (page, contents) in pages.iter().zip(contents.chunks(PAGE_SIZE)) {
            let page = &mut self.bytes[page_at(*page)..][..PAGE_SIZE];
            let (written, rest) = page.split_at_mut(contents.len());
            written.copy_from_slice(contents);
            rest.fill(0);
        }
    }

    fn write_index(&mut self) {
        for page in INDEX_PAGES {
            self.bytes[page_at(page)..][..PAGE_SIZE].copy_from_slice(self.index.bytes());
        }
    }
}

impl fmt::Debug for Pak {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notes: Vec<_> = self.notes().map(|(_, id)| id.name_text()).collect();
        formatter
            .debug_struct("Pak")
            .field("notes", &notes)
            .finish_non_exhaustive()
    }
}

fn page_at(page: usize) -> usize {
    page * PAGE_SIZE
}

fn note_at(slot: usize) -> usize {
    page_at(NOTES_PAGE) + slot * note::SIZE
}

fn read_index(bytes: &[u8], page: usize) -> Result<Index> {
    let copy = bytes[page_at(page)..].first_chunk();
    Index::parse(copy.expect("the size was checked"), page)
}

/// The first sound copy, or the error of the first.
fn first_sound<T, const N: usize>(copies: [Result<T>; N]) -> Result<T> {
    let mut copies = copies.into_iter();
    let first = copies.next().expect("a copy");
    match first {
        Ok(copy) => Ok(copy),
        Err(error) => copies.find_map(Result::ok).ok_or(error),
    }
}

#[cfg(test)]
mod tests;
