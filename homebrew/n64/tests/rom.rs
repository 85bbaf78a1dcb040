//! The ROM and its header.

use homebrew_n64::{COURSES, ROM, ROM_SHA256};
use sha2::{Digest, Sha256};

fn word(offset: usize) -> u32 {
    u32::from_be_bytes(ROM[offset..offset + 4].try_into().unwrap())
}

#[test]
fn hash_is_that_of_the_rom() {
    let hash = Sha256::digest(ROM)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    assert_eq!(hash, ROM_SHA256);
}

#[test]
fn header_is_big_endian_and_names_our_own_game() {
    assert_eq!(word(0), 0x8037_1240);
    assert_eq!(word(8), 0x8000_0400);
    assert_eq!(&ROM[0x20..0x34], b"KARTSCOPE 64        ");
    assert_eq!(&ROM[0x3B..0x3F], b"NKSE");
}

/// The checksum of boot code of the kind 6102 over the first MiB of the program, in the steps of its description.
#[test]
fn header_carries_the_checksum_of_the_program() {
    let mut sums = [0xF8CA_4DDC_u32; 6];
    for at in (0x1000..0x10_1000).step_by(4) {
        let data = word(at);
        let total = u64::from(sums[5]) + u64::from(data);
        if total > u64::from(u32::MAX) {
            sums[3] = sums[3].wrapping_add(1);
        }
        sums[5] = total as u32;
        sums[2] ^= data;
        let turned = data.rotate_left(data % 32);
        sums[4] = sums[4].wrapping_add(turned);
        if sums[1] > data {
            sums[1] ^= turned;
        } else {
            sums[1] ^= sums[5] ^ data;
        }
        sums[0] = sums[0].wrapping_add(sums[4] ^ data);
    }
    assert_eq!(word(0x10), sums[5] ^ sums[3] ^ sums[2]);
    assert_eq!(word(0x14), sums[4] ^ sums[1] ^ sums[0]);
}

#[test]
fn every_course_is_in_the_rom() {
    for course in COURSES {
        let found = ROM
            .windows(course.file.len())
            .any(|window| window == course.file);
        assert!(found, "{} is another one in the ROM", course.name);
    }
}
