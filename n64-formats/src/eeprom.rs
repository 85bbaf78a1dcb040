//! A cartridge's EEPROM of 4 Kbit in files.
//!
//! The chip has 512 bytes. Emulators also write files of 2,048 bytes, the size of the larger chip, with the memory at
//! their start and padding behind it.

use crate::{Error, Result};

/// Bytes of the chip.
pub const SIZE: usize = 0x200;
/// Bytes of a file that is padded to the size of the larger chip.
pub const PADDED_SIZE: usize = 0x800;

/// The chip's memory, and the padding of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eeprom {
    /// What the console sees.
    pub memory: [u8; SIZE],
    /// What follows in the file: nothing, or [`PADDED_SIZE`] - [`SIZE`] bytes.
    padding: Vec<u8>,
}

impl Eeprom {
    /// Reads a file of either size.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it has another size.
    pub fn parse(file: &[u8]) -> Result<Self> {
        match file.split_first_chunk::<SIZE>() {
            Some((memory, padding)) if [SIZE, PADDED_SIZE].contains(&file.len()) => Ok(Self {
                memory: *memory,
                padding: padding.to_vec(),
            }),
            _ => {
                let expected = format!("{SIZE} or {PADDED_SIZE} bytes");
                let found = format!("{} bytes", file.len());
                Err(Error::malformed("EEPROM", "size", expected, found))
            }
        }
    }

    /// The file, of the size that was read.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.memory.as_slice(), &self.padding].concat()
    }
}

impl From<[u8; SIZE]> for Eeprom {
    /// A file without padding.
    fn from(memory: [u8; SIZE]) -> Self {
        Self {
            memory,
            padding: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sizes_are_written_back_and_others_refused() {
        for size in [SIZE, PADDED_SIZE] {
            let file: Vec<u8> = (0..size).map(|at| (at * 7 + at / 256) as u8).collect();
            let mut eeprom = Eeprom::parse(&file).expect("a file");
            assert_eq!(eeprom.to_bytes(), file);
            eeprom.memory[3] ^= 0xFF;
            let changed = eeprom.to_bytes();
            assert_eq!(changed.len(), size);
            let differing = (0..size).filter(|at| changed[*at] != file[*at]);
            assert_eq!(differing.collect::<Vec<_>>(), [3]);
        }
        for size in [0, SIZE - 1, SIZE + 1, 0x400, PADDED_SIZE + 1] {
            let error = Eeprom::parse(&vec![0; size]).unwrap_err().to_string();
            let expected = format!("EEPROM, size: expected 512 or 2048 bytes, found {size} bytes");
            assert_eq!(error, expected);
        }
    }
}
