//! `kartscope data`: datasets counted, drawn, cleaned, and from and to other programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ::outputs::FolderLock;
use learn::dataset::{Dataset, Manifest, Row, Rows, Source, Writer};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::program::{Race, fails, files, json, misuses, run, stderr, text};

/// A dataset with small pictures of the race that all tests share, five a second. Tests only read it.
pub(crate) fn pictured() -> PathBuf {
    static DATASET: OnceLock<TempDir> = OnceLock::new();
    let make = || {
        let folder = tempdir().expect("a folder");
        let dataset = folder.path().join("pictured");
        let movie = Race::get().movie();
        let record = ["record", text(&movie), "-o", text(&dataset), "--pictures"];
        json([&record[..], &["--size", "64x48"]].concat());
        folder
    };
    DATASET.get_or_init(make).path().join("pictured")
}

/// A copy of [`pictured`] with two more rows, which repeat its last picture after the finish.
pub(crate) fn with_rows_to_clean(folder: &Path) -> PathBuf {
    let original = Dataset::open(pictured()).expect("a dataset");
    let path = folder.join("data");
    let mut rows = original.read(0).expect("rows");
    let last = original.read(0).expect("rows");
    let last = last.get(last.len() - 1).expect("a row");
    for step in 1..=2 {
        rows.push(&Row {
            frame: last.frame + 12 * step,
            race_progress: 1.0,
            ..last
        });
    }
    let mut writer = Writer::open(&path, original.schema()).expect("a new dataset");
    let source = Source {
        movie_sha256: "ab".repeat(32),
        ..original.movies()[0].source.clone()
    };
    writer.add(source, &rows).expect("added");
    path
}

fn rows_of(dataset: &Path) -> Rows {
    let dataset = Dataset::open(dataset).expect("a dataset");
    dataset.read(0).expect("rows")
}

fn sum(numbers: &Value) -> u64 {
    let numbers = numbers.as_array().expect("a list").iter();
    numbers
        .map(|number| number.as_u64().expect("a count"))
        .sum()
}

#[test]
fn statistics_count_each_row_once_in_all_and_over_time() {
    let folder = tempdir().expect("a folder");
    let picture = folder.path().join("stats.png");
    let dataset = pictured();
    let stats = json(["data", "stats", text(&dataset), "-o", text(&picture)]);
    let rows = rows_of(&dataset);
    let course = &stats["courses"]["f8c"];
    assert_eq!(course["rows"], rows.len());
    assert_eq!(sum(&course["stick"]), rows.len() as u64);
    let accelerating = rows.iter().filter(|row| row.held.buttons & 1 != 0).count();
    assert_eq!(course["buttons"]["A"], accelerating);
    let parts = course["over_time"].as_array().expect("parts");
    assert!(parts.len() > 1);
    for bin in 0..17 {
        let of_parts = parts
            .iter()
            .map(|part| part["stick"][bin].as_u64().expect("a count"));
        assert_eq!(course["stick"][bin], of_parts.sum::<u64>(), "bin {bin}");
    }
    let drawn = image::open(&picture).expect("a PNG");
    assert!(drawn.width() > 500 && drawn.height() > 100);
    let same = json(["data", "stats", text(&dataset)]);
    assert_eq!(same, stats, "the picture changes nothing");
}

#[test]
fn statistics_of_bad_input_fail_and_write_no_picture() {
    let folder = tempdir().expect("a folder");
    let picture = folder.path().join("stats.png");
    let nothing = folder.path().join("nothing");
    fails(
        ["data", "stats", text(&nothing), "-o", text(&picture)],
        &["manifest.json", "No such file"],
    );
    let damaged = with_rows_to_clean(folder.path());
    let parquet = files(&damaged)
        .into_iter()
        .find(|file| file.extension().is_some_and(|ending| ending == "parquet"))
        .expect("a movie's file");
    let mut bytes = fs::read(&parquet).expect("readable");
    bytes[100] ^= 1;
    fs::write(&parquet, bytes).expect("written");
    fails(
        ["data", "stats", text(&damaged), "-o", text(&picture)],
        &["SHA-256", text(&parquet)],
    );
    assert!(!picture.exists());
    let dataset = pictured();
    let manifest = dataset.join("manifest.json");
    fails(
        ["data", "stats", text(&dataset), "-o", text(&manifest)],
        &["manifest.json", "input"],
    );
    Manifest::read(&dataset).expect("unchanged");
}

#[test]
fn recordings_of_tensorkart_go_out_and_come_back() {
    let folder = tempdir().expect("a folder");
    let [recordings, dataset] = ["recordings", "back"].map(|name| folder.path().join(name));
    let original = pictured();
    let rows = rows_of(&original);
    let exported = json([
        "data",
        "export",
        "tensorkart",
        text(&original),
        "-o",
        text(&recordings),
    ]);
    assert_eq!(exported["pictures"], rows.len());
    let imported = json([
        "data",
        "import",
        "tensorkart",
        text(&recordings),
        "-o",
        text(&dataset),
    ]);
    assert_eq!(
        (&imported["movies"], &imported["rows"]),
        (&1.into(), &rows.len().into())
    );
    let back = rows_of(&dataset);
    for row in 0..rows.len() {
        let picture = |rows: &Rows| rows.picture(row).expect("a sound picture");
        assert!(picture(&back) == picture(&rows), "row {row}");
    }
    fails(
        [
            "data",
            "export",
            "tensorkart",
            text(&original),
            "-o",
            text(&recordings),
        ],
        &["recordings", "there already"],
    );
    fails(
        [
            "data",
            "import",
            "tensorkart",
            text(&recordings),
            "-o",
            text(&dataset),
        ],
        &["back", "there already"],
    );

    // A picture is missing, another is none.
    let recording = files(&recordings);
    let png = |file: &&PathBuf| file.extension().is_some_and(|ending| ending == "png");
    let mut pictures = recording.iter().filter(png);
    let [missing, damaged] = [(); 2].map(|()| pictures.next().expect("a picture"));
    fs::remove_file(missing).expect("removed");
    fs::write(damaged, "no picture").expect("written");
    let again = folder.path().join("again");
    let import = [
        "data",
        "import",
        "tensorkart",
        text(&recordings),
        "-o",
        text(&again),
    ];
    fails(import, &[text(missing), text(damaged), "--skip-bad"]);
    assert!(!again.exists());
    let imported = json([&import[..], &["--skip-bad"]].concat());
    assert_eq!(imported["rows"], rows.len() - 2);
    assert_eq!(imported["left_out"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_is_no_recording_and_what_has_no_pictures_is_refused() {
    let folder = tempdir().expect("a folder");
    let output = folder.path().join("output");
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("made");
    fails(
        [
            "data",
            "import",
            "tensorkart",
            text(&empty),
            "-o",
            text(&output),
        ],
        &["data.csv", "none"],
    );
    let plain = Race::get().dataset();
    fails(
        [
            "data",
            "export",
            "tensorkart",
            text(&plain),
            "-o",
            text(&output),
        ],
        &["pictures"],
    );
    fails(
        [
            "data",
            "clean",
            text(&plain),
            "--duplicates",
            "1",
            "-o",
            text(&output),
        ],
        &["a dataset with pictures"],
    );
    assert!(!output.exists());
}

#[test]
fn rows_are_counted_left_out_of_a_copy_and_removed() {
    let folder = tempdir().expect("a folder");
    let dataset = with_rows_to_clean(folder.path());
    let rows = rows_of(&dataset);
    let copy = folder.path().join("copy");
    let clean = [
        "data",
        "clean",
        text(&dataset),
        "--outside-race",
        "--duplicates",
        "0",
    ];
    let counted = json([&clean[..], &["--dry-run"]].concat());
    assert_eq!(counted["found"]["after_finish"], 1, "{counted}");
    let duplicates = counted["found"]["near_duplicates"]
        .as_u64()
        .expect("a count");
    assert!(duplicates >= 2, "{counted}");
    assert_eq!(rows_of(&dataset), rows, "only counted");

    let copied = json([&clean[..], &["-o", text(&copy)]].concat());
    for key in ["found", "removed", "rows", "movies"] {
        assert_eq!(copied[key], counted[key], "{key}");
    }
    assert_eq!(rows_of(&dataset), rows, "only copied");
    let kept = rows_of(&copy);
    assert_eq!(copied["rows"], kept.len());
    assert_eq!(
        kept.len() as u64 + copied["removed"].as_u64().expect("a count"),
        rows.len() as u64
    );

    json(clean);
    assert_eq!(rows_of(&dataset), kept);
    let manifest = Manifest::read(&dataset).expect("a manifest");
    assert_eq!(manifest.removals[0].movie, "f8c_race.dsm");
    assert!(
        manifest.removals[0]
            .rows
            .iter()
            .any(|removed| removed.contains(&(rows.len() as u64 - 1)))
    );
    let again = json([&clean[..], &["--dry-run"]].concat());
    assert_eq!(again["removed"], 0, "what stays is clean");
}

#[test]
fn a_cleaning_that_cannot_be_done_leaves_the_dataset_as_it_was() {
    let folder = tempdir().expect("a folder");
    let dataset = with_rows_to_clean(folder.path());
    let before: Vec<_> = files(&dataset)
        .iter()
        .map(|file| fs::read(file).expect("readable"))
        .collect();
    let clean = ["data", "clean", text(&dataset), "--outside-race"];
    let lock = FolderLock::hold(&dataset).expect("locked");
    fails(clean, &["is being written by another kartscope"]);
    drop(lock);
    let there = folder.path().join("there");
    fs::create_dir(&there).expect("made");
    fails(
        [&clean[..], &["-o", text(&there)]].concat(),
        &["there", "there already"],
    );
    fails([&clean[..], &["-o", text(&dataset)]].concat(), &["input"]);
    let after: Vec<_> = files(&dataset)
        .iter()
        .map(|file| fs::read(file).expect("readable"))
        .collect();
    assert!(before == after);
}

#[test]
fn options_of_a_cleaning_are_checked() {
    let clean = ["data", "clean", "/nonexistent"];
    let with = |options: &[&'static str]| [&clean[..], options].concat();
    misuses(clean, &["--duplicates", "--outside-race"]);
    misuses(with(&["--duplicates=-1"]), &["0 to 255"]);
    misuses(with(&["--duplicates", "nan"]), &["0 to 255"]);
    misuses(
        with(&["--outside-race", "--among", "all"]),
        &["--duplicates"],
    );
    misuses(
        with(&["--outside-race", "--dry-run", "-o", "x"]),
        &["--dry-run"],
    );
    fails(with(&["--outside-race"]), &["manifest.json"]);
}

#[test]
fn the_summary_is_for_people() {
    let output = run([
        "data",
        "clean",
        text(&pictured()),
        "--outside-race",
        "--dry-run",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = crate::program::stdout(&output);
    assert!(
        said.contains("would be removed") && said.contains("after the finish"),
        "{said}"
    );
}
