//! The game with the real one's timing.

use nds_formats::rom::RomHeader;

use crate::ROM;

/// `HEADER_REAL_TIMING` of `logic/mkds.h`.
const REAL_TIMING: usize = 0x15;
/// The offset of the header's CRC.
const HEADER_CRC: std::ops::Range<usize> = 0x15E..0x160;

/// [`ROM`] with the second frame counter of a race as in Mario Kart DS under the JIT, read at the
/// end of a frame: equal to the first counter in most frames, one less in some. In [`ROM`] it is one less in all.
///
/// All else is as in [`ROM`]. The native game accepts it as its card.
#[must_use]
pub fn rom_with_real_timing() -> Vec<u8> {
    let mut rom = ROM.to_vec();
    rom[REAL_TIMING] = 1;
    if let Ok(header) = RomHeader::parse(&rom) {
        rom[HEADER_CRC].copy_from_slice(&header.computed_crc.to_le_bytes());
    }
    rom
}
