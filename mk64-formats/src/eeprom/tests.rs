use proptest::prelude::*;

use super::*;

fn record(hundredths: u32, character: u8) -> Record {
    Record {
        time: RaceTime(hundredths),
        character,
    }
}

fn records(three_laps: [u32; 5], one_lap: u32) -> CourseRecords {
    CourseRecords {
        three_laps: three_laps.map(|time| record(time, (time % 8) as u8)),
        one_lap: record(one_lap, 5),
    }
}

/// All checksums of a save, computed as `save.c` does, without the crate's functions.
fn assert_checksums(save: &[u8]) {
    for course in 0..16 {
        let bytes = &save[course * 0x18..];
        let mut sum = 0;
        for i in 0..7_u32 {
            for j in 0..3_u32 {
                sum += u32::from(bytes[(3 * i + j) as usize]) * (j + 1) + i;
            }
        }
        assert_eq!(u32::from(bytes[0x17]), sum % 256, "course {course}");
    }
    for place in [0x180, 0x1F8] {
        let sum: u32 = (0..5)
            .map(|i| (u32::from(save[place + i as usize]) + 1) * (i + 1) + i)
            .sum();
        assert_eq!(u32::from(save[place + 6]), sum % 256, "{place:#x}");
        assert_eq!(u32::from(save[place + 7]), (sum + 90) % 256, "{place:#x}");
    }
    for place in [0x188, 0x1C0] {
        let mut sum = 0;
        for i in 0..3_u32 {
            for j in 0..17_u32 {
                sum += (u32::from(save[place + (17 * i + j) as usize]) + 1) * (i + 1) + j;
            }
        }
        assert_eq!(u32::from(save[place + 0x36]), sum % 256, "{place:#x}");
        assert_eq!(
            u32::from(save[place + 0x37]),
            (sum + 90) % 256,
            "{place:#x}"
        );
    }
}

#[test]
fn a_blank_save_is_what_the_game_makes() {
    let save = Save::blank();
    let bytes = save.to_bytes();
    assert_eq!(bytes.len(), 512);
    assert_checksums(&bytes);
    assert_eq!(save.faults(), []);
    for slot in 0..16 {
        assert_eq!(save.records(slot), Ok(CourseRecords::NONE));
        assert_eq!(save.best(slot), Ok([Record::NONE; 2]));
        assert_eq!(
            bytes[slot * 0x18..][..21],
            [0xC0, 0x27, 0x09].repeat(7)[..18]
                .iter()
                .copied()
                .chain([0; 3])
                .collect::<Vec<_>>()
        );
    }
    assert_eq!(save.status(), Ok(Status::default()));
}

#[test]
fn records_stand_where_the_game_reads_them() {
    let mut save = Save::blank();
    let course = records([0x1_2345, 0x1_2346, 0x2_0000, 600_000, 600_000], 0x5678);
    save.set_records(9, &course).expect("times in order");
    let bytes = save.to_bytes();
    assert_checksums(&bytes);
    // Three bytes, the lowest first: 20 bits of the time, and the character.
    assert_eq!(bytes[0xD8..0xDE], [0x45, 0x23, 0x51, 0x46, 0x23, 0x61]);
    assert_eq!(bytes[0xD8 + 15..0xD8 + 19], [0x78, 0x56, 0x50, 1]);
    // The copy: the second half's second course.
    assert_eq!(bytes[0x1C0 + 3..0x1C0 + 6], [0x45, 0x23, 0x51]);
    assert_eq!(bytes[0x1C0 + 27..0x1C0 + 30], [0x78, 0x56, 0x50]);
    assert_eq!(save.records(9), Ok(course));
    assert_eq!(save.best(9), Ok([course.three_laps[0], course.one_lap]));
    let blank = Save::blank().to_bytes();
    let own = (0xD8..0xF0).chain(0x1C0..0x1F8);
    assert!((0..512).all(|at| bytes[at] == blank[at] || own.clone().any(|of| of == at)));
}

#[test]
fn points_are_two_bits_a_cup() {
    let mut save = Save::blank();
    let status = Status {
        grand_prix: [0b11_10_01_00, 0, 0xFF, 3],
        sound: 3,
    };
    save.set_status(&status);
    assert_checksums(&save.to_bytes());
    assert_eq!(save.status(), Ok(status));
    let points = |class| [0, 1, 2, 3, 4].map(|cup| status.points(class, cup));
    assert_eq!(points(0), [Some(0), Some(1), Some(2), Some(3), None]);
    assert_eq!(points(3), [Some(3), Some(0), Some(0), Some(0), None]);
    assert_eq!(points(4), [None; 5]);
    assert_eq!(save.to_bytes()[0x180..0x185], [0xE4, 0, 0xFF, 3, 3]);
    assert_eq!(save.to_bytes()[0x1F8..0x200], save.to_bytes()[0x180..0x188]);
}

#[test]
fn wrong_checksums_are_named_and_hurt_no_other_part() {
    let sound = Save::blank().to_bytes();
    let damaged = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        Save::parse(&bytes).expect("the right size")
    };
    for (at, expected) in [
        (
            0x18,
            "records of Moo Moo Farm, offset 0x2f: expected the checksum 0x36, found 0x35",
        ),
        (
            0x182,
            "points and sound, offset 0x186: expected the checksum",
        ),
        (
            0x187,
            "points and sound, offset 0x187: expected the checksum",
        ),
        (
            0x188,
            "copy of the best times, half 0, offset 0x1be: expected the checksum",
        ),
        (
            0x1F7,
            "copy of the best times, half 1, offset 0x1f7: expected the checksum",
        ),
        (
            0x1F8,
            "copy of points and sound, offset 0x1fe: expected the checksum",
        ),
    ] {
        let save = damaged(at);
        let faults: Vec<_> = save.faults().iter().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 1, "{faults:?}");
        let expected = format!("Mario Kart 64 save, {expected}");
        assert!(faults[0].starts_with(&expected), "{faults:?} {expected}");
        assert_eq!(save.status(), Ok(Status::default()));
        assert_eq!(save.records(1).is_ok(), at != 0x18);
        assert_eq!(save.best(0).is_ok(), at != 0x188);
        assert_eq!(save.best(8).is_ok(), at != 0x1F7);
    }
    // Both copies.
    let mut bytes = sound.clone();
    bytes[0x180] ^= 1;
    bytes[0x1F8] ^= 1;
    let save = Save::parse(&bytes).expect("the right size");
    let error = save.status().unwrap_err().to_string();
    assert!(
        error.starts_with("Mario Kart 64 save, points and sound, offset 0x186"),
        "{error}"
    );
    // A cartridge on which nothing was saved.
    assert_eq!(Save::parse(&[0; 512]).expect("a size").faults().len(), 20);
    assert_eq!(
        Save::parse(&[0xFF; 2048]).expect("a size").faults().len(),
        20
    );
}

#[test]
fn what_the_game_cannot_hold_is_refused_and_changes_nothing() {
    let mut save = Save::blank();
    let good = records([1, 2, 3, 4, 5], 1);
    let with = |change: &dyn Fn(&mut CourseRecords)| {
        let mut records = good;
        change(&mut records);
        records
    };
    for (slot, records, expected) in [
        (16, good, "course: expected 0..=15, found 16"),
        (
            0,
            with(&|of| of.one_lap.time = RaceTime(600_001)),
            "record's hundredths: expected 0..=600000, found 600001",
        ),
        (
            0,
            with(&|of| of.three_laps[4].character = 8),
            "record's character: expected 0..=7, found 8",
        ),
        (
            0,
            with(&|of| of.three_laps[0].time = RaceTime(9)),
            "times of three laps: expected the best first, found 0'00\"09, 0'00\"02, 0'00\"03, 0'00\"04, 0'00\"05",
        ),
    ] {
        let error = save
            .set_records(slot, &records)
            .expect_err(expected)
            .to_string();
        assert_eq!(error, format!("Mario Kart 64 save, {expected}"));
        assert_eq!(save, Save::blank());
    }
    assert!(save.records(16).is_err() && save.best(usize::MAX).is_err());
    let error = Save::parse(&[0; 511]).unwrap_err().to_string();
    assert_eq!(
        error,
        "EEPROM, size: expected 512 or 2048 bytes, found 511 bytes"
    );
}

proptest! {
    #[test]
    fn any_save_is_written_back_and_set(
        memory in prop::collection::vec(any::<u8>(), 512),
        padded: bool,
        times in prop::array::uniform5(0..600_001_u32),
        one_lap in 0..600_001_u32,
        slot in 0..16_usize,
    ) {
        let mut file = memory;
        file.resize(if padded { 2048 } else { 512 }, 0xA5);
        let mut save = Save::parse(&file).expect("a size");
        prop_assert_eq!(save.to_bytes(), file.clone());
        let _ = (save.faults(), save.status(), save.best(slot));

        let mut times = times;
        times.sort_unstable();
        let course = records(times, one_lap);
        save.set_records(slot, &course).expect("times in order");
        save.set_status(&Status::default());
        let again = Save::parse(&save.to_bytes()).expect("a size");
        prop_assert_eq!(again.records(slot), Ok(course));
        prop_assert_eq!(again.best(slot), Ok([course.three_laps[0], course.one_lap]));
        prop_assert_eq!(again.status(), Ok(Status::default()));
        // What is of no other meaning stays: other courses, the unknown bytes, the padding.
        let bytes = again.to_bytes();
        let half = 0x188 + 0x38 * (slot / 8);
        for at in 0..file.len() {
            let own = (slot * 0x18..slot * 0x18 + 0x13).contains(&at)
                || at == slot * 0x18 + 0x17
                || (0x180..0x188).contains(&at)
                || (half..half + 0x38).contains(&at)
                || (0x1F8..0x200).contains(&at);
            prop_assert!(own || bytes[at] == file[at], "{:#x}", at);
        }
    }
}
