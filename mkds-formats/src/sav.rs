//! Save files: the cartridge's battery memory, raw (`.sav`) or with DeSmuME's footer (`.dsv`).
//!
//! Sources: MKDS Info (layout of ghosts, checked on real saves), `mc.cpp` of DeSmuME 0.9.12
//! (footer).

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

    /// Puts a ghost into a slot.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot or the ghost does not fit the format.
    pub fn set_ghost(&mut self, slot: usize, ghost: &Ghost) -> Result<()> {
        let start = slot_start(slot)?;
        self.bytes[start..start + SLOT_SIZE].copy_from_slice(&ghost.to_slot()?);
        Ok(())
    }

    /// Empties a slot.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if there is no such slot.
    pub fn clear_ghost(&mut self, slot: usize) -> Result<()> {
        let start = slot_start(slot)?;
        self.bytes[start..start + SLOT_SIZE].fill(0xFF);
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
