//! ROMs: their header, program, padding and files; files that are appended are found.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nds_formats::nitrofs::{self, FileSystem};
use nds_formats::rom::{self, HEADER_SIZE, RomHeader};

fuzz_target!(|rom: &[u8]| {
    if let Ok(header) = RomHeader::parse(rom) {
        assert!(header.serial().is_ascii());
        let _ = (
            header.region(),
            mkds_formats::game::is_mario_kart(&header),
            mkds_formats::game::is_kiosk_demo(&header),
        );
    }
    assert!(rom::has_checksum_with_other_padding(
        rom,
        rom::checksum(rom)
    ));
    assert!(rom::arm9_program(rom).is_none_or(|program| program.len() <= rom.len()));
    let Ok(system) = FileSystem::parse(rom) else {
        return;
    };
    let files: Vec<_> = system.files().collect();
    let total: usize = files.iter().map(|(_, contents)| contents.len()).sum();
    if total > 1 << 20 {
        return;
    }
    let mut copy = vec![0; HEADER_SIZE];
    if nitrofs::append(&mut copy, &files).is_err() {
        return;
    }
    let again = FileSystem::parse(&copy).expect("what we made");
    assert_eq!(again.files().len(), files.len());
    for (path, contents) in files {
        assert_eq!(again.file(path), Some(contents));
    }
});
