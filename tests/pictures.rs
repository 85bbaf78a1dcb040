//! Datasets with pictures, from movies of both consoles.

use std::path::Path;

use env_kart::runs::race_frame;
use env_kart::runs::replay::Replay;
use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use learn::dataset::{Dataset, Held, RgbImage, Rows};
use learn::record::RecordedGame;
use machine::{Machine as _, Picture};

use crate::mk64::{driven, on_mk64};
use crate::program::{Race, fails, json, misuses, text};

/// What a player sees and does in the movie's frames: for each frame of a race, its race frame, the picture shown before it on the
/// upper `height` rows of the console's picture, and what is held in it.
fn played<G: RecordedGame>(rom: &[u8], movie: &Path, height: u32) -> Vec<(u32, RgbImage, Held)> {
    let mut replay = Replay::<G>::open_file(rom, movie).expect("a movie");
    let mut played = Vec::new();
    while let Some(input) = replay.next_input().copied() {
        let machine = replay.machine();
        if let Some(frame) = race_frame::<G>(machine).expect("a sound race") {
            let rgba = machine.picture();
            let width = u32::try_from(G::pictures(None).size[0]).expect("a width");
            let shown = RgbImage::from_fn(width, height, |x, y| {
                let start = ((y * width + x) * 4) as usize;
                image::Rgb([rgba[start], rgba[start + 1], rgba[start + 2]])
            });
            played.push((frame, shown, G::held(G::pad(&input))));
        }
        replay.step(Picture::Draw).expect("played");
    }
    played
}

/// Checks the rows against the movie played on a console of which every frame is drawn.
fn check<G: RecordedGame>(rows: &Rows, rom: &[u8], movie: &Path, height: u32, every: usize) {
    let played = played::<G>(rom, movie, height);
    let read = G::FRAMES_PER_ROW.get() as usize;
    let mut next = 0;
    let mut different = 0;
    for (index, row) in rows.iter().enumerate() {
        let found = played[next..]
            .iter()
            .position(|(frame, ..)| *frame == row.frame);
        let first = next + found.expect("a frame of the race");
        let shown = rows
            .picture(index)
            .expect("a sound picture")
            .expect("a picture");
        assert!(
            shown == played[first].1,
            "row {index}: another picture than before frame {}",
            row.frame
        );
        let held = played[first + read - 1].2;
        assert_eq!(row.held, held, "row {index}");
        different += usize::from(shown != played[first + read].1);
        if index > 0 {
            assert_eq!(
                first, next,
                "row {index}: {every} frames after the row before"
            );
        }
        next = first + every;
    }
    assert!(
        different * 2 > rows.len(),
        "pictures that change, so that a wrong frame is seen"
    );
}

#[test]
fn the_picture_of_a_row_is_what_a_replay_shows_before_its_frame() {
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    let movie = Race::get().movie();
    let record = [
        "record",
        text(&movie),
        "-o",
        text(&dataset),
        "--pictures",
        "--every",
        "100ms",
    ];
    let recorded = json(record);
    let read = Dataset::open(&dataset).expect("a dataset");
    assert_eq!(recorded["rows"], read.movies()[0].rows);
    let format = read.schema().pictures().expect("pictures");
    assert_eq!((format.width, format.height), (256, 192));
    assert_eq!(read.schema().frames_per_step().get(), 6);
    let rows = read.read(0).expect("rows");
    check::<MarioKartDs>(&rows, homebrew::ROM, &movie, 192, 6);
    assert_eq!(
        json(record)["kept"],
        1,
        "the same command keeps what is there"
    );
    fails(
        ["record", text(&movie), "-o", text(&dataset)],
        &["frames_per_step: expected 1, found 6"],
    );
}

#[test]
fn the_same_on_a_nintendo_64() {
    let Some(movie) = driven() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    json(on_mk64(&[
        "record",
        text(&movie),
        "-o",
        text(&dataset),
        "--pictures",
    ]));
    let read = Dataset::open(&dataset).expect("a dataset");
    assert_eq!(read.schema().frames_per_step().get(), 12);
    let rows = read.read(0).expect("rows");
    check::<MarioKart64>(&rows, homebrew_n64::ROM, &movie, 240, 12);
}

#[test]
fn pictures_are_scaled_and_encoded_as_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    let movie = Race::get().movie();
    let record = ["record", text(&movie), "-o", text(&dataset), "--pictures"];
    let options = ["--size", "200x66", "--encoding", "jpeg:70", "--every", "30"];
    json([&record[..], &options].concat());
    let read = Dataset::open(&dataset).expect("a dataset");
    let format = read.schema().pictures().expect("pictures").to_string();
    assert_eq!(format, "200 x 66 pixels, jpeg:70");
    let rows = read.read(0).expect("rows");
    let picture = rows
        .picture(7)
        .expect("a sound picture")
        .expect("a picture");
    assert_eq!(picture.dimensions(), (200, 66));
    let bytes = rows.get(7).and_then(|row| row.picture).expect("a picture");
    assert_eq!(
        image::guess_format(bytes).ok(),
        Some(image::ImageFormat::Jpeg)
    );
    let other = folder.path().join("other");
    let long = [
        "record",
        text(&movie),
        "-o",
        text(&other),
        "--pictures",
        "--every",
        "60000",
    ];
    fails(long, &["as long as a row, 60000 frames"]);
    // Training takes the numbers of such a dataset, and refuses to mix step lengths.
    let model = folder.path().join("model");
    let plain = Race::get().dataset();
    fails(
        ["train", text(&dataset), text(&plain), "-o", text(&model)],
        &["frames_per_step: expected 30, found 1"],
    );
}

#[test]
fn options_of_pictures_are_checked() {
    let movie = Race::get().movie();
    let record = ["record", text(&movie), "-o", "/nonexistent/dataset"];
    let with = |options: &[&'static str]| [&record[..], options].concat();
    misuses(with(&["--size", "200x66"]), &["--pictures"]);
    misuses(with(&["--every", "12"]), &["--pictures"]);
    misuses(with(&["--encoding", "jpeg"]), &["--pictures"]);
    misuses(with(&["--pictures", "--every", "0"]), &["200ms"]);
    misuses(with(&["--pictures", "--size", "200"]), &["320x240"]);
    misuses(
        with(&["--pictures", "--encoding", "gif"]),
        &["jpeg:QUALITY"],
    );
    fails(
        on_mk64(&[
            "record",
            "race.m64",
            "-o",
            "/nonexistent/dataset",
            "--pictures",
            "--every",
            "7",
        ]),
        &["frames of a row: expected a multiple of 2", "found 7"],
    );
}
