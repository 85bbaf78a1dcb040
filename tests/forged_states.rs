//! Save states with impossible numbers are refused with the field's name, before a console loads them.

use desmume::{Emulator, Options, Picture};
use nds_formats::pad::Frame;

use crate::program::{fails, text};

/// A state of the bundled game, as DeSmuME's file.
fn file() -> Vec<u8> {
    let mut emulator = Emulator::open(homebrew::ROM, &Options::default()).expect("an emulator");
    for _ in 0..100 {
        emulator
            .step(&Frame::default(), Picture::Skip)
            .expect("a step");
    }
    let state = emulator.save_state().expect("a state");
    state.to_dst().expect("a file")
}

/// The same file, with another number in a field of a chunk.
fn with(file: &[u8], chunk: u32, name: &str, value: &[u8]) -> Vec<u8> {
    let word = |at: usize| u32::from_le_bytes(*file[at..].first_chunk().expect("a word"));
    let mut at = 32;
    while word(at) != chunk {
        at += 8 + word(at + 4) as usize;
    }
    at += 8;
    while file[at..at + 4] != *name.as_bytes() {
        at += 12 + (word(at + 4) * word(at + 8)) as usize;
    }
    let mut forged = file.to_vec();
    forged[at + 12..at + 12 + value.len()].copy_from_slice(value);
    forged
}

#[test]
fn a_forged_number_is_named_with_its_file_chunk_and_range() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("forged.dst");
    let movies = folder.path().join("movies");
    let file = file();
    for (chunk, name, value, expected, found) in [
        (5, "_VCT", &[7, 1, 0, 0][..], "at most 262", "263"),
        (60, "F0TL", &[255], "at most 15", "255"),
        (60, "MTMO", &[32, 0, 0, 0], "one of", "32"),
        (60, "FDHD", &[0, 96, 0, 0], "at most 24575", "24576"),
        (90, "GFHE", &[255; 4], "at most 199999", "4294967295"),
        (90, "GMOD", &[4, 0, 0, 0], "at most 3", "4"),
        (90, "GTVC", &[255; 4], "at most 3", "4294967295"),
    ] {
        std::fs::write(&state, with(&file, chunk, name, value)).expect("written");
        let chunk = format!("chunk {chunk}, {name}: expected {expected}");
        let found = format!("found {found}");
        fails(
            ["drive", "--state", text(&state), "--movies", text(&movies)],
            &["forged.dst", &chunk, &found],
        );
    }
    assert!(!movies.exists());
}
