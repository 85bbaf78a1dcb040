//! Save states as starts: races are driven, recorded, inspected and evaluated from them, and bad states are refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use desmume::Picture;
use env_mkds::runs::Replay;
use nds_formats::dsm::Movie;
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Race, fails, files, json, text};

/// `frameCounter` of the race that the states are in.
const COUNTER: u64 = 100;

/// A race of the bundled game in its countdown, as DeSmuME's file, and a race driven from there.
pub struct FromState {
    folder: TempDir,
}

impl FromState {
    pub fn get() -> &'static Self {
        static FROM_STATE: OnceLock<FromState> = OnceLock::new();
        FROM_STATE.get_or_init(|| {
            let from_state = Self {
                folder: tempfile::tempdir().expect("a folder"),
            };
            let movie = Movie::parse(&fs::read(Race::get().movie()).expect("a movie"));
            let movie = movie.expect("a movie");
            let mut replay = Replay::open(homebrew::ROM, &movie).expect("a replay");
            let start = replay.comment().expect("a race").first_frame();
            for _ in 1..start + COUNTER {
                replay.step(Picture::Skip).expect("a frame");
            }
            let state = replay.machine_mut().save_state().expect("a state");
            fs::write(from_state.state(), state.to_dst().expect("a file")).expect("written");
            json([
                "drive",
                "--state",
                text(&from_state.state()),
                "--seed",
                "3",
                "--movies",
                text(&from_state.movies()),
            ]);
            from_state
        })
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("countdown.ds1")
    }

    fn movies(&self) -> PathBuf {
        self.folder.path().join("movies")
    }

    /// The race that was driven.
    pub fn movie(&self) -> PathBuf {
        self.movies().join("countdown_3.dsm")
    }
}

#[test]
fn a_drive_from_a_state_is_a_movie_with_the_state_beside_it() {
    let from_state = FromState::get();
    let movie = from_state.movie();
    assert_eq!(
        files(&from_state.movies()),
        [movie.clone(), movie.with_extension("dst")]
    );
    let beside = fs::read(movie.with_extension("dst")).expect("a state");
    assert!(
        beside == fs::read(from_state.state()).expect("a state"),
        "the state is another"
    );
    let replayed = &json(["replay", text(&movie)])[0];
    assert_eq!(replayed["finished"], true);
    assert_eq!(replayed["divergence"], Value::Null);
    assert_eq!(replayed["race_from"], 1 - COUNTER as i64);
    assert_eq!(replayed["total_ms"], replayed["expected_ms"]);
    // The state that the race started from is beside the movie.
    let other = json(["replay", text(&movie), "--state", text(&from_state.state())]);
    assert_eq!(other[0], *replayed);
}

#[test]
fn a_movie_from_a_state_becomes_a_dataset_that_names_the_state() {
    let from_state = FromState::get();
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    let movie = from_state.movie();
    let record = |state: &[&str]| {
        let arguments = ["record", text(&movie), "-o", text(&dataset)];
        json(arguments.iter().chain(state))
    };
    let recorded = record(&[]);
    assert!(recorded["rows"].as_u64().expect("rows") > 1000);
    assert_eq!(record(&[])["kept"], 1);
    // With another file of the state it is another run.
    let state = from_state.state();
    let mut other = fs::read(&state).expect("a state");
    other.push(0);
    let path = folder.path().join("other.dst");
    fs::write(&path, other).expect("written");
    let recorded = record(&["--state", text(&path)]);
    assert_eq!(
        (&recorded["kept"], &recorded["movies"]),
        (&0.into(), &2.into())
    );
    let manifest = fs::read_to_string(dataset.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let hashes: Vec<&str> = (0..2)
        .map(|movie| &manifest["movies"][movie]["machine"]["state_sha256"])
        .map(|sha256| sha256.as_str().expect("a hash"))
        .collect();
    assert_ne!(hashes[0], hashes[1]);
}

#[test]
fn a_state_is_looked_at_as_it_is_and_movies_from_it_by_the_races_frames() {
    let from_state = FromState::get();
    let (state, movie) = (from_state.state(), from_state.movie());
    let counter = |source: &str| {
        let shown = json(["inspect", "show", source, "race_state.frame_counter"]);
        shown.to_string()
    };
    let at = |moment: &str| counter(&format!("{}@{moment}", text(&movie)));
    let is = |shown: &str, counter: u64| {
        assert!(
            shown.contains(&format!(":{counter}")),
            "{counter} in {shown}"
        );
    };
    is(&counter(text(&state)), COUNTER);
    is(&at("race"), COUNTER + 1);
    is(&at("race+300"), 301);
    is(&at("0"), COUNTER + 1);
    let source = format!("{}@race+10", text(&movie));
    fails(
        ["inspect", "show", &source],
        &["countdown_3.dsm", "race+10", "begins at race+100"],
    );
    let source = format!("{}@3", text(&state));
    fails(
        ["inspect", "show", &source],
        &["countdown.ds1", "frame 3", "a save state"],
    );
}

#[test]
fn symbols_are_checked_in_the_race_of_a_state() {
    let checks = json(["verify", "--state", text(&FromState::get().state())]);
    let checks = checks.as_array().expect("an array");
    let symbols = checks.iter().filter(|check| check["part"] == "symbol");
    let symbols: Vec<_> = symbols.map(|check| &check["verdict"]).collect();
    assert_eq!(symbols.len(), mkds_memory::symbols::ALL.len());
    assert!(symbols.iter().all(|verdict| **verdict != "failed"));
}

#[test]
fn a_model_races_from_a_state_and_against_movies_that_start_from_one() {
    let from_state = FromState::get();
    let folder = tempfile::tempdir().expect("a folder");
    let model = Race::get().model();
    let eval = |arguments: &[&str]| {
        let fixed = ["eval", text(&model), "--episodes", "1"];
        let stopped = ["--frame-limit", "1500"];
        json(fixed.iter().chain(&stopped).chain(arguments))
    };
    let run_file = folder.path().join("run.dsm");
    let state = from_state.state();
    let judged = eval(&["--state", text(&state), "--movie", text(&run_file)]);
    assert_eq!(judged["movies"][0]["course"], "f8c");
    assert_eq!(judged["movies"][0]["state"], text(&state));
    let replayed = &json(["replay", text(&run_file)])[0];
    assert_eq!(replayed["divergence"], Value::Null);

    // A movie of another program has no comment on its race: it is played to find the race.
    let mut movie = Movie::parse(&fs::read(from_state.movie()).expect("a movie")).expect("a movie");
    movie.header.remove("comment");
    let bare = folder.path().join("bare.dsm");
    fs::write(&bare, movie.to_bytes()).expect("written");
    let by_comment = eval(&[text(&from_state.movie())]);
    let by_playing = eval(&[text(&bare), "--state", text(&state)]);
    let races = |judged: &Value| {
        let mut races = judged["movies"][0].clone();
        for file in ["movie", "state"] {
            races.as_object_mut().expect("an object").remove(file);
        }
        races
    };
    assert_eq!(races(&by_comment), races(&by_playing));
}

/// Broken states, and words of the error messages.
fn bad_states() -> Vec<(&'static str, Vec<u8>, Vec<&'static str>)> {
    let good = fs::read(FromState::get().state()).expect("a state");
    let mut other_game = good.clone();
    let chunk = good
        .windows(4)
        .rposition(|bytes| bytes == b"GINF")
        .expect("a field");
    other_game[chunk + 12..chunk + 28].copy_from_slice(b"ANOTHER GAMEABCE");
    vec![
        (
            "other.dst",
            other_game,
            vec!["header of its ROM", "ANOTHER GAME ABCE"],
        ),
        (
            "short.dst",
            good[..good.len() / 2].to_vec(),
            vec!["size of the file"],
        ),
        (
            "melon.mln",
            b"MELN\x0c\0\x01\0 and so on".to_vec(),
            vec!["melonDS"],
        ),
        (
            "none.dst",
            b"no state".to_vec(),
            vec!["first bytes", "no state"],
        ),
        ("empty.dst", Vec::new(), vec!["first bytes"]),
    ]
}

#[test]
fn bad_states_are_named_by_every_command_and_nothing_is_written() {
    let movie = FromState::get().movie();
    let model = Race::get().model();
    for (name, bytes, mut words) in bad_states() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        let (state, out) = (text(&path), folder.path().join("out"));
        let (movie, model, out) = (text(&movie), text(&model), text(&out));
        words.extend([name, "expected", "found"]);
        fails(["drive", "--state", state, "--movies", out], &words);
        fails(["verify", "--state", state], &words);
        fails(["eval", model, "--state", state, "--movie", out], &words);
        fails(["eval", model, movie, "--state", state], &words);
        fails(["replay", movie, "--state", state, "--png", out], &words);
        fails(["inspect", "events", movie, "--state", state], &words);
        if name != "none.dst" && name != "empty.dst" && name != "melon.mln" {
            fails(["inspect", "dump", state, "-o", out], &words);
        }
        fails(["record", movie, "--state", state, "-o", out], &words);
        assert_eq!(files(folder.path()), std::slice::from_ref(&path), "{name}");
        assert!(!Path::new(out).exists(), "{name}");
    }
}

#[test]
fn a_state_for_a_movie_from_power_on_is_refused() {
    let state = FromState::get().state();
    let movie = Race::get().movie();
    fails(
        ["replay", text(&movie), "--state", text(&state)],
        &["f8c_race.dsm", "countdown.ds1", "power-on"],
    );
}

#[test]
fn another_state_beside_a_movie_is_not_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let beside = folder.path().join("countdown_3.dst");
    fs::write(&beside, "somebody's own").expect("written");
    let state = FromState::get().state();
    fails(
        [
            "drive",
            "--state",
            text(&state),
            "--seed",
            "3",
            "--movies",
            text(folder.path()),
        ],
        &["countdown_3.dst", "expected", "found"],
    );
    assert_eq!(fs::read(&beside).expect("still there"), b"somebody's own");
    assert_eq!(files(folder.path()), [beside]);
}
