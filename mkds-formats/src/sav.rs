//! Save files: the cartridge's battery memory, raw (`.sav`) or with DeSmuME's footer (`.dsv`).
//!
//! # What the game keeps
//! The memory is cut into blocks, each with a magic, enciphered, and with a checksum at its end:
//!
//! | offset | size | magic | what |
//! |---|---|---|---|
//! | 0x0000 | 0x100 | NKSY | the system's: nickname, what is unlocked, which ghosts there are; `MKDSSV10` stands before it in clear |
//! | 0x0100 | 0x300 | NKEM | the emblem |
//! | 0x0400 | 0x400 | NKGP | Grand Prix results |
//! | 0x0800 | 0x1600 | NKTA | time trial records |
//! | 0x1E00 | 0x100 | NKMR | mission results |
//! | 0x1F00 | 0xC00 | NKFL | friends |
//! | 0x2B00 | 12 of 0xB00 | NKFE | the emblems of friends |
//! | 0xAF00 | 32 of 0xE00 | NKPG | the player's own ghosts, one a course |
//! | 0x26F00 | 0x1000 each | NKDG | ghosts got from others |
//!
//! A block that was never written is erased: all bits set. Layout, cipher and checksums hold for
//! every block of two real saves (confidence: certain); what NKFE holds is a guess of its name.
//! [`Save::check`] verifies all but the last two rows, [`Save::ghosts`] reads the ghosts.
//!
//! Sources: MKDS Info, XorTroll/mkdsdecomp and HaroohiePals headers (`nksy_t`), checked on real
//! saves; `mc.cpp` of DeSmuME 0.9.12 (footer).

mod system;

pub use system::{SlotBits, System};

use crate::cipher;
use crate::error::{Error, Result};
use crate::ghost::{Ghost, SLOT_SIZE};

/// The format's name in errors.
const FORMAT: &str = "save";

/// Where the ghosts start.
pub const GHOSTS_OFFSET: usize = 0xAF00;
/// Ghost slots, one a course, in cup order.
pub const SLOT_COUNT: usize = 32;
/// The sizes of Mario Kart DS's battery memory.
pub const BATTERY_SIZES: [usize; 2] = [256 << 10, 512 << 10];

// Every slot lies inside every battery memory.
const _: () = assert!(GHOSTS_OFFSET + SLOT_COUNT * SLOT_SIZE <= BATTERY_SIZES[0]);

/// The blocks besides ghosts and what came from others: magic, offset, size. In the first one the
/// cipher begins behind [`system::CLEAR`].
const BLOCKS: [(&str, usize, usize); 6] = [
    ("NKSY", 0, 0x100),
    ("NKEM", 0x100, 0x300),
    ("NKGP", 0x400, 0x400),
    ("NKTA", 0x800, 0x1600),
    ("NKMR", 0x1E00, 0x100),
    ("NKFL", 0x1F00, 0xC00),
];

const FOOTER_TEXT: &[u8] =
    b"|<--Snip above here to create a raw sav by excluding this DeSmuME savedata footer:";
const FOOTER_COOKIE: &[u8] = b"|-DESMUME SAVE-|";
/// Size used, size padded to, type, address size, memory size, version.
const FOOTER_WORDS: usize = 6;
const FOOTER_SIZE: usize = FOOTER_TEXT.len() + 4 * FOOTER_WORDS + FOOTER_COOKIE.len();

/// Battery memories DeSmuME knows as (bytes, number in its list of types, address bytes).
const BATTERY_TYPES: [(usize, u32, u32); 13] = [
    (512, 1, 1),
    (8 << 10, 2, 2),
    (64 << 10, 3, 2),
    (32 << 10, 4, 2),
    (256 << 10, 5, 3),
    (512 << 10, 6, 3),
    (1 << 20, 7, 3),
    (2 << 20, 8, 3),
    (4 << 20, 9, 3),
    (8 << 20, 10, 3),
    (16 << 20, 11, 3),
    (32 << 20, 12, 3),
    (64 << 20, 13, 3),
];

/// The battery memory in `file`: all of it, or what comes before DeSmuME's footer.
pub fn battery_of(file: &[u8]) -> &[u8] {
    let footer = file
        .len()
        .checked_sub(FOOTER_SIZE)
        .map(|at| file.split_at(at));
    match footer {
        Some((battery, footer))
            if footer.starts_with(FOOTER_TEXT) && footer.ends_with(FOOTER_COOKIE) =>
        {
            battery
        }
        _ => file,
    }
}

/// `battery` followed by DeSmuME's footer, as DeSmuME wants it in a `.dsv` file and in a movie.
///
/// # Errors
/// [`Error::OutOfRange`] if there is no battery memory of that size.
pub fn with_footer(battery: &[u8]) -> Result<Vec<u8>> {
    let size = battery.len();
    let kind = BATTERY_TYPES.iter().find(|(bytes, _, _)| *bytes == size);
    let &(_, number, address_size) = kind.ok_or_else(|| {
        let expected = "a battery memory's size (512 bytes to 64 MiB)";
        Error::out_of_range(FORMAT, "battery size", expected, format!("{size} bytes"))
    })?;
    let words = [
        size as u32,
        size as u32,
        number,
        address_size,
        size as u32,
        0,
    ];
    let mut file = Vec::with_capacity(size + FOOTER_SIZE);
    file.extend_from_slice(battery);
    file.extend_from_slice(FOOTER_TEXT);
    file.extend(words.iter().flat_map(|word: &u32| word.to_le_bytes()));
    file.extend_from_slice(FOOTER_COOKIE);
    Ok(file)
}

/// A save file of Mario Kart DS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// The whole file, footer included.
    bytes: Vec<u8>,
    battery_size: usize,
}

impl Save {
    /// A save as a new cartridge has it: 256 KiB of erased memory, no ghosts.
    pub fn blank() -> Self {
        let battery_size = BATTERY_SIZES[0];
        Self {
            bytes: vec![0xFF; battery_size],
            battery_size,
        }
    }

    /// Reads a save. Its ghosts are looked at when asked for.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the battery memory has not one of the [`BATTERY_SIZES`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let battery_size = battery_of(bytes).len();
        if !BATTERY_SIZES.contains(&battery_size) {
            return Err(Error::malformed(
                FORMAT,
                "whole file",
                "262144 or 524288 bytes, a DeSmuME footer aside",
                format!("{battery_size} bytes"),
            ));
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            battery_size,
        })
    }

    /// The file: byte for byte the parsed one where nothing was changed, its footer included.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// The battery memory without a footer.
    pub fn battery(&self) -> &[u8] {
        &self.bytes[..self.battery_size]
    }

    /// Verifies every block that the game needs to start with this save, ghosts aside. Blocks that
    /// were never written are left out: the game would write them.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the first block that does not decipher or whose checksum is
    /// wrong, and its offset. The game would call such a save damaged and erase it.
    pub fn check(&self) -> Result<()> {
        for (magic, offset, size) in BLOCKS {
            let block = &self.bytes[offset..offset + size];
            if block.starts_with(&[0xFF, 0xFF]) {
                continue;
            }
            let clear = if offset == 0 { system::CLEAR.len() } else { 0 };
            if block[..clear] != system::CLEAR[..clear] {
                let found = format!("\"{}\"", block[..clear].escape_ascii());
                let expected = format!("\"{}\"", system::CLEAR.escape_ascii());
                return Err(Error::malformed(
                    FORMAT,
                    place(magic, offset),
                    expected,
                    found,
                ));
            }
            let mut block = block.to_vec();
            open(&mut block, clear, magic, offset)?;
        }
        Ok(())
    }

    /// The system's block; `None` in a save that the game never wrote.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it does not decipher or its checksum is wrong.
    pub fn system(&self) -> Result<Option<System>> {
        System::read(&self.bytes)
    }

    /// The slots that are not empty, in cup order. One that cannot be read leaves the others.
    pub fn ghosts(&self) -> Vec<(usize, Result<Ghost>)> {
        (0..SLOT_COUNT)
            .filter_map(|slot| Some((slot, self.ghost(slot).transpose()?)))
            .collect()
    }

    /// The ghost in a slot, `None` if it is empty.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot; [`Error::Malformed`] as
    /// [`Ghost::from_slot`] says.
    pub fn ghost(&self, slot: usize) -> Result<Option<Ghost>> {
        let start = slot_start(slot)?;
        let mut bytes = [0; SLOT_SIZE];
        bytes.copy_from_slice(&self.bytes[start..start + SLOT_SIZE]);
        Ghost::from_slot(&bytes, slot)
    }

    /// Puts a ghost into a slot, and its bit into the system's block, where there is one: without
    /// it the game takes the slot for empty. The time trial records stay as they are.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot or the ghost does not fit the format;
    /// [`Error::Malformed`] if the system's block is damaged. The save is then as it was.
    pub fn set_ghost(&mut self, slot: usize, ghost: &Ghost) -> Result<()> {
        let start = slot_start(slot)?;
        let bytes = ghost.to_slot()?;
        self.mark_ghost(slot, true)?;
        self.bytes[start..start + SLOT_SIZE].copy_from_slice(&bytes);
        Ok(())
    }

    /// Empties a slot, and takes its bit out of the system's block, where there is one.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot; [`Error::Malformed`] if the system's block
    /// is damaged. The save is then as it was.
    pub fn clear_ghost(&mut self, slot: usize) -> Result<()> {
        let start = slot_start(slot)?;
        self.mark_ghost(slot, false)?;
        self.bytes[start..start + SLOT_SIZE].fill(0xFF);
        Ok(())
    }

    fn mark_ghost(&mut self, slot: usize, present: bool) -> Result<()> {
        if let Some(mut system) = self.system()? {
            system.personal_ghosts.set(slot, present);
            system.write(&mut self.bytes);
        }
        Ok(())
    }
}

/// Deciphers a block in place and verifies it; gives the cipher's start. `clear` bytes at its
/// beginning are not enciphered.
fn open(block: &mut [u8], clear: usize, magic: &str, offset: usize) -> Result<u8> {
    let enciphered = &mut block[clear..];
    let first = *enciphered.first_chunk().unwrap_or(&[0; 4]);
    let mut word = [0; 4];
    word.copy_from_slice(magic.as_bytes());
    let start = cipher::find_start(first, word).ok_or_else(|| {
        let expected = format!("\"{magic}\" under one of {} keys", cipher::STARTS);
        let found = format!("\"{}\"", first.escape_ascii());
        Error::malformed(FORMAT, place(magic, offset + clear), expected, found)
    })?;
    cipher::apply(enciphered, start);
    let (stored, computed) = (cipher::stored_checksum(block), cipher::checksum(block));
    if stored != computed {
        let expected = format!("checksum {computed:#06x}");
        let place = place(magic, offset + block.len() - 2);
        return Err(Error::malformed(
            FORMAT,
            place,
            expected,
            format!("{stored:#06x}"),
        ));
    }
    Ok(start)
}

fn place(magic: &str, offset: usize) -> String {
    format!("{magic}, offset {offset:#x}")
}

fn slot_start(slot: usize) -> Result<usize> {
    match slot < SLOT_COUNT {
        true => Ok(GHOSTS_OFFSET + slot * SLOT_SIZE),
        false => Err(Error::out_of_range(
            FORMAT,
            "ghost slot",
            "0..=31",
            slot.to_string(),
        )),
    }
}

#[cfg(test)]
mod tests;
