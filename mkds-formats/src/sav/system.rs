//! The first block of a save: the system's.

use super::block::open;
use crate::Result;
use crate::cipher;

/// What stands before the block in clear.
pub(super) const CLEAR: &[u8; 8] = b"MKDSSV10";
const MAGIC: &str = "NKSY";
const SIZE: usize = 0x100;
const NICKNAME: usize = 0x0C;
const NICKNAME_UNITS: usize = 10;
const PERSONAL_GHOSTS: usize = 0x26;
const DOWNLOADED_GHOSTS: usize = 0x2A;

/// The system's block of a save, as far as it is known.
///
/// Source: HaroohiePals headers (`nksy_t`), XorTroll/mkdsdecomp. Confidence: the offsets hold in
/// two real saves, whose ghosts are as many as the bits; that bit `n` stands for slot `n` is how
/// the bits of got ghosts are filled there, and how the game counts elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The player's name, as the game got it from the console.
    pub nickname: String,
    /// Which of [`super::Save::ghosts`] the game takes for present, a bit a slot.
    pub personal_ghosts: SlotBits,
    /// Which ghosts were got from others, a bit each.
    pub downloaded_ghosts: SlotBits,
    /// The deciphered block that this was read from.
    image: [u8; SIZE],
    cipher_start: u8,
}

/// Thirty-two bits, one a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SlotBits(pub u32);

impl SlotBits {
    /// Whether the bit of `slot` is set; there are 32.
    pub const fn has(self, slot: usize) -> bool {
        slot < 32 && self.0 >> slot & 1 != 0
    }

    /// Sets or clears the bit of `slot`; there are 32.
    pub const fn set(&mut self, slot: usize, present: bool) {
        if slot < 32 {
            self.0 = self.0 & !(1 << slot) | (present as u32) << slot;
        }
    }
}

impl System {
    /// Reads the block at the start of a save; `None` if the game never wrote one.
    pub(super) fn read(save: &[u8]) -> Result<Option<Self>> {
        let Some(stored) = save
            .first_chunk::<SIZE>()
            .filter(|at| at.starts_with(CLEAR))
        else {
            return Ok(None);
        };
        let mut image = *stored;
        let cipher_start = open(&mut image, CLEAR.len(), MAGIC, 0)?;
        let bits = |at: usize| {
            SlotBits(u32::from_le_bytes(
                [0, 1, 2, 3].map(|byte| image[at + byte]),
            ))
        };
        let (units, _) = image[NICKNAME..NICKNAME + 2 * NICKNAME_UNITS].as_chunks::<2>();
        let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
        let nickname = char::decode_utf16(units.take_while(|unit| *unit != 0))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        Ok(Some(Self {
            nickname,
            personal_ghosts: bits(PERSONAL_GHOSTS),
            downloaded_ghosts: bits(DOWNLOADED_GHOSTS),
            image,
            cipher_start,
        }))
    }

    /// Writes the bits of the player's ghosts into the save that this was read from.
    pub(super) fn write(&self, save: &mut [u8]) {
        let mut image = self.image;
        image[PERSONAL_GHOSTS..DOWNLOADED_GHOSTS]
            .copy_from_slice(&self.personal_ghosts.0.to_le_bytes());
        cipher::seal(&mut image);
        cipher::apply(&mut image[CLEAR.len()..], self.cipher_start);
        save[..SIZE].copy_from_slice(&image);
    }
}
