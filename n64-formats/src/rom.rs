//! ROMs of cartridges.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{Error, Result};

const FORMAT: &str = "Nintendo 64 ROM";

/// The first word of a cartridge: how it is to be read, and the mark by which the byte order is told.
const MARK: [u8; 4] = [0x80, 0x37, 0x12, 0x40];

/// The header and the boot code.
const LEAST_SIZE: usize = 0x1000;

/// The largest cartridge that the console addresses.
const MOST_SIZE: usize = 64 << 20;

/// The order of bytes in a ROM's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// As the console reads them: `.z64`.
    BigEndian,
    /// The bytes of each halfword swapped: `.v64`.
    HalfwordsSwapped,
    /// The bytes of each word in reverse: `.n64`.
    LittleEndian,
}

impl ByteOrder {
    /// The unit that is reversed, in bytes.
    fn unit(self) -> usize {
        match self {
            Self::BigEndian => 1,
            Self::HalfwordsSwapped => 2,
            Self::LittleEndian => 4,
        }
    }
}

impl fmt::Display for ByteOrder {
    /// The usual end of such a file's name.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::BigEndian => "z64",
            Self::HalfwordsSwapped => "v64",
            Self::LittleEndian => "n64",
        })
    }
}

/// What a cartridge tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The game's name, without the spaces at its end.
    pub name: String,
    /// The two checksums, by which databases know the ROM.
    pub crc: [u32; 2],
    /// The game's code of four letters; bytes that are none are written as `?`. The last one is the country.
    pub code: String,
    /// The revision.
    pub revision: u8,
}

impl Header {
    /// `rom` has at least [`LEAST_SIZE`] bytes in the console's order.
    fn read(rom: &[u8]) -> Self {
        let word = |offset: usize| {
            let bytes = rom[offset..offset + 4].try_into().expect("four bytes");
            u32::from_be_bytes(bytes)
        };
        let letter = |byte: &u8| match byte.is_ascii_graphic() {
            true => char::from(*byte),
            false => '?',
        };
        let name = String::from_utf8_lossy(&rom[0x20..0x34]).into_owned();
        Self {
            name: name.trim_end_matches([' ', '\0']).to_owned(),
            crc: [word(0x10), word(0x14)],
            code: rom[0x3B..0x3F].iter().map(letter).collect(),
            revision: rom[0x3F],
        }
    }

    /// The country or region, by the code's last letter: "US", "Japan", "Europe", …; `None` for an unknown one.
    #[must_use]
    pub fn country(&self) -> Option<&'static str> {
        Some(match self.code.as_bytes().last()? {
            b'A' => "Japan and US",
            b'B' => "Brazil",
            b'C' => "China",
            b'D' => "Germany",
            b'E' => "US",
            b'F' => "France",
            b'I' => "Italy",
            b'J' => "Japan",
            b'K' => "Korea",
            b'P' | b'X' | b'Y' => "Europe",
            b'S' => "Spain",
            b'U' => "Australia",
            _ => return None,
        })
    }
}

/// A ROM in the console's byte order.
#[derive(Clone, PartialEq, Eq)]
pub struct Rom {
    bytes: Vec<u8>,
    order: ByteOrder,
    header: Header,
    hash: RomHash,
}

impl Rom {
    /// Reads a ROM's file, whichever byte order it is in.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is none or cut short.
    pub fn read(file: &[u8]) -> Result<Self> {
        let order = order(file)?;
        let size = format!("{} bytes", file.len());
        if !(LEAST_SIZE..=MOST_SIZE).contains(&file.len()) {
            let expected =
                format!("a header, boot code and a program: {LEAST_SIZE} to {MOST_SIZE} bytes");
            return Err(Error::malformed(FORMAT, "size", expected, size));
        }
        if !file.len().is_multiple_of(4) {
            return Err(Error::malformed(
                FORMAT,
                "size",
                "whole words of four bytes",
                size,
            ));
        }
        let bytes = reversed(file, order.unit());
        Ok(Self {
            header: Header::read(&bytes),
            hash: RomHash(Sha256::digest(&bytes).into()),
            bytes,
            order,
        })
    }

    /// The bytes as the console reads them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte order of the file that it was read from.
    #[must_use]
    pub fn order(&self) -> ByteOrder {
        self.order
    }

    /// What the cartridge tells of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The hash of the bytes as the console reads them.
    #[must_use]
    pub fn hash(&self) -> RomHash {
        self.hash
    }
}

impl fmt::Debug for Rom {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rom")
            .field("header", &self.header)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

/// The order of a ROM's bytes, by its first word.
fn order(file: &[u8]) -> Result<ByteOrder> {
    const EXPECTED: &str = "80 37 12 40 (z64), 37 80 40 12 (v64) or 40 12 37 80 (n64)";
    let mark = &file[..file.len().min(MARK.len())];
    let orders = [
        ByteOrder::BigEndian,
        ByteOrder::HalfwordsSwapped,
        ByteOrder::LittleEndian,
    ];
    let order = orders
        .into_iter()
        .find(|order| reversed(mark, order.unit()) == MARK);
    order.ok_or_else(|| {
        let found: Vec<_> = mark.iter().map(|byte| format!("{byte:02X}")).collect();
        let found = match found.is_empty() {
            true => "nothing".to_owned(),
            false => found.join(" "),
        };
        Error::malformed(FORMAT, "first bytes", EXPECTED, found)
    })
}

/// The bytes with each unit of so many in reverse.
fn reversed(bytes: &[u8], unit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if unit > 1 {
        bytes.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
    }
    bytes
}

/// The SHA-256 of a ROM's bytes in the console's order. Displayed in lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RomHash(pub [u8; 32]);

impl fmt::Display for RomHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0.iter();
        bytes.try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cartridge() -> Vec<u8> {
        let mut rom = vec![0; 0x2000];
        rom[..4].copy_from_slice(&MARK);
        rom[0x10..0x18].copy_from_slice(&[0x3E, 0x50, 0x55, 0xB6, 0x2E, 0x92, 0xDA, 0x52]);
        rom[0x20..0x34].copy_from_slice(b"A GAME OF OURS      ");
        rom[0x3B..0x40].copy_from_slice(b"NXYE\x01");
        for (place, byte) in rom[0x40..].iter_mut().enumerate() {
            *byte = (place * 7) as u8;
        }
        rom
    }

    #[test]
    fn the_three_byte_orders_are_one_cartridge() {
        let rom = Rom::read(&cartridge()).expect("a ROM");
        assert_eq!(rom.order(), ByteOrder::BigEndian);
        assert_eq!(rom.bytes(), cartridge());
        let expected = Header {
            name: "A GAME OF OURS".to_owned(),
            crc: [0x3E50_55B6, 0x2E92_DA52],
            code: "NXYE".to_owned(),
            revision: 1,
        };
        assert_eq!(rom.header(), &expected);
        assert_eq!(rom.header().country(), Some("US"));
        for order in [ByteOrder::HalfwordsSwapped, ByteOrder::LittleEndian] {
            let file = reversed(&cartridge(), order.unit());
            let other = Rom::read(&file).expect("a ROM");
            assert_eq!(other.order(), order);
            assert_eq!(other.bytes(), rom.bytes());
            assert_eq!(other.hash(), rom.hash());
        }
    }

    #[test]
    fn what_is_no_cartridge_is_refused() {
        let cut = &cartridge()[..0xFFF];
        let odd = &cartridge()[..0x1FFE];
        let marks = "80 37 12 40 (z64), 37 80 40 12 (v64) or 40 12 37 80 (n64)";
        let size = "a header, boot code and a program: 4096 to 67108864 bytes";
        for (file, expected) in [
            (
                &b""[..],
                format!("first bytes: expected {marks}, found nothing"),
            ),
            (b"80", format!("first bytes: expected {marks}, found 38 30")),
            (
                b"PK\x03\x04 and so on",
                format!("first bytes: expected {marks}, found 50 4B 03 04"),
            ),
            (cut, format!("size: expected {size}, found 4095 bytes")),
            (
                odd,
                "size: expected whole words of four bytes, found 8190 bytes".to_owned(),
            ),
        ] {
            let error = Rom::read(file).expect_err(&expected).to_string();
            assert_eq!(error, format!("Nintendo 64 ROM, {expected}"));
        }
    }
}
