//! Saves: a block of a whole save made of the input. Slots are changed and put back.
#![no_main]

use fuzz::encipher;
use libfuzzer_sys::fuzz_target;
use mkds_formats::sav::{Save, battery_of};

/// Where the input goes: into the system's block, another block, or a ghost's slot.
const PLACES: [usize; 4] = [0, 0x400, 0x1E00, 0xAF00];

fuzz_target!(|input: &[u8]| {
    assert!(battery_of(input).len() <= input.len());
    let Some((&place, contents)) = input.split_first() else {
        return;
    };
    let mut file = Save::blank().to_bytes();
    let place_at = PLACES[usize::from(place) % PLACES.len()];
    let contents = &contents[..contents.len().min(0x1000)];
    if place_at == 0 && place & 0x80 == 0 {
        let mut block = [0; 0x100];
        let length = contents.len().min(block.len());
        block[..length].copy_from_slice(&contents[..length]);
        block[..12].copy_from_slice(b"MKDSSV10NKSY");
        encipher(&mut block, 8);
        file[..block.len()].copy_from_slice(&block);
    } else {
        file[place_at..place_at + contents.len()].copy_from_slice(contents);
    }

    let mut save = Save::parse(&file).expect("a save's size");
    assert!(save.to_bytes() == file);
    let system = save.system();
    if system.is_err() {
        assert!(save.check().is_err());
    }
    for (slot, ghost) in save.ghosts() {
        let Ok(ghost) = ghost else { continue };
        if save.clear_ghost(slot).is_ok() {
            assert_eq!(save.ghost(slot), Ok(None));
            save.set_ghost(slot, &ghost)
                .expect("a slot that was cleared");
            assert_eq!(save.ghost(slot), Ok(Some(ghost)));
        }
    }
    if let Ok(Some(system)) = system {
        let mut changed = save.clone();
        let slot = usize::from(place) % 32;
        changed.clear_ghost(slot).expect("a sound system block");
        let after = changed.system().expect("ours").expect("as before");
        assert!(!after.personal_ghosts.has(slot));
        assert_eq!(after.downloaded_ghosts, system.downloaded_ghosts);
        assert_eq!(after.nickname, system.nickname);
    }
});
