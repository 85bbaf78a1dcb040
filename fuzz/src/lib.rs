//! Shared by several targets: enciphers arbitrary blocks of a save.

use crc::{CRC_16_XMODEM, Crc};
use mkds_formats::ghost::{Combo, Ghost, RaceTime, SLOT_SIZE};

/// Enciphers a block with the first of the cipher's keys and a valid checksum, so that a
/// fuzzer reaches the code after both checks.
///
/// The key is derived from a ghost with known bytes that the library enciphers.
pub fn encipher(block: &mut [u8], clear: usize) {
    let end = block.len();
    block[end - 4..].fill(0);
    let crc = Crc::<u16>::new(&CRC_16_XMODEM).checksum(&block[..end - 2]);
    block[end - 2..].copy_from_slice(&crc.to_be_bytes());
    for (byte, key) in block[clear..].iter_mut().zip(key()) {
        *byte ^= key;
    }
}

fn key() -> [u8; SLOT_SIZE] {
    let combo = Combo {
        character: 0,
        kart: 0,
        course: 0,
    };
    let ghost = Ghost::new(combo, RaceTime(0), Vec::new(), "", Vec::new());
    let mut known = [0; SLOT_SIZE];
    known[..4].copy_from_slice(b"NKPG");
    known[8] = 0b1001;
    let crc = Crc::<u16>::new(&CRC_16_XMODEM).checksum(&known[..SLOT_SIZE - 2]);
    known[SLOT_SIZE - 2..].copy_from_slice(&crc.to_be_bytes());
    let mut key = ghost.to_slot().expect("a ghost of nothing");
    for (byte, known) in key.iter_mut().zip(known) {
        *byte ^= known;
    }
    key
}
