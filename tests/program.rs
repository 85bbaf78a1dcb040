//! The program under test, and its outputs that several tests share.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use test_display::isolated;

/// The fonts that pictures and windows have.
const FONTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fonts.conf");

/// The program under test.
pub fn kartscope() -> Command {
    let mut command = isolated(env!("CARGO_BIN_EXE_kartscope"));
    command
        .env("FONTCONFIG_FILE", FONTS)
        .env("RUST_BACKTRACE", "0");
    command
}

/// Runs the program.
pub fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    kartscope()
        .args(arguments)
        .output()
        .expect("kartscope starts")
}

/// Runs the program, which must succeed, and returns its result.
pub fn json<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Value {
    let output = kartscope()
        .args(arguments)
        .arg("--json")
        .output()
        .expect("kartscope starts");
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("standard output is one JSON document")
}

/// The standard output of a run.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The standard error of a run.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs the program, which must fail with exit code 1, print each of `words` on standard error and not panic.
#[track_caller]
pub fn fails<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, words: &[&str]) {
    let output = run(arguments);
    let said = stderr(&output);
    assert_eq!(
        output.status.code(),
        Some(1),
        "exit code; standard error: {said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    for word in words {
        assert!(said.contains(word), "expected {word:?} in: {said}");
    }
}

/// Runs the program, which must refuse the command line with exit code 2, print each of `words` and its usage, and not
/// mention a Rust type.
#[track_caller]
pub fn misuses<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, words: &[&str]) {
    let arguments: Vec<S> = arguments.into_iter().collect();
    let shown: Vec<_> = arguments.iter().map(AsRef::as_ref).collect();
    let output = run(&arguments);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{shown:?}: {said}");
    assert!(said.contains("--help"), "{shown:?}: {said}");
    for word in words {
        assert!(
            said.contains(word),
            "{shown:?}: expected {word:?} in: {said}"
        );
    }
    for word in [
        "panicked",
        "invalid digit",
        "non-zero type",
        "ParseIntError",
        "Utf8Error",
    ] {
        assert!(!said.contains(word), "{shown:?}: {said}");
    }
}

/// A path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path of UTF-8")
}

/// The files of a folder and below, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A race of the bundled game in each of its forms, made once by the program itself.
pub struct Race {
    folder: TempDir,
}

impl Race {
    /// The race that all tests share. Tests only read it.
    pub fn get() -> &'static Self {
        static RACE: OnceLock<Race> = OnceLock::new();
        RACE.get_or_init(|| {
            let race = Self {
                folder: tempfile::tempdir().expect("a temporary folder"),
            };
            json([
                "drive",
                "-c",
                "f8c",
                "--seed",
                "1",
                "-o",
                text(&race.save()),
            ]);
            json([
                "process",
                text(&race.save()),
                "-o",
                text(&race.folder.path().join("movies")),
            ]);
            race
        })
    }

    /// A save file with one ghost, of F8C.
    pub fn save(&self) -> PathBuf {
        self.folder.path().join("race.sav")
    }

    /// The ghost's movie.
    pub fn movie(&self) -> PathBuf {
        self.folder.path().join("movies/f8c_race.dsm")
    }

    /// A dataset of the movie.
    pub fn dataset(&self) -> PathBuf {
        static DATASET: OnceLock<PathBuf> = OnceLock::new();
        let make = || {
            let dataset = self.folder.path().join("dataset");
            json(["record", text(&self.movie()), "-o", text(&dataset)]);
            dataset
        };
        DATASET.get_or_init(make).clone()
    }

    /// A model trained on the dataset for a single epoch: a working but bad driver.
    pub fn model(&self) -> PathBuf {
        static MODEL: OnceLock<PathBuf> = OnceLock::new();
        let make = || {
            let model = self.folder.path().join("model");
            let dataset = self.dataset();
            json([
                "train",
                text(&dataset),
                "-o",
                text(&model),
                "-e",
                "1",
                "--split-ratio",
                "1",
                "--device",
                "cpu",
            ]);
            model
        };
        MODEL.get_or_init(make).clone()
    }
}
