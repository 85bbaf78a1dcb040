//! TensorKart's recordings as datasets and back.

use std::fs;
use std::path::Path;

use learn::dataset::{Dataset, Encoding, NewDataset, PictureFormat, RgbImage, Row, Rows, Schema};
use learn::tensorkart::{FRAMES_PER_ROW, Recorded, Recordings, export};
use n64_formats::pad::{Buttons, Pad};
use tempfile::tempdir;

fn picture(seed: u8) -> RgbImage {
    RgbImage::from_fn(5, 3, |x, y| image::Rgb([seed, x as u8, y as u8]))
}

/// A recording of three rows.
fn recording(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    for index in 0..3 {
        let path = folder.join(format!("img_{index}.png"));
        picture(index).save(path).expect("written");
    }
    let table = "samples/x/img_0.png,0.0,0.0,1,0,0\n\
                 samples/x/img_1.png,-0.51,0.25,1,0,1\n\
                 samples/x/img_2.png,1.0,-1.0,0,1,0\n";
    fs::write(folder.join("data.csv"), table).expect("written");
}

fn read(folder: &Path) -> Vec<Recorded> {
    let recordings = Recordings::open(folder).expect("recordings");
    recordings
        .read()
        .map(|recorded| recorded.expect("read"))
        .collect()
}

/// Imports a folder whose recordings are sound.
fn import(from: &Path, to: &Path) -> Dataset {
    let recordings = Recordings::open(from).expect("recordings");
    let mut dataset = NewDataset::begin(to, recordings.schema()).expect("a new dataset");
    for recorded in recordings.read() {
        let recorded = recorded.expect("read");
        assert_eq!(recorded.problems, []);
        dataset.add(recorded.source, &recorded.rows).expect("added");
    }
    dataset.commit().expect("written");
    Dataset::open(to).expect("a dataset")
}

fn problems(folder: &Path) -> Vec<String> {
    let [recorded] = &read(folder)[..] else {
        panic!("expected one recording");
    };
    recorded
        .problems
        .iter()
        .map(|problem| {
            let name = problem.path.file_name().expect("a name").to_string_lossy();
            format!("{name}: {}", problem.reason)
        })
        .collect()
}

#[test]
fn a_line_is_the_pad_of_a_nintendo_64() {
    let folder = tempdir().expect("a folder");
    recording(folder.path());
    let recorded = read(folder.path()).remove(0);
    let pads = [
        (Buttons::A, [0, 0]),
        (Buttons::A | Buttons::R, [-41, -20]),
        (Buttons::B, [80, 80]),
    ];
    let pads = pads.map(|(buttons, stick)| Pad { buttons, stick }.into());
    assert!(recorded.rows.iter().map(|row| row.held).eq(pads));
    for index in 0..3 {
        let found = recorded.rows.picture(index).expect("sound");
        assert_eq!(found, Some(picture(index as u8)));
    }
    let frames: Vec<u32> = recorded.rows.iter().map(|row| row.frame).collect();
    assert_eq!(frames, [0, 12, 24]);
}

#[test]
fn what_is_exported_and_imported_again_is_the_same() {
    let folder = tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    recording(&path("samples/one"));
    recording(&path("samples/two"));
    picture(9)
        .save(path("samples/two/img_1.png"))
        .expect("written");
    let first = import(&path("samples"), &path("first"));
    export(&first, &path("exported")).expect("exported");
    let again = import(&path("exported"), &path("again"));
    assert_eq!(again.movies().len(), 2);
    assert_eq!(again.schema(), first.schema());
    for index in 0..2 {
        let rows = |dataset: &Dataset| dataset.read(index).expect("readable");
        assert_eq!(rows(&again), rows(&first));
    }
    export(&first, &path("exported")).expect_err("something is there");
}

#[test]
fn every_stick_and_button_survives_the_way_to_tensorkart_and_back() {
    let folder = tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let format = PictureFormat {
        width: 5,
        height: 3,
        encoding: Encoding::Jpeg { quality: 90 },
    };
    let schema = Schema::of_pictures(format).expect("pictures");
    let schema = schema
        .on(learn::dataset::Console::N64)
        .with_frames_per_step(FRAMES_PER_ROW);
    let mut rows = Rows::new(&schema);
    for number in -80_i8..=80 {
        let buttons = [Buttons::A, Buttons::B, Buttons::R, Buttons::empty()];
        let buttons = buttons[usize::from(number.unsigned_abs() % 4)];
        rows.push(&Row {
            frame: (i32::from(number) + 80) as u32 * 12,
            picture: Some(&format.encode(&picture(number as u8)).expect("encoded")),
            held: Pad {
                buttons,
                stick: [number, -number],
            }
            .into(),
            ..Row::default()
        });
    }
    let mut dataset = NewDataset::begin(&path("dataset"), &schema).expect("new");
    dataset
        .add(learn::dataset::Source::default(), &rows)
        .expect("added");
    dataset.commit().expect("written");
    export(
        &Dataset::open(path("dataset")).expect("read"),
        &path("exported"),
    )
    .expect("exported");
    let back = read(&path("exported")).remove(0);
    assert_eq!(back.problems, []);
    assert!(
        back.rows
            .iter()
            .map(|row| row.held)
            .eq(rows.iter().map(|row| row.held))
    );
    let pictures = |rows: &Rows| rows.picture(7).expect("sound").expect("a picture");
    assert_eq!(
        pictures(&back.rows),
        pictures(&rows),
        "a JPEG becomes a PNG of the same pixels"
    );
}

#[test]
fn whatever_makes_no_row_is_named() {
    let folder = tempdir().expect("a folder");
    recording(folder.path());
    let path = |name: &str| folder.path().join(name);
    fs::remove_file(path("img_0.png")).expect("removed");
    fs::write(
        path("img_1.png"),
        b"version https://git-lfs.github.com/spec/v1\n",
    )
    .expect("written");
    picture(0).save(path("img_7.png")).expect("written");
    let found = problems(folder.path());
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("img_0.png: No such file"), "{found:?}");
    assert!(
        found[1].starts_with("img_1.png: ") && found[1].contains("LFS"),
        "{found:?}"
    );
    assert!(
        found[2].starts_with("img_7.png: expected a line in "),
        "{found:?}"
    );
    let rows = read(folder.path()).remove(0).rows;
    assert!(
        rows.iter().map(|row| row.frame).eq([24]),
        "the frames of others stay"
    );
}

#[test]
fn a_damaged_picture_another_size_and_a_double_line_are_named() {
    let folder = tempdir().expect("a folder");
    recording(folder.path());
    let path = |name: &str| folder.path().join(name);
    let whole = fs::read(path("img_1.png")).expect("read");
    fs::write(path("img_1.png"), &whole[..whole.len() / 2]).expect("written");
    RgbImage::new(5, 4)
        .save(path("img_2.png"))
        .expect("written");
    let table = fs::read_to_string(path("data.csv")).expect("read");
    fs::write(path("data.csv"), table + "elsewhere/img_0.png,0,0,0,0,0\n").expect("written");
    let found = problems(folder.path());
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("img_1.png: "), "{found:?}");
    assert_eq!(
        found[1],
        "img_2.png: expected 5 x 3 pixels, found 5 x 4 pixels"
    );
    assert_eq!(found[2], "img_0.png: line 4: the picture of a line before");
}

/// An array of NumPy, format 1.
fn npy(dtype: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({shape}), }}\n");
    let length = u16::try_from(header.len()).expect("short").to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

fn arrays(folder: &Path, pictures: &[u8], inputs: &[f64]) {
    let inputs: Vec<u8> = inputs
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    fs::write(folder.join("X.npy"), npy("|u1", "2, 3, 5, 3", pictures)).expect("written");
    fs::write(folder.join("y.npy"), npy("<f8", "2, 5", &inputs)).expect("written");
}

const INPUTS: [f64; 10] = [0.5, 0.0, 1.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0, 1.0];

#[test]
fn prepared_arrays_are_a_recording() {
    let folder = tempdir().expect("a folder");
    let pixels = [picture(1).into_raw(), picture(2).into_raw()].concat();
    arrays(folder.path(), &pixels, &INPUTS);
    let recorded = read(folder.path()).remove(0);
    assert_eq!(recorded.problems, []);
    assert_eq!(recorded.rows.picture(1).expect("sound"), Some(picture(2)));
    let sticks: Vec<_> = recorded.rows.iter().map(|row| row.held.stick).collect();
    assert_eq!(sticks, [[40, 0], [-80, 0]]);
}

#[test]
fn damaged_arrays_are_refused_by_name() {
    let folder = tempdir().expect("a folder");
    let pixels = [picture(1).into_raw(), picture(2).into_raw()].concat();
    let refused = |said: &str| {
        let opened = Recordings::open(folder.path());
        let read = opened.and_then(|recordings| recordings.read().collect::<Result<Vec<_>, _>>());
        let error = read.expect_err(said).to_string();
        assert!(error.contains(said), "{error}");
    };
    arrays(folder.path(), &pixels[1..], &INPUTS);
    refused("X.npy: length: expected");
    arrays(folder.path(), &pixels, &INPUTS[..5]);
    refused("y.npy: length: expected");
    arrays(folder.path(), &[1; 90], &INPUTS);
    refused("X.npy: pixels: expected brightness up to 255, found at most 1");
    let mut wild = INPUTS;
    wild[6] = f64::NAN;
    arrays(folder.path(), &pixels, &wild);
    refused("y.npy: row 1, column 1: expected a number from -1 to 1, found NaN");

    arrays(folder.path(), &pixels, &INPUTS);
    let huge = npy("|u1", "18446744073709551615, 3, 5, 3", &pixels);
    fs::write(folder.path().join("X.npy"), huge).expect("written");
    refused("X.npy: shape: expected sides of an array");
    fs::write(
        folder.path().join("X.npy"),
        npy("<f4", "2, 3, 5, 3", &pixels),
    )
    .expect("written");
    refused("X.npy: descr: expected '|u1', found '<f4'");
    let sound = npy("|u1", "2, 3, 5, 3", &pixels);
    for length in 0..sound.len() {
        fs::write(folder.path().join("X.npy"), &sound[..length]).expect("written");
        refused("X.npy: ");
    }
}

#[test]
fn a_folder_without_a_recording_is_refused() {
    let folder = tempdir().expect("a folder");
    let error = Recordings::open(folder.path())
        .expect_err("empty")
        .to_string();
    assert!(
        error.contains("expected data.csv, joystick.csv or X.npy"),
        "{error}"
    );
    fs::write(folder.path().join("data.csv"), "img_0.png,0,0,1,0,0\n").expect("written");
    let error = Recordings::open(folder.path())
        .expect_err("no picture")
        .to_string();
    assert!(
        error.contains("pictures: expected a sound one, found none"),
        "{error}"
    );
    let error = Recordings::open(&folder.path().join("absent")).expect_err("absent");
    assert!(error.to_string().contains("absent"), "{error}");
}
