use nds_formats::battery::{with_footer, without_container};

use super::*;
use crate::cipher;
use crate::ghost::{Combo, RaceTime};

fn ghost() -> Ghost {
    let combo = Combo {
        character: 0,
        kart: 0,
        course: 20,
    };
    Ghost::new(
        combo,
        RaceTime(60_000),
        vec![RaceTime(20_000); 3],
        "Test",
        Vec::new(),
    )
}

#[test]
fn a_new_save_holds_the_ghosts_put_into_it() {
    let mut save = Save::blank();
    assert!(save.ghosts().is_empty());
    save.set_ghost(31, &ghost()).unwrap();
    let ghosts = Save::parse(&save.to_bytes()).unwrap().ghosts();
    assert_eq!(ghosts.len(), 1);
    assert_eq!(ghosts[0].0, 31);
    assert_eq!(
        ghosts[0].1.as_ref().map(|ghost| ghost.nickname.as_str()),
        Ok("Test")
    );
}

#[test]
fn the_footer_stays_and_is_no_battery() {
    let mut battery = vec![0xFF; BATTERY_SIZES[1]];
    battery[0] = 7;
    let file = with_footer(&battery).unwrap();
    assert_eq!(file.len(), battery.len() + 122);
    assert_eq!(
        &file[battery.len() + 82..battery.len() + 90],
        [0, 0, 8, 0, 0, 0, 8, 0]
    );
    let mut save = Save::parse(&file).unwrap();
    assert!(save.battery() == battery);
    assert!(save.to_bytes() == file);
    save.set_ghost(0, &ghost()).unwrap();
    assert!(save.to_bytes().ends_with(&file[battery.len()..]));
}

#[test]
fn other_sizes_are_refused() {
    for size in [0, 1, 122, (256 << 10) - 1, (512 << 10) + 1] {
        let error = Save::parse(&vec![0; size]).unwrap_err().to_string();
        assert!(error.ends_with(&format!("found {size} bytes")), "{error}");
    }
    assert!(with_footer(&[0; 100]).is_err());
}

/// A file with `head` before and `tail` behind the battery memory of a save with a ghost in slot 31.
fn contained(head: &[u8], tail: &[u8]) -> Vec<u8> {
    let mut save = with_system();
    save.set_ghost(31, &ghost()).unwrap();
    [head, save.battery(), tail].concat()
}

fn nocash_header(kind: &[u8; 4], compression: u32, size: u32) -> Vec<u8> {
    let mut header = b"NocashGbaBackupMediaSavDataFile\x1A".to_vec();
    header.resize(0x40, 0);
    header.extend_from_slice(kind);
    header.extend_from_slice(&compression.to_le_bytes());
    header.extend_from_slice(&size.to_le_bytes());
    header
}

#[test]
fn containers_are_opened_and_kept() {
    let mut duc = b"ARDS000000000001".to_vec();
    duc.resize(500, 7);
    let size = BATTERY_SIZES[0] as u32;
    for (head, tail) in [
        (duc, &b""[..]),
        (nocash_header(b"SRAM", 0, size), b""),
        (nocash_header(b"SRAM", 0, size), b"more"),
    ] {
        let file = contained(&head, tail);
        let mut save = Save::parse(&file).unwrap();
        assert_eq!(save.ghosts().len(), 1);
        assert_eq!(save.check(), Ok(()));
        assert!(save.to_bytes() == file);
        assert!(save.battery() == without_container(&file));
        save.clear_ghost(31).unwrap();
        let changed = save.to_bytes();
        assert!(changed.starts_with(&head) && changed.ends_with(tail));
        assert!(Save::parse(&changed).unwrap().ghosts().is_empty());
    }
}

#[test]
fn broken_and_compressed_containers_are_named() {
    for (head, message) in [
        (
            nocash_header(b"SRAM", 1, 9),
            "save, no$gba's header, offset 0x40: a save compressed by no$gba (let it write \
             uncompressed or raw saves) is not supported",
        ),
        (
            nocash_header(b"FLSH", 0, 9),
            "save, no$gba's header, offset 0x40: expected \"SRAM\", found \"FLSH\"",
        ),
        (
            nocash_header(b"SRAM", 0, 9)[..0x4B].to_vec(),
            "save, no$gba's header: expected 76 bytes, found 75 bytes",
        ),
        (
            nocash_header(b"SRAM", 0, u32::MAX),
            "save, whole file: expected 262144 or 524288 bytes of battery memory, found 0 bytes",
        ),
        (
            b"ARDS000000000001".to_vec(),
            "save, whole file: expected 262144 or 524288 bytes of battery memory, found 16 bytes",
        ),
    ] {
        assert_eq!(Save::parse(&head).unwrap_err().to_string(), message);
    }
}

#[test]
fn twice_as_large_files_are_read_by_their_first_half() {
    let once = contained(b"", b"");
    for second in [once.clone(), vec![0; once.len()], vec![0xFF; once.len()]] {
        let file = [once.clone(), second].concat();
        let save = Save::parse(&file).unwrap();
        let slots: Vec<_> = save.ghosts().into_iter().map(|(slot, _)| slot).collect();
        assert_eq!((slots, save.lost_bytes()), (vec![31], 0));
        assert!(save.to_bytes() == file);
    }
}

#[test]
fn zeros_are_an_empty_slot_and_never_a_ghost() {
    let mut file = contained(b"", b"");
    file[GHOSTS_OFFSET..GHOSTS_OFFSET + 31 * SLOT_SIZE].fill(0);
    let mut save = Save::parse(&file).unwrap();
    let slots: Vec<_> = save.ghosts().into_iter().map(|(slot, _)| slot).collect();
    assert_eq!(slots, [31]);
    assert_eq!(save.hidden_ghosts(), Ok(vec![]));
    assert!(save.to_bytes() == file);
    // A ghost never begins so.
    assert_eq!(cipher::find_start([0; 4], *b"NKPG"), None);
    // Zeros and something else are a damaged ghost.
    save.battery[GHOSTS_OFFSET + 5] = 1;
    assert!(save.ghost(0).is_err());
}

#[test]
fn a_file_that_ends_too_early_is_read_up_to_there() {
    let mut whole = with_system();
    for slot in [0, 20, 21, 31] {
        whole.set_ghost(slot, &ghost()).unwrap();
    }
    // Within slot 21.
    let length = slot_start(21).unwrap() + 100;
    let file = &whole.to_bytes()[..length];
    let mut save = Save::parse(file).unwrap();
    assert_eq!(save.lost_bytes(), BATTERY_SIZES[0] - length);
    assert_eq!(save.whole_slots(), 21);
    let ghosts = save.ghosts();
    let read: Vec<_> = ghosts.iter().filter(|(_, ghost)| ghost.is_ok()).collect();
    assert_eq!(
        read.iter().map(|(slot, _)| *slot).collect::<Vec<_>>(),
        [0, 20]
    );
    assert_eq!(ghosts.len(), 3);
    assert_eq!(
        save.ghost(21).unwrap_err().to_string(),
        "save, slot 21 (rFS), offset 0x1d500: expected 3584 bytes, found 100 bytes"
    );
    assert_eq!(save.ghost(31), Ok(None));
    assert_eq!(
        save.set_ghost(21, &ghost()).unwrap_err().to_string(),
        "save, ghost slot: expected one of the 21 slots before the file's end, found 21"
    );
    save.clear_ghost(20).unwrap();
    assert_eq!(save.to_bytes().len(), length);
    assert_eq!(save.battery().len(), BATTERY_SIZES[0]);
    assert!(save.battery()[length..].iter().all(|byte| *byte == 0xFF));
    // Nothing says that this is a save of Mario Kart DS.
    assert!(Save::parse(&Save::blank().to_bytes()[..200_000]).is_err());
}

#[test]
fn ghosts_without_their_bit_are_hidden() {
    let mut save = with_system();
    save.set_ghost(0, &ghost()).unwrap();
    let mut system = save.system().unwrap().unwrap();
    system.personal_ghosts.set(0, false);
    system.write(&mut save.battery);
    // The bits of the slots 3 and 4 have no ghosts, which hides nothing.
    assert_eq!(save.hidden_ghosts(), Ok(vec![0]));
    assert_eq!(save.ghosts().len(), 1);
    save.battery[..0x100].fill(0xFF);
    assert_eq!(save.hidden_ghosts(), Ok(vec![]));
}

#[test]
fn ghosts_of_mods_are_read() {
    for (course, laps) in [(39, 1), (46, 5), (59, 2), (60, 3)] {
        let combo = Combo {
            course,
            ..ghost().combo
        };
        let laps = vec![RaceTime(20_000); laps];
        let made = Ghost::new(combo, RaceTime(60_000), laps.clone(), "Mod", Vec::new());
        let mut save = Save::blank();
        save.set_ghost(2, &made).unwrap();
        let read = save.ghost(2).unwrap().unwrap();
        assert_eq!((read.combo.course, read.laps), (course, laps));
    }
}

#[test]
fn a_slot_beyond_the_last_is_refused() {
    let mut save = Save::blank();
    assert!(save.ghost(SLOT_COUNT).is_err());
    assert!(save.set_ghost(SLOT_COUNT, &ghost()).is_err());
    assert!(save.clear_ghost(usize::MAX).is_err());
}

/// A save whose system's block has the bits of the slots 3 and 4.
fn with_system() -> Save {
    let mut block = [0; 0x100];
    block[..8].copy_from_slice(system::CLEAR);
    block[8..12].copy_from_slice(b"NKSY");
    block[12..16].copy_from_slice(&[b'M', 0, b'e', 0]);
    block[0x26..0x2A].copy_from_slice(&0b11000_u32.to_le_bytes());
    block[0x2A] = 1;
    block[0xFC] = 0x5A;
    cipher::seal(&mut block);
    cipher::apply(&mut block[8..], 7);
    let mut save = Save::blank();
    save.battery[..0x100].copy_from_slice(&block);
    save
}

#[test]
fn ghosts_have_their_bit_in_the_systems_block() {
    let before = with_system();
    assert_eq!(before.check(), Ok(()));
    let mut save = before.clone();
    save.set_ghost(31, &ghost()).unwrap();
    save.clear_ghost(3).unwrap();
    let system = save.system().unwrap().unwrap();
    assert_eq!(system.nickname, "Me");
    assert_eq!(system.personal_ghosts, SlotBits(1 << 31 | 1 << 4));
    assert!(system.personal_ghosts.has(31) && !system.personal_ghosts.has(32));
    assert_eq!(system.downloaded_ghosts, SlotBits(1));
    assert_eq!(save.check(), Ok(()));
    save.clear_ghost(31).unwrap();
    save.set_ghost(3, &ghost()).unwrap();
    save.battery[slot_start(3).unwrap()..][..SLOT_SIZE].fill(0xFF);
    assert!(save == before, "the save differs");
}

#[test]
fn a_damaged_system_block_is_refused_and_nothing_changes() {
    for (offset, message) in [
        (
            8,
            "save, NKSY, offset 0x8: expected \"NKSY\" under one of 29 keys",
        ),
        (0x40, "save, NKSY, offset 0xfe: expected checksum"),
    ] {
        let mut save = with_system();
        save.battery[offset] ^= 1;
        let before = save.clone();
        let errors = [
            save.check().unwrap_err(),
            save.set_ghost(0, &ghost()).unwrap_err(),
            save.clear_ghost(0).unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().starts_with(message), "{error}");
        }
        assert!(save == before, "the save differs");
    }
    let mut save = with_system();
    save.battery[1] = b'?';
    let error = save.check().unwrap_err().to_string();
    assert_eq!(
        error,
        "save, NKSY, offset 0x0: expected \"MKDSSV10\", found \"M?DSSV10\""
    );
    save.battery[0x400] = 0;
    assert_eq!(save.system(), Ok(None));
}

#[test]
fn blocks_that_were_never_written_are_fine() {
    assert_eq!(Save::blank().check(), Ok(()));
    assert_eq!(Save::blank().system(), Ok(None));
    let mut save = Save::blank();
    save.battery[0x1E00] = 0;
    let error = save.check().unwrap_err().to_string();
    assert!(error.starts_with("save, NKMR, offset 0x1e00"), "{error}");
}
