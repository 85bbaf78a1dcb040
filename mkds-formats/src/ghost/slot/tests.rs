use proptest::prelude::*;

use super::*;

fn combo() -> Combo {
    Combo {
        character: 8,
        kart: 34,
        course: 20,
    }
}

fn lap() -> RaceTime {
    RaceTime(30_123)
}

fn ghost(runs: Vec<Run>) -> Ghost {
    Ghost::new(combo(), RaceTime(90_369), vec![lap(); 3], "Ána", runs)
}

fn run(buttons: u8, frames: u8) -> Run {
    Run {
        buttons: GhostButtons::from_bits_retain(buttons),
        frames,
    }
}

#[test]
fn new_ghosts_survive_the_slot() {
    let ghost = ghost(vec![run(0, 60), run(1, 255), run(0x25, 7)]);
    let read = Ghost::from_slot(&ghost.to_slot().unwrap(), 0)
        .unwrap()
        .unwrap();
    assert_eq!(
        (read.combo, read.time, read.nickname.as_str()),
        (combo(), ghost.time, "Ána")
    );
    assert_eq!((read.laps, read.runs), (ghost.laps, ghost.runs));
}

#[test]
fn long_stretches_become_several_runs() {
    let pads = std::iter::repeat_n(Pad::A, 600).chain([Pad::A | Pad::L]);
    let ghost = Ghost::from_pads(combo(), lap(), vec![lap()], "x", pads.clone());
    assert_eq!(
        ghost.runs,
        [run(1, 255), run(1, 255), run(1, 90), run(9, 1)]
    );
    // L and X are the same button to a ghost.
    let expected: Vec<Pad> = pads
        .map(|pad| if pad == Pad::A { pad } else { Pad::A | Pad::X })
        .collect();
    assert_eq!(ghost.frames().collect::<Vec<_>>(), expected);
    assert_eq!(ghost.frame_count(), 601);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let mut bad = ghost(vec![run(0, 1); MAX_RUNS + 1]);
    assert_eq!(
        bad.to_slot().unwrap_err().to_string(),
        "ghost, runs: expected at most 1764, found 1765"
    );
    bad.runs.truncate(MAX_RUNS);
    assert!(bad.to_slot().is_ok());
    bad.nickname = "eleven char".into();
    assert!(bad.to_slot().unwrap_err().to_string().contains("nickname"));
    bad.nickname.clear();
    bad.combo.kart = 64;
    assert!(bad.to_slot().unwrap_err().to_string().contains("kart"));
    bad.combo.kart = 0;
    bad.laps = vec![lap(); 6];
    assert!(bad.to_slot().unwrap_err().to_string().contains("laps"));
    bad.laps = vec![RaceTime(RaceTime::MAX.0 + 1)];
    assert!(
        bad.to_slot()
            .unwrap_err()
            .to_string()
            .contains("milliseconds")
    );
}

/// A slot whose deciphered image is changed, with its checksum put right.
fn tampered(change: impl FnOnce(&mut [u8; SLOT_SIZE])) -> [u8; SLOT_SIZE] {
    let mut slot = ghost(vec![run(0, 1)]).to_slot().unwrap();
    cipher::apply(&mut slot, 0);
    change(&mut slot);
    cipher::seal(&mut slot);
    cipher::apply(&mut slot, 0);
    slot
}

#[test]
fn fields_out_of_range_are_refused_with_their_place() {
    let message = |slot: &[u8; SLOT_SIZE]| Ghost::from_slot(slot, 31).unwrap_err().to_string();
    let start = GHOSTS_OFFSET + 31 * SLOT_SIZE;
    let long = tampered(|image| set_word(image, LENGTH, 3530));
    assert_eq!(
        message(&long),
        format!(
            "ghost, slot 31 (rYC), offset {:#x}: expected an even length of the runs, at most 3528 \
             bytes, found 3530 bytes",
            start + LENGTH
        )
    );
    assert!(message(&tampered(|image| set_word(image, LENGTH, 3))).contains("found 3 bytes"));
    assert!(
        message(&tampered(|image| set_word(image, LENGTH, u32::MAX))).contains("found 4294967295")
    );
    let time = tampered(|image| set_word(image, TIME, 60 << 15));
    assert!(message(&time).contains(&format!("offset {:#x}: expected a time", start + TIME)));
    let lap = tampered(|image| image[LAPS + 3..LAPS + 6].copy_from_slice(&[0, 3, 0xFF]));
    assert!(message(&lap).contains(&format!(
        "offset {:#x}: expected a lap time",
        start + LAPS + 3
    )));
}

#[test]
fn what_is_not_understood_stays() {
    let slot = tampered(|image| {
        image[COMBO + 2..COMBO + 4].copy_from_slice(&[0xD9, 0x42]);
        image[TIME] = 0xA5;
        // An unpaired surrogate, then text after the terminator.
        image[NICKNAME..NICKNAME + 8].copy_from_slice(&[0x41, 0, 0, 0xD8, 0, 0, 0x42, 0]);
        image[LENGTH - 1] = 3;
        image[RUNS + 200] = 7;
        image[UNCHECKED] = 0x81;
    });
    let mut read = Ghost::from_slot(&slot, 0).unwrap().unwrap();
    assert_eq!(read.nickname, "A\u{FFFD}");
    assert_eq!(read.to_slot().unwrap(), slot);
    read.nickname = "B".into();
    let renamed = Ghost::from_slot(&read.to_slot().unwrap(), 0)
        .unwrap()
        .unwrap();
    assert_eq!(renamed.nickname, "B");
    assert_eq!(renamed.runs, read.runs);
}

#[test]
fn erased_slots_are_empty() {
    assert_eq!(Ghost::from_slot(&[0xFF; SLOT_SIZE], 0), Ok(None));
    assert_eq!(Ghost::from_slot(&[0; SLOT_SIZE], 0), Ok(None));
    let mut damaged = [0; SLOT_SIZE];
    damaged[SLOT_SIZE - 1] = 1;
    assert!(Ghost::from_slot(&damaged, 0).is_err());
}

#[test]
fn times_read_as_people_write_them() {
    assert_eq!(RaceTime(71_427).to_string(), "1:11.427");
    assert_eq!(RaceTime(9_003).to_string(), "0:09.003");
}

proptest! {
    #[test]
    fn any_ghost_survives_the_slot(
        character in 0..16_u8, kart in 0..64_u8, course in 0..64_u8,
        time in 0..=RaceTime::MAX.0,
        laps in proptest::collection::vec(1..=RaceTime::MAX.0, 0..=MAX_LAPS),
        nickname in "[a-zA-Z0-9éß ☆]{0,10}",
        runs in proptest::collection::vec((any::<u8>(), any::<u8>()), 0..=MAX_RUNS),
        start in 0..cipher::STARTS,
    ) {
        let laps: Vec<_> = laps.into_iter().map(RaceTime).collect();
        let runs: Vec<_> = runs.into_iter().map(|(buttons, frames)| run(buttons, frames)).collect();
        let combo = Combo { character, kart, course };
        let mut ghost = Ghost::new(combo, RaceTime(time), laps, &nickname, runs);
        ghost.cipher_start = start;
        let slot = ghost.to_slot().unwrap();
        let read = Ghost::from_slot(&slot, 0).unwrap().unwrap();
        prop_assert_eq!(&read.to_slot().unwrap(), &slot);
        prop_assert_eq!((read.combo, read.time, read.cipher_start), (combo, ghost.time, start));
        prop_assert_eq!((read.laps, read.nickname, read.runs), (ghost.laps, ghost.nickname, ghost.runs));
    }

    #[test]
    fn every_button_survives_the_pad(bits: u8) {
        let buttons = GhostButtons::from_bits_retain(bits);
        prop_assert_eq!(GhostButtons::from(Pad::from(buttons)), buttons);
    }

    #[test]
    fn any_slot_reads_or_fails(bytes in proptest::collection::vec(any::<u8>(), SLOT_SIZE)) {
        let slot: [u8; SLOT_SIZE] = bytes.try_into().unwrap();
        let _ = Ghost::from_slot(&slot, 0);
    }

    /// Past the checksum: random bytes in an image that deciphers.
    #[test]
    fn any_image_reads_back_equal_or_fails(
        changes in proptest::collection::vec((4..UNCHECKED, any::<u8>()), 0..40),
    ) {
        let slot = tampered(|image| for (offset, value) in changes { image[offset] = value; });
        if let Ok(Some(ghost)) = Ghost::from_slot(&slot, 0) {
            prop_assert_eq!(ghost.to_slot().unwrap(), slot);
        }
    }
}
