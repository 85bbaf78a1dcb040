//! `verify` passes on the bundled game, and fails where a check must fail.

use std::fs;

use mkds_formats::ghost::{Ghost, RaceTime};
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use nds_formats::nitrofs::FileSystem;
use serde_json::Value;

use crate::program::{Race, json, run, stderr, stdout, text};

fn verdicts<'a>(checks: &'a Value, part: &str) -> Vec<(&'a str, &'a str)> {
    let checks = checks.as_array().expect("an array").iter();
    checks
        .filter(|check| check["part"] == part)
        .map(|check| {
            let word = |key: &str| check[key].as_str().expect("a text");
            (word("name"), word("verdict"))
        })
        .collect()
}

#[test]
fn the_bundled_game_and_its_ghost_pass_every_check() {
    let race = Race::get();
    let checks = json(["verify", text(&race.save())]);
    assert_eq!(verdicts(&checks, "rom"), [("header", "passed")]);
    assert_eq!(verdicts(&checks, "ghost"), [("slot 0, F8C", "passed")]);
    let passed = |part| {
        let verdicts = verdicts(&checks, part);
        assert!(
            verdicts.iter().all(|(_, verdict)| *verdict != "failed"),
            "{verdicts:?}"
        );
        verdicts
            .iter()
            .filter(|(_, verdict)| *verdict == "passed")
            .count()
    };
    assert_eq!(passed("course"), 4);
    let symbols = verdicts(&checks, "symbol");
    assert_eq!(symbols.len(), mkds_memory::symbols::ALL.len());
    // The bundled game has no items.
    for (name, verdict) in symbols {
        let absent = ["item_types", "item_configs", "driver_items"].contains(&name);
        assert_eq!(verdict, if absent { "absent" } else { "passed" }, "{name}");
    }
}

#[test]
fn a_ghost_with_a_wrong_time_fails() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("boast.sav");
    let mut save = Save::parse(&fs::read(race.save()).expect("a save")).expect("a save");
    let ghost = save.ghost(0).expect("a slot").expect("a ghost");
    let mut laps = ghost.laps.clone();
    laps[1] = RaceTime(laps[1].0 - 1);
    let (time, lap) = (RaceTime(ghost.time.0 - 1), laps[1].0);
    let boast = Ghost::new(ghost.combo, time, laps, "me", ghost.runs);
    save.set_ghost(0, &boast).expect("a ghost");
    fs::write(&path, save.to_bytes()).expect("written");
    let output = run(["verify", text(&path)]);
    assert_eq!(output.status.code(), Some(1));
    let (errors, printed) = (stderr(&output), stdout(&output));
    assert!(
        errors.contains("1 of") && errors.contains("checks failed"),
        "{errors}"
    );
    let line = printed
        .lines()
        .find(|line| line.starts_with("FAILED"))
        .expect("a failure");
    assert!(
        line.contains("slot 0, F8C")
            && line.contains("laps: expected")
            && line.contains(&lap.to_string()),
        "{line}"
    );
}

#[test]
fn a_damaged_course_file_fails_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("damaged.nds");
    let mut rom = homebrew::ROM.to_vec();
    let course = Course::by_abbreviation("YF").expect("a course");
    let files = FileSystem::parse(homebrew::ROM).expect("files");
    let archive = files.file(&course.path()).expect("an archive");
    let start = archive.as_ptr() as usize - homebrew::ROM.as_ptr() as usize;
    rom[start] ^= 0xFF;
    fs::write(&path, rom).expect("written");
    let output = run(["--rom", text(&path), "verify", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let checks: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let failed: Vec<&Value> = checks
        .as_array()
        .expect("an array")
        .iter()
        .filter(|check| check["verdict"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["name"], "YF");
    let detail = failed[0]["detail"].as_str().expect("a text");
    assert!(detail.contains(&course.path()), "{detail}");
}
