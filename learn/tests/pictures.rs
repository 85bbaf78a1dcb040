//! Datasets with pictures: written, read back, shown by other programs, broken.

use std::fs::File;
use std::num::NonZeroU32;

use learn::Error;
use learn::dataset::{
    Column, Dataset, Encoding, MANIFEST, Manifest, PictureFormat, RgbImage, Row, Rows, Schema,
    Source, Writer,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::tempdir;

const FORMAT: PictureFormat = PictureFormat {
    width: 6,
    height: 4,
    encoding: Encoding::Png,
};

fn schema() -> Schema {
    let speed = Column::float("speed", "units/frame", (0.0, 16.0), "");
    let schema = Schema::new(vec![speed]).expect("a valid schema");
    let schema = schema.with_frames_per_step(NonZeroU32::new(12).expect("not 0"));
    schema.with_pictures(FORMAT).expect("valid pictures")
}

/// A picture that no other row has.
fn picture(row: u32) -> RgbImage {
    RgbImage::from_fn(6, 4, |x, y| {
        let [.., high, low] = row.to_be_bytes();
        image::Rgb([high, low, (x * 40 + y) as u8])
    })
}

fn rows(count: u32) -> Rows {
    let mut rows = Rows::new(&schema());
    for row in 0..count {
        rows.push(&Row {
            frame: row * 12,
            observation: &[row as f32],
            picture: Some(&FORMAT.encode(&picture(row)).expect("encoded")),
            ..Row::default()
        });
    }
    rows
}

fn source() -> Source {
    Source {
        movie: "one.dsm".to_owned(),
        movie_sha256: "11".repeat(32),
        ..Source::default()
    }
}

/// More rows than are decoded at a time.
const ROWS: u32 = 600;

#[test]
fn pictures_are_read_as_they_were_written() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer.add(source(), &rows(ROWS)).expect("added");
    let dataset = Dataset::open(folder.path()).expect("a whole dataset");
    assert_eq!(dataset.schema(), &schema());
    let read = dataset.read(0).expect("readable");
    assert_eq!(read, rows(ROWS));
    for row in [0, 255, 256, ROWS - 1] {
        let found = read.picture(row as usize).expect("a sound picture");
        assert_eq!(found, Some(picture(row)), "row {row}");
    }
    let iterated = read.iter().zip(0..).all(|(found, row)| {
        let encoded = FORMAT.encode(&picture(row)).expect("encoded");
        found.picture == Some(encoded.as_slice())
    });
    assert!(iterated);
    assert_eq!(
        read.sequences().count(),
        1,
        "no gap between rows of 12 frames"
    );
}

#[test]
fn numbers_are_read_without_the_pictures() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer.add(source(), &rows(ROWS)).expect("added");
    let dataset = Dataset::open(folder.path()).expect("a whole dataset");
    let numbers = dataset.read_numbers(0).expect("readable");
    let mut expected = Rows::new(&schema().without_pictures());
    for row in rows(ROWS).iter() {
        expected.push(&Row {
            picture: None,
            ..row
        });
    }
    assert_eq!(numbers, expected);
}

#[test]
fn a_file_says_in_its_key_values_that_the_column_is_of_pictures() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    let file = writer.add(source(), &rows(2)).expect("added").file.clone();
    let file = File::open(folder.path().join(file)).expect("the file");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let values = reader.schema().metadata();
    let text = values.get("huggingface").expect("a key-value");
    let json: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let kind = &json["info"]["features"]["observation.picture"]["_type"];
    assert_eq!(kind, "Image");
}

#[test]
fn a_dataset_without_pictures_says_nothing_of_them() {
    let folder = tempdir().expect("a folder");
    let plain = schema().without_pictures();
    let mut writer = Writer::open(folder.path(), &plain).expect("a new dataset");
    let mut rows = Rows::new(&plain);
    rows.push(&Row {
        observation: &[1.0],
        ..Row::default()
    });
    let file = writer.add(source(), &rows).expect("added").file.clone();
    let manifest = std::fs::read_to_string(folder.path().join(MANIFEST)).expect("a manifest");
    assert!(!manifest.contains("picture"), "{manifest}");
    let file = std::fs::read(folder.path().join(file)).expect("the file");
    let words = file.windows(11).any(|bytes| bytes == b"huggingface");
    assert!(!words, "no key-value for pictures");
    assert_eq!(rows.picture(0).expect("no error"), None);
}

#[test]
fn other_pictures_do_not_go_into_a_dataset() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    let before = writer.manifest().clone();
    let mut damaged = rows(3);
    damaged.push(&Row {
        observation: &[0.0],
        picture: Some(b"no picture"),
        ..Row::default()
    });
    let error = writer
        .add(source(), &damaged)
        .expect_err("damaged")
        .to_string();
    assert!(
        error.starts_with("observation.picture, row 3: expected 6 x 4 pixels, png"),
        "{error}"
    );
    assert!(matches!(
        damaged.picture(3),
        Err(Error::Picture { row: 3, .. })
    ));

    let jpeg = PictureFormat {
        encoding: Encoding::Jpeg { quality: 80 },
        ..FORMAT
    };
    let jpeg = schema().with_pictures(jpeg).expect("valid pictures");
    let mut others = Rows::new(&jpeg);
    others.push(&Row {
        observation: &[0.0],
        picture: Some(b""),
        ..Row::default()
    });
    let error = writer.add(source(), &others).expect_err("JPEG").to_string();
    assert!(
        error.ends_with("expected 6 x 4 pixels, png, found 6 x 4 pixels, jpeg:80"),
        "{error}"
    );
    assert_eq!(writer.manifest(), &before);

    drop(writer);
    Writer::open(folder.path(), &schema())
        .expect("no dataset yet")
        .add(source(), &rows(1))
        .expect("added");
    let error = Writer::open(folder.path(), &jpeg)
        .expect_err("JPEG")
        .to_string();
    assert!(
        error.contains("pictures: expected 6 x 4 pixels, jpeg:80, found 6 x 4 pixels, png"),
        "{error}"
    );
}

#[test]
fn a_file_with_a_damaged_picture_is_refused_with_its_row() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    let movie = writer.add(source(), &rows(5)).expect("added").clone();
    let path = folder.path().join(&movie.file);
    let mut bytes = std::fs::read(&path).expect("the file");
    let signature = b"\x89PNG\r\n\x1a\n";
    let mut starts = (0..bytes.len()).filter(|start| bytes[*start..].starts_with(signature));
    let third = starts.nth(3).expect("four pictures");
    bytes[third] = 0;
    std::fs::write(&path, &bytes).expect("written");
    let error = Dataset::open(folder.path())
        .expect_err("another hash")
        .to_string();
    assert!(error.contains("SHA-256"), "{error}");

    // The manifest takes the file as it is, as one that was damaged before it was hashed.
    let manifest = folder.path().join(MANIFEST);
    let text = std::fs::read_to_string(&manifest).expect("a manifest");
    let hash = sha256(&bytes);
    std::fs::write(&manifest, text.replace(&movie.sha256, &hash)).expect("written");
    let dataset = Dataset::open(folder.path()).expect("a footer that is sound");
    let error = dataset.read(0).expect_err("a damaged picture").to_string();
    assert!(error.contains(&movie.file), "{error}");
    assert!(
        error.contains("observation.picture, row 3: expected 6 x 4 pixels, png"),
        "{error}"
    );
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn pictures_that_cannot_be_are_refused_in_schemas_and_manifests() {
    for (width, height) in [(0, 4), (6, 0), (5000, 4), (u32::MAX, u32::MAX)] {
        let format = PictureFormat {
            width,
            height,
            ..FORMAT
        };
        let error = Schema::of_pictures(format)
            .expect_err("no picture")
            .to_string();
        assert!(
            error.starts_with("pictures: expected sides of 1 to 4096"),
            "{error}"
        );
    }
    let named = Column::float("picture", "", (0.0, 1.0), "");
    let named = Schema::new(vec![named]).expect("a valid schema");
    named
        .with_pictures(FORMAT)
        .expect_err("the same name twice");

    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer.add(source(), &rows(1)).expect("added");
    let text = String::from_utf8(writer.manifest().to_json().expect("text")).expect("UTF-8");
    for (from, to) in [
        ("\"png\"", "\"gif\""),
        ("\"width\": 6", "\"width\": 0"),
        ("\"width\": 6", "\"width\": -1"),
    ] {
        let text = text.replace(from, to);
        let error = Manifest::parse(text.as_bytes(), MANIFEST.as_ref()).expect_err(to);
        assert!(error.to_string().contains("pictures"), "{error}");
    }
}

#[test]
fn pictures_alone_make_a_dataset() {
    let schema = Schema::of_pictures(FORMAT).expect("valid pictures");
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema).expect("a new dataset");
    let mut rows = Rows::new(&schema);
    for row in 0..3 {
        rows.push(&Row {
            frame: row,
            picture: Some(&FORMAT.encode(&picture(row)).expect("encoded")),
            ..Row::default()
        });
    }
    writer.add(source(), &rows).expect("added");
    let dataset = Dataset::open(folder.path()).expect("a whole dataset");
    assert_eq!(dataset.read(0).expect("readable"), rows);
}

#[test]
fn pictures_are_a_part_of_the_schemas_hash() {
    let bigger = PictureFormat { width: 7, ..FORMAT };
    let bigger = schema().with_pictures(bigger).expect("valid pictures");
    let hashes = [schema(), schema().without_pictures(), bigger].map(|schema| schema.hash());
    assert!(hashes[0] != hashes[1] && hashes[0] != hashes[2] && hashes[1] != hashes[2]);
}
