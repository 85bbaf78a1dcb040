//! Which ROMs are Mario Kart DS.

use nds_formats::rom::RomHeader;

/// Whether a ROM is Mario Kart DS, or a game that says it has its memory layout (game code `AMC` and a region).
pub fn is_mario_kart(header: &RomHeader) -> bool {
    header.game_code.starts_with("AMC")
}

/// Whether a ROM is a demo of Mario Kart DS for the kiosks of shops, whose addresses are not known: `NTR-A39E-USA` and
/// `NTR-AM3P-EUR`.
pub fn is_kiosk_demo(header: &RomHeader) -> bool {
    ["A39", "AM3"].contains(&header.game_code.get(..3).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(code: &[u8; 4]) -> RomHeader {
        let mut rom = [0; nds_formats::rom::HEADER_SIZE];
        rom[0x0C..0x10].copy_from_slice(code);
        RomHeader::parse(&rom).unwrap()
    }

    #[test]
    fn games_are_known_by_their_codes() {
        assert!(is_mario_kart(&header(b"AMCE")) && is_mario_kart(&header(b"AMCJ")));
        assert!(is_kiosk_demo(&header(b"A39E")) && is_kiosk_demo(&header(b"AM3P")));
        for other in [b"A39E", b"\xE9\xE9\xE9E"] {
            assert!(!is_mario_kart(&header(other)));
        }
        assert!(!is_kiosk_demo(&header(b"AMCE")) && !is_kiosk_demo(&header(b"\xE9\xE9\xE9E")));
    }
}
