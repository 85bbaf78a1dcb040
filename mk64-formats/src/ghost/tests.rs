use n64_formats::pad::Buttons;
use proptest::prelude::*;

use super::*;

fn pad(buttons: Buttons, stick: [i8; 2]) -> Pad {
    Pad { buttons, stick }
}

fn lap() -> Vec<Run> {
    vec![
        Run {
            pad: pad(Buttons::A, [0, 0]),
            frames: 256,
        },
        Run {
            pad: pad(Buttons::A | Buttons::R, [-80, 3]),
            frames: 17,
        },
        Run {
            pad: pad(Buttons::B | Buttons::Z, [127, -128]),
            frames: 1,
        },
    ]
}

fn ghost() -> Ghost {
    Ghost::new(7, 6, RaceTime(9025), &lap()).expect("a ghost")
}

/// MIO0 unpacked bit by bit, without the crate's functions.
fn independent_mio0(packed: &[u8]) -> Vec<u8> {
    let word = |at: usize| {
        packed[at..at + 4]
            .iter()
            .fold(0, |word, byte| word << 8 | usize::from(*byte))
    };
    let (length, mut copies, mut bytes) = (word(4), word(8), word(12));
    let mut plain = Vec::new();
    let mut bit = 0;
    while plain.len() < length {
        if packed[16 + bit / 8] << (bit % 8) & 0x80 != 0 {
            plain.push(packed[bytes]);
            bytes += 1;
        } else {
            let back =
                (usize::from(packed[copies] & 0xF) << 8 | usize::from(packed[copies + 1])) + 1;
            for _ in 0..(packed[copies] >> 4) + 3 {
                plain.push(plain[plain.len() - back]);
            }
            copies += 2;
        }
        bit += 1;
    }
    plain
}

/// The note's checksums as `save.c` computes them.
fn assert_checksums(note: &[u8], slot: usize) {
    let header = &note[slot * 0x80..][..0x80];
    for page in 0..0x3C {
        let bytes = &note[0x100 + slot * 0x3C00 + page * 0x100..][..0x100];
        let sum: usize = bytes
            .iter()
            .enumerate()
            .map(|(i, byte)| usize::from(*byte) * (page + 1) + i)
            .sum();
        assert_eq!(usize::from(header[7 + page]), sum % 256, "page {page}");
    }
    let sum: usize = header[..0x43]
        .iter()
        .enumerate()
        .map(|(i, byte)| usize::from(*byte) * (slot + 1) + i)
        .sum();
    assert_eq!(usize::from(header[0x7F]), sum % 256);
}

#[test]
fn a_ghost_stands_where_the_game_reads_it() {
    for slot in [0, 1] {
        let mut ghosts = Ghosts::blank();
        ghosts.set_ghost(slot, &ghost()).expect("a slot");
        let note = ghosts.bytes();
        assert_eq!(note.len(), 0x7900);
        assert_checksums(note, slot);
        assert_eq!(note[slot * 0x80..][..7], [0, 0, 0x23, 0x41, 1, 7, 6]);
        let plain = independent_mio0(&note[0x100 + slot * 0x3C00..][..0x3C00]);
        let words: Vec<_> = plain
            .chunks(4)
            .map(|word| u32::from_be_bytes(word.try_into().expect("whole words")))
            .collect();
        assert_eq!(words[..3], [0x80FF_0000, 0x9010_03B0, 0x6000_807F]);
        // The index of the last word, times 4, and 0x20.
        assert_eq!(plain.len(), 2 * 4 + 0x20);
        assert_eq!(ghosts.ghost(slot), Ok(Some(ghost())));
        assert_eq!(
            ghosts.ghosts().map(|(slot, _)| slot).collect::<Vec<_>>(),
            [slot]
        );
    }
    let ghost = ghost();
    assert_eq!(
        (ghost.course(), ghost.character(), ghost.time()),
        (7, 6, RaceTime(9025))
    );
    assert_eq!((ghost.runs(), ghost.frame_count()), (lap().as_slice(), 274));
    assert_eq!(runs(ghost.pads()), lap());
}

#[test]
fn a_blank_note_is_what_the_game_makes() {
    let note = Ghosts::blank();
    for slot in [0, 1] {
        let header = &note.bytes()[slot * 0x80..][..0x80];
        assert_eq!(header[..7], [0; 7]);
        assert!(
            header[7..0x43]
                .iter()
                .enumerate()
                .all(|(page, byte)| usize::from(*byte) == page)
        );
        let sum: usize = header[..0x43]
            .iter()
            .enumerate()
            .map(|(i, byte)| usize::from(*byte) * (slot + 1) + i)
            .sum();
        assert_eq!(usize::from(header[0x7F]), sum % 256);
        assert_eq!(note.ghost(slot), Ok(None));
    }
    assert_eq!(note.ghosts().count(), 0);
}

#[test]
fn the_name_is_mariokart64() {
    assert_eq!(
        NoteId::new(*b"NKTJ", *b"01", "MARIOKART64", ""),
        Ok(NOTE_ID)
    );
}

#[test]
fn ghosts_are_extracted_and_injected_and_other_notes_stay() {
    let other = NoteId::new(*b"NABE", *b"01", "OTHER", "").expect("letters");
    let mut pak = Pak::formatted([1; 16]);
    pak.add(other, &[0x5A; 300]).expect("room");
    let mut ghosts = Ghosts::blank();
    ghosts.set_ghost(1, &ghost()).expect("a slot");
    ghosts
        .write_to(&mut pak)
        .expect("room for 121 pages of 121");

    let before = pak.clone();
    let mut read = Ghosts::read_from(&pak).expect("sound").expect("a note");
    let extracted = read.ghost(1).expect("sound").expect("a ghost").to_file();
    assert_eq!(extracted.len(), FILE_SIZE);
    let injected = Ghost::parse(&extracted).expect("our file");
    assert_eq!(injected, ghost());
    read.set_ghost(0, &injected).expect("a slot");
    read.write_to(&mut pak).expect("the note's place");
    let again = Ghosts::read_from(&pak).expect("sound").expect("a note");
    assert_eq!(
        [again.ghost(0), again.ghost(1)],
        [Ok(Some(ghost())), Ok(Some(ghost()))]
    );
    assert_checksums(again.bytes(), 0);
    assert_checksums(again.bytes(), 1);
    assert_eq!(pak.contents(0), before.contents(0));
    // All but the first slot: its header in the note's first page, and its 60 pages. The note begins at page 7.
    let own = |at: usize| (0x700..0x780).contains(&at) || (0x800..0x800 + 0x3C00).contains(&at);
    assert!((0..pak.bytes().len()).all(|at| own(at) || pak.bytes()[at] == before.bytes()[at]));

    read.clear_ghost(1).expect("a slot");
    assert_eq!(read.ghost(1), Ok(None));
    assert_eq!(read.ghost(0), Ok(Some(ghost())));
    assert_eq!(Ghosts::read_from(&Pak::formatted([1; 16])), Ok(None));
}

#[test]
fn a_full_pak_is_refused_and_unchanged() {
    let mut pak = Pak::formatted([1; 16]);
    let other = NoteId::new(*b"NABE", *b"01", "OTHER", "").expect("letters");
    pak.add(other, &[0; 0x300]).expect("room");
    let before = pak.clone();
    let error = Ghosts::blank().write_to(&mut pak).unwrap_err().to_string();
    assert_eq!(
        error,
        "controller pak, note's contents: expected 1 to 30720 bytes, which are free, found 30976 bytes"
    );
    assert_eq!(pak, before);
    // A note of ours with another size.
    let mut pak = Pak::formatted([1; 16]);
    pak.add(NOTE_ID, &[0; 0x300]).expect("room");
    let error = Ghosts::read_from(&pak).unwrap_err().to_string();
    assert_eq!(
        error,
        "Mario Kart 64 ghost, note: expected 30976 bytes, found 768 bytes"
    );
    assert!(Ghosts::blank().write_to(&mut pak).is_err());
}

#[test]
fn damage_is_told_with_its_place() {
    let mut ghosts = Ghosts::blank();
    ghosts.set_ghost(1, &ghost()).expect("a slot");
    let message = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = ghosts.bytes().to_vec();
        change(&mut bytes);
        let damaged = Ghosts::parse(&bytes).expect("the size");
        assert_eq!(damaged.bytes(), bytes);
        assert_eq!(damaged.ghost(0), Ok(None));
        damaged.ghost(1).expect_err("damage").to_string()
    };
    let reseal = |bytes: &mut Vec<u8>| {
        let header = &bytes[0x80..0xC3];
        let sum: usize = header
            .iter()
            .enumerate()
            .map(|(i, byte)| usize::from(*byte) * 2 + i)
            .sum();
        bytes[0xFF] = sum as u8;
    };
    let header = message(&|bytes| bytes[0x83] ^= 1);
    assert!(
        header.starts_with(
            "Mario Kart 64 ghost, slot 1, header offset 0x7f: expected the checksum 0x"
        ),
        "{header}"
    );
    let page = message(&|bytes| bytes[0x3D00 + 0x3B00] ^= 1);
    assert!(
        page.starts_with("Mario Kart 64 ghost, page 59: expected the checksum 0x"),
        "{page}"
    );
    let course = message(&|bytes| {
        bytes[0x85] = 16;
        reseal(bytes);
    });
    assert_eq!(
        course,
        "Mario Kart 64 ghost, slot 1, header offset 0x5: expected a course below 16, found 16"
    );
    let character = message(&|bytes| {
        bytes[0x86] = 8;
        reseal(bytes);
    });
    assert_eq!(
        character,
        "Mario Kart 64 ghost, slot 1, header offset 0x6: expected a character below 8, found 8"
    );
    let packed = message(&|bytes| {
        bytes[0x3D00] ^= 1;
        bytes[0x87] = bytes[0x87].wrapping_sub(1);
        reseal(bytes);
    });
    assert!(
        packed.starts_with("MIO0, offset 0x0: expected \"MIO0\""),
        "{packed}"
    );

    assert_eq!(
        Ghosts::parse(&[0; 5]).unwrap_err().to_string(),
        "Mario Kart 64 ghost, note: expected 30976 bytes, found 5 bytes"
    );
    assert_eq!(
        Ghost::parse(&[0; 5]).unwrap_err().to_string(),
        "Mario Kart 64 ghost, size: expected 15488 bytes, found 5 bytes"
    );
    let mut none = Header::none(0).to_vec();
    none.resize(FILE_SIZE, 0);
    assert_eq!(
        Ghost::parse(&none).unwrap_err().to_string(),
        "Mario Kart 64 ghost, header: expected a ghost, found none"
    );
    for slot in [2, usize::MAX] {
        let expected = format!("Mario Kart 64 ghost, slot: expected 0 or 1, found {slot}");
        let mut ghosts = ghosts.clone();
        assert_eq!(ghosts.ghost(slot).unwrap_err().to_string(), expected);
        assert!(ghosts.set_ghost(slot, &ghost()).is_err() && ghosts.clear_ghost(slot).is_err());
    }
}

#[test]
fn what_the_game_cannot_hold_is_refused() {
    let run = |buttons, frames| Run {
        pad: pad(buttons, [0, 0]),
        frames,
    };
    let message = |course, character, runs: &[Run]| {
        Ghost::new(course, character, RaceTime(1), runs)
            .unwrap_err()
            .to_string()
    };
    let good = [run(Buttons::A, 1)];
    let noise = |at: usize| Run {
        pad: pad(
            Buttons::A,
            [(at * 37 % 251) as i8, (at * at * 11 % 241) as i8],
        ),
        frames: (at * at * at * 7 % 239) as u16 + 1,
    };
    let noise: Vec<Run> = (0..MAX_RUNS).map(noise).collect();
    for (found, expected) in [
        (message(16, 0, &good), "course: expected 0..=15, found 16"),
        (message(0, 8, &good), "character: expected 0..=7, found 8"),
        (message(0, 0, &[]), "runs: expected 1..=4096, found 0"),
        (
            message(0, 0, &good.repeat(4097)),
            "runs: expected 1..=4096, found 4097",
        ),
        (
            message(0, 0, &[run(Buttons::A, 0)]),
            "run's frames: expected 1..=256, found 0",
        ),
        (
            message(0, 0, &[run(Buttons::A, 257)]),
            "run's frames: expected 1..=256, found 257",
        ),
        (
            message(0, 0, &[run(Buttons::START, 1)]),
            "run's buttons: expected A, B, Z and R, found Buttons(START)",
        ),
        (
            message(0, 0, &noise),
            "packed runs: expected at most 15360 bytes, found",
        ),
    ] {
        assert!(
            found.starts_with(&format!("Mario Kart 64 ghost, {expected}")),
            "{found}"
        );
    }
    assert!(Ghost::new(0, 0, RaceTime(1), &good.repeat(4096)).is_ok());
}

#[test]
fn inputs_of_other_lengths_are_refused() {
    for (length, is_good) in [
        (0x20, true),
        (0x1C, false),
        (0x22, false),
        (0x401C, true),
        (0x4020, false),
    ] {
        let mut packed = mio0::compress(&vec![1; length]).expect("short");
        packed.resize(PACKED_SIZE, 0);
        let header = Header::new(0, 0, RaceTime(1), &packed).expect("a course");
        let ghost = Ghost::unpack(header, packed);
        assert_eq!(ghost.is_ok(), is_good, "{length:#x}: {ghost:?}");
    }
}

fn pads() -> impl Strategy<Value = Vec<Pad>> {
    let run = (0..16_u16, any::<[i8; 2]>(), 1..600_usize);
    prop::collection::vec(run, 1..40).prop_map(|runs| {
        let pad = |buttons: u16, stick| {
            let of = [Buttons::A, Buttons::B, Buttons::Z, Buttons::R];
            let held = of
                .into_iter()
                .enumerate()
                .filter(|(at, _)| buttons >> at & 1 != 0);
            pad(held.map(|(_, button)| button).collect(), stick)
        };
        let runs = runs.into_iter();
        runs.flat_map(|(buttons, stick, frames)| vec![pad(buttons, stick); frames])
            .collect()
    })
}

proptest! {
    #[test]
    fn what_was_driven_is_replayed(pads in pads(), more in 0..0x4000_u16, slot in 0..2_usize) {
        // Buttons that the game does not record.
        let others = Buttons::from_bits_truncate(more) - (Buttons::A | Buttons::B | Buttons::Z | Buttons::R);
        let with_others = pads.iter().map(|pad| Pad { buttons: pad.buttons | others, ..*pad });
        let ghost = Ghost::new(3, 2, RaceTime(12_345), &runs(with_others)).expect("a short race");
        let mut replayed: Vec<Pad> = ghost.pads().collect();
        // Trailing frames in which nothing is held may be left out.
        prop_assert!(replayed.len() <= pads.len());
        replayed.resize(pads.len(), Pad::default());
        prop_assert_eq!(replayed, pads);

        let mut ghosts = Ghosts::blank();
        ghosts.set_ghost(slot, &ghost).expect("a slot");
        let again = Ghosts::parse(ghosts.bytes()).expect("our note");
        prop_assert_eq!(again.ghost(slot), Ok(Some(ghost.clone())));
        prop_assert_eq!(Ghost::parse(&ghost.to_file()), Ok(ghost));
    }

    #[test]
    fn any_note_is_kept_and_read_or_refused(seed in prop::collection::vec(any::<u8>(), 1..64), sealed: bool) {
        let mut note: Vec<u8> = seed.iter().copied().cycle().take(NOTE_SIZE).collect();
        if sealed {
            // Right checksums, so that the packed inputs are reached.
            for slot in 0..SLOT_COUNT {
                let at = packed_at(slot);
                note[at..at + 4].copy_from_slice(b"MIO0");
                note[at + 4..at + 6].fill(0);
                let header = Header::new(0, 0, RaceTime(0), &note[at..at + PACKED_SIZE]).expect("a course");
                note[slot * HEADER_SIZE..][..HEADER_SIZE].copy_from_slice(&header.to_bytes(slot));
            }
        }
        let ghosts = Ghosts::parse(&note).expect("the size");
        prop_assert_eq!(ghosts.bytes(), note);
        for (slot, ghost) in ghosts.ghosts() {
            if let Ok(ghost) = ghost {
                let mut again = Ghosts::parse(ghosts.bytes()).expect("the size");
                again.set_ghost(slot, &ghost).expect("a slot");
                prop_assert_eq!(again.bytes(), ghosts.bytes());
            }
        }
    }
}

#[test]
fn a_ghost_goes_where_its_course_is_or_where_there_is_room() {
    let pad = Pad {
        buttons: Buttons::A,
        stick: [0, 0],
    };
    let of =
        |course| Ghost::new(course, 0, RaceTime(1), &[Run { pad, frames: 1 }]).expect("a ghost");
    let mut ghosts = Ghosts::blank();
    assert_eq!(ghosts.slot_for(3), Ok(Some(0)));
    ghosts.set_ghost(1, &of(3)).expect("a slot");
    assert_eq!(
        (ghosts.slot_for(3), ghosts.slot_for(4)),
        (Ok(Some(1)), Ok(Some(0)))
    );
    ghosts.set_ghost(0, &of(4)).expect("a slot");
    assert_eq!(ghosts.slot_for(4), Ok(Some(0)));
    assert_eq!(ghosts.slot_for(5), Ok(None));
}
