//! A ghost's header.

use n64_formats::pak::PAGE_SIZE;

use crate::names::{CHARACTERS, COURSE_COUNT};
use crate::time::RaceTime;
use crate::{Error, Result};

/// The format's name in errors.
pub(super) const FORMAT: &str = "Mario Kart 64 ghost";
/// Bytes of a header.
pub(super) const HEADER_SIZE: usize = 0x80;
/// Pages of a ghost's inputs.
pub(super) const PAGES: usize = 0x3C;

const SAVED: usize = 4;
const COURSE: usize = 5;
const CHARACTER: usize = 6;
const PAGE_CHECKSUMS: usize = 7;
/// The checksum is of the bytes before this.
const CHECKED_SIZE: usize = 0x43;
const CHECKSUM: usize = 0x7F;

/// The bytes at a place are not what the format says they must be.
pub(super) fn malformed(
    place: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Error {
    Error::malformed(FORMAT, place, expected, found)
}

/// The header of a ghost. Its own checksum, which depends on the slot, is written with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    bytes: [u8; HEADER_SIZE],
}

impl Header {
    pub(super) fn new(course: u8, character: u8, time: RaceTime, packed: &[u8]) -> Result<Self> {
        let numbers = [
            ("course", course, COURSE_COUNT),
            ("character", character, CHARACTERS.len()),
        ];
        for (field, number, count) in numbers {
            if usize::from(number) >= count {
                let expected = format!("0..={}", count - 1);
                return Err(Error::out_of_range(
                    FORMAT,
                    field,
                    expected,
                    number.to_string(),
                ));
            }
        }
        let mut bytes = [0; HEADER_SIZE];
        bytes[..SAVED].copy_from_slice(&time.0.to_be_bytes());
        bytes[SAVED] = 1;
        bytes[COURSE] = course;
        bytes[CHARACTER] = character;
        for (page, contents) in packed.chunks(PAGE_SIZE).enumerate() {
            bytes[PAGE_CHECKSUMS + page] = checksum(contents, page + 1);
        }
        Ok(Self { bytes }.sealed(0))
    }

    /// The header of a slot without a ghost.
    pub(super) fn none(slot: usize) -> [u8; HEADER_SIZE] {
        let mut bytes = [0; HEADER_SIZE];
        for page in 0..PAGES {
            bytes[PAGE_CHECKSUMS + page] = page as u8;
        }
        Self { bytes }.to_bytes(slot)
    }

    /// Reads the header of a slot; `None` if there is no ghost.
    pub(super) fn parse(bytes: &[u8; HEADER_SIZE], slot: usize) -> Result<Option<Self>> {
        let place = |offset: usize| format!("slot {slot}, header offset {offset:#x}");
        let sum = checksum(&bytes[..CHECKED_SIZE], slot + 1);
        if bytes[CHECKSUM] != sum {
            let expected = format!("the checksum {sum:#04x}");
            let found = format!("{:#04x}", bytes[CHECKSUM]);
            return Err(malformed(place(CHECKSUM), expected, found));
        }
        if bytes[SAVED] == 0 {
            return Ok(None);
        }
        let numbers = [
            ("course", COURSE, COURSE_COUNT),
            ("character", CHARACTER, CHARACTERS.len()),
        ];
        for (what, at, count) in numbers {
            if usize::from(bytes[at]) >= count {
                let expected = format!("a {what} below {count}");
                return Err(malformed(place(at), expected, bytes[at].to_string()));
            }
        }
        // One header for all slots, so that ghosts can be compared.
        Ok(Some(Self { bytes: *bytes }.sealed(0)))
    }

    /// Checks the pages of inputs.
    pub(super) fn check_pages(&self, packed: &[u8]) -> Result<()> {
        for (page, contents) in packed.chunks(PAGE_SIZE).enumerate() {
            let (sum, stored) = (
                checksum(contents, page + 1),
                self.bytes[PAGE_CHECKSUMS + page],
            );
            if sum != stored {
                let expected = format!("the checksum {stored:#04x}");
                return Err(malformed(
                    format!("page {page}"),
                    expected,
                    format!("{sum:#04x}"),
                ));
            }
        }
        Ok(())
    }

    pub(super) fn course(&self) -> u8 {
        self.bytes[COURSE]
    }

    pub(super) fn character(&self) -> u8 {
        self.bytes[CHARACTER]
    }

    pub(super) fn time(&self) -> RaceTime {
        RaceTime(u32::from_be_bytes(
            [0, 1, 2, 3].map(|byte| self.bytes[byte]),
        ))
    }

    /// The header in a slot.
    pub(super) fn to_bytes(&self, slot: usize) -> [u8; HEADER_SIZE] {
        self.clone().sealed(slot).bytes
    }

    fn sealed(mut self, slot: usize) -> Self {
        self.bytes[CHECKSUM] = checksum(&self.bytes[..CHECKED_SIZE], slot + 1);
        self
    }
}

/// The sum of each byte times `factor` and its number, from 0.
fn checksum(bytes: &[u8], factor: usize) -> u8 {
    bytes.iter().enumerate().fold(0_u8, |sum, (number, byte)| {
        sum.wrapping_add(byte.wrapping_mul(factor as u8))
            .wrapping_add(number as u8)
    })
}
