//! The ID blocks, by which a console knows a pak: four copies in the first page.

use super::error::malformed;
use crate::{Error, Result};

/// Bytes of a block.
pub(super) const SIZE: usize = 0x20;
/// Where the copies are.
pub(super) const OFFSETS: [usize; 4] = [0x20, 0x60, 0x80, 0xC0];

const SERIAL: usize = 0x08;
const DEVICE: usize = 0x18;
const BANKS: usize = 0x1A;
const CHECKSUM: usize = 0x1C;
const INVERTED: usize = 0x1E;

/// The checksum and the inverted checksum add up to this.
const SUM_OF_CHECKSUMS: u16 = 0xFFF2;
/// The bits of the inverted checksum that a DexDrive writes wrongly. Source: bryc/mempak.
const DEXDRIVE_BITS: u16 = 0x0C;

/// A block with this serial number.
pub(super) fn block(serial: [u8; 16]) -> [u8; SIZE] {
    let mut block = [0; SIZE];
    // The console fills this word when it repairs a pak.
    block[..4].fill(0xFF);
    block[SERIAL..SERIAL + 16].copy_from_slice(&serial);
    block[DEVICE + 1] = 1;
    block[BANKS] = 1;
    let sum = checksum(&block);
    block[CHECKSUM..INVERTED].copy_from_slice(&sum.to_be_bytes());
    let inverted = SUM_OF_CHECKSUMS.wrapping_sub(sum);
    block[INVERTED..].copy_from_slice(&inverted.to_be_bytes());
    block
}

/// Whether the copy at an offset is sound.
pub(super) fn check(page: &[u8], offset: usize) -> Result<()> {
    let block = &page[offset..offset + SIZE];
    let stored = |at: usize| u16::from_be_bytes([block[at], block[at + 1]]);
    let wrong = |at: usize, what: &str, expected: u16| {
        let place = format!("ID block, offset {:#x}", offset + at);
        let expected = format!("{what} {expected:#06x}");
        malformed(place, expected, format!("{:#06x}", stored(at)))
    };
    let sum = checksum(block);
    if stored(CHECKSUM) != sum {
        return Err(wrong(CHECKSUM, "the checksum", sum));
    }
    let inverted = SUM_OF_CHECKSUMS.wrapping_sub(sum);
    if ![inverted, inverted ^ DEXDRIVE_BITS].contains(&stored(INVERTED)) {
        return Err(wrong(INVERTED, "the inverted checksum", inverted));
    }
    match block[BANKS] {
        1 => Ok(()),
        banks => Err(Error::Unsupported {
            format: super::error::FORMAT,
            place: format!("ID block, offset {:#x}, {banks} banks", offset + BANKS),
            feature: "a pak with another number of banks than one",
        }),
    }
}

/// The sum of the halfwords before it.
fn checksum(block: &[u8]) -> u16 {
    let halfwords = block[..CHECKSUM].as_chunks::<2>().0.iter();
    halfwords.fold(0, |sum, bytes| sum.wrapping_add(u16::from_be_bytes(*bytes)))
}
