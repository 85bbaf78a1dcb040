//! Saves: a valid save with a block made of the input, a save that ends too early, the input as a container's header.
//! Slots are changed and restored.
#![no_main]

use fuzz::encipher;
use libfuzzer_sys::fuzz_target;
use mkds_formats::sav::{SLOT_COUNT, Save};
use nds_formats::battery::without_container;

/// The blocks that the input can replace: magic, offset, size, unencrypted bytes before the magic.
const BLOCKS: [(&[u8; 4], usize, usize, &[u8]); 5] = [
    (b"NKSY", 0, 0x100, b"MKDSSV10"),
    (b"NKEM", 0x100, 0x300, b""),
    (b"NKGP", 0x400, 0x400, b""),
    (b"NKMR", 0x1E00, 0x100, b""),
    (b"NKPG", 0xAF00, 0xE00, b""),
];

fuzz_target!(|input: &[u8]| {
    assert!(without_container(input).len() <= input.len());
    let Some((&choice, contents)) = input.split_first() else {
        return;
    };
    let mut file = Save::blank().to_bytes();
    let (magic, offset, size, clear) = BLOCKS[usize::from(choice) % BLOCKS.len()];
    let block = &mut file[offset..offset + size];
    let length = contents.len().min(size);
    block[..length].copy_from_slice(&contents[..length]);
    // The input unchanged, or enciphered with a checksum as the game writes it.
    let is_whole = choice & 0x80 == 0;
    if is_whole {
        block[length..].fill(0);
        block[..clear.len()].copy_from_slice(clear);
        block[clear.len()..clear.len() + 4].copy_from_slice(magic);
        encipher(block, clear.len());
    }

    let cut = &file[..file.len() - (usize::from(choice) << 10)];
    let contained = [input, file.as_slice()].concat();
    for bytes in [cut, &contained] {
        if let Ok(save) = Save::parse(bytes) {
            assert!(save.to_bytes() == bytes);
            assert!(save.ghosts().len() <= SLOT_COUNT && save.whole_slots() <= SLOT_COUNT);
        }
    }

    let Ok(mut save) = Save::parse(&file) else {
        // Read as another program's header, which leaves too little battery memory.
        assert!(file.starts_with(b"ARDS") || file.starts_with(b"Nocash"));
        return;
    };
    assert!(save.to_bytes() == file);
    let system = save.system();
    if is_whole {
        assert_eq!(save.check(), Ok(()));
    } else if system.is_err() {
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
        let slot = usize::from(choice) % 32;
        changed.clear_ghost(slot).expect("a sound system block");
        let after = changed.system().expect("ours").expect("as before");
        assert!(!after.personal_ghosts.has(slot));
        assert_eq!(after.downloaded_ghosts, system.downloaded_ghosts);
        assert_eq!(after.nickname, system.nickname);
    }
});
