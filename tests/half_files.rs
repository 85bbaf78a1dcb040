//! Incomplete files: cut movies, ROMs and datasets are reported by name, endless files are read only up to the limit of
//! their kind, and a bad file among several does not affect the good ones.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Race, fails, files, json, run, stderr, text};

/// A folder to put bad files into.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn with(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("written");
        path
    }
}

/// A frame of the race's movie before the finish.
const LATE: u64 = 3000;

/// The race's movie, line by line.
fn lines() -> Vec<String> {
    let movie = fs::read_to_string(Race::get().movie()).expect("a movie");
    movie.lines().map(str::to_owned).collect()
}

fn joined(lines: impl IntoIterator<Item = String>) -> String {
    lines
        .into_iter()
        .fold(String::new(), |text, line| text + &line + "\n")
}

/// Movies of which a part is missing, each cut at the end of a line, and a word of the error message.
fn half_movies() -> Vec<(&'static str, String, &'static str)> {
    let lines = lines();
    let frames = lines
        .iter()
        .position(|line| line.starts_with('|'))
        .expect("frames");
    let up_to = |count: usize| joined(lines[..count].to_vec());
    let without = |part: &str| {
        let kept = lines.iter().filter(|line| !line.contains(part));
        joined(kept.cloned())
    };
    let is_late = |line: &String| {
        let check = line.strip_prefix("comment kartscope check ");
        let frame = check.and_then(|check| check.split(' ').next()?.parse::<u64>().ok());
        frame.is_some_and(|frame| frame > LATE)
    };
    let early = lines.iter().filter(|line| !is_late(line));
    let second_check = lines
        .iter()
        .filter(|line| line.contains("kartscope check"))
        .nth(1);
    let finish = lines
        .iter()
        .map(|line| match line.split_once(" total_ms=") {
            Some((race, _)) => race.to_owned(),
            None => line.clone(),
        });
    vec![
        ("last_frame.dsm", up_to(lines.len() - 1), "frames"),
        (
            "half.dsm",
            up_to(frames + (lines.len() - frames) / 2),
            "frames",
        ),
        ("one_frame.dsm", up_to(frames + 1), "frames"),
        ("no_frame.dsm", up_to(frames), "frames"),
        ("half_header.dsm", up_to(frames / 2), "expected"),
        ("no_checks.dsm", without("kartscope check"), "checks"),
        (
            "no_race.dsm",
            without("kartscope character"),
            "comment of its race",
        ),
        (
            "no_late_checks.dsm",
            joined(early.cloned()),
            "checks up to the finish",
        ),
        (
            "gap.dsm",
            without(second_check.expect("checks")),
            "follow on",
        ),
        ("no_finish.dsm", joined(finish), "total_ms"),
        (
            "no_comment.dsm",
            joined(
                lines
                    .iter()
                    .filter(|line| {
                        !line.contains("kartscope check") && !line.contains("kartscope character")
                    })
                    .cloned(),
            ),
            "comment of its race",
        ),
    ]
}

#[test]
fn a_movie_of_which_a_part_is_missing_fails_by_name() {
    let race = Race::get();
    for (name, movie, word) in half_movies() {
        let folder = Folder::new();
        let path = folder.with(name, &movie);
        fails(["replay", text(&path)], &[name, word]);
        let dataset = folder.path("dataset");
        fails(["record", text(&path), "-o", text(&dataset)], &[name]);
        assert!(!dataset.exists(), "{name}");
        // At the path of `process`'s output.
        let there = folder.with("f8c_race.dsm", &movie);
        fails(
            ["process", text(&race.save()), "-o", text(folder.0.path())],
            &["f8c_race.dsm is there already"],
        );
        assert_eq!(
            fs::read_to_string(&there).expect("still there"),
            movie,
            "{name}"
        );
    }
}

#[test]
fn a_movie_of_another_program_counts_as_complete() {
    let folder = Folder::new();
    let lines = lines();
    let half = lines.len() * 9 / 10;
    let foreign = lines[..half]
        .iter()
        .filter(|line| !line.starts_with("comment kartscope"));
    let path = folder.with("foreign.dsm", joined(foreign.cloned()));
    assert_eq!(json(["replay", text(&path)])[0]["finished"], false);
    let dataset = folder.path("dataset");
    assert_eq!(
        json(["record", text(&path), "-o", text(&dataset)])["movies"],
        1
    );
}

#[test]
fn a_damaged_file_of_a_dataset_is_named_and_stays_in_the_manifest() {
    let race = Race::get();
    let folder = Folder::new();
    let dataset = folder.path("dataset");
    json(["record", text(&race.movie()), "-o", text(&dataset)]);
    let manifest = fs::read(dataset.join("manifest.json")).expect("a manifest");
    let parquet = files(&dataset)
        .into_iter()
        .find(|file| text(file).ends_with(".parquet"))
        .expect("a Parquet file");
    let whole = fs::read(&parquet).expect("read");
    fs::write(&parquet, &whole[..whole.len() / 2]).expect("written");
    let name = parquet
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let movie = race.movie();
    let record = ["record", text(&movie), "-o", text(&dataset)];
    fails(record, &[&name, "SHA-256", "expected", "found"]);
    assert_eq!(
        fs::read(dataset.join("manifest.json")).expect("there"),
        manifest
    );
    // As the message advises: without the file, its movie is recorded again.
    fs::remove_file(&parquet).expect("removed");
    assert_eq!(json(record)["kept"], 0);
    assert_eq!(fs::read(&parquet).expect("there again"), whole);
}

#[test]
fn files_of_another_game_are_refused_at_once() {
    let race = Race::get();
    let folder = Folder::new();
    let mut save = fs::read(race.save()).expect("a save");
    // A block that the real game writes first, and the bundled one never.
    save[..8].copy_from_slice(b"MKDSSV10");
    let save = folder.with("real.sav", save);
    let out = folder.path("out");
    let words = ["real.sav", "expected a save of the bundled game", "--rom"];
    fails(["process", text(&save), "-o", text(&out)], &words);
    fails(["verify", text(&save)], &words);
    let ghosts = folder.path("drive.sav");
    let drive = ["drive", "-c", "f8c", "-c", "rr", "-o", text(&ghosts)];
    fails(drive, &["f8c", "found rr", "--rom"]);
    assert_eq!(files(folder.0.path()), [save]);
}

#[test]
fn roms_that_were_cut_short_are_refused_everywhere() {
    let folder = Folder::new();
    let rom = homebrew::ROM;
    let movie = Race::get().movie();
    for length in [0x200, rom.len() / 2, rom.len() - 1] {
        let path = folder.with("cut.nds", &rom[..length]);
        let (whole, found) = (rom.len().to_string(), length.to_string());
        let words = ["cut.nds", "expected at least", &whole, &found];
        let rom = ["--rom", text(&path)];
        fails(["doctor"].iter().chain(&rom), &words);
        fails(["replay", text(&movie)].iter().chain(&rom), &words);
        fails(["drive", "-c", "f8c"].iter().chain(&rom), &words);
        fails(["verify"].iter().chain(&rom), &words);
        fails(["inspect", "course", "f8c"].iter().chain(&rom), &words);
    }
}

/// A command that reads a file of each kind, with the file's name left out.
fn readers<'a>(race: &'a [String; 3], out: &'a str) -> Vec<Vec<&'a str>> {
    let [save, movie, model] = race.each_ref().map(String::as_str);
    vec![
        vec!["ghosts", "list", "FILE"],
        vec!["ghosts", "extract", "FILE", "-o", out],
        vec!["ghosts", "inject", "FILE", "-o", out],
        vec!["ghosts", "inject", save, "-o", out, "--into", "FILE"],
        vec!["process", "FILE", "-o", out],
        vec!["record", "FILE", "-o", out],
        vec!["replay", "FILE"],
        vec!["eval", model, "FILE"],
        vec!["eval", model, "--state", "FILE"],
        vec!["drive", "--state", "FILE", "--movies", out],
        vec!["verify", "FILE"],
        vec!["verify", "--state", "FILE"],
        vec!["inspect", "show", "FILE"],
        vec!["inspect", "events", "FILE"],
        vec!["inspect", "watch", "FILE", "course_id"],
        vec!["inspect", "course", "FILE"],
        vec!["inspect", "diff", "FILE", movie],
        vec!["inspect", "search", "-t", "u8", "--at", "FILE:any"],
        vec!["doctor", "--rom", "FILE"],
    ]
}

#[test]
fn endless_files_are_read_only_up_to_the_limit_of_their_kind() {
    let race = Race::get();
    let folder = Folder::new();
    let huge = folder.with("huge", "");
    let file = fs::File::options().write(true).open(&huge).expect("opened");
    file.set_len(1 << 40).expect("a file that is all hole");
    let out = folder.path("out");
    let made = [race.save(), race.movie(), race.model()].map(|path| text(&path).to_owned());
    for name in ["/dev/zero", text(&huge)] {
        for reader in readers(&made, text(&out)) {
            let arguments = reader.iter().map(|word| word.replace("FILE", name));
            fails(arguments, &[name, "expected", "at most", "found more"]);
        }
    }
    fs::create_dir(&out).expect("a folder");
    std::os::unix::fs::symlink("/dev/zero", out.join("manifest.json")).expect("a link");
    fails(
        ["train", text(&out)],
        &["manifest.json", "at most", "found more"],
    );
}

/// Runs a command with good and bad items, which must end with exit code 1 and all of `words` on standard error. Returns
/// the result of the good items.
fn partly(arguments: &[&str], words: &[&str]) -> Value {
    let output = run(arguments.iter().chain(&["--json"]));
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    for word in words {
        assert!(
            said.contains(word),
            "{arguments:?}: expected {word:?} in: {said}"
        );
    }
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

#[test]
fn one_bad_item_among_several_does_not_affect_the_good_ones() {
    let race = Race::get();
    let folder = Folder::new();
    let bad = folder.with("bad.txt", "neither this nor that");
    let missing = folder.path("missing");
    let (bad, missing) = (text(&bad), text(&missing));
    let (movie, save, model) = (race.movie(), race.save(), race.model());
    let (movie, save, model) = (text(&movie), text(&save), text(&model));
    let named = ["bad.txt", "missing", "2 of 3"];

    let played = partly(&["replay", bad, movie, missing], &named);
    assert_eq!(played.as_array().map(Vec::len), Some(1));
    let out = folder.path("movies");
    let made = partly(&["process", bad, save, missing, "-o", text(&out)], &named);
    assert_eq!(made.as_array().map(Vec::len), Some(1));
    assert_eq!(files(&out).len(), 1);
    let out = folder.path("dataset");
    let recorded = partly(&["record", bad, movie, missing, "-o", text(&out)], &named);
    assert_eq!(recorded["movies"], 1);
    let out = folder.path("all");
    let all = partly(
        &["record", "--process", bad, save, missing, "-o", text(&out)],
        &["bad.txt", "missing"],
    );
    assert_eq!(all["movies"], 1);
    let out = folder.path("injected.sav");
    let injected = partly(
        &["ghosts", "inject", bad, movie, missing, "-o", text(&out)],
        &named,
    );
    assert_eq!(injected.as_array().map(Vec::len), Some(1));
    let judged = partly(
        &[
            "eval",
            model,
            bad,
            movie,
            missing,
            "--episodes",
            "1",
            "--device",
            "cpu",
        ],
        &named,
    );
    assert_eq!(judged["movies"].as_array().map(Vec::len), Some(1));
    let both = folder.with("both.sav", fs::read(save).expect("a save"));
    let raced = partly(
        &[
            "drive",
            "-c",
            "yf",
            "-c",
            "f8c",
            "--against-ghost",
            "-o",
            text(&both),
        ],
        &["YF", "no sound ghost", "1 of 2"],
    );
    assert_eq!(raced[0]["course"], "f8c");
    let dump = folder.path("ram.bin");
    json(["inspect", "dump", movie, "-o", text(&dump)]);
    let shown = partly(
        &["inspect", "show", text(&dump), "driver[9].yaw", "course_id"],
        &["expected an index below 1, found 9"],
    );
    assert_eq!(shown[0]["path"], "course_id");
    // Training on half of the datasets would give another driver.
    let out = folder.path("model");
    let dataset = race.dataset();
    fails(
        ["train", bad, text(&dataset), missing, "-o", text(&out)],
        &named,
    );
    assert!(!out.exists());
}

#[test]
fn copies_of_a_movie_are_recorded_once() {
    let folder = Folder::new();
    let movie = fs::read(Race::get().movie()).expect("a movie");
    let movies = folder.path("movies");
    fs::create_dir(&movies).expect("a folder");
    for copy in 0..30 {
        fs::write(movies.join(format!("{copy}.dsm")), &movie).expect("written");
    }
    let out = folder.path("dataset");
    let recorded = json(["record", text(&movies), "-o", text(&out)]);
    assert_eq!(
        (&recorded["movies"], &recorded["copies"]),
        (&1.into(), &29.into())
    );
    assert_eq!(files(&out).len(), 2);
    let again = json(["record", text(&movies), "-o", text(&out)]);
    assert_eq!((&again["kept"], &again["copies"]), (&1.into(), &29.into()));
}

#[test]
fn a_recording_of_nothing_leaves_nothing() {
    let folder = Folder::new();
    let out = folder.path("dataset");
    for source in ["mistyped.dsm", "mistyped", text(folder.0.path())] {
        fails(["record", source, "-o", text(&out)], &[source]);
        fails(["record", "--process", source, "-o", text(&out)], &[source]);
        assert!(!out.exists(), "{source}");
    }
}

#[test]
fn each_cause_is_printed_once() {
    let cases: [&[&str]; 5] = [
        &["train", "missing"],
        &["eval", "missing", "missing.dsm"],
        &["replay", "missing.dsm"],
        &["ghosts", "list", "missing.sav"],
        &["inspect", "show", "missing.bin"],
    ];
    for arguments in cases {
        let said = stderr(&run(arguments));
        assert_eq!(said.matches("No such file").count(), 1, "{said}");
    }
    let race = Race::get();
    let copy = Folder::new();
    let card = Path::new("model.json");
    for file in files(&race.model()) {
        let name = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        copy.with(&name, fs::read(&file).expect("read"));
    }
    copy.with(text(card), "{");
    let said = stderr(&run(["eval", text(copy.0.path()), text(&race.movie())]));
    assert_eq!(said.matches("EOF while parsing").count(), 1, "{said}");
}
