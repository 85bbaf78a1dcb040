use super::*;
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
    assert!(save.to_bytes().ends_with(FOOTER_COOKIE));
}

#[test]
fn other_sizes_are_refused() {
    for size in [0, 1, FOOTER_SIZE, (256 << 10) - 1, (512 << 10) + 1] {
        let error = Save::parse(&vec![0; size]).unwrap_err().to_string();
        assert!(error.ends_with(&format!("found {size} bytes")), "{error}");
    }
    assert!(with_footer(&[0; 100]).is_err());
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
    save.bytes[..0x100].copy_from_slice(&block);
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
    save.bytes[slot_start(3).unwrap()..][..SLOT_SIZE].fill(0xFF);
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
        save.bytes[offset] ^= 1;
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
    save.bytes[1] = b'?';
    let error = save.check().unwrap_err().to_string();
    assert_eq!(
        error,
        "save, NKSY, offset 0x0: expected \"MKDSSV10\", found \"M?DSSV10\""
    );
    save.bytes[0x400] = 0;
    assert_eq!(save.system(), Ok(None));
}

#[test]
fn blocks_that_were_never_written_are_fine() {
    assert_eq!(Save::blank().check(), Ok(()));
    assert_eq!(Save::blank().system(), Ok(None));
    let mut save = Save::blank();
    save.bytes[0x1E00] = 0;
    let error = save.check().unwrap_err().to_string();
    assert!(error.starts_with("save, NKMR, offset 0x1e00"), "{error}");
}
