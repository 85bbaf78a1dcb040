//! LZ10, the compression that the DS's BIOS undoes: bytes, and references to bytes before them.
//!
//! A file is the byte 0x10, the plain length in 24 bits, and blocks. A block is a byte of flags,
//! the top bit first, and eight items: flag 0 is a byte, flag 1 a reference of two bytes, big
//! endian: 4 bits of length - 3 and 12 bits of distance - 1. Source: GBATEK.

use formats::references::{Item, Reference, pack};

use crate::{Error, Result};

const FORMAT: &str = "LZ10";
/// The first byte of a compressed file.
pub const MAGIC: u8 = 0x10;
const HEADER_SIZE: usize = 4;
/// The most bytes that a file can unpack to: the header has 24 bits for the length.
pub const MAX_LENGTH: usize = 0xFF_FFFF;
/// Distance 1 is left out: the BIOS cannot follow it where memory takes 16 bits at a time.
const NEAREST: usize = 2;
/// No input unpacks to more than this many times its size: 17 bytes are 8 longest references.
const MAX_RATIO: usize = 9;

/// Unpacks a file. What follows the last byte it asks for is ignored, as the BIOS does.
///
/// # Errors
/// [`Error::Malformed`] with the offset in the file, if it does not start as LZ10 does, ends too
/// early, or refers to bytes before the first.
pub fn decompress(file: &[u8]) -> Result<Vec<u8>> {
    let Some((&[magic, low, middle, high], mut rest)) = file.split_first_chunk::<HEADER_SIZE>()
    else {
        let found = format!("{} bytes", file.len());
        return Err(malformed(0, "a header of 4 bytes", found));
    };
    if magic != MAGIC {
        return Err(malformed(0, "0x10", format!("{magic:#04x}")));
    }
    let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
    let mut plain = Vec::with_capacity(length.min(MAX_RATIO * file.len()));
    let ended = |rest: &[u8], plain: &Vec<u8>| {
        let expected = format!("{} more bytes of {length}", length - plain.len());
        malformed(file.len() - rest.len(), expected, "the end".into())
    };
    while plain.len() < length {
        let (&flags, items) = rest.split_first().ok_or_else(|| ended(rest, &plain))?;
        rest = items;
        for bit in (0..8).rev() {
            if plain.len() == length {
                break;
            }
            if flags >> bit & 1 == 0 {
                let (&byte, after) = rest.split_first().ok_or_else(|| ended(rest, &plain))?;
                plain.push(byte);
                rest = after;
                continue;
            }
            let (&pair, after) = rest
                .split_first_chunk::<2>()
                .ok_or_else(|| ended(rest, &plain))?;
            let reference = Reference::from_bytes(pair);
            if !reference.append_to(&mut plain, length) {
                let expected = format!("a distance of at most {}", plain.len());
                let found = reference.distance().to_string();
                return Err(malformed(file.len() - rest.len(), expected, found));
            }
            rest = after;
        }
    }
    Ok(plain)
}

/// Packs bytes into the fewest that LZ10 can hold them in; the same input gives the same file.
///
/// # Errors
/// [`Error::OutOfRange`] if there are more than [`MAX_LENGTH`] bytes.
pub fn compress(plain: &[u8]) -> Result<Vec<u8>> {
    if plain.len() > MAX_LENGTH {
        let expected = format!("at most {MAX_LENGTH} bytes");
        let found = format!("{} bytes", plain.len());
        return Err(Error::out_of_range(FORMAT, "length", expected, found));
    }
    let mut file = vec![MAGIC];
    file.extend_from_slice(&(plain.len() as u32).to_le_bytes()[..3]);
    let (mut flags_at, mut flag) = (0, 0_u8);
    for item in pack(plain, NEAREST) {
        flag >>= 1;
        if flag == 0 {
            flags_at = file.len();
            file.push(0);
            flag = 0x80;
        }
        match item {
            Item::Byte(byte) => file.push(byte),
            Item::Reference(reference) => {
                file[flags_at] |= flag;
                file.extend(reference.to_bytes());
            }
        }
    }
    Ok(file)
}

fn malformed(offset: usize, expected: impl Into<String>, found: String) -> Error {
    Error::malformed(FORMAT, format!("offset {offset:#x}"), expected, found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn files_unpack_as_published() {
        // "abcabcabcd": three bytes, a reference of six into itself, a byte.
        let file = [
            0x10,
            10,
            0,
            0,
            0b0001_0000,
            b'a',
            b'b',
            b'c',
            0x30,
            0x02,
            b'd',
        ];
        assert_eq!(decompress(&file).unwrap(), b"abcabcabcd");
        assert_eq!(compress(b"abcabcabcd").unwrap(), file);
        assert_eq!(decompress(&[0x10, 0, 0, 0]).unwrap(), b"");
        // A reference longer than what is left, and padding behind.
        let cut = [0x10, 4, 0, 0, 0b0100_0000, 7, 0xF0, 0x00, 0, 0];
        assert_eq!(decompress(&cut).unwrap(), [7; 4]);
    }

    #[test]
    fn what_cannot_be_unpacked_is_told_with_its_place() {
        let message = |file: &[u8]| decompress(file).unwrap_err().to_string();
        assert_eq!(
            message(&[0x11, 1, 0, 0, 0, 0]),
            "LZ10, offset 0x0: expected 0x10, found 0x11"
        );
        assert_eq!(
            message(&[0x10, 9, 0, 0, 0b0100_0000, 1, 0x00, 0x01]),
            "LZ10, offset 0x6: expected a distance of at most 1, found 2"
        );
        assert_eq!(
            message(&[0x10, 0xFF, 0xFF, 0xFF, 0, 1]),
            "LZ10, offset 0x6: expected 16777214 more bytes of 16777215, found the end"
        );
        assert!(message(&[0x10, 0]).contains("a header of 4 bytes"));
        assert!(
            compress(&vec![0; MAX_LENGTH + 1])
                .unwrap_err()
                .to_string()
                .contains("16777216 bytes")
        );
    }

    #[test]
    fn every_truncation_is_an_error() {
        let text = b"a kart, a kart, my kingdom for a kart".repeat(3);
        let file = compress(&text).unwrap();
        assert!(file.len() < text.len() / 2);
        for end in 0..file.len() {
            assert!(decompress(&file[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn uniform_bytes_pack_into_longest_references_two_back() {
        let file = compress(&[0; 2 + 4 * 18]).unwrap();
        let reference = [0xF0, 0x01];
        assert_eq!(file[4..7], [0b0011_1100, 0, 0]);
        assert_eq!(file[7..], reference.repeat(4));
    }

    proptest! {
        #[test]
        fn anything_survives(
            // Few symbols, so that references are found; far more than a window.
            plain in proptest::collection::vec(0..4_u8, 0..6000),
            noise in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let plain = [plain.clone(), noise, plain].concat();
            let file = compress(&plain).unwrap();
            prop_assert!(file.len() <= HEADER_SIZE + plain.len() + plain.len().div_ceil(8));
            prop_assert_eq!(decompress(&file).unwrap(), plain);
        }

        #[test]
        fn any_bytes_unpack_or_fail(mut file in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(first) = file.first_mut() {
                *first = MAGIC;
            }
            if let Ok(plain) = decompress(&file) {
                prop_assert!(plain.len() <= MAX_RATIO * file.len());
            }
        }
    }
}
