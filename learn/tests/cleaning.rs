//! Rows found and taken out of datasets: near-duplicates, rows outside a race; in place and in a copy.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use learn::Error;
use learn::cleaning::{Among, OutsideRace, near_duplicates};
use learn::dataset::{
    Column, Dataset, Encoding, MANIFEST, PictureFormat, RgbImage, Row, Rows, Schema, Selection,
    Source, Writer,
};
use outputs::FolderLock;
use tempfile::{TempDir, tempdir};

const FORMAT: PictureFormat = PictureFormat {
    width: 32,
    height: 24,
    encoding: Encoding::Png,
};

fn schema() -> Schema {
    Schema::of_pictures(FORMAT).expect("valid pictures")
}

/// A row with a picture of one brightness.
fn row(rows: &mut Rows, frame: u32, brightness: u8, race_progress: f32) {
    let picture = RgbImage::from_pixel(32, 24, [brightness; 3].into());
    rows.push(&Row {
        frame,
        picture: Some(&FORMAT.encode(&picture).expect("encoded")),
        race_progress,
        ..Row::default()
    });
}

fn source(movie: &str) -> Source {
    Source {
        movie: movie.to_owned(),
        movie_sha256: movie.repeat(16),
        ..Source::default()
    }
}

/// A dataset whose movies have these rows: frame, brightness, progress.
fn dataset(movies: &[&[(u32, u8, f32)]]) -> (TempDir, Dataset) {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    for (name, movie) in ["one", "two", "three"].into_iter().zip(movies) {
        let mut rows = Rows::new(&schema());
        for &(frame, brightness, progress) in *movie {
            row(&mut rows, frame, brightness, progress);
        }
        writer.add(source(name), &rows).expect("added");
    }
    drop(writer);
    let dataset = Dataset::open(folder.path()).expect("a whole dataset");
    (folder, dataset)
}

/// Three movies of as many rows, with frames that no two rows share.
fn numbered(movies: &[u32]) -> (TempDir, Dataset) {
    let rows: Vec<Vec<_>> = (0..)
        .zip(movies)
        .map(|(movie, rows)| (0..*rows).map(|row| (1000 * movie + row, 0, 0.0)).collect())
        .collect();
    let movies: Vec<&[_]> = rows.iter().map(Vec::as_slice).collect();
    dataset(&movies)
}

fn selected(selection: &Selection, movie: usize) -> Vec<u64> {
    selection.ranges(movie).into_iter().flatten().collect()
}

fn frames(dataset: &Dataset) -> Vec<Vec<u32>> {
    let frames = |movie| {
        let rows = dataset.read(movie).expect("readable");
        rows.iter().map(|row| row.frame).collect()
    };
    (0..dataset.movies().len()).map(frames).collect()
}

/// All files of a folder and their bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder");
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a name");
        (name, fs::read(entry.path()).expect("readable"))
    };
    entries.map(read).collect()
}

/// Rows 1 and 2 of the first movie, all of the second.
fn some(dataset: &Dataset) -> Selection {
    let mut some = Selection::none(dataset);
    some.set(0, 1, true);
    some.set(0, 2, true);
    for row in 0..dataset.movies()[1].rows as usize {
        some.set(1, row, true);
    }
    some
}

#[test]
fn rows_are_removed_in_place_and_the_manifest_says_which() {
    let (folder, dataset) = numbered(&[5, 2, 3]);
    let untouched = dataset.movies()[2].clone();
    let rows = some(&dataset);
    let cleaned = dataset.remove(&rows).expect("removed");
    let expected = [vec![0, 3, 4], vec![2000, 2001, 2002]];
    assert_eq!(frames(&cleaned), expected);
    assert_eq!(cleaned.movies()[1], untouched, "a movie with all its rows");
    let removals = &cleaned.manifest().removals;
    let said: Vec<(&str, Vec<u64>)> = removals
        .iter()
        .map(|removal| {
            let rows = removal.rows.iter().cloned().flatten();
            (removal.movie.as_str(), rows.collect())
        })
        .collect();
    assert_eq!(said, [("one", vec![1, 2]), ("two", vec![0, 1])]);
    assert_eq!(bytes(folder.path()).len(), 3, "no file but the manifest's");

    // Once more: the new file is replaced by another.
    let mut last = Selection::none(&cleaned);
    last.set(0, 2, true);
    let cleaned = cleaned.remove(&last).expect("removed");
    assert_eq!(frames(&cleaned)[0], [0, 3]);
    assert_eq!(cleaned.manifest().removals.len(), 3);
    assert_eq!(bytes(folder.path()).len(), 3);
}

#[test]
fn a_copy_has_the_rows_that_stay_and_the_original_all() {
    let (folder, dataset) = numbered(&[5, 2, 3]);
    let before = bytes(folder.path());
    let place = folder.path().with_extension("copy");
    let copy = dataset.copy_without(&some(&dataset), &place);
    let copy = copy.expect("copied");
    assert_eq!(bytes(folder.path()), before);
    // Where rows are removed makes no difference, but for the names of files.
    let cleaned = dataset
        .remove(&some(&dataset_of(folder.path())))
        .expect("removed");
    assert_eq!(frames(&copy), frames(&cleaned));
    assert_eq!(copy.manifest().removals, cleaned.manifest().removals);
    fs::remove_dir_all(place).expect("removed");
}

fn dataset_of(folder: &Path) -> Dataset {
    Dataset::open(folder).expect("a whole dataset")
}

#[test]
fn a_movie_that_is_recorded_again_has_lost_no_rows() {
    let (folder, dataset) = numbered(&[5, 2, 3]);
    let rows = some(&dataset);
    dataset.remove(&rows).expect("removed");
    let mut writer = Writer::open(folder.path(), &schema()).expect("the dataset");
    let mut again = Rows::new(&schema());
    row(&mut again, 7, 0, 0.0);
    writer.add(source("two"), &again).expect("added");
    let removals = &writer.manifest().removals;
    assert_eq!(removals.len(), 1);
    assert_eq!(removals[0].movie, "one");
}

#[test]
fn a_failure_leaves_the_dataset_as_it_was() {
    // The second movie's file is damaged after the first has been written anew.
    let (folder, dataset) = numbered(&[5, 2, 3]);
    let rows = {
        let mut rows = Selection::none(&dataset);
        rows.set(0, 0, true);
        rows.set(2, 0, true);
        rows
    };
    let damaged = folder.path().join(&dataset.movies()[2].file);
    let sound = fs::read(&damaged).expect("readable");
    let stamp = dataset.clone();
    fs::write(&damaged, &sound[..sound.len() / 2]).expect("written");
    let before = bytes(folder.path());
    stamp.clone().remove(&rows).expect_err("a damaged file");
    assert_eq!(bytes(folder.path()), before);
    stamp
        .copy_without(&rows, &folder.path().join("copy"))
        .expect_err("a damaged file");
    assert_eq!(bytes(folder.path()), before);

    // A folder in the place of a new file: it can't be written after another was.
    fs::write(&damaged, &sound).expect("written");
    let stem = dataset.movies()[2]
        .file
        .strip_suffix(".parquet")
        .expect("a Parquet file");
    let obstacle = folder.path().join(format!("{stem}-1.parquet"));
    fs::create_dir(&obstacle).expect("made");
    dataset.remove(&rows).expect_err("a folder is in the way");
    fs::remove_dir(&obstacle).expect("still there");
    let names: Vec<_> = bytes(folder.path()).into_keys().collect();
    assert_eq!(names, before.into_keys().collect::<Vec<_>>());
    assert_eq!(frames(&dataset_of(folder.path()))[0].len(), 5);
}

#[test]
fn a_dataset_that_is_written_or_was_changed_is_refused() {
    let (folder, dataset) = numbered(&[5, 2, 3]);
    let rows = some(&dataset);
    let lock = FolderLock::hold(folder.path()).expect("locked");
    let error = dataset.clone().remove(&rows).expect_err("locked");
    assert!(
        matches!(error, Error::Output(outputs::Error::Busy { .. })),
        "{error}"
    );
    drop(lock);
    let old = dataset.clone();
    dataset.remove(&rows).expect("removed");
    let said = old.remove(&rows).expect_err("another manifest").to_string();
    assert!(said.contains(MANIFEST) && said.contains("opened"), "{said}");
    let said = dataset_of(folder.path())
        .remove(&rows)
        .expect_err("another dataset's");
    assert!(matches!(said, Error::Argument { .. }), "{said}");
}

#[test]
fn all_rows_can_go() {
    let (_folder, dataset) = numbered(&[2]);
    let mut all = Selection::none(&dataset);
    all.set(0, 0, true);
    all.set(0, 1, true);
    let empty = dataset.remove(&all).expect("removed");
    assert_eq!(empty.movies(), []);
}

#[test]
fn a_near_duplicate_is_one_of_a_picture_that_stays() {
    // A slow change: each picture is near the one before, and far from the one before that.
    let slow = [10, 12, 14, 16, 10].map(|brightness| (0, brightness, 0.0));
    let other = [14, 14, 50].map(|brightness| (0, brightness, 0.0));
    let (_folder, dataset) = dataset(&[&slow, &other]);
    let find = |threshold, among| {
        let found = near_duplicates(&dataset, threshold, among).expect("found");
        [0, 1].map(|movie| selected(&found, movie))
    };
    assert_eq!(find(2.5, Among::Consecutive), [vec![1, 3], vec![1]]);
    assert_eq!(find(2.5, Among::All), [vec![1, 3, 4], vec![0, 1]]);
    assert_eq!(find(0.0, Among::Consecutive), [vec![], vec![1]]);
    assert_eq!(find(0.0, Among::All), [vec![4], vec![0, 1]]);
    assert_eq!(find(255.0, Among::All), [vec![1, 2, 3, 4], vec![0, 1, 2]]);
}

#[test]
fn all_near_duplicates_are_those_of_a_search_without_shortcuts() {
    // Pictures of many means, near each other in other ways than by the mean.
    let folder = tempdir().expect("a folder");
    let mut rows = Rows::new(&schema());
    let mut state = 1_u32;
    let mut pictures = Vec::new();
    for _ in 0..120 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (base, step) = ((state >> 24) as u8 / 16 * 8, (state >> 8) as u8 % 4);
        let picture =
            RgbImage::from_fn(32, 24, |x, y| [base + step * ((x + y) % 3) as u8; 3].into());
        rows.push(&Row {
            picture: Some(&FORMAT.encode(&picture).expect("encoded")),
            ..Row::default()
        });
        pictures.push(picture);
    }
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer.add(source("one"), &rows).expect("added");
    drop(writer);
    let dataset = dataset_of(folder.path());
    let threshold = 4.5;
    let distance = |a: &RgbImage, b: &RgbImage| {
        let squares = a.pixels().zip(b.pixels()).map(|(a, b)| {
            let difference = f64::from(a[0]) - f64::from(b[0]);
            difference * difference
        });
        (squares.sum::<f64>() / (32.0 * 24.0)).sqrt()
    };
    let mut kept: Vec<&RgbImage> = Vec::new();
    let mut expected = Vec::new();
    for (row, picture) in (0..).zip(&pictures) {
        match kept
            .iter()
            .any(|other| distance(picture, other) <= threshold)
        {
            true => expected.push(row),
            false => kept.push(picture),
        }
    }
    let found = near_duplicates(&dataset, threshold as f32, Among::All).expect("found");
    assert_eq!(selected(&found, 0), expected);
    assert!(kept.len() > 10 && expected.len() > 10, "some of both");
}

#[test]
fn near_duplicates_need_pictures_and_a_threshold() {
    let (_folder, dataset) = numbered(&[1]);
    for threshold in [-1.0, 256.0, f32::NAN] {
        let error = near_duplicates(&dataset, threshold, Among::All).expect_err("no threshold");
        assert!(matches!(error, Error::Argument { .. }), "{error}");
    }
    let folder = tempdir().expect("a folder");
    let speed = Column::float("speed", "units/frame", (0.0, 16.0), "");
    let plain = Schema::new(vec![speed]).expect("a valid schema");
    let mut rows = Rows::new(&plain);
    rows.push(&Row {
        observation: &[1.0],
        ..Row::default()
    });
    let mut writer = Writer::open(folder.path(), &plain).expect("a new dataset");
    writer.add(source("one"), &rows).expect("added");
    drop(writer);
    let error = near_duplicates(&dataset_of(folder.path()), 1.0, Among::All);
    let said = error.expect_err("no pictures").to_string();
    assert!(said.contains("a dataset with pictures"), "{said}");
}

#[test]
fn rows_before_and_after_a_race_and_in_a_pause_are_outside() {
    let rows = [
        (0, 0, -0.02),
        (1, 0, 0.0),
        (2, 0, 0.5),
        (2, 0, 0.5),
        (2, 0, 0.5),
        (3, 0, 1.0),
        (4, 0, 1.0),
        (5, 0, 1.0),
    ];
    // Another movie that begins with the frame with which the one before it ends.
    let (_folder, dataset) = dataset(&[&rows, &[(5, 0, 0.3), (6, 0, 0.4)]]);
    let found = OutsideRace::of(&dataset).expect("found");
    let of_first = |selection: &Selection| selected(selection, 0);
    assert_eq!(of_first(&found.before_start), [0]);
    assert_eq!(of_first(&found.paused), [3, 4]);
    assert_eq!(
        of_first(&found.after_finish),
        [6, 7],
        "the row of the finish is of the race"
    );
    assert_eq!(of_first(&found.all()), [0, 3, 4, 6, 7]);
    assert_eq!(found.all().len_of(1), 0);
}
