//! The index: which page follows which.

use super::error::malformed;
use crate::Result;

/// Bytes of a page.
pub const PAGE_SIZE: usize = 0x100;
/// Pages of a pak.
pub const PAGE_COUNT: usize = 0x80;
/// The first page that notes can have. Those before are the pak's own.
pub const FIRST_PAGE: usize = 5;

/// What an entry says instead of a page.
const LAST: u16 = 1;
const FREE: u16 = 3;
const CHECKSUM: usize = 1;

/// An entry of 16 bits for each page: the next page of its note, that there is none, or that the page is free. Its
/// checksum is always right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index([u8; PAGE_SIZE]);

impl Index {
    /// The index of a pak without notes.
    pub(super) fn free() -> Self {
        let mut index = Self([0; PAGE_SIZE]);
        (1..PAGE_COUNT).for_each(|page| index.set(page, FREE));
        index
    }

    /// Reads a copy, whose page is named in errors.
    pub(super) fn parse(bytes: &[u8; PAGE_SIZE], page: usize) -> Result<Self> {
        let index = Self(*bytes);
        let sum = index.checksum();
        if bytes[CHECKSUM] != sum {
            let place = format!("index, offset {:#x}", page * PAGE_SIZE + CHECKSUM);
            let expected = format!("the checksum {sum:#04x}");
            return Err(malformed(
                place,
                expected,
                format!("{:#04x}", bytes[CHECKSUM]),
            ));
        }
        Ok(index)
    }

    pub(super) fn bytes(&self) -> &[u8; PAGE_SIZE] {
        &self.0
    }

    /// The sum of the entries' bytes, without those of the pak's own pages.
    fn checksum(&self) -> u8 {
        let bytes = self.0[2 * FIRST_PAGE..].iter();
        bytes.fold(0, |sum, byte| sum.wrapping_add(*byte))
    }

    fn entry(&self, page: usize) -> u16 {
        u16::from_be_bytes([self.0[2 * page], self.0[2 * page + 1]])
    }

    fn set(&mut self, page: usize, entry: u16) {
        self.0[2 * page..2 * page + 2].copy_from_slice(&entry.to_be_bytes());
        self.0[CHECKSUM] = self.checksum();
    }

    /// The free pages. Those that are named nevertheless, as in a damaged pak, are left alone. `starts` are the first
    /// pages of all notes.
    pub(super) fn free_pages(&self, starts: &[u16]) -> impl Iterator<Item = usize> {
        (FIRST_PAGE..PAGE_COUNT).filter(move |page| {
            self.entry(*page) == FREE && self.names_of(*page as u16, starts) == 0
        })
    }

    /// The pages of a note, from its first. `starts` are the first pages of all notes.
    pub(super) fn chain(&self, first: u16, starts: &[u16]) -> Result<Vec<usize>> {
        let mut pages = Vec::new();
        let (mut entry, mut place) = (first, "note's first page".to_owned());
        loop {
            let page = usize::from(entry);
            if !(FIRST_PAGE..PAGE_COUNT).contains(&page) {
                let expected = format!("a page from {FIRST_PAGE} to {}", PAGE_COUNT - 1);
                return Err(malformed(place, expected, page.to_string()));
            }
            // In a loop the page where it closes is named twice, so there is no loop after this.
            let names = self.names_of(entry, starts);
            if names != 1 {
                let expected = format!("page {page} named once");
                return Err(malformed(place, expected, format!("{names} times")));
            }
            pages.push(page);
            place = format!("index, page {page}");
            entry = self.entry(page);
            if entry == LAST {
                return Ok(pages);
            }
        }
    }

    /// How often a page is named, by notes and by other pages.
    fn names_of(&self, page: u16, starts: &[u16]) -> usize {
        let notes = starts.iter().filter(|start| **start == page);
        let pages = (FIRST_PAGE..PAGE_COUNT).filter(|at| self.entry(*at) == page);
        notes.count() + pages.count()
    }

    /// Makes a chain of pages.
    pub(super) fn link(&mut self, pages: &[usize]) {
        for (place, page) in pages.iter().enumerate() {
            let next = pages.get(place + 1).map_or(LAST, |next| *next as u16);
            self.set(*page, next);
        }
    }

    /// Makes pages free.
    pub(super) fn release(&mut self, pages: &[usize]) {
        pages.iter().for_each(|page| self.set(*page, FREE));
    }
}
