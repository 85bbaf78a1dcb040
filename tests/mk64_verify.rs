//! `verify` on Mario Kart 64's bundled game: it passes, and fails where a check must fail.

use std::fs;

use mk64_formats::ghost::{Ghost, Ghosts};
use mk64_formats::time::RaceTime;
use mk64_memory::symbols;
use n64_formats::pak_file::PakFile;
use serde_json::Value;

use crate::mk64::driven;
use crate::program::{json, run, stdout, text};

fn verdicts<'a>(checks: &'a Value, part: &str) -> Vec<(&'a str, &'a str)> {
    let checks = checks.as_array().expect("an array").iter();
    let of_part = checks.filter(|check| check["part"] == part);
    let word = |check: &'a Value, key: &str| check[key].as_str().expect("a text");
    of_part
        .map(|check| (word(check, "name"), word(check, "verdict")))
        .collect()
}

#[test]
fn the_bundled_game_and_the_ghost_of_its_race_pass_every_check() {
    let Some(movie) = driven() else { return };
    let paks = movie.with_extension("mpk");
    let checks = json(["verify", text(&paks)]);
    assert_eq!(verdicts(&checks, "rom"), [("header", "passed")]);
    let ghosts = [("slot 0 of port 0, MMF", "passed")];
    assert_eq!(verdicts(&checks, "ghost"), ghosts);
    let of_symbols = verdicts(&checks, "symbol");
    assert_eq!(of_symbols.len(), symbols::ALL.len());
    let passed = of_symbols
        .iter()
        .filter(|(_, verdict)| *verdict == "passed");
    assert!(passed.count() > 55, "{of_symbols:?}");
    let failed: Vec<_> = of_symbols
        .iter()
        .filter(|(_, verdict)| *verdict == "failed")
        .collect();
    assert_eq!(failed, [] as [&(&str, &str); 0]);
}

#[test]
fn a_ghost_with_a_wrong_time_fails() {
    let Some(movie) = driven() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("boast.mpk");
    let bytes = fs::read(movie.with_extension("mpk")).expect("paks");
    let mut file = PakFile::parse(&bytes).expect("paks");
    let mut pak = file.pak(0).expect("a pak");
    let mut ghosts = Ghosts::read_from(&pak).expect("sound").expect("a note");
    let ghost = ghosts.ghost(0).expect("sound").expect("a ghost");
    // More than a time may differ by rounding.
    let time = RaceTime(ghost.time().0 - 10);
    let boast = Ghost::new(ghost.course(), ghost.character(), time, ghost.runs());
    ghosts
        .set_ghost(0, &boast.expect("a ghost"))
        .expect("a slot");
    ghosts.write_to(&mut pak).expect("as long");
    file.set_pak(0, &pak).expect("a port");
    fs::write(&path, file.bytes()).expect("written");
    let output = run(["verify", text(&path)]);
    assert_eq!(output.status.code(), Some(1));
    let printed = stdout(&output);
    let failure = printed.lines().find(|line| line.starts_with("FAILED"));
    let expected = format!("{}", time.0 * 10);
    assert!(
        failure.is_some_and(|line| line.contains("MMF") && line.contains(&expected)),
        "{printed}"
    );
}
