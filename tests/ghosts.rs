//! Runs are injected into a save as ghosts, and extracted again.

use std::fs;
use std::path::Path;

use mkds_formats::ghost::Ghost;
use mkds_formats::sav::Save;
use nds_formats::pad::Pad;

use crate::program::{Race, fails, json, misuses, run, stderr, text};

/// The slot of the race's course, the first.
const SLOT: usize = 0;

fn ghost(save: &Path) -> Ghost {
    let save = Save::parse(&fs::read(save).expect("a save")).expect("a save");
    save.ghost(SLOT).expect("a slot").expect("a ghost")
}

/// The run of `source` as a ghost, put into a blank save.
fn injected(source: &Path, folder: &Path) -> Ghost {
    let save = folder.join("injected.sav");
    let made = json(["ghosts", "inject", text(source), "-o", text(&save)]);
    assert_eq!(made[0]["course_abbreviation"], "F8C");
    ghost(&save)
}

#[test]
fn a_movie_and_a_dataset_become_the_ghost_that_the_game_kept() {
    let race = Race::get();
    let kept = ghost(&race.save());
    let pads: Vec<Pad> = kept.frames().collect();
    for source in [race.movie(), race.dataset()] {
        let folder = tempfile::tempdir().expect("a folder");
        let made = injected(&source, folder.path());
        assert_eq!(
            (made.combo, made.time, &made.laps),
            (kept.combo, kept.time, &kept.laps)
        );
        assert_eq!(made.nickname, "kartscope");
        // The game stops at the finish; frames after it change nothing.
        let made: Vec<Pad> = made.frames().take(pads.len()).collect();
        assert_eq!(made, pads, "{}", source.display());
    }
}

#[test]
fn an_injected_ghost_finishes_its_race_in_its_time() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let (save, movies) = (folder.path().join("made.sav"), folder.path().join("movies"));
    let made = json(["ghosts", "inject", text(&race.movie()), "-o", text(&save)]);
    let played = json(["process", text(&save), "-o", text(&movies)]);
    assert_eq!(played[0]["total_ms"], made[0]["total_ms"]);
}

#[test]
fn an_extracted_ghost_goes_back_byte_for_byte() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().join("back.sav");
    let out = folder.path().join("out");
    let kept = race.save();
    let extract = ["ghosts", "extract", text(&kept), "-o", text(&out)];
    let made = json(extract);
    let file = made[0]["file"].as_str().expect("a file");
    fails(extract, &["f8c_race.ghost", "is there already"]);
    json(["ghosts", "inject", file, "-o", text(&save)]);
    let slot = |path: &Path| ghost(path).to_slot().expect("a slot");
    assert!(slot(&save) == slot(&kept));
    assert!(slot(&save).as_slice() == fs::read(file).expect("the ghost"));
}

#[test]
fn an_existing_ghost_is_replaced_only_on_request() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("both.sav");
    let (movie, save) = (race.movie(), race.save());
    let inject = [
        "ghosts",
        "inject",
        text(&movie),
        "--into",
        text(&save),
        "-o",
        text(&out),
    ];
    fails(inject, &["slot 0 has a ghost already", "--replace"]);
    assert!(!out.exists());
    let replaced: Vec<&str> = inject
        .into_iter()
        .chain(["--replace", "--nickname", "me"])
        .collect();
    json(replaced);
    assert_eq!(ghost(&out).nickname, "me");
    assert_eq!(
        fs::metadata(&out).expect("written").len(),
        fs::metadata(&save).expect("a save").len()
    );
}

#[test]
fn files_without_a_run_are_refused_by_name() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out.sav");
    let path = |name: &str| folder.path().join(name);
    let movie = fs::read_to_string(race.movie()).expect("a movie");
    let half: Vec<&str> = movie.lines().take(movie.lines().count() / 2).collect();
    fs::write(path("half.dsm"), half.join("\n") + "\n").expect("written");
    fs::write(path("short.ghost"), [0; 100]).expect("written");
    fs::write(path("noise.ghost"), [7; 0xE00]).expect("written");
    fs::write(path("run.txt"), "").expect("written");
    for (name, words) in [
        ("half.dsm", ["half.dsm", "did not finish"]),
        (
            "short.ghost",
            ["short.ghost", "found 100 bytes that are none"],
        ),
        ("noise.ghost", ["noise.ghost", "NKPG"]),
        ("run.txt", ["run.txt", "expected a movie, a save"]),
        ("missing.sav", ["missing.sav", "No such file"]),
    ] {
        fails(
            ["ghosts", "inject", text(&path(name)), "-o", text(&out)],
            &words,
        );
    }
    let long = ["--nickname", "a name too long"];
    let mut arguments = vec!["ghosts", "inject"];
    let movie = race.movie();
    arguments.extend([text(&movie), "-o", text(&out)]);
    arguments.extend(long);
    misuses(arguments, &["--nickname", "at most 10 characters"]);
    assert!(!out.exists());
}

#[test]
fn a_ghost_is_raced_against_and_keeps_its_pace() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let (save, movies) = (
        folder.path().join("both.sav"),
        folder.path().join("against"),
    );
    let drive = |arguments: &[&str]| {
        let all = [
            "drive",
            "-c",
            "f8c",
            "--seed",
            "3",
            "-o",
            text(&save),
            "--against-ghost",
        ];
        run(all.iter().chain(arguments))
    };
    let alone = drive(&[]);
    let said = stderr(&alone);
    assert_eq!(alone.status.code(), Some(1), "{said}");
    assert!(said.contains("no sound ghost"), "{said}");

    fs::copy(race.save(), &save).expect("copied");
    let kept = ghost(&save);
    let output = drive(&["--movies", text(&movies)]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let movie = movies.join("f8c_both.dsm");
    // At the end of the race both drivers exist: the ghost has finished in its own time, or has not reached it yet.
    let shown = json([
        "inspect",
        "show",
        &format!("{}@end", text(&movie)),
        "driver_count",
        "race_status.driver[1].total_milliseconds",
        "race_status.driver[1].race_progress",
    ]);
    let value = |index: usize| shown[index]["value"].clone();
    assert_eq!(value(0), 2, "{shown}");
    match value(2).as_f64() {
        Some(1.0) => assert_eq!(value(1).as_u64(), Some(kept.time.0.into())),
        progress => assert!(progress > Some(0.9), "{shown}"),
    }
}
