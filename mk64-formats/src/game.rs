//! Which ROMs are Mario Kart 64.

use n64_formats::rom::Header;

/// The checksums of the US release, of which there is one revision.
const US_CRC: [u32; 2] = [0x3E50_55B6, 0x2E92_DA52];

/// Whether a ROM says that it is Mario Kart 64, of any region (game code `NKT` and the country).
#[must_use]
pub fn is_mario_kart(header: &Header) -> bool {
    header.code.starts_with("NKT")
}

/// Whether a ROM is the US release, by its checksums. Others have other addresses in RAM.
#[must_use]
pub fn is_us_release(header: &Header) -> bool {
    header.crc == US_CRC
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(code: &str, crc: [u32; 2]) -> Header {
        Header {
            name: "MARIOKART64".into(),
            crc,
            code: code.into(),
            revision: 0,
        }
    }

    #[test]
    fn games_are_known_by_their_codes_and_checksums() {
        let us = [0x3E50_55B6, 0x2E92_DA52];
        for (code, crc, is_game, is_us) in [
            ("NKTE", us, true, true),
            ("NKTE", [us[0], 0], true, false),
            ("NKTP", [1, 2], true, false),
            ("NSME", us, false, true),
            ("", [0, 0], false, false),
        ] {
            let header = header(code, crc);
            assert_eq!(is_mario_kart(&header), is_game, "{code}");
            assert_eq!(is_us_release(&header), is_us, "{crc:x?}");
        }
    }

    #[test]
    fn the_bundled_game_is_not_mistaken_for_it() {
        let rom = n64_formats::rom::Rom::read(homebrew_n64::ROM).expect("a ROM");
        assert!(!is_mario_kart(rom.header()) && !is_us_release(rom.header()));
    }
}
