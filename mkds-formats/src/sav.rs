//! Save files: the cartridge's battery memory, raw (`.sav`) or in another program's container.
//!
//! # Files
//! What a file is says its content, whatever it is called: the memory alone, or with DeSmuME's footer
//! (`.dsv`), behind the header of an Action Replay (`.duc`) or of no$gba (uncompressed). Flash cards
//! keep 256 KiB, or 512 KiB with the same 256 KiB twice or padding behind them: the first count. Files
//! that end too early are read up to there, see [`Save::lost_bytes`].
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
//! A block that was never written is erased: all bits set; some flash cards leave zeros in ghosts'
//! slots instead. Layout, cipher and checksums hold for
//! every block of two real saves (confidence: certain); what NKFE holds is a guess of its name.
//! [`Save::check`] verifies all but the last two rows, [`Save::ghosts`] reads the ghosts.
//!
//! Sources: MKDS Info, XorTroll/mkdsdecomp and HaroohiePals headers (`nksy_t`), checked on real
//! saves; `mc.cpp` of DeSmuME 0.9.12 (footer).

mod block;
mod system;

pub use system::{SlotBits, System};

use nds_formats::battery;

use self::block::{FORMAT, open, place};
use crate::ghost::{self, GHOSTS_OFFSET, Ghost, SLOT_SIZE};
use crate::{Error, Result};

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

/// A save file of Mario Kart DS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// All of the battery memory: erased where the file ends too early.
    battery: Vec<u8>,
    /// How much of it the file holds.
    stored: usize,
    /// What the container has before and behind it.
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Save {
    /// A save as a new cartridge has it: 256 KiB of erased memory, no ghosts.
    pub fn blank() -> Self {
        let size = BATTERY_SIZES[0];
        Self {
            battery: vec![0xFF; size],
            stored: size,
            head: Vec::new(),
            tail: Vec::new(),
        }
    }

    /// Reads a save. Its ghosts are looked at when asked for.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the battery memory has not one of the [`BATTERY_SIZES`], nor is the
    /// beginning of one that the game wrote or that has a ghost in it; [`Error::Unsupported`] if
    /// no$gba compressed it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let place = battery::place(bytes)?;
        let mut battery = bytes[place.clone()].to_vec();
        let stored = battery.len();
        let size = BATTERY_SIZES.into_iter().find(|size| stored <= *size);
        battery.resize(size.unwrap_or(BATTERY_SIZES[0]), 0xFF);
        let save = Self {
            battery,
            stored,
            head: bytes[..place.start].to_vec(),
            tail: bytes[place.end..].to_vec(),
        };
        let is_save = Some(stored) == size || size.is_some() && save.is_recognized();
        if !is_save {
            return Err(Error::malformed(
                FORMAT,
                "whole file",
                "262144 or 524288 bytes of battery memory",
                format!("{stored} bytes"),
            ));
        }
        Ok(save)
    }

    /// Whether there is something in it that only Mario Kart DS writes.
    fn is_recognized(&self) -> bool {
        let has_ghost = || self.ghosts().iter().any(|(_, ghost)| ghost.is_ok());
        self.battery.starts_with(system::CLEAR) || has_ghost()
    }

    /// How many bytes of battery memory the file lacks at its end.
    pub fn lost_bytes(&self) -> usize {
        self.battery.len() - self.stored
    }

    /// The file: byte for byte the parsed one where nothing was changed, its container included.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.head, &self.battery[..self.stored], &self.tail].concat()
    }

    /// The battery memory without a container, whole: erased memory where the file ends too early.
    pub fn battery(&self) -> &[u8] {
        &self.battery
    }

    /// The same file with other battery memory, whole; what its container has around it stays.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the memory has another size than this one.
    pub fn with_battery(self, battery: &[u8]) -> Result<Self> {
        let (expected, found) = (self.battery.len(), battery.len());
        if found != expected {
            return Err(Error::out_of_range(
                FORMAT,
                "battery size",
                format!("{expected} bytes"),
                format!("{found} bytes"),
            ));
        }
        Ok(Self {
            battery: battery.to_vec(),
            stored: found,
            ..self
        })
    }

    /// Verifies every block that the game needs to start with this save, ghosts aside. Blocks that
    /// were never written are left out: the game would write them.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the first block that does not decipher or whose checksum is
    /// wrong, and its offset. The game would call such a save damaged and erase it.
    pub fn check(&self) -> Result<()> {
        for (magic, offset, size) in BLOCKS {
            let block = &self.battery[offset..offset + size];
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
        System::read(&self.battery)
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
    /// [`Error::OutOfRange`] if there is no such slot; [`Error::Malformed`] if the file ends within
    /// the ghost, and as [`Ghost::from_slot`] says.
    pub fn ghost(&self, slot: usize) -> Result<Option<Ghost>> {
        let start = slot_start(slot)?;
        let mut bytes = [0; SLOT_SIZE];
        bytes.copy_from_slice(&self.battery[start..start + SLOT_SIZE]);
        let ghost = Ghost::from_slot(&bytes, slot);
        if slot < self.whole_slots() || ghost == Ok(None) {
            return ghost;
        }
        Err(Error::malformed(
            FORMAT,
            ghost::place(slot, 0),
            format!("{SLOT_SIZE} bytes"),
            format!("{} bytes", self.stored - start),
        ))
    }

    /// The slots that lie whole in the file: all of [`SLOT_COUNT`], unless it ends too early.
    pub fn whole_slots(&self) -> usize {
        let behind = self.stored.saturating_sub(GHOSTS_OFFSET);
        SLOT_COUNT.min(behind / SLOT_SIZE)
    }

    /// Puts a ghost into a slot, and its bit into the system's block, where there is one: without
    /// it the game takes the slot for empty. The time trial records stay as they are.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot, the file ends before it does, or the ghost
    /// does not fit the format; [`Error::Malformed`] if the system's block is damaged. The save is
    /// then as it was.
    pub fn set_ghost(&mut self, slot: usize, ghost: &Ghost) -> Result<()> {
        let start = self.writable_slot(slot)?;
        let bytes = ghost.to_slot()?;
        self.mark_ghost(slot, true)?;
        self.battery[start..start + SLOT_SIZE].copy_from_slice(&bytes);
        Ok(())
    }

    /// The slots whose ghosts the game no longer shows: their bits are not in the system's block,
    /// for a deleted ghost leaves its slot as it was. Empty in a save that the game never wrote.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the system's block is damaged.
    pub fn hidden_ghosts(&self) -> Result<Vec<usize>> {
        let Some(system) = self.system()? else {
            return Ok(Vec::new());
        };
        let filled = |slot: &usize| !matches!(self.ghost(*slot), Ok(None));
        Ok((0..SLOT_COUNT)
            .filter(|slot| !system.personal_ghosts.has(*slot))
            .filter(filled)
            .collect())
    }

    /// Empties a slot, and takes its bit out of the system's block, where there is one.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot, or the file ends before it does;
    /// [`Error::Malformed`] if the system's block is damaged. The save is then as it was.
    pub fn clear_ghost(&mut self, slot: usize) -> Result<()> {
        let start = self.writable_slot(slot)?;
        self.mark_ghost(slot, false)?;
        self.battery[start..start + SLOT_SIZE].fill(0xFF);
        Ok(())
    }

    /// Where a slot starts that lies whole in the file.
    fn writable_slot(&self, slot: usize) -> Result<usize> {
        let start = slot_start(slot)?;
        let whole = self.whole_slots();
        if slot >= whole {
            let expected = format!("one of the {whole} slots before the file's end");
            return Err(Error::out_of_range(
                FORMAT,
                "ghost slot",
                expected,
                slot.to_string(),
            ));
        }
        Ok(start)
    }

    fn mark_ghost(&mut self, slot: usize, present: bool) -> Result<()> {
        if let Some(mut system) = self.system()? {
            system.personal_ghosts.set(slot, present);
            system.write(&mut self.battery);
        }
        Ok(())
    }
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
