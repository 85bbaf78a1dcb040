//! Movies: a parsed movie is written back unchanged, and edits do not change the rest.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;

fuzz_target!(|file: &[u8]| {
    let Ok(mut movie) = Movie::parse(file) else {
        return;
    };
    assert_eq!(movie.to_bytes(), file);
    let header = &movie.header;
    let _ = (header.start(), header.sram(), header.firmware());
    let _ = (header.rtc_start(), header.jit_block_size());
    let _ = (header.rom_checksum(), header.advanced_timing());
    assert!(header.comments().count() <= header.entries().count());

    let middle = movie.frames.len() / 2;
    movie
        .splice(middle..middle, [Frame::default(); 2])
        .expect("a frame in the middle");
    let removed = movie
        .splice(middle..middle + 2, [])
        .expect("what was put in");
    assert_eq!(removed, [Frame::default(); 2]);
    assert_eq!(movie.to_bytes(), file);
});
