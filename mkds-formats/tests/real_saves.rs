//! Ghosts of real saves against what an independent extractor reads from them.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::BTreeMap;
use std::path::Path;

use mkds_formats::Error;
use mkds_formats::ghost::{GHOSTS_OFFSET, Ghost, GhostSummary, PLAYBACK_DELAY, SLOT_SIZE};
use mkds_formats::sav::{SLOT_COUNT, Save};
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;
use proptest::prelude::*;

const SAVES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/mkds/saves");

fn read(name: &str) -> Option<Vec<u8>> {
    if !Path::new(SAVES).exists() {
        println!("skipped: ../shared is absent");
        return None;
    }
    Some(std::fs::read(Path::new(SAVES).join(name)).unwrap())
}

#[derive(serde::Deserialize)]
struct Expected {
    saves: BTreeMap<String, Vec<serde_json::Value>>,
}

#[test]
fn every_ghost_reads_as_the_extractor_says() {
    let Some(json) = read("ghosts.json") else {
        return;
    };
    let expected: Expected = serde_json::from_slice(&json).unwrap();
    assert_eq!(expected.saves.len(), 2);
    for (name, expected) in expected.saves {
        let save = Save::parse(&read(&name).unwrap()).unwrap();
        let ghosts = save.ghosts();
        assert_eq!(ghosts.len(), SLOT_COUNT);
        let summaries: Vec<serde_json::Value> = ghosts
            .into_iter()
            .map(|(slot, ghost)| GhostSummary::new(slot, &ghost.unwrap()))
            .map(|summary| serde_json::to_value(summary).unwrap())
            .collect();
        // As values: a key too many or too few differs as well.
        assert_eq!(summaries, expected, "{name}");
    }
}

#[test]
fn every_slot_is_written_back_byte_for_byte() {
    for name in ["abel.sav", "pikalex_1.sav"] {
        let Some(bytes) = read(name) else { return };
        let mut save = Save::parse(&bytes).unwrap();
        for (slot, ghost) in save.ghosts() {
            let ghost = ghost.unwrap();
            assert_eq!(
                ghost.laps.iter().map(|lap| lap.0).sum::<u32>(),
                ghost.time.0
            );
            save.clear_ghost(slot).unwrap();
            assert_eq!(save.ghost(slot), Ok(None));
            save.set_ghost(slot, &ghost).unwrap();
        }
        assert!(save.to_bytes() == bytes, "{name} differs");
    }
}

#[test]
fn every_block_of_the_saves_is_whole() {
    for (name, nickname, downloaded) in [
        ("abel.sav", "Player", 10),
        ("pikalex_1.sav", "Pikalex04", 0),
    ] {
        let Some(bytes) = read(name) else { return };
        let save = Save::parse(&bytes).unwrap();
        assert_eq!(save.check(), Ok(()));
        let system = save.system().unwrap().unwrap();
        assert_eq!(system.nickname, nickname);
        assert_eq!(system.personal_ghosts.0, u32::MAX);
        assert_eq!(system.downloaded_ghosts.0.count_ones(), downloaded);
        for offset in [0x20, 0x180, 0x480, 0x900, 0x1E80, 0x2000] {
            let mut bytes = bytes.clone();
            bytes[offset] ^= 0x10;
            let error = Save::parse(&bytes)
                .unwrap()
                .check()
                .unwrap_err()
                .to_string();
            assert!(error.contains("expected checksum"), "{offset:#x}: {error}");
        }
    }
}

#[test]
fn ghosts_move_between_saves_and_back() {
    let (Some(mine), Some(theirs)) = (read("abel.sav"), read("pikalex_1.sav")) else {
        return;
    };
    let ghosts = |bytes: &[u8]| -> Vec<_> {
        let ghosts = Save::parse(bytes).unwrap().ghosts().into_iter();
        ghosts.map(|(slot, ghost)| (slot, ghost.unwrap())).collect()
    };
    let mut save = Save::parse(&theirs).unwrap();
    for slot in 0..SLOT_COUNT {
        save.clear_ghost(slot).unwrap();
    }
    assert!(save.ghosts().is_empty());
    assert_eq!(save.system().unwrap().unwrap().personal_ghosts.0, 0);
    assert_eq!(save.check(), Ok(()));
    for (slot, ghost) in ghosts(&mine) {
        save.set_ghost(slot, &ghost).unwrap();
    }
    assert_eq!(save.check(), Ok(()));
    assert_eq!(save.system().unwrap().unwrap().personal_ghosts.0, u32::MAX);
    assert!(ghosts(&save.to_bytes()) == ghosts(&mine), "ghosts differ");
    let slots = GHOSTS_OFFSET..GHOSTS_OFFSET + SLOT_COUNT * SLOT_SIZE;
    assert!(
        save.to_bytes()[slots.clone()] == mine[slots],
        "slots differ"
    );
    for (slot, ghost) in ghosts(&theirs) {
        save.set_ghost(slot, &ghost).unwrap();
    }
    assert!(save.to_bytes() == theirs, "the save differs");
}

#[test]
fn no_ghost_is_longer_than_a_movie_of_it_would_make_it() {
    for name in ["abel.sav", "pikalex_1.sav"] {
        let Some(bytes) = read(name) else { return };
        for (slot, ghost) in Save::parse(&bytes).unwrap().ghosts() {
            let ghost = ghost.unwrap();
            let mut movie = Movie::new();
            let start = 77;
            movie.frames = vec![Frame::default(); start + PLAYBACK_DELAY];
            movie.frames.extend(ghost.frames().map(Frame::pad));
            let laps = ghost.laps.clone();
            let name = &ghost.nickname;
            let made =
                Ghost::from_movie(&movie, start, ghost.combo, ghost.time, laps, name).unwrap();
            assert_eq!(made.runs, ghost.runs, "slot {slot}");
            assert_eq!((made.combo, made.time), (ghost.combo, ghost.time));
        }
    }
}

#[test]
fn a_broken_slot_is_named_and_leaves_the_others() {
    let Some(mut bytes) = read("abel.sav") else {
        return;
    };
    bytes[GHOSTS_OFFSET + 3 * SLOT_SIZE] ^= 1;
    bytes[GHOSTS_OFFSET + 5 * SLOT_SIZE + 0x100] ^= 1;
    let save = Save::parse(&bytes).unwrap();
    let errors: Vec<String> = save
        .ghosts()
        .into_iter()
        .filter_map(|(_, ghost)| ghost.err())
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors.len(), 2);
    assert!(
        errors[0].starts_with("ghost, slot 3 (LM), offset 0xd900: expected \"NKPG\""),
        "{errors:?}"
    );
    assert!(
        errors[1].starts_with("ghost, slot 5 (DS), offset 0x102fe: expected checksum"),
        "{errors:?}"
    );
    assert!(errors[1].ends_with("found 0x86c7"), "{errors:?}");
}

proptest! {
    #[test]
    fn a_mutated_slot_reads_or_fails_and_never_more(
        slot in 0..SLOT_COUNT,
        changes in proptest::collection::vec((0..SLOT_SIZE, any::<u8>()), 1..8),
    ) {
        let Some(mut bytes) = read("abel.sav") else { return Ok(()) };
        for (offset, value) in changes {
            bytes[GHOSTS_OFFSET + slot * SLOT_SIZE + offset] = value;
        }
        let save = Save::parse(&bytes).unwrap();
        let readable = save.ghosts().into_iter().filter(|(at, ghost)| *at != slot && ghost.is_ok());
        prop_assert_eq!(readable.count(), SLOT_COUNT - 1);
        match save.ghost(slot) {
            Ok(Some(ghost)) => {
                let start = GHOSTS_OFFSET + slot * SLOT_SIZE;
                prop_assert_eq!(&ghost.to_slot().unwrap()[..], &bytes[start..start + SLOT_SIZE]);
            }
            Ok(None) => {}
            Err(Error::Malformed { .. }) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
