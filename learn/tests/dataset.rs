//! Datasets written, read back, resumed and broken.

use std::fs;
use std::path::Path;

use learn::Error;
use learn::dataset::{
    Buffer, Column, Console, DType, Dataset, Encoded, Game, MANIFEST, Machine, Manifest,
    NewDataset, Outcome, Row, Rows, Schema, Source, Writer,
};
use nds_formats::pad::Pad;
use tempfile::tempdir;

fn schema() -> Schema {
    Schema::new(vec![
        Column::float("rays", "units", (0.0, 3000.0), "distances to walls").of_shape(&[3]),
        Column::float("speed", "units/frame", (f32::NEG_INFINITY, 16.0), ""),
    ])
    .expect("a valid schema")
}

fn rows(count: usize, seed: u16) -> Rows {
    let mut rows = Rows::new(&schema());
    for row in 0..count {
        let value = row as f32 + f32::from(seed) / 7.0;
        rows.push(&Row {
            frame: row as u32 + 300,
            observation: &[value, value * 2.0, -value, 1.0 / (value + 1.0)],
            held: Pad::from_bits_truncate((row as u16).wrapping_mul(977) ^ seed).into(),
            race_progress: row as f32 / count as f32,
            lap: row as i32 / 100 - 1,
            reward: -0.25 * value,
            ..Row::default()
        });
    }
    rows
}

fn source(movie: &str, hash: &str) -> Source {
    Source {
        movie: movie.to_owned(),
        movie_sha256: hash.repeat(8),
        outcome: Outcome::Diverged { frame: 12 },
        game: Game {
            name: "mkds".to_owned(),
            character: 3,
            kart: 11,
            course: 20,
            course_name: "f8c".to_owned(),
            lap_times_ms: vec![30_000, 29_500],
            total_time_ms: Some(89_000),
        },
        machine: Machine {
            rom_sha256: "ab".repeat(32),
            rom_checksum: 0xDEAD_BEEF,
            cpu: "jit 100".to_owned(),
            clock: "2009-01-01 00:00:00.000".to_owned(),
            firmware: [("firmNickname".to_owned(), "kart".to_owned())].into(),
            ..Machine::default()
        },
        ..Source::default()
    }
}

fn two_movies(folder: &Path) -> Dataset {
    let mut writer = Writer::open(folder, &schema()).expect("a new dataset");
    writer
        .add(source("one.dsm", "11111111"), &rows(5000, 1))
        .expect("added");
    writer
        .add(source("two.dsm", "22222222"), &rows(7, 2))
        .expect("added");
    Dataset::open(folder).expect("a whole dataset")
}

#[test]
fn what_is_written_is_read() {
    let folder = tempdir().expect("a folder");
    let dataset = two_movies(folder.path());
    assert_eq!(dataset.schema(), &schema());
    assert_eq!(dataset.movies().len(), 2);
    assert_eq!(dataset.movies()[0].source, source("one.dsm", "11111111"));
    assert_eq!(dataset.movies()[1].rows, 7);
    assert_eq!(dataset.read(0).expect("readable"), rows(5000, 1));
    assert_eq!(dataset.read(1).expect("readable"), rows(7, 2));
    assert!(matches!(dataset.read(2), Err(Error::Argument { .. })));
}

/// A dataset that kartscope 0.1 recorded.
const VERSION_1: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../env/python/tests/data/dataset"
);

#[test]
fn a_dataset_of_version_1_is_read_and_goes_on_as_one_of_today() {
    let folder = tempdir().expect("a folder");
    for entry in fs::read_dir(VERSION_1).expect("a dataset") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        fs::copy(&path, folder.path().join(name)).expect("copied");
    }
    let before = fs::read_to_string(folder.path().join(MANIFEST)).expect("a manifest");
    assert!(before.contains("\"version\": 1"), "{before}");
    let dataset = Dataset::open(folder.path()).expect("read");
    let Source { game, machine, .. } = &dataset.movies()[0].source;
    let known = (game.name.as_str(), game.course, game.course_name.as_str());
    assert_eq!(known, ("mkds", 20, "f8c"));
    assert_eq!((game.character, game.total_time_ms), (0, None));
    assert_eq!(
        (machine.cpu.as_str(), machine.rom_checksum),
        ("jit 100", 2_415_169_753)
    );
    assert_eq!(machine.firmware["firmNickname"], "DeSmuME");
    let schema = dataset.schema();
    assert_eq!((schema.frames_per_step().get(), schema.width()), (1, 66));
    let old = dataset.read(0).expect("readable");
    assert!(old.sequences().eq(std::iter::once(0..120)), "no gap");

    let mut writer = Writer::open(folder.path(), schema).expect("opened");
    let mut rows = Rows::new(schema);
    rows.push(&Row {
        observation: &[0.5; 66],
        ..Row::default()
    });
    writer
        .add(source("new.dsm", "33333333"), &rows)
        .expect("added");
    let after = fs::read_to_string(folder.path().join(MANIFEST)).expect("a manifest");
    assert!(after.contains("\"version\": 2"), "{after}");
    let grown = Dataset::open(folder.path()).expect("read");
    assert_eq!(grown.movies()[0], dataset.movies()[0]);
    assert_eq!(grown.read(0).expect("readable"), old);
    assert_eq!(grown.read(1).expect("readable"), rows);
}

#[test]
fn a_console_with_a_stick_is_named_and_has_columns_for_it() {
    let folder = tempdir().expect("a folder");
    let n64 = schema().on(Console::N64);
    let mut rows = Rows::new(&n64);
    for (frame, x) in [(0, -80), (2, -10), (4, 80)] {
        let pad = n64_formats::pad::Pad {
            buttons: n64_formats::pad::Buttons::A,
            stick: [x, 5],
        };
        rows.push(&Row {
            frame,
            observation: &[1.0; 4],
            held: pad.into(),
            ..Row::default()
        });
    }
    let signs: Vec<i8> = rows.actions().map(|action| action.steer.sign()).collect();
    assert_eq!(signs, [-1, 0, 1]);
    let columns = rows.columns(&n64);
    let numbers = |name: &str| {
        let found = columns.iter().find(|(column, _)| column.name == name);
        found.expect(name).1.clone()
    };
    assert_eq!(numbers("stick_x"), Buffer::I8(vec![-80, -10, 80]));
    assert_eq!(numbers("stick_y"), Buffer::I8(vec![5; 3]));
    assert_eq!(numbers("buttons"), Buffer::U16(vec![1 << 7; 3]));
    let mut writer = Writer::open(folder.path(), &n64).expect("a new dataset");
    writer
        .add(source("one.m64", "11111111"), &rows)
        .expect("added");
    drop(writer);
    let dataset = Dataset::open(folder.path()).expect("whole");
    assert_eq!(dataset.schema(), &n64);
    assert_eq!(dataset.read(0).expect("readable"), rows);
    assert_ne!(n64.hash(), schema().hash());
    let error = Writer::open(folder.path(), &schema()).expect_err("another console");
    assert!(
        error
            .to_string()
            .contains("console: expected ds, found n64"),
        "{error}"
    );
    // The DS, of which the first datasets were, is not named.
    let folder = tempdir().expect("a folder");
    two_movies(folder.path());
    let manifest = fs::read_to_string(folder.path().join(MANIFEST)).expect("a manifest");
    assert!(!manifest.contains("console"));
}

#[test]
fn the_length_of_steps_is_stored_and_no_other_is_added() {
    let folder = tempdir().expect("a folder");
    let four = schema().with_frames_per_step(4.try_into().expect("not 0"));
    let mut rows = Rows::new(&four);
    for frame in [300, 304, 308, 313, 317] {
        rows.push(&Row {
            frame,
            observation: &[1.0; 4],
            ..Row::default()
        });
    }
    assert_eq!(rows.sequences().collect::<Vec<_>>(), [0..3, 3..5]);
    let mut writer = Writer::open(folder.path(), &four).expect("a new dataset");
    writer
        .add(source("one.dsm", "11111111"), &rows)
        .expect("added");
    drop(writer);
    let dataset = Dataset::open(folder.path()).expect("whole");
    assert_eq!(dataset.schema(), &four);
    assert_eq!(dataset.read(0).expect("readable"), rows);
    assert_ne!(four.hash(), schema().hash());
    let error = Writer::open(folder.path(), &schema()).expect_err("other steps");
    let error = error.to_string();
    assert!(
        error.contains("frames_per_step: expected 1, found 4"),
        "{error}"
    );
    edit_manifest(folder.path(), |json| json["frames_per_step"] = 0.into());
    let error = Dataset::open(folder.path())
        .expect_err("no steps")
        .to_string();
    assert!(error.contains("not a valid dataset manifest"), "{error}");
}

#[test]
fn columns_are_plain_numbers_and_lists_with_the_decoded_action() {
    use arrow::datatypes::DataType;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    let folder = tempdir().expect("a folder");
    let dataset = two_movies(folder.path());
    let file = fs::File::open(folder.path().join(&dataset.movies()[1].file)).expect("there");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let columns: Vec<String> = reader
        .schema()
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::FixedSizeList(item, length) => {
                format!("{}: {}[{length}]", field.name(), item.data_type())
            }
            plain => format!("{}: {plain}", field.name()),
        })
        .collect();
    assert_eq!(
        columns,
        [
            "frame: UInt32",
            "observation.rays: Float32[3]",
            "observation.speed: Float32",
            "buttons: UInt16",
            "action.steer: Int8",
            "action.accelerate: Boolean",
            "action.brake: Boolean",
            "action.drift: Boolean",
            "action.item: Boolean",
            "race_progress: Float32",
            "lap: Int32",
            "reward: Float32",
        ]
    );
    let manifest = dataset.manifest();
    let named: Vec<&str> = manifest
        .fields()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    let stored: Vec<&str> = columns
        .iter()
        .filter_map(|column| column.split(':').next())
        .collect();
    assert_eq!(named, stored);

    let batch = reader
        .build()
        .expect("readable")
        .next()
        .expect("a batch")
        .expect("whole");
    let steer = batch.column_by_name("action.steer").expect("there");
    let steer = steer
        .as_any()
        .downcast_ref::<arrow::array::Int8Array>()
        .expect("int8");
    let expected = rows(7, 2)
        .actions()
        .map(|action| action.steer.sign())
        .collect::<Vec<_>>();
    assert_eq!(steer.values(), &expected[..]);
    assert!(expected.iter().any(|sign| *sign != 0));
}

/// The sample rows' columns by name.
fn columns_of(rows: &Rows) -> Vec<(Column, Buffer)> {
    rows.columns(&schema())
}

#[test]
fn rows_are_their_columns() {
    let rows = rows(300, 3);
    let columns = columns_of(&rows);
    let names: Vec<&str> = columns.iter().map(|(column, _)| &*column.name).collect();
    assert_eq!(
        names[..5],
        [
            "frame",
            "observation.rays",
            "observation.speed",
            "buttons",
            "action.steer"
        ]
    );
    for (column, numbers) in &columns {
        assert_eq!(numbers.all().dtype(), column.dtype, "{column}");
        assert_eq!(numbers.all().len(), 300 * column.width(), "{column}");
    }
    let numbers = columns.into_iter().map(|(_, numbers)| numbers).collect();
    let again = Rows::from_columns(&schema(), numbers, Encoded::default());
    assert_eq!(again.expect("rows"), rows);
}

#[test]
fn columns_that_are_no_rows_are_refused_with_place_expected_and_found() {
    let changed = |name: &str, change: &dyn Fn(&mut Buffer)| {
        let mut columns = columns_of(&rows(3, 1));
        let column = columns.iter_mut().find(|(column, _)| column.name == name);
        change(&mut column.expect("a column").1);
        let numbers = columns.into_iter().map(|(_, numbers)| numbers).collect();
        let again = Rows::from_columns(&schema(), numbers, Encoded::default());
        let error = again.expect_err("no rows");
        assert!(matches!(error, Error::Argument { .. }), "{error}");
        error.to_string()
    };
    assert_eq!(
        changed("lap", &|numbers| *numbers = vec![1_u8, 2, 3].into()),
        "lap: expected 3 of int32, found 3 of uint8"
    );
    assert_eq!(
        changed("observation.rays", &|numbers| *numbers =
            Buffer::zeros(DType::F32, 3)),
        "observation.rays: expected 9 of float32, found 3 of float32"
    );
    assert_eq!(
        changed("observation.rays", &|numbers| {
            *numbers = [&[0.0; 7][..], &[f32::INFINITY, 0.0]].concat().into();
        }),
        "observation.rays[1], row 2: expected a finite number, found inf"
    );
    let straight = changed("action.steer", &|numbers| {
        *numbers = vec![9_i8, 9, 9].into();
    });
    assert!(
        straight.starts_with("action.steer, row 0: expected ") && straight.ends_with(", found 9"),
        "{straight}"
    );
}

#[test]
fn a_new_dataset_is_there_as_a_whole_and_the_same_as_a_grown_one() {
    let folder = tempdir().expect("a folder");
    let (grown, new) = (folder.path().join("grown"), folder.path().join("new"));
    two_movies(&grown);
    let mut dataset = NewDataset::begin(&new, &schema()).expect("begun");
    dataset
        .add(source("one.dsm", "11111111"), &rows(5000, 1))
        .expect("added");
    dataset
        .add(source("two.dsm", "22222222"), &rows(7, 2))
        .expect("added");
    assert!(!new.exists());
    let manifest = dataset.commit().expect("committed");
    assert_eq!(Manifest::read(&new).expect("there"), manifest);
    let files = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut files: Vec<_> = entries
            .map(|entry| {
                let path = entry.expect("an entry").path();
                let bytes = fs::read(&path).expect("readable");
                (path.file_name().expect("a name").to_owned(), bytes)
            })
            .collect();
        files.sort();
        files
    };
    assert!(files(&new) == files(&grown));
}

#[test]
fn a_new_dataset_takes_a_movie_once_and_may_be_empty() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("dataset");
    let mut dataset = NewDataset::begin(&path, &schema()).expect("begun");
    dataset
        .add(source("one.dsm", "11111111"), &rows(3, 1))
        .expect("added");
    let again = dataset.add(source("copy.dsm", "11111111"), &rows(3, 1));
    let again = again.expect_err("a copy").to_string();
    assert!(
        again.contains("source of copy.dsm: expected a movie_sha256 of its own"),
        "{again}"
    );
    let mut other = source("one.dsm", "11111111");
    other.movie_sha256.push('0');
    let file = dataset.add(other, &rows(3, 1)).expect_err("its name");
    let file = file.to_string();
    assert!(
        file.contains("a name that no other movie has, found one-111111111111.parquet"),
        "{file}"
    );
    drop(dataset);
    let left = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 0);

    NewDataset::begin(&path, &schema())
        .and_then(NewDataset::commit)
        .expect("a dataset");
    let dataset = Dataset::open(&path).expect("whole");
    assert_eq!((dataset.movies().len(), dataset.schema()), (0, &schema()));
    let there = NewDataset::begin(&path, &schema()).expect_err("it is there");
    assert!(there.to_string().contains("is there already"), "{there}");
}

#[test]
fn a_second_run_skips_what_is_there_records_what_was_lost_and_names_what_is_damaged() {
    let folder = tempdir().expect("a folder");
    let dataset = two_movies(folder.path());
    let hash = |movie: usize| dataset.movies()[movie].source.movie_sha256.clone();

    let writer = Writer::open(folder.path(), &schema()).expect("reopened");
    assert!(writer.contains(&hash(0)) && writer.contains(&hash(1)));
    assert!(!writer.contains("another"));
    drop(writer);

    let file = folder.path().join(&dataset.movies()[0].file);
    fs::write(&file, b"half").expect("writable");
    let error = Writer::open(folder.path(), &schema()).expect_err("a damaged file");
    let text = error.to_string();
    assert!(text.contains("one-111111111111.parquet: SHA-256"), "{text}");
    let manifest = Manifest::read(folder.path()).expect("as before");
    assert_eq!(&manifest, dataset.manifest());

    fs::remove_file(&file).expect("removable");
    let mut writer = Writer::open(folder.path(), &schema()).expect("reopened");
    assert!(!writer.contains(&hash(0)) && writer.contains(&hash(1)));
    assert_eq!(writer.manifest(), dataset.manifest());
    writer
        .add(source("one.dsm", "11111111"), &rows(5000, 1))
        .expect("added again");
    assert!(writer.contains(&hash(0)));
    let dataset = Dataset::open(folder.path()).expect("whole again");
    assert_eq!(dataset.movies().len(), 2);
    assert_eq!(dataset.read(1).expect("readable"), rows(5000, 1));
}

#[test]
fn a_folder_has_one_writer_at_a_time() {
    let folder = tempdir().expect("a folder");
    let first = Writer::open(folder.path(), &schema()).expect("a new dataset");
    let error = Writer::open(folder.path(), &schema()).expect_err("it has a writer");
    assert!(
        matches!(error, Error::Output(outputs::Error::Busy { .. })),
        "{error}"
    );
    drop(first);
    Writer::open(folder.path(), &schema()).expect("it has none now");
}

#[test]
fn adding_a_movie_again_replaces_it_and_two_of_one_name_stand_side_by_side() {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer
        .add(source("a/run.dsm", "11111111"), &rows(3, 1))
        .expect("added");
    writer
        .add(source("b/run.dsm", "22222222"), &rows(4, 1))
        .expect("added");
    writer
        .add(source("renamed.dsm", "11111111"), &rows(5, 1))
        .expect("added");
    let dataset = Dataset::open(folder.path()).expect("whole");
    let counts: Vec<u64> = dataset.movies().iter().map(|movie| movie.rows).collect();
    assert_eq!(counts, [4, 5]);
}

#[test]
fn movies_are_arranged_whatever_order_they_came_in() {
    let hash = |movie: &str| movie.repeat(64);
    let manifest = |added: &[&str]| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
        for movie in added {
            let source = Source {
                movie_sha256: hash(movie),
                ..source("one.dsm", "")
            };
            writer.add(source, &rows(7, 1)).expect("added");
        }
        let order = ["3", "1", "2", "7"].map(hash);
        writer.arrange(&order).expect("arranged");
        std::fs::read_to_string(folder.path().join(MANIFEST)).expect("a manifest")
    };
    let expected = manifest(&["0", "3", "1", "2"]);
    assert_eq!(manifest(&["2", "0", "1", "3"]), expected);
    assert_eq!(manifest(&["1", "2", "3", "0"]), expected);
    let places: Vec<_> = ["0", "3", "1", "2"]
        .map(|movie| expected.find(&hash(movie)))
        .into();
    assert!(places.is_sorted() && places[0].is_some(), "{places:?}");
}

#[test]
fn nothing_but_whole_files_is_left_behind() {
    let folder = tempdir().expect("a folder");
    two_movies(folder.path());
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            MANIFEST,
            "one-111111111111.parquet",
            "two-222222222222.parquet"
        ]
    );
}

/// Opens a dataset after `spoil` and returns the error's text.
fn spoilt(spoil: impl FnOnce(&Path, &Dataset)) -> String {
    let folder = tempdir().expect("a folder");
    let dataset = two_movies(folder.path());
    spoil(folder.path(), &dataset);
    let error = Dataset::open(folder.path()).expect_err("a damaged dataset");
    error.to_string()
}

fn edit_manifest(folder: &Path, edit: impl FnOnce(&mut serde_json::Value)) {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).expect("a manifest");
    let mut json = serde_json::from_str(&text).expect("JSON");
    edit(&mut json);
    fs::write(path, json.to_string()).expect("writable");
}

#[test]
fn damage_is_named_with_file_place_expected_and_found() {
    let missing = spoilt(|folder, _| fs::remove_file(folder.join(MANIFEST)).expect("removable"));
    assert!(
        missing.contains("cannot read") && missing.contains(MANIFEST),
        "{missing}"
    );

    let garbage = spoilt(|folder, _| fs::write(folder.join(MANIFEST), "{\"form").expect("written"));
    assert!(
        garbage.contains("not a valid dataset manifest"),
        "{garbage}"
    );

    let foreign = spoilt(|folder, _| edit_manifest(folder, |json| json["format"] = "coco".into()));
    assert!(
        foreign.contains("format: expected kartscope-dataset, found coco"),
        "{foreign}"
    );

    let version = spoilt(|folder, _| edit_manifest(folder, |json| json["version"] = 9.into()));
    assert!(
        version.contains("version: expected 1 or 2, found 9"),
        "{version}"
    );

    let key = spoilt(|folder, _| {
        edit_manifest(folder, |json| {
            json["movies"][1]["machine"]["rom_checksum"] = (-1).into();
        });
    });
    assert!(
        key.contains("manifest.json: not a valid dataset manifest: movies[1]")
            && key.contains("invalid value: integer `-1`, expected u32"),
        "{key}"
    );

    let trailing = spoilt(|folder, _| {
        let path = folder.join(MANIFEST);
        let text = fs::read_to_string(&path).expect("a manifest");
        fs::write(path, text + "{}").expect("writable");
    });
    assert!(trailing.contains("trailing characters"), "{trailing}");

    let lost = spoilt(|folder, dataset| {
        fs::remove_file(folder.join(&dataset.movies()[1].file)).expect("removable");
    });
    assert!(
        lost.contains("cannot read") && lost.contains("two-222222222222.parquet"),
        "{lost}"
    );

    let cut = spoilt(|folder, dataset| {
        let path = folder.join(&dataset.movies()[0].file);
        let bytes = fs::read(&path).expect("readable");
        fs::write(path, &bytes[..bytes.len() / 2]).expect("writable");
    });
    assert!(
        cut.contains("one-111111111111.parquet: SHA-256: expected"),
        "{cut}"
    );

    let rows =
        spoilt(|folder, _| edit_manifest(folder, |json| json["movies"][1]["rows"] = 8.into()));
    assert!(
        rows.contains("two-222222222222.parquet: rows: expected 8, found 7"),
        "{rows}"
    );

    let field = spoilt(|folder, _| {
        edit_manifest(folder, |json| {
            json["fields"][1]["shape"] = serde_json::json!([4]);
        });
    });
    assert!(
        field.contains("column 1: expected observation.rays (Float32[4])") && field.contains('3'),
        "{field}"
    );

    let column = spoilt(|folder, _| {
        edit_manifest(folder, |json| json["fields"][0]["name"] = "time".into());
    });
    assert!(
        column.contains("fields[0]: expected frame") && column.contains("time"),
        "{column}"
    );

    let huge = spoilt(|folder, _| {
        let shape = serde_json::json!([u32::MAX, u32::MAX, 16]);
        edit_manifest(folder, |json| json["fields"][1]["shape"] = shape);
    });
    assert!(
        huge.contains("observation field rays: expected 1 to"),
        "{huge}"
    );

    let outside = spoilt(|folder, _| {
        edit_manifest(folder, |json| {
            json["movies"][0]["file"] = "../one.parquet".into();
        });
    });
    assert!(outside.contains("expected a plain file name"), "{outside}");
}

#[test]
fn a_right_hash_does_not_make_a_parquet_file() {
    use sha2::{Digest, Sha256};
    let error = spoilt(|folder, dataset| {
        fs::write(folder.join(&dataset.movies()[0].file), b"PAR1 no more").expect("writable");
        let hash: String = Sha256::digest(b"PAR1 no more")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        edit_manifest(folder, |json| json["movies"][0]["sha256"] = hash.into());
    });
    assert!(
        error.contains("one-111111111111.parquet: Parquet:"),
        "{error}"
    );
}

/// Rewrites the first movie's file with another column in place of that with this index, and with the right hash.
fn replace_column(folder: &Path, dataset: &Dataset, index: usize, column: arrow::array::ArrayRef) {
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use sha2::{Digest, Sha256};

    let path = folder.join(&dataset.movies()[1].file);
    let file = fs::File::open(&path).expect("there");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let batch = reader.build().expect("readable").next();
    let batch = batch.expect("a batch").expect("whole");
    let mut columns = batch.columns().to_vec();
    columns[index] = column;
    let batch = arrow::array::RecordBatch::try_new(batch.schema(), columns).expect("a batch");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("whole");
    fs::write(&path, &bytes).expect("writable");
    let hash = Sha256::digest(&bytes);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    edit_manifest(folder, |json| json["movies"][1]["sha256"] = hash.into());
}

#[test]
fn an_action_that_is_not_the_buttons_is_found_when_read() {
    use arrow::array::BooleanArray;
    let folder = tempdir().expect("a folder");
    let dataset = two_movies(folder.path());
    let held = rows(7, 2).actions().next().expect("a row").accelerate;
    let accelerate = BooleanArray::from(vec![!held; 7]);
    replace_column(folder.path(), &dataset, 5, std::sync::Arc::new(accelerate));
    let dataset = Dataset::open(folder.path()).expect("whole");
    let error = dataset.read(1).expect_err("no action").to_string();
    let expected = format!(
        "two-222222222222.parquet: action.accelerate, row 0: expected {held}, as the buttons say, found {}",
        !held
    );
    assert!(error.ends_with(&expected), "{error}");
}

#[test]
fn a_value_that_is_no_number_is_found() {
    let folder = tempdir().expect("a folder");
    let mut bad = rows(5, 1);
    bad.push(&Row {
        observation: &[0.0, 0.0, f32::NAN, 0.0],
        ..Row::default()
    });
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer
        .add(source("one.dsm", "11111111"), &bad)
        .expect("added");
    let dataset = Dataset::open(folder.path()).expect("whole");
    let error = dataset.read(0).expect_err("not finite").to_string();
    assert!(
        error.contains("observation.rays[2], row 5: expected a finite number"),
        "{error}"
    );
}

#[test]
fn a_writer_that_adds_nothing_leaves_nothing() {
    let folder = tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    let mut writer = Writer::open(&dataset, &schema()).expect("no dataset yet");
    assert!(
        writer
            .add(source("x.dsm", "33"), &Rows::new(&schema()))
            .is_err()
    );
    drop(writer);
    assert!(!dataset.exists());
}

#[test]
fn a_dataset_keeps_to_its_schema() {
    let folder = tempdir().expect("a folder");
    two_movies(folder.path());
    let other = Schema::new(vec![
        Column::float("rays", "units", (0.0, 1000.0), "").of_shape(&[3]),
    ])
    .expect("a valid schema");
    let error = Writer::open(folder.path(), &other)
        .expect_err("another schema")
        .to_string();
    assert!(
        error.contains("expected rays") && error.contains("1000"),
        "{error}"
    );
    assert!(error.contains("3000"), "{error}");

    let mut writer = Writer::open(folder.path(), &schema()).expect("the same schema");
    assert!(
        writer
            .add(source("x.dsm", "33333333"), &Rows::new(&schema()))
            .is_err()
    );
    assert!(
        writer
            .add(source("x.dsm", "33333333"), &Rows::new(&other))
            .is_err()
    );
    let manifest = Manifest::read(folder.path()).expect("as before");
    assert_eq!(manifest.movies.len(), 2);
}

#[test]
fn schemas_that_make_no_sense_are_refused() {
    let field = |name: &str, shape: &[usize]| Column::new(name, DType::F32).of_shape(shape);
    for fields in [
        vec![],
        vec![field("", &[])],
        vec![field("a", &[]), field("a", &[2])],
        vec![field("a", &[0])],
        vec![field("a", &[usize::MAX, 2])],
        vec![Column::new("a", DType::U8)],
        vec![field("a", &[1 << 20]), field("b", &[])],
    ] {
        let error = Schema::new(fields.clone()).expect_err("senseless");
        assert!(matches!(error, Error::Argument { .. }), "{fields:?}");
    }
}
