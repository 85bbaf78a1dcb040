//! What several targets need: blocks of a save that decipher, whatever is in them.

use crc::{CRC_16_XMODEM, Crc};
use mkds_formats::ghost::{Combo, Ghost, RaceTime, SLOT_SIZE};

/// Enciphers a block under the first of the cipher's keys, with its checksum put right, so that a
/// fuzzer reaches what lies behind both.
///
/// The key is what the library made of a ghost whose bytes are known.
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
