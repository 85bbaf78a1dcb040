//! The blocks of a save: a magic, contents, and a checksum, all enciphered.
//!
//! The cipher is XOR with a stream of words, each the sum of one word of four tables. The tables
//! turn like an odometer, the first fastest. The checksum is the last two bytes, big endian: a
//! CRC-16 of what is before it, the two bytes just before it taken as zero (the game puts a part
//! of its clock there).
//!
//! Source: XorTroll/mkdsdecomp; checked on every block of two real saves and on 131 ghosts.

use crc::{CRC_16_XMODEM, Crc};

const A: [u32; 11] = [
    0xC0A2_CFB9,
    0xFCA4_F59A,
    0xD87E_2588,
    0xB615_DD30,
    0xEACC_91EE,
    0xB6A8_F95D,
    0x7BD8_B080,
    0xCEC1_1555,
    0x59CE_F8CE,
    0xFFF8_8DB3,
    0xA867_F2A3,
];
const B: [u32; 17] = [
    0x54E8_5EA2,
    0xDE7C_E656,
    0xD252_61B4,
    0x401D_1EC4,
    0x220D_ECE2,
    0x1F0C_F6F4,
    0x7176_B2A6,
    0x58D6_02EC,
    0x859D_5B49,
    0xE525_8B0C,
    0xB31A_2910,
    0x2DDE_04B1,
    0xEEEF_A031,
    0x5B85_2490,
    0x44AD_6965,
    0x8E32_06A5,
    0x5E22_B868,
];
const C: [u32; 19] = [
    0x83F3_E485,
    0x1F85_4511,
    0x33FA_E87B,
    0xA694_9A1E,
    0xDB1D_A3C5,
    0xD598_6A2F,
    0xAF6C_C662,
    0xFB04_BD0F,
    0x573F_3084,
    0xDFB9_A74F,
    0xF60A_05B6,
    0xDF57_E7C7,
    0x1172_3659,
    0x8EAE_9859,
    0xE08E_B664,
    0xD310_802A,
    0x498B_2FA5,
    0x5554_52F1,
    0xE557_5C26,
];
const D: [u32; 29] = [
    0xB6F2_BA0C,
    0x1A88_BEF7,
    0x0DDC_276B,
    0xB000_F810,
    0x6D25_4A35,
    0x4C69_572C,
    0x0E49_CFC2,
    0xA439_1D94,
    0x98E1_99E1,
    0x10F8_8349,
    0xA7CC_E380,
    0xF428_7C11,
    0x9385_7987,
    0xF1F1_171F,
    0x3487_B1FA,
    0x65B8_8727,
    0xA171_1A9C,
    0x2338_B1FE,
    0xF742_B4DF,
    0xA332_35EC,
    0x5350_D303,
    0xC9C1_BE55,
    0xC4FD_2E1D,
    0x8039_E1DB,
    0xB638_6F71,
    0x34CB_B389,
    0x1224_001A,
    0x59CD_EA11,
    0x5371_F238,
];

/// Ways to start the last table, and so keys.
pub(crate) const STARTS: u8 = D.len() as u8;

/// Enciphers or deciphers `slot` in place: the two are the same. `start` is below [`STARTS`];
/// bytes after the last whole word are left alone.
pub(crate) fn apply(slot: &mut [u8], start: u8) {
    let (words, _) = slot.as_chunks_mut::<4>();
    for (word, key) in words.iter_mut().zip(keys(start)) {
        *word = (u32::from_le_bytes(*word) ^ key).to_le_bytes();
    }
}

/// The start under which the first word deciphers to `magic`.
pub(crate) fn find_start(first_word: [u8; 4], magic: [u8; 4]) -> Option<u8> {
    let key = u32::from_le_bytes(first_word) ^ u32::from_le_bytes(magic);
    (0..STARTS).find(|&start| keys(start).next() == Some(key))
}

fn keys(start: u8) -> impl Iterator<Item = u32> {
    let d = D.iter().cycle().skip(usize::from(start)).take(D.len());
    d.flat_map(|d| {
        C.iter().flat_map(move |c| {
            B.iter().flat_map(move |b| {
                let carried = b.wrapping_add(*c).wrapping_add(*d);
                A.iter().map(move |a| a.wrapping_add(carried))
            })
        })
    })
}

/// The bytes at a block's end that the checksum does not cover: two of any value, and itself.
pub(crate) const UNCHECKED: usize = 4;

/// The checksum that a deciphered block has to have. It has more than [`UNCHECKED`] bytes.
pub(crate) fn checksum(block: &[u8]) -> u16 {
    const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);
    let mut digest = CRC.digest();
    digest.update(&block[..block.len() - UNCHECKED]);
    digest.update(&[0, 0]);
    digest.finalize()
}

/// The checksum that a deciphered block has.
pub(crate) fn stored_checksum(block: &[u8]) -> u16 {
    block
        .last_chunk()
        .map_or(0, |bytes| u16::from_be_bytes(*bytes))
}

/// Puts the checksum of a deciphered block into its last two bytes.
pub(crate) fn seal(block: &mut [u8]) {
    let checksum = checksum(block);
    if let Some(bytes) = block.last_chunk_mut() {
        *bytes = checksum.to_be_bytes();
    }
}
