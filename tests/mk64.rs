//! Mario Kart 64 from a race to a trained driver, command by command, on the bundled game.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use learn::dataset::{Console, Dataset};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Race, fails, json, run, stderr, text};

/// The option that chooses the game.
const GAME: [&str; 2] = ["--game", "mk64"];

/// Arguments, and the game.
pub(crate) fn on_mk64<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &GAME].concat()
}

/// A race on the bundled game's second course, as a movie; `None` where Mupen64Plus is not installed.
pub(crate) fn driven() -> Option<PathBuf> {
    static DRIVEN: OnceLock<Option<TempDir>> = OnceLock::new();
    let drive = || {
        let folder = tempfile::tempdir().expect("a folder");
        let movies = text(folder.path());
        let output = run(on_mk64(&["drive", "-c", "mmf", "--movies", movies]));
        let said = stderr(&output);
        if said.contains("libmupen64plus") {
            println!("skipped: {said}");
            return None;
        }
        assert!(output.status.success(), "{said}");
        Some(folder)
    };
    let folder = DRIVEN.get_or_init(drive).as_ref()?;
    Some(folder.path().join("mmf_ghosts.m64"))
}

pub(crate) fn replayed(movie: &Path) -> Value {
    json(on_mk64(&["replay", text(movie)]))[0].clone()
}

#[test]
fn a_driven_race_is_replayed_alike_and_drawn() {
    let Some(movie) = driven() else { return };
    let first = replayed(&movie);
    assert_eq!(first["finished"], true);
    assert_eq!(first["divergence"], Value::Null);
    assert_eq!(first, replayed(&movie));
    let folder = tempfile::tempdir().expect("a folder");
    let png = folder.path().join("race.png");
    let draw = |overlays: &[&str]| {
        let arguments = ["replay", text(&movie), "--png", text(&png), "--scale", "1"];
        let output = run(on_mk64(&[&arguments, overlays].concat()));
        assert!(output.status.success(), "{}", stderr(&output));
        image::open(&png).expect("a picture").to_rgb8()
    };
    let plain = draw(&["--plain"]);
    assert_eq!(plain.dimensions(), (320, 240));
    let first = plain.get_pixel(0, 0);
    assert!(
        plain.pixels().any(|pixel| pixel != first),
        "an empty picture"
    );
    // Each overlay draws something of its own over the picture.
    let mut pictures = vec![plain];
    for name in ["collision", "paths", "rays", "minimap"] {
        pictures.push(draw(&["--overlays", name]));
    }
    for (number, picture) in pictures.iter().enumerate() {
        assert!(!pictures[..number].contains(picture), "{number}");
    }
}

#[test]
fn the_movie_or_a_rom_in_any_byte_order_tells_the_game() {
    let Some(movie) = driven() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let hash = replayed(&movie)["ram_hash"].clone();
    let alone = json(["replay", text(&movie)]);
    assert_eq!(alone[0]["ram_hash"], hash);
    for (name, unit) in [("game.z64", 1), ("game.v64", 2), ("game.n64", 4)] {
        let rom = folder.path().join(name);
        let words = homebrew_n64::ROM.chunks(unit);
        let bytes: Vec<u8> = words.flat_map(|word| word.iter().rev().copied()).collect();
        fs::write(&rom, bytes).expect("written");
        let replayed = json(["replay", text(&movie), "--rom", text(&rom)]);
        assert_eq!(replayed[0]["ram_hash"], hash, "{name}");
    }
}

/// A model that was trained on the race, the race's movie, and the race of the model's evaluation on it.
pub(crate) struct Learnt {
    folder: TempDir,
    pub(crate) movie: PathBuf,
    /// What `record` said of the dataset.
    recorded: Value,
    /// What `eval` said of the model.
    judged: Value,
}

impl Learnt {
    /// The one of all tests; `None` where Mupen64Plus is not installed.
    pub(crate) fn get() -> Option<&'static Self> {
        static LEARNT: OnceLock<Option<Learnt>> = OnceLock::new();
        LEARNT.get_or_init(|| Some(Self::from(driven()?))).as_ref()
    }

    fn from(movie: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let (dataset, model, own) = (path("dataset"), path("model"), path("own.m64"));
        let recorded = json(on_mk64(&["record", text(&movie), "-o", text(&dataset)]));
        json(["train", text(&dataset), "-o", text(&model), "-e", "1"]);
        let race = ["eval", text(&model), text(&movie), "--movie", text(&own)];
        let judged = json(on_mk64(&[&race[..], &["--episodes", "1"]].concat()));
        Self {
            folder,
            movie,
            recorded,
            judged,
        }
    }

    fn dataset(&self) -> PathBuf {
        self.folder.path().join("dataset")
    }

    pub(crate) fn model(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    /// The model's own race.
    pub(crate) fn own(&self) -> PathBuf {
        self.folder.path().join("own.m64")
    }
}

#[test]
fn a_race_is_recorded_learnt_and_driven_again() {
    let Some(learnt) = Learnt::get() else { return };
    let read = Dataset::open(learnt.dataset()).expect("a dataset");
    assert_eq!(learnt.recorded["rows"], read.movies()[0].rows);
    assert_eq!(read.schema().console(), Console::N64);
    assert_eq!(read.movies()[0].source.game.course_name, "mmf");
    let rows = read.read(0).expect("rows");
    let steered = rows.iter().filter(|row| row.held.stick[0] != 0).count();
    assert!(steered > 100, "{steered} rows steer");
    assert!(rows.actions().filter(|action| action.accelerate).count() > rows.len() / 2);

    let judged = &learnt.judged;
    assert_eq!(judged["movies"][0]["course"], "mmf");
    assert_eq!(judged["movies"][0]["episodes"], 1);
    assert_eq!(replayed(&learnt.own())["divergence"], Value::Null);
    // A model of one console is not for the other.
    let (model, movie) = (learnt.model(), Race::get().movie());
    let other = ["eval", text(&model), text(&movie), "--episodes", "1"];
    fails(other, &["console", "expected", "n64", "ds"]);
}

#[test]
fn wrong_roms_movies_and_options_are_refused() {
    let Some(movie) = driven() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let bytes = fs::read(&movie).expect("a movie");
    let changed = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        fs::write(path(name), bytes).expect("written");
        path(name)
    };
    let other = changed("other.m64", &|bytes| bytes[0xE4] ^= 1);
    fails(on_mk64(&["replay", text(&other)]), &["wrong ROM", "CRC"]);
    let cut = changed("cut.m64", &|bytes| bytes.truncate(5000));
    fails(on_mk64(&["replay", text(&cut)]), &["m64", "samples"]);
    fails(
        ["replay", text(&movie), "--game", "mkds"],
        &["movie, header: expected"],
    );
    let rom = path("game.z64");
    fs::write(&rom, &homebrew_n64::ROM[..5000]).expect("written");
    fails(
        ["replay", text(&movie), "--rom", text(&rom)],
        &["game.z64", "whole ROM", "5000"],
    );
    fails(
        on_mk64(&["drive", "-c", "f8c", "--movies", text(&path("m"))]),
        &["f8c", "mmf"],
    );
    fails(on_mk64(&["drive", "-c", "mmf"]), &["--movies"]);
}
