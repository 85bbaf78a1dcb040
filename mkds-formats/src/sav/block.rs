//! The enciphered blocks of a save.

use crate::cipher;
use crate::{Error, Result};

/// The format's name in errors.
pub(super) const FORMAT: &str = "save";

/// Deciphers a block in place and verifies it; returns the cipher's start. `clear` bytes at its
/// beginning are not enciphered.
pub(super) fn open(block: &mut [u8], clear: usize, magic: &str, offset: usize) -> Result<u8> {
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

pub(super) fn place(magic: &str, offset: usize) -> String {
    format!("{magic}, offset {offset:#x}")
}
