//! The header of a DS ROM.
//!
//! Source: the published DS cartridge header; serial and checksum as DeSmuME 0.9.12 makes them
//! (`NDSSystem.cpp`, `Database.cpp`).

use std::fmt;

use crc::{CRC_16_MODBUS, CRC_32_ISO_HDLC, Crc};

use crate::{Error, Result};

/// Bytes of the header that DeSmuME and the console check.
pub const HEADER_SIZE: usize = 0x200;

/// The ROM's CRC-32 over the whole file, as DeSmuME writes it to a movie's `romChecksum`.
pub fn checksum(rom: &[u8]) -> u32 {
    Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(rom)
}

/// Where the header has how many bytes of the cartridge are used.
const USED_SIZE: usize = 0x80;
/// Where the header has the ARM9's program: offset in the ROM, and size.
const ARM9_OFFSET: usize = 0x20;
const ARM9_SIZE: usize = 0x2C;
/// Bytes behind the used ones that some tools keep: the signature of download play.
const SIGNATURE_SIZE: usize = 0x88;
/// What the end of a cartridge is filled with.
const PADDINGS: [u8; 2] = [0xFF, 0];

/// Whether `checksum` is that of the same ROM with another padding: trimmed to the used bytes, with or
/// without their signature, or to the last byte that is no padding; or filled up from there to a power
/// of two. The ROM's own checksum counts too.
pub fn has_checksum_with_other_padding(rom: &[u8], checksum: u32) -> bool {
    let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let used = rom
        .first_chunk()
        .map_or(rom.len(), |header| word(header, USED_SIZE) as usize);
    let without = |padding: u8| {
        let last = rom.iter().rposition(|byte| *byte != padding);
        last.map_or(0, |last| last + 1)
    };
    let mut ends = [
        used,
        used.saturating_add(SIGNATURE_SIZE),
        without(PADDINGS[0]),
        without(PADDINGS[1]),
        rom.len(),
    ];
    ends.sort_unstable();
    let mut digest = crc.digest();
    let mut at = 0;
    for end in ends {
        let Some(more) = rom.get(at..end) else { break };
        digest.update(more);
        at = end;
        let padded = |padding: u8| {
            let mut digest = digest.clone();
            let fill = [padding; 4096];
            let missing = end.next_power_of_two() - end;
            digest.update(&fill[..missing % fill.len()]);
            (0..missing / fill.len()).for_each(|_| digest.update(&fill));
            digest.finalize()
        };
        if digest.clone().finalize() == checksum || PADDINGS.map(padded).contains(&checksum) {
            return true;
        }
    }
    false
}

/// The ARM9's program as it lies in a ROM; `None` if the header is cut short or the program is.
pub fn arm9_program(rom: &[u8]) -> Option<&[u8]> {
    let header = rom.first_chunk::<HEADER_SIZE>()?;
    let offset = word(header, ARM9_OFFSET) as usize;
    rom.get(offset..offset.checked_add(word(header, ARM9_SIZE) as usize)?)
}

/// The parts of a ROM's header that tell which game it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RomHeader {
    /// The game's title, at most 12 ASCII characters, zeros at its end removed.
    pub title: String,
    /// The game code, e.g. `AMCE`; zeros become dots.
    pub game_code: String,
    /// The maker code, e.g. `01`.
    pub maker_code: String,
    /// 0 DS, 2 DS and DSi, 3 DSi.
    pub unit_code: u8,
    /// The game's version, 0 for the first.
    pub version: u8,
    /// How many bytes of the cartridge are used; a ROM may be trimmed to them.
    pub used_size: u32,
    /// The CRC-16 of the header's first 0x15E bytes that stands at 0x15E.
    pub stored_crc: u16,
    /// The CRC-16 those bytes have.
    pub computed_crc: u16,
    homebrew: bool,
    dsi_enhanced: bool,
}

impl RomHeader {
    /// Reads the header from the start of a ROM.
    ///
    /// # Errors
    /// [`Error::Malformed`] if `rom` is shorter than a header or the unit code is unknown. A wrong
    /// CRC is no error, for homebrew often has one: compare the two fields.
    pub fn parse(rom: &[u8]) -> Result<Self> {
        let header = rom.first_chunk::<HEADER_SIZE>().ok_or_else(|| {
            let expected = format!("at least {HEADER_SIZE} bytes");
            Error::malformed("ROM", "header", expected, format!("{} bytes", rom.len()))
        })?;
        let unit_code = header[0x12];
        if unit_code > 3 {
            let found = format!("{unit_code:#04x}");
            return Err(Error::malformed(
                "ROM",
                "header, offset 0x12",
                "unit code 0..=3",
                found,
            ));
        }
        let arm9_offset = word(header, ARM9_OFFSET);
        let has_logo = word(header, 0xC0) == 0x51AE_FF24 || word(header, 0xC4) == 0x699A_A221;
        // The DSi's access control words, only where the ROM holds them.
        let dsi_words = [word(header, 0x180), word(header, 0x184)];
        Ok(Self {
            title: text(
                header[..12]
                    .split(|&byte| byte == 0)
                    .next()
                    .unwrap_or_default(),
            ),
            game_code: text(&header[0x0C..0x10]),
            maker_code: text(&header[0x10..0x12]),
            unit_code,
            version: header[0x1E],
            used_size: word(header, USED_SIZE),
            stored_crc: u16::from_le_bytes([header[0x15E], header[0x15F]]),
            computed_crc: Crc::<u16>::new(&CRC_16_MODBUS).checksum(&header[..0x15E]),
            homebrew: arm9_offset < 0x4000 && !has_logo,
            dsi_enhanced: dsi_words == [0x8D89_8581, 0x8C88_8480],
        })
    }

    /// Refuses the ROM of this header if it ends before its last used byte, as a file does that was cut short.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the two sizes.
    pub fn require_whole(&self, rom: &[u8]) -> Result<()> {
        if rom.len() as u64 >= self.used_size.into() {
            return Ok(());
        }
        let expected = format!("at least {} bytes, as the header says", self.used_size);
        let found = format!("{} bytes", rom.len());
        Err(Error::malformed("ROM", "whole file", expected, found))
    }

    /// The region the game code's last letter names.
    pub fn region(&self) -> Region {
        match self.game_code.as_bytes().last() {
            Some(b'E') => Region::America,
            Some(b'P') => Region::Europe,
            Some(b'J') => Region::Japan,
            Some(b'K') => Region::Korea,
            _ => Region::Other,
        }
    }

    /// The serial, as DeSmuME writes it to a movie's `romSerial`: `NTR-AMCE-USA`, or `Homebrew` for
    /// a ROM without Nintendo's logo.
    pub fn serial(&self) -> String {
        if self.homebrew {
            return "Homebrew".into();
        }
        let prefix = if self.dsi_enhanced { "TWL" } else { "NTR" };
        let region = match self.game_code.as_bytes().last() {
            Some(b'J') => "JPN",
            Some(b'P') => "EUR",
            Some(b'F') => "FRA",
            Some(b'S') => "ESP",
            Some(b'E') => "USA",
            Some(b'O') => "INT",
            Some(b'D') => "NOE",
            Some(b'I') => "ITA",
            Some(b'R') => "RUS",
            Some(b'K') => "KOR",
            Some(b'H') => "HOL",
            Some(b'X' | b'V' | b'W') => "EUU",
            Some(b'U') => "AUS",
            Some(b'C') => "CHN",
            _ => "???",
        };
        format!("{prefix}-{}-{region}", self.game_code)
    }
}

/// Where a ROM was sold, which moves the game's addresses in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// AMCE, the addresses all others are relative to.
    America,
    /// AMCP.
    Europe,
    /// AMCJ.
    Japan,
    /// AMCK, whose checkpoints lie elsewhere.
    Korea,
    /// None of these.
    Other,
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::America => "America",
            Self::Europe => "Europe",
            Self::Japan => "Japan",
            Self::Korea => "Korea",
            Self::Other => "other",
        })
    }
}

fn word(header: &[u8; HEADER_SIZE], offset: usize) -> u32 {
    let bytes = [
        header[offset],
        header[offset + 1],
        header[offset + 2],
        header[offset + 3],
    ];
    u32::from_le_bytes(bytes)
}

/// ASCII, with a dot for whatever cannot be printed.
fn text(bytes: &[u8]) -> String {
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    bytes
        .iter()
        .map(|byte| {
            if printable(byte) {
                char::from(*byte)
            } else {
                '.'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(code: &[u8; 4]) -> Vec<u8> {
        let mut rom = vec![0; HEADER_SIZE];
        rom[..8].copy_from_slice(b"TESTGAME");
        rom[0x0C..0x10].copy_from_slice(code);
        rom[0x10..0x12].copy_from_slice(b"01");
        rom[0x21] = 0x40;
        let crc = Crc::<u16>::new(&CRC_16_MODBUS).checksum(&rom[..0x15E]);
        rom[0x15E..0x160].copy_from_slice(&crc.to_le_bytes());
        rom
    }

    #[test]
    fn a_header_names_its_game() {
        let parsed = RomHeader::parse(&header(b"AMCE")).unwrap();
        assert_eq!(parsed.title, "TESTGAME");
        assert_eq!(parsed.serial(), "NTR-AMCE-USA");
        assert_eq!(parsed.region(), Region::America);
        assert_eq!(parsed.stored_crc, parsed.computed_crc);
        assert_eq!(
            RomHeader::parse(&header(b"AMC1")).unwrap().serial(),
            "NTR-AMC1-???"
        );
    }

    #[test]
    fn arm9_code_below_the_secure_area_without_logo_is_homebrew() {
        let mut rom = header(b"####");
        rom[0x21] = 2;
        assert_eq!(RomHeader::parse(&rom).unwrap().serial(), "Homebrew");
        rom[0xC0..0xC4].copy_from_slice(&0x51AE_FF24_u32.to_le_bytes());
        assert_eq!(RomHeader::parse(&rom).unwrap().serial(), "NTR-####-???");
    }

    /// A ROM of 5,000 used bytes.
    fn used_rom() -> Vec<u8> {
        let mut rom = header(b"AMCE");
        rom[USED_SIZE..USED_SIZE + 4].copy_from_slice(&5000_u32.to_le_bytes());
        rom[ARM9_OFFSET..ARM9_OFFSET + 4].copy_from_slice(&0x200_u32.to_le_bytes());
        rom[ARM9_SIZE..ARM9_SIZE + 4].copy_from_slice(&100_u32.to_le_bytes());
        rom.resize(4990, 7);
        // The used bytes end with what could be padding.
        rom.resize(5000, 0);
        rom
    }

    #[test]
    fn paddings_of_one_rom_know_each_others_checksums() {
        let used = used_rom();
        let resized = |size: usize, padding: u8| {
            let mut rom = used.clone();
            rom.resize(size, padding);
            rom
        };
        let mut signed = used.clone();
        signed.resize(5000 + SIGNATURE_SIZE, 9);
        let mut signed_and_padded = signed.clone();
        signed_and_padded.resize(8192, 0xFF);
        let roms = [used.clone(), resized(8192, 0xFF), resized(8192, 0)];
        let known =
            |rom: &[u8], other: &[u8]| has_checksum_with_other_padding(rom, super::checksum(other));
        for rom in &roms {
            for other in &roms {
                assert!(known(rom, other), "{} {}", rom.len(), other.len());
            }
            assert!(!has_checksum_with_other_padding(rom, 0x1234_5678));
            let mut changed = rom.clone();
            changed[0x300] ^= 1;
            assert!(!known(&changed, rom));
        }
        // Trimmed too far: its zeros come back only where they are the padding.
        let cut = &used[..4990];
        assert!(known(&used, cut) && known(cut, &roms[2]) && !known(cut, &used));
        assert!(known(&signed_and_padded, &signed) && known(&signed, &signed_and_padded));
        assert!(known(&signed_and_padded, &used) && !known(&used, &signed));
    }

    #[test]
    fn a_rom_reaches_to_its_last_used_byte() {
        let rom = used_rom();
        let header = RomHeader::parse(&rom).unwrap();
        header.require_whole(&rom).unwrap();
        let error = header.require_whole(&rom[..4999]).unwrap_err().to_string();
        assert!(
            error.contains("at least 5000 bytes") && error.contains("found 4999"),
            "{error}"
        );
    }

    #[test]
    fn the_program_lies_in_the_rom_or_there_is_none() {
        let mut rom = used_rom();
        assert_eq!(arm9_program(&rom), Some(&[7; 100][..]));
        rom[ARM9_SIZE..ARM9_SIZE + 4].copy_from_slice(&5000_u32.to_le_bytes());
        assert_eq!(arm9_program(&rom), None);
        rom[ARM9_SIZE..ARM9_SIZE + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!((arm9_program(&rom), arm9_program(&[])), (None, None));
        assert!(has_checksum_with_other_padding(&[], 0));
    }

    #[test]
    fn short_and_foreign_files_are_refused() {
        let error = RomHeader::parse(&[0; 511]).unwrap_err().to_string();
        assert_eq!(
            error,
            "ROM, header: expected at least 512 bytes, found 511 bytes"
        );
        let error = RomHeader::parse(&[0xFF; 512]).unwrap_err().to_string();
        assert!(error.contains("offset 0x12"), "{error}");
    }

    #[test]
    fn checksum_is_the_common_crc32() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
    }

    proptest! {
        #[test]
        fn any_bytes_parse_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = RomHeader::parse(&bytes).map(|header| header.serial());
        }
    }
}
