//! Notes: what games save.

use super::error::FORMAT;
use super::letters;
use crate::{Error, Result};

/// Bytes of a note in the table.
pub(super) const SIZE: usize = 0x20;

const COMPANY: usize = 0x04;
const FIRST_PAGE: usize = 0x06;
const STATUS: usize = 0x08;
const EXTENSION: usize = 0x0C;
const NAME: usize = 0x10;
/// The status of a note whose contents were written.
const WRITTEN: u8 = 2;

/// By what a game finds its note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoteId {
    /// The game's code of four letters, as in its ROM.
    pub game: [u8; 4],
    /// The publisher's code of two letters.
    pub company: [u8; 2],
    /// What follows the name, in the pak's own letters.
    pub extension: [u8; 4],
    /// The name, in the pak's own letters.
    pub name: [u8; 16],
}

impl NoteId {
    /// A note of a game, with texts of the pak's letters: digits, capitals, some signs and katakana.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if a text is too long or has other letters.
    pub fn new(game: [u8; 4], company: [u8; 2], name: &str, extension: &str) -> Result<Self> {
        let refused = |field, most: usize, text: &str| {
            let expected = format!("at most {most} of the pak's letters");
            Error::out_of_range(FORMAT, field, expected, format!("{text:?}"))
        };
        Ok(Self {
            game,
            company,
            extension: letters::from_text(extension)
                .ok_or_else(|| refused("note's extension", 4, extension))?,
            name: letters::from_text(name).ok_or_else(|| refused("note's name", 16, name))?,
        })
    }

    /// The name as text. Bytes that are no letters are written as U+FFFD.
    #[must_use]
    pub fn name_text(&self) -> String {
        letters::to_text(&self.name)
    }

    /// The extension as text.
    #[must_use]
    pub fn extension_text(&self) -> String {
        letters::to_text(&self.extension)
    }

    /// Reads a note of the table and its first page; `None` if the place is free, which is where the game's or the
    /// company's code is zero.
    pub(super) fn read(bytes: &[u8; SIZE]) -> Option<(Self, u16)> {
        let part = |at: usize| [0, 1, 2, 3].map(|byte| bytes[at + byte]);
        let mut name = [0; 16];
        name.copy_from_slice(&bytes[NAME..]);
        let id = Self {
            game: part(0),
            company: [bytes[COMPANY], bytes[COMPANY + 1]],
            extension: part(EXTENSION),
            name,
        };
        let first_page = u16::from_be_bytes([bytes[FIRST_PAGE], bytes[FIRST_PAGE + 1]]);
        id.is_used().then_some((id, first_page))
    }

    /// Whether a note can have this ID.
    pub(super) fn is_used(&self) -> bool {
        self.game != [0; 4] && self.company != [0; 2]
    }

    /// The note in the table.
    pub(super) fn to_bytes(self, first_page: u16) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        bytes[..COMPANY].copy_from_slice(&self.game);
        bytes[COMPANY..FIRST_PAGE].copy_from_slice(&self.company);
        bytes[FIRST_PAGE..STATUS].copy_from_slice(&first_page.to_be_bytes());
        bytes[STATUS] = WRITTEN;
        bytes[EXTENSION..NAME].copy_from_slice(&self.extension);
        bytes[NAME..].copy_from_slice(&self.name);
        bytes
    }
}
