//! Ghosts: the input as a slot, and as the plain text of a slot. A parsed ghost is written back unchanged.
#![no_main]

use fuzz::encipher;
use libfuzzer_sys::fuzz_target;
use mkds_formats::ghost::{Ghost, GhostSummary, SLOT_SIZE};

fuzz_target!(|image: &[u8]| {
    let mut slot = [0; SLOT_SIZE];
    let length = image.len().min(SLOT_SIZE);
    slot[..length].copy_from_slice(&image[..length]);
    check(&slot);
    slot[..4].copy_from_slice(b"NKPG");
    encipher(&mut slot, 0);
    check(&slot);
});

fn check(slot: &[u8; SLOT_SIZE]) {
    let Ok(Some(ghost)) = Ghost::from_slot(slot, 0) else {
        return;
    };
    assert_eq!(ghost.to_slot().as_ref(), Ok(slot));
    assert_eq!(ghost.frames().count(), ghost.frame_count());
    let summary = GhostSummary::new(0, &ghost);
    assert_eq!(summary.runs, ghost.runs.len());
    let laps = ghost.laps.clone();
    let again = Ghost::from_pads(
        ghost.combo,
        ghost.time,
        laps,
        &ghost.nickname,
        ghost.frames(),
    );
    assert_eq!(
        again.frames().collect::<Vec<_>>(),
        ghost.frames().collect::<Vec<_>>()
    );
}
