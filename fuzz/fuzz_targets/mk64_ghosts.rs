//! Mario Kart 64's ghosts: the input as a ghost's header and packed inputs, unchanged and with right checksums.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mk64_formats::ghost::{FILE_SIZE, Ghost, Ghosts, NOTE_SIZE, runs};

/// Bytes of a header, and of those that its checksum is of.
const HEADER: usize = 0x80;
const CHECKED: usize = 0x43;

fuzz_target!(|input: &[u8]| {
    let mut file = [0; FILE_SIZE];
    let length = input.len().min(FILE_SIZE);
    file[..length].copy_from_slice(&input[..length]);
    check(&file);
    for page in 0..0x3C {
        let bytes = &file[HEADER + 0x100 * page..][..0x100];
        file[7 + page] = sum(bytes, page + 1);
    }
    file[0x7F] = sum(&file[..CHECKED], 1);
    check(&file);

    let mut note = [0; NOTE_SIZE];
    let length = input.len().min(NOTE_SIZE);
    note[..length].copy_from_slice(&input[..length]);
    let ghosts = Ghosts::parse(&note).expect("the size");
    assert!(ghosts.ghosts().count() <= 2);
    assert!(ghosts.bytes() == note);
});

fn check(file: &[u8; FILE_SIZE]) {
    let Ok(ghost) = Ghost::parse(file) else {
        return;
    };
    assert!(ghost.to_file() == file);
    assert_eq!(ghost.pads().count(), ghost.frame_count());
    let mut ghosts = Ghosts::blank();
    for slot in [0, 1] {
        ghosts.set_ghost(slot, &ghost).expect("a slot");
        assert!(ghosts.ghost(slot).as_ref() == Ok(&Some(ghost.clone())));
    }
    if let Ok(driven) = Ghost::new(
        ghost.course(),
        ghost.character(),
        ghost.time(),
        &runs(ghost.pads()),
    ) {
        let replayed = ghost.pads().zip(driven.pads());
        assert!(replayed.into_iter().all(|(was, is)| was == is));
    }
}

/// The sum of each byte times a factor and its number.
fn sum(bytes: &[u8], factor: usize) -> u8 {
    let terms = bytes.iter().enumerate();
    terms
        .map(|(at, byte)| usize::from(*byte) * factor + at)
        .sum::<usize>() as u8
}
