//! MIO0, a packing of the console's first games: bytes, and references to bytes before them.
//!
//! A file is `MIO0`, the plain length, where the references start and where the bytes start, each in 32 bits, big
//! endian; then bits, the top one first, which tell a byte (1) from a reference (0). Source: published descriptions.

use formats::references::{Item, Reference, pack};

use crate::{Error, Result};

const FORMAT: &str = "MIO0";
const MAGIC: [u8; 4] = *b"MIO0";
const HEADER_SIZE: usize = 16;
/// The longest plain file: what the console's largest RAM holds.
pub const MAX_LENGTH: usize = 8 << 20;
/// The nearest reference, bytes.
const NEAREST: usize = 1;
/// No file unpacks to more than this many times its size: each of its bytes is at most once a byte and at most once
/// half of a reference, which is 18 bytes at most.
const MAX_RATIO: usize = 10;

/// Unpacks a file. What follows its last byte is ignored.
///
/// # Errors
/// [`Error::Malformed`] with the offset in the file, if it does not start as MIO0 does, is longer than [`MAX_LENGTH`],
/// ends too early, or refers to bytes before the first.
pub fn decompress(file: &[u8]) -> Result<Vec<u8>> {
    let [magic, length, references, bytes] = header(file)?;
    if magic != MAGIC {
        let found = format!("\"{}\"", magic.escape_ascii());
        return Err(malformed(0, "\"MIO0\"", found));
    }
    let [length, mut references, mut bytes] =
        [length, references, bytes].map(|word| u32::from_be_bytes(word) as usize);
    if length > MAX_LENGTH {
        let expected = format!("a length of at most {MAX_LENGTH}");
        return Err(malformed(4, expected, length.to_string()));
    }
    let mut plain = Vec::with_capacity(length.min(MAX_RATIO * file.len()));
    let mut item = 0;
    while plain.len() < length {
        let [flags] = take(file, &mut (HEADER_SIZE + item / 8), &plain, length)?;
        if flags & 0x80 >> (item % 8) == 0 {
            let at = references;
            let reference = Reference::from_bytes(take(file, &mut references, &plain, length)?);
            if !reference.append_to(&mut plain, length) {
                let expected = format!("a distance of at most {}", plain.len());
                return Err(malformed(at, expected, reference.distance().to_string()));
            }
        } else {
            let [byte] = take(file, &mut bytes, &plain, length)?;
            plain.push(byte);
        }
        item += 1;
    }
    Ok(plain)
}

fn header(file: &[u8]) -> Result<[[u8; 4]; 4]> {
    let words = file.first_chunk::<HEADER_SIZE>();
    let words = words.map(|words| words.as_chunks::<4>().0);
    match words {
        Some(&[magic, length, references, bytes]) => Ok([magic, length, references, bytes]),
        _ => {
            let found = format!("{} bytes", file.len());
            Err(malformed(0, "a header of 16 bytes", found))
        }
    }
}

/// The next bytes at an offset, which moves behind them.
fn take<const N: usize>(
    file: &[u8],
    offset: &mut usize,
    plain: &[u8],
    length: usize,
) -> Result<[u8; N]> {
    let bytes = file.get(*offset..).and_then(<[u8]>::first_chunk);
    let bytes = bytes.ok_or_else(|| {
        let expected = format!("{} more bytes of {length}", length - plain.len());
        malformed(*offset, expected, "the end")
    })?;
    *offset += N;
    Ok(*bytes)
}

/// Packs bytes into the fewest that MIO0 can hold them in; the same input gives the same file.
///
/// # Errors
/// [`Error::OutOfRange`] if there are more than [`MAX_LENGTH`] bytes.
pub fn compress(plain: &[u8]) -> Result<Vec<u8>> {
    if plain.len() > MAX_LENGTH {
        let expected = format!("at most {MAX_LENGTH} bytes");
        let found = format!("{} bytes", plain.len());
        return Err(Error::out_of_range(FORMAT, "length", expected, found));
    }
    let items = pack(plain, NEAREST);
    // The references are halfwords, and their start a word.
    let mut flags = vec![0_u8; items.len().div_ceil(32) * 4];
    let (mut references, mut bytes) = (Vec::new(), Vec::new());
    for (number, item) in items.iter().enumerate() {
        match item {
            Item::Byte(byte) => {
                flags[number / 8] |= 0x80 >> (number % 8);
                bytes.push(*byte);
            }
            Item::Reference(reference) => references.extend(reference.to_bytes()),
        }
    }
    let references_at = HEADER_SIZE + flags.len();
    let words = [plain.len(), references_at, references_at + references.len()];
    let words = words.map(|word| (word as u32).to_be_bytes());
    Ok([&MAGIC, words.as_flattened(), &flags, &references, &bytes].concat())
}

fn malformed(offset: usize, expected: impl Into<String>, found: impl Into<String>) -> Error {
    Error::malformed(FORMAT, format!("offset {offset:#x}"), expected, found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// "abcabcabcd": three bytes, a reference of six into itself, a byte.
    const SMALL: [u8; 26] = *b"MIO0\0\0\0\x0A\0\0\0\x14\0\0\0\x16\xE8\0\0\0\x30\x02abcd";

    #[test]
    fn files_are_as_published() {
        assert_eq!(decompress(&SMALL).unwrap(), b"abcabcabcd");
        assert_eq!(compress(b"abcabcabcd").unwrap(), SMALL);
        let padded = [SMALL.as_slice(), b"more"].concat();
        assert_eq!(decompress(&padded).unwrap(), b"abcabcabcd");
        assert_eq!(decompress(&compress(b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn what_cannot_be_unpacked_is_told_with_its_place() {
        let message = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut file = SMALL.to_vec();
            change(&mut file);
            decompress(&file).unwrap_err().to_string()
        };
        assert_eq!(
            message(&|file| file.truncate(15)),
            "MIO0, offset 0x0: expected a header of 16 bytes, found 15 bytes"
        );
        assert_eq!(
            message(&|file| file[3] = b'1'),
            "MIO0, offset 0x0: expected \"MIO0\", found \"MIO1\""
        );
        assert_eq!(
            message(&|file| file[4] = 1),
            "MIO0, offset 0x4: expected a length of at most 8388608, found 16777226"
        );
        assert_eq!(
            message(&|file| file[21] = 3),
            "MIO0, offset 0x14: expected a distance of at most 3, found 4"
        );
        assert_eq!(
            message(&|file| file[8] = 0xFF),
            "MIO0, offset 0xff000014: expected 7 more bytes of 10, found the end"
        );
        let long = compress(&vec![0; MAX_LENGTH + 1]).unwrap_err().to_string();
        assert!(long.ends_with("found 8388609 bytes"), "{long}");
    }

    #[test]
    fn every_truncation_is_an_error() {
        for end in 0..SMALL.len() {
            assert!(decompress(&SMALL[..end]).is_err(), "{end}");
        }
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
            prop_assert!(file.len() <= HEADER_SIZE + plain.len() + plain.len().div_ceil(32) * 4);
            prop_assert_eq!(decompress(&file).unwrap(), plain);
        }

        #[test]
        fn any_bytes_unpack_or_fail(rest in proptest::collection::vec(any::<u8>(), 8..200), length: u16) {
            let file = [&MAGIC, &u32::from(length).to_be_bytes(), rest.as_slice()].concat();
            if let Ok(plain) = decompress(&file) {
                prop_assert_eq!(plain.len(), usize::from(length));
                prop_assert!(plain.len() <= MAX_RATIO * file.len());
            }
        }
    }
}
