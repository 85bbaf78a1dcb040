use proptest::prelude::*;

use super::*;

fn id(name: &str) -> NoteId {
    NoteId::new(*b"NABE", *b"01", name, "").expect("the pak's letters")
}

/// The file system read another way: from the bytes, after n64brew's description, without the crate's functions.
fn independent_notes(pak: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let halfword = |at: usize| usize::from(pak[at]) << 8 | usize::from(pak[at + 1]);
    let mut notes = Vec::new();
    for note in (0x300..0x500).step_by(0x20) {
        if pak[note] == 0 {
            continue;
        }
        let (mut contents, mut page) = (Vec::new(), halfword(note + 6));
        while page != 1 {
            contents.extend(&pak[page << 8..(page + 1) << 8]);
            page = halfword(0x100 + 2 * page);
        }
        notes.push((pak[note + 16..note + 32].to_vec(), contents));
    }
    notes
}

/// All checksums, computed another way.
fn assert_checksums(pak: &[u8]) {
    for block in [0x20, 0x60, 0x80, 0xC0] {
        let halfword = |at: usize| u32::from(pak[block + at]) << 8 | u32::from(pak[block + at + 1]);
        let sum: u32 = (0..28).step_by(2).map(halfword).sum();
        assert_eq!(halfword(28), sum % 0x1_0000);
        assert_eq!((halfword(28) + halfword(30)) % 0x1_0000, 0xFFF2);
    }
    for page in [0x100, 0x200] {
        let sum: u32 = pak[page + 10..page + 256]
            .iter()
            .map(|byte| u32::from(*byte))
            .sum();
        assert_eq!(u32::from(pak[page + 1]), sum % 256);
    }
    assert_eq!(pak[0x100..0x200], pak[0x200..0x300]);
}

#[test]
fn a_formatted_pak_is_sound_and_empty() {
    let pak = Pak::formatted([9; 16]);
    assert_eq!(pak.bytes().len(), 32_768);
    assert_checksums(pak.bytes());
    assert_eq!(pak.notes().count(), 0);
    assert_eq!(pak.free_bytes(), 123 * 256);
    assert_eq!(pak.faults(), []);
    assert_eq!(Pak::parse(pak.bytes()).as_ref(), Ok(&pak));
    // The checksum of a new pak's index is known.
    assert_eq!(pak.bytes()[0x101], 0x71);
}

#[test]
fn names_are_written_in_the_paks_letters() {
    let id = NoteId::new(*b"NKTJ", *b"01", "MARIOKART64", "A").expect("letters");
    let name = [
        0x26, 0x1A, 0x2B, 0x22, 0x28, 0x24, 0x1A, 0x2B, 0x2D, 0x16, 0x14, 0, 0, 0, 0, 0,
    ];
    assert_eq!((id.name, id.extension), (name, [0x1A, 0, 0, 0]));
    assert_eq!(
        (id.name_text(), id.extension_text()),
        ("MARIOKART64".into(), "A".into())
    );
    for text in [
        "A B",
        "!\"#'*+,-./:=?@",
        "\u{30bc}\u{30eb}\u{30c0}",
        "\u{30dd}",
    ] {
        let id = NoteId::new(*b"NKTJ", *b"01", text, "").expect(text);
        assert_eq!(id.name_text(), text);
    }
    // The last letter, as bryc/mempak has it.
    let last = NoteId::new(*b"NKTJ", *b"01", "\u{30dd}", "").expect("a letter");
    assert_eq!(last.name[..2], [0x94, 0]);
    let odd = NoteId {
        name: [0xFF; 16],
        ..id
    };
    assert_eq!(odd.name_text(), "\u{fffd}".repeat(16));
    for (name, extension, expected) in [
        (
            "lower",
            "",
            r#"note's name: expected at most 16 of the pak's letters, found "lower""#,
        ),
        (
            "",
            "ABCDE",
            r#"note's extension: expected at most 4 of the pak's letters, found "ABCDE""#,
        ),
        (
            "12345678901234567",
            "",
            r#"at most 16 of the pak's letters, found "12345678901234567""#,
        ),
    ] {
        let error = NoteId::new(*b"NKTJ", *b"01", name, extension)
            .unwrap_err()
            .to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}

#[test]
fn notes_are_added_read_written_and_removed() {
    let mut pak = Pak::formatted([1; 16]);
    assert_eq!(pak.add(id("ONE"), &[1; 256]), Ok(0));
    assert_eq!(pak.add(id("TWO"), &[2; 600]), Ok(1));
    assert_eq!(pak.add(id("THREE"), &[3; 256]), Ok(2));
    assert_checksums(pak.bytes());
    let padded = [[2; 600].as_slice(), &[0; 168]].concat();
    assert_eq!(pak.contents(1).as_ref(), Ok(&padded));

    pak.remove(1).expect("a note");
    // In the pages of the second note and behind the third.
    assert_eq!(pak.add(id("FOUR"), &[4; 1024]), Ok(1));
    assert_eq!(pak.contents(1), Ok(vec![4; 1024]));
    assert_checksums(pak.bytes());
    assert_eq!(pak.find(&id("THREE")), Some(2));
    assert_eq!(pak.find(&id("TWO")), None);

    let before = pak.clone();
    pak.write(2, &[5; 256]).expect("a page");
    assert_eq!(pak.contents(2), Ok(vec![5; 256]));
    let differing = (0..SIZE).filter(|at| pak.bytes()[*at] != before.bytes()[*at]);
    assert_eq!(
        differing.collect::<Vec<_>>(),
        (0x900..0xA00).collect::<Vec<_>>()
    );
    let names = |pak: &Pak| {
        pak.notes()
            .map(|(_, id)| id.name_text())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&pak), ["ONE", "FOUR", "THREE"]);
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let mut pak = Pak::formatted([1; 16]);
    pak.add(id("ONE"), &[1; 256]).expect("room");
    let mut check = |call: &dyn Fn(&mut Pak) -> Result<()>, expected: &str| {
        let before = pak.clone();
        let error = call(&mut pak).expect_err(expected).to_string();
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(pak, before);
    };
    check(
        &|pak| pak.add(id("A"), &[0; 31_233]).map(drop),
        "1 to 31232 bytes, which are free, found 31233 bytes",
    );
    check(
        &|pak| pak.add(id("A"), &[]).map(drop),
        "1 to 31232 bytes, which are free, found 0 bytes",
    );
    let unnamed = NoteId {
        game: [0; 4],
        ..id("A")
    };
    check(
        &|pak| pak.add(unnamed, &[0]).map(drop),
        "expected a game's and a company's, found [0, 0, 0, 0] and [48, 49]",
    );
    check(
        &|pak| pak.write(0, &[0; 255]),
        "note's contents: expected 256 bytes, found 255 bytes",
    );
    for slot in [1, 16, usize::MAX] {
        let expected = format!("slot: expected a slot with a note, 0..=15, found {slot}");
        check(&|pak| pak.write(slot, &[]), &expected);
        check(&|pak| pak.remove(slot), &expected);
        check(&|pak| pak.contents(slot).map(drop), &expected);
    }
    for slot in 1..16 {
        assert_eq!(pak.add(id("MORE"), &[0]), Ok(slot));
    }
    let error = pak.add(id("A"), &[0]).unwrap_err().to_string();
    assert!(
        error.ends_with("note: expected a free slot, found 16 notes"),
        "{error}"
    );
}

fn with_notes() -> Pak {
    let mut pak = Pak::formatted([1; 16]);
    pak.add(id("ONE"), &[1; 512]).expect("room");
    pak.add(id("TWO"), &[2; 256]).expect("room");
    pak
}

#[test]
fn damaged_copies_are_named_and_others_used() {
    let sound = with_notes();
    for at in [0x20, 0x3D, 0x61, 0xC0, 0xDF, 0x10B, 0x20A, 0x101, 0x201] {
        let mut bytes = sound.bytes().to_vec();
        bytes[at] ^= 0x40;
        let mut pak = Pak::parse(&bytes).expect("copies");
        assert_eq!(pak.bytes(), bytes);
        assert_eq!(pak.faults().len(), 1, "{at:#x}: {:?}", pak.faults());
        assert_eq!(pak.contents(0), Ok(vec![1; 512]));
        pak.repair();
        assert_eq!(pak, sound);
    }
    // All but one of each.
    let mut bytes = sound.bytes().to_vec();
    for at in [0x20, 0x60, 0xC1, 0x10C] {
        bytes[at] ^= 1;
    }
    let mut pak = Pak::parse(&bytes).expect("a copy");
    let faults: Vec<String> = pak.faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 4);
    assert!(
        faults[0].starts_with("controller pak, ID block, offset 0x3c: expected the checksum 0x"),
        "{faults:?}"
    );
    assert!(
        faults[3].starts_with("controller pak, index, offset 0x101: expected the checksum 0x"),
        "{faults:?}"
    );
    pak.repair();
    assert_eq!(pak, sound);
    // A sound copy of an older state.
    let mut bytes = sound.bytes().to_vec();
    bytes.copy_within(0x100..0x200, 0x200);
    let older = Pak::formatted([1; 16]);
    bytes[0x200..0x300].copy_from_slice(&older.bytes()[0x200..0x300]);
    let pak = Pak::parse(&bytes).expect("the first copy");
    assert_eq!(
        pak.faults()[0].to_string(),
        "controller pak, index, offset 0x200: expected two equal copies, found different entries"
    );
}

#[test]
fn a_dexdrives_wrong_bits_are_known() {
    let mut bytes = with_notes().bytes().to_vec();
    for block in [0x20, 0x60, 0x80, 0xC0] {
        bytes[block + 31] ^= 0x0C;
    }
    let pak = Pak::parse(&bytes).expect("a DexDrive's pak");
    assert_eq!((pak.bytes(), pak.faults()), (bytes.as_slice(), vec![]));
}

#[test]
fn paks_without_a_sound_copy_are_refused() {
    let sound = with_notes();
    let message = |places: &[usize]| {
        let mut bytes = sound.bytes().to_vec();
        places.iter().for_each(|at| bytes[*at] ^= 1);
        Pak::parse(&bytes).expect_err("no copy").to_string()
    };
    let ids = message(&[0x20, 0x60, 0x80, 0xC0]);
    assert!(
        ids.starts_with("controller pak, ID block, offset 0x3c: expected the checksum"),
        "{ids}"
    );
    let inverted = message(&[0x3F, 0x7F, 0x9F, 0xDF]);
    assert!(
        inverted.contains("offset 0x3e: expected the inverted checksum"),
        "{inverted}"
    );
    let indexes = message(&[0x10A, 0x20A]);
    assert!(
        indexes.starts_with("controller pak, index, offset 0x101: expected the checksum"),
        "{indexes}"
    );
    let blank = Pak::parse(&[0; SIZE]).unwrap_err().to_string();
    assert_eq!(
        blank,
        "controller pak, ID block, offset 0x3e: expected the inverted checksum 0xfff2, found 0x0000"
    );
    let short = Pak::parse(&[0; 512]).unwrap_err().to_string();
    assert_eq!(
        short,
        "controller pak, size: expected 32768 bytes, found 512 bytes"
    );
}

/// A pak with other entries in its index, and right checksums.
fn with_entries(entries: &[(usize, u8)]) -> Pak {
    let mut bytes = with_notes().bytes().to_vec();
    for page in [0x100, 0x200] {
        for (entry, next) in entries {
            bytes[page + 2 * entry + 1] = *next;
        }
        let sum = bytes[page + 10..page + 256]
            .iter()
            .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        bytes[page + 1] = sum;
    }
    Pak::parse(&bytes).expect("right checksums")
}

#[test]
fn chains_that_lead_nowhere_are_errors_of_their_notes_only() {
    for (entries, expected) in [
        (
            [(6, 5)],
            "note's first page: expected page 5 named once, found 2 times",
        ),
        (
            [(6, 6)],
            "index, page 5: expected page 6 named once, found 2 times",
        ),
        (
            [(6, 3)],
            "index, page 6: expected a page from 5 to 127, found 3",
        ),
        (
            [(6, 200)],
            "index, page 6: expected a page from 5 to 127, found 200",
        ),
    ] {
        let mut pak = with_entries(&entries);
        let before = pak.clone();
        let error = pak.contents(0).expect_err(expected).to_string();
        assert_eq!(error, format!("controller pak, {expected}"));
        assert!(pak.write(0, &[0; 512]).is_err() && pak.remove(0).is_err());
        assert_eq!(pak, before);
        assert_eq!(pak.contents(1), Ok(vec![2; 256]));
    }
    // A page of two notes is safe from both.
    let mut pak = with_entries(&[(6, 7)]);
    let expected = "expected page 7 named once, found 2 times";
    for slot in [0, 1] {
        let error = pak.remove(slot).expect_err(expected).to_string();
        assert!(error.ends_with(expected), "{error}");
    }
}

#[derive(Debug, Clone)]
enum Change {
    Add(usize),
    Write(usize, u8),
    Remove(usize),
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..9000_usize).prop_map(Change::Add),
        (0..16_usize, any::<u8>()).prop_map(|(slot, byte)| Change::Write(slot, byte)),
        (0..16_usize).prop_map(Change::Remove),
    ]
}

proptest! {
    #[test]
    fn a_pak_holds_what_a_list_of_notes_holds(changes in prop::collection::vec(changes(), 0..40)) {
        let mut pak = Pak::formatted([3; 16]);
        let mut model: [Option<(NoteId, Vec<u8>)>; 16] = [const { None }; 16];
        for (number, change) in changes.into_iter().enumerate() {
            match change {
                Change::Add(size) => {
                    let id = id(&number.to_string());
                    let mut contents = vec![number as u8; size];
                    if let Ok(slot) = pak.add(id, &contents) {
                        contents.resize(size.div_ceil(256) * 256, 0);
                        prop_assert!(model[slot].is_none());
                        model[slot] = Some((id, contents));
                    } else {
                        let used: usize = model.iter().flatten().map(|(_, contents)| contents.len()).sum();
                        let full = model.iter().all(Option::is_some);
                        prop_assert!(size == 0 || full || used + size > 123 * 256);
                    }
                }
                Change::Write(slot, byte) => match &mut model[slot] {
                    Some((_, contents)) => {
                        contents.fill(byte);
                        prop_assert_eq!(pak.write(slot, contents), Ok(()));
                    }
                    None => prop_assert!(pak.write(slot, &[byte; 256]).is_err()),
                },
                Change::Remove(slot) => prop_assert_eq!(pak.remove(slot).is_ok(), model[slot].take().is_some()),
            }
            assert_checksums(pak.bytes());
        }
        let expected: Vec<_> = model.iter().flatten().map(|(id, contents)| (id.name.to_vec(), contents.clone())).collect();
        prop_assert_eq!(independent_notes(pak.bytes()), expected);
        for (slot, note) in model.iter().enumerate() {
            prop_assert_eq!(pak.contents(slot).ok(), note.as_ref().map(|(_, contents)| contents.clone()));
        }
        let again = Pak::parse(pak.bytes());
        prop_assert_eq!(again.as_ref(), Ok(&pak));
    }

    #[test]
    fn any_tables_are_read_or_refused(
        index in prop::collection::vec(0..0x84_u8, 246),
        notes in prop::collection::vec(0..10_u8, 512),
        slot in 0..17_usize,
    ) {
        let mut bytes = Pak::formatted([3; 16]).bytes().to_vec();
        for page in [0x100, 0x200] {
            for (at, byte) in index.iter().enumerate() {
                bytes[page + 10 + at] = if at % 2 == 0 { 0 } else { *byte };
            }
            let sum = bytes[page + 10..page + 256].iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
            bytes[page + 1] = sum;
        }
        bytes[0x300..0x500].copy_from_slice(&notes);
        let mut pak = Pak::parse(&bytes).expect("right checksums");
        let contents: Vec<_> = (0..16).map(|slot| pak.contents(slot)).collect();
        if pak.remove(slot).is_ok() {
            for (other, contents) in contents.iter().enumerate().filter(|(other, contents)| *other != slot && contents.is_ok()) {
                prop_assert_eq!(&pak.contents(other), contents);
            }
        }
        if let Ok(added) = pak.add(id("NEW"), &[7; 300]) {
            prop_assert_eq!(pak.contents(added).map(|contents| contents.len()), Ok(512));
        }
    }
}
