//! Vectors of pictures as a column of their dataset: computed once, kept with their rows, of one embedder.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Float32Type};
use learn::dataset::{
    Dataset, Encoding, MANIFEST, PictureFormat, RgbImage, Row, Rows, Schema, Selection, Source,
    Vectors, Writer,
};
use learn::embed::{self, Embedder, Embedding, Picture, Pixels};
use learn::{Error, Result};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::{TempDir, tempdir};

const FORMAT: PictureFormat = PictureFormat {
    width: 16,
    height: 12,
    encoding: Encoding::Png,
};

/// Rows of the movies: one of more than a row group, and one of a single row.
const ROWS: [u32; 3] = [300, 1, 40];

fn schema() -> Schema {
    Schema::of_pictures(FORMAT).expect("valid pictures")
}

/// A picture that no other row has.
fn picture(movie: u32, row: u32) -> RgbImage {
    RgbImage::from_fn(FORMAT.width, FORMAT.height, |x, y| {
        image::Rgb([
            (row % 251) as u8,
            (movie * 60 + row / 251) as u8,
            (x * y) as u8,
        ])
    })
}

fn rows(movie: u32, count: u32) -> Rows {
    let mut rows = Rows::new(&schema());
    for row in 0..count {
        rows.push(&Row {
            frame: row,
            picture: Some(&FORMAT.encode(&picture(movie, row)).expect("encoded")),
            ..Row::default()
        });
    }
    rows
}

fn source(movie: u32) -> Source {
    Source {
        movie: format!("{movie}.dsm"),
        movie_sha256: movie.to_string().repeat(64),
        ..Source::default()
    }
}

fn dataset() -> (TempDir, Dataset) {
    let folder = tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    for (movie, count) in (0..).zip(ROWS) {
        writer
            .add(source(movie), &rows(movie, count))
            .expect("added");
    }
    drop(writer);
    let dataset = opened(folder.path());
    (folder, dataset)
}

fn opened(folder: &Path) -> Dataset {
    Dataset::open(folder).expect("a whole dataset")
}

/// So many embedders into small grey pictures.
fn pixels(count: usize) -> Vec<Box<dyn Embedder + Send>> {
    let boxed = |_| -> Box<dyn Embedder + Send> { Box::new(Pixels::new()) };
    (0..count).map(boxed).collect()
}

fn add(dataset: &Dataset) -> Dataset {
    let added = embed::add_to(dataset, &mut pixels(2), false, &mut |_, _| {
        ControlFlow::Continue(())
    });
    assert_eq!(added.expect("added"), dataset.movies().len());
    opened(dataset.folder())
}

/// An embedder that gives all pictures the same vector.
#[derive(Debug)]
struct Constant(Embedding);

impl Constant {
    fn like(embedding: Embedding) -> Vec<Box<dyn Embedder + Send>> {
        vec![Box::new(Self(embedding))]
    }
}

impl Embedder for Constant {
    fn embedding(&self) -> &Embedding {
        &self.0
    }

    fn embed(&mut self, pictures: &[Picture<'_>]) -> Result<Vec<Vec<f32>>> {
        Ok(vec![vec![0.5; self.0.dimension]; pictures.len()])
    }
}

/// For calls that embed nothing.
fn never(_: u64, _: u64) -> ControlFlow<()> {
    panic!("something was embedded")
}

/// The names of a dataset's files.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("a name")
    };
    entries.map(name).collect()
}

/// The files that the manifest names, and itself.
fn named(dataset: &Dataset) -> BTreeSet<String> {
    let files = dataset.movies().iter().map(|movie| movie.file.clone());
    files.chain([MANIFEST.to_owned()]).collect()
}

fn assert_vectors_of(dataset: &Dataset, movie: usize, pictures: impl Iterator<Item = RgbImage>) {
    let vectors = dataset.vectors(movie).expect("readable").expect("vectors");
    let mut pixels = Pixels::new();
    assert_eq!(vectors.embedding(), pixels.embedding());
    let mut count = 0;
    for (row, picture) in pictures.enumerate() {
        let view = Picture::new(FORMAT.width, FORMAT.height, &picture).expect("a picture");
        let expected = pixels.embed(&[view]).expect("embedded");
        assert_eq!(vectors.get(row), expected[0], "movie {movie}, row {row}");
        count += 1;
    }
    assert_eq!(vectors.len(), count);
}

#[test]
fn each_row_has_its_picture_s_vector_and_is_otherwise_as_before() {
    let (folder, before) = dataset();
    let after = add(&before);
    for (movie, count) in ROWS.into_iter().enumerate() {
        assert_eq!(
            after.read(movie).expect("readable"),
            rows(movie as u32, count)
        );
        let pictures = (0..count).map(|row| picture(movie as u32, row));
        assert_vectors_of(&after, movie, pictures);
    }
    assert_eq!(
        after.rows_with_vectors(),
        u64::from(ROWS.iter().sum::<u32>())
    );
    let facts = |dataset: &Dataset| {
        let movies = dataset.movies().iter();
        movies
            .map(|movie| (movie.source.clone(), movie.rows))
            .collect::<Vec<_>>()
    };
    assert_eq!(facts(&after), facts(&before));
    assert_eq!(names(folder.path()), named(&after), "no other file stays");
}

#[test]
fn other_programs_find_a_last_column_of_lists() {
    let (_folder, dataset) = dataset();
    let dataset = add(&dataset);
    let path = dataset.folder().join(&dataset.movies()[0].file);
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("there"));
    let reader = reader.expect("Parquet");
    let last = reader.schema().fields().last().expect("columns").clone();
    assert_eq!(last.name(), "embedding");
    let DataType::FixedSizeList(item, 768) = last.data_type() else {
        panic!("{last:?}");
    };
    assert_eq!(item.data_type(), &DataType::Float32);
    let mut row = 0;
    let vectors = dataset.vectors(0).expect("readable").expect("vectors");
    for batch in reader.build().expect("readable") {
        let batch = batch.expect("a batch");
        let column = batch.columns().last().expect("columns");
        for vector in column.as_fixed_size_list().iter() {
            let vector = vector.expect("no null");
            let numbers = vector.as_primitive::<Float32Type>().values();
            assert_eq!(&**numbers, vectors.get(row));
            row += 1;
        }
    }
    assert_eq!(row, vectors.len());
}

#[test]
fn work_that_was_ended_goes_on_where_it_ended() {
    let (folder, before) = dataset();
    let (_other, whole) = dataset();
    let whole = add(&whole);
    // It ends within the second movie, and then within the third.
    for (ends_at, kept) in [(301, 1), (10, 1)] {
        let dataset = opened(folder.path());
        let ended = embed::add_to(&dataset, &mut pixels(1), false, &mut |done, _| match done
            >= ends_at
        {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        assert_eq!(ended.expect("ended without an error"), kept);
        let now = opened(folder.path());
        assert_eq!(names(folder.path()), named(&now), "nothing half-written");
        for (movie, count) in ROWS.into_iter().enumerate() {
            assert_eq!(now.read(movie).expect("whole"), rows(movie as u32, count));
        }
    }
    let mut total = None;
    let dataset = opened(folder.path());
    let added = embed::add_to(&dataset, &mut pixels(1), false, &mut |_, of| {
        total = Some(of);
        ControlFlow::Continue(())
    });
    assert_eq!((added.expect("added"), total), (1, Some(40)));
    let resumed = opened(folder.path());
    assert_eq!(resumed.movies(), whole.movies(), "the same bytes");
    assert_ne!(resumed.movies(), before.movies());
    // All is done.
    let added = embed::add_to(&resumed, &mut pixels(1), false, &mut never);
    assert_eq!(added.expect("done"), 0);
}

#[test]
fn other_vectors_are_refused_by_name_or_replaced() {
    let (_folder, dataset) = dataset();
    let dataset = add(&dataset);
    let own = Pixels::new().embedding().clone();
    let others = [
        (
            "embedder",
            Embedding {
                embedder: "faces".into(),
                ..own.clone()
            },
            "faces",
        ),
        (
            "SHA-256 of the weights",
            Embedding {
                weights_sha256: Some("ab12".into()),
                ..own.clone()
            },
            "ab12",
        ),
        (
            "preprocessing",
            Embedding {
                preprocessing: "none".into(),
                ..own.clone()
            },
            "none",
        ),
        (
            "dimension",
            Embedding {
                dimension: 5,
                ..own.clone()
            },
            "5",
        ),
    ];
    for (place, other, value) in others {
        let refused = embed::add_to(&dataset, &mut Constant::like(other), false, &mut never);
        let said = refused.expect_err(place).to_string();
        let file = &dataset.movies()[0].file;
        let expected = format!("{file}: vectors: {place}: expected {value}, found ");
        assert!(said.contains(&expected), "{said}");
    }
    let other = Embedding {
        embedder: "faces".into(),
        dimension: 5,
        ..own
    };
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let replaced = embed::add_to(&dataset, &mut Constant::like(other.clone()), true, go_on);
    assert_eq!(replaced.expect("replaced"), 3);
    let dataset = opened(dataset.folder());
    let vectors = dataset.vectors(2).expect("readable").expect("vectors");
    assert_eq!(
        (vectors.embedding(), vectors.get(39)),
        (&other, &[0.5; 5][..])
    );
    assert_eq!(names(dataset.folder()), named(&dataset));
}

#[test]
fn rows_that_are_removed_take_their_vectors_with_them() {
    let (folder, dataset) = dataset();
    let dataset = add(&dataset);
    let mut removed = Selection::none(&dataset);
    for row in (0..300).filter(|row| row % 3 != 1) {
        removed.set(0, row, true);
    }
    removed.set(1, 0, true);
    let copy = dataset
        .copy_without(&removed, &folder.path().join("copy"))
        .expect("copied");
    let cleaned = dataset.remove(&removed).expect("removed");
    for dataset in [copy, cleaned] {
        let kept = (0..300).filter(|row| row % 3 == 1);
        assert_vectors_of(&dataset, 0, kept.map(|row| picture(0, row)));
        assert_vectors_of(&dataset, 1, (0..40).map(|row| picture(2, row)));
    }
}

#[test]
fn a_movie_that_is_recorded_later_has_no_vectors_until_it_gets_some() {
    let (folder, dataset) = dataset();
    let dataset = add(&dataset);
    let mut writer = Writer::open(folder.path(), dataset.schema()).expect("the dataset");
    writer.add(source(3), &rows(3, 20)).expect("added");
    drop(writer);
    let more = opened(folder.path());
    assert_eq!(more.vectors(3).expect("readable"), None);
    assert_eq!(more.movies()[..3], *dataset.movies());
    let mut total = None;
    let added = embed::add_to(&more, &mut pixels(1), false, &mut |_, of| {
        total = Some(of);
        ControlFlow::Continue(())
    });
    assert_eq!((added.expect("added"), total), (1, Some(20)));
    assert_vectors_of(
        &opened(folder.path()),
        3,
        (0..20).map(|row| picture(3, row)),
    );
}

#[test]
fn a_failure_leaves_whole_movies() {
    let (folder, dataset) = dataset();
    let stem = dataset.movies()[2].file.strip_suffix(".parquet");
    let stem = stem.expect("a Parquet file");
    // A folder in the place of the third movie's new file.
    let obstacle = folder.path().join(format!("{stem}-1.parquet"));
    fs::create_dir(&obstacle).expect("made");
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let failed = embed::add_to(&dataset, &mut pixels(2), false, go_on);
    failed.expect_err("a folder is in the way");
    fs::remove_dir(&obstacle).expect("still there");
    let now = opened(folder.path());
    assert_eq!(now.rows_with_vectors(), 301);
    assert_eq!(names(folder.path()), named(&now));
    // Another program's change is not overwritten.
    let old = embed::add_to(&dataset, &mut pixels(1), false, go_on);
    let said = old.expect_err("the dataset has changed").to_string();
    assert!(said.contains(MANIFEST) && said.contains("opened"), "{said}");
}

#[test]
fn a_damaged_picture_is_named() {
    let folder = tempdir().expect("a folder");
    let mut damaged = rows(0, 2);
    let mut bytes = FORMAT.encode(&picture(0, 2)).expect("encoded");
    let length = bytes.len();
    // Its size is right, its pixels are not.
    bytes[length / 2..].fill(0);
    damaged.push(&Row {
        frame: 2,
        picture: Some(&bytes),
        ..Row::default()
    });
    let mut writer = Writer::open(folder.path(), &schema()).expect("a new dataset");
    writer.add(source(0), &damaged).expect("added");
    drop(writer);
    let dataset = opened(folder.path());
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let said = embed::add_to(&dataset, &mut pixels(1), false, go_on);
    let said = said.expect_err("a damaged picture").to_string();
    let place = format!("{}: picture, row 2", dataset.movies()[0].file);
    assert!(said.contains(&place), "{said}");
    assert_eq!(names(folder.path()), named(&dataset));
}

#[test]
fn a_dataset_without_pictures_is_refused() {
    let folder = tempdir().expect("a folder");
    let speed = learn::dataset::Column::float("speed", "units/frame", (0.0, 16.0), "");
    let plain = Schema::new(vec![speed]).expect("a valid schema");
    let mut rows = Rows::new(&plain);
    rows.push(&Row {
        observation: &[1.0],
        ..Row::default()
    });
    let mut writer = Writer::open(folder.path(), &plain).expect("a new dataset");
    writer.add(source(0), &rows).expect("added");
    drop(writer);
    let go_on = &mut |_, _| ControlFlow::Continue(());
    let refused = embed::add_to(&opened(folder.path()), &mut pixels(1), false, go_on);
    let said = refused.expect_err("no pictures").to_string();
    assert!(said.contains("a dataset with pictures"), "{said}");
}

#[test]
fn vectors_that_are_none_are_refused() {
    let of = |dimension| Embedding {
        dimension,
        ..Pixels::new().embedding().clone()
    };
    for (dimension, numbers) in [
        (0, vec![]),
        (16_385, vec![0.0; 16_385]),
        (2, vec![0.0; 3]),
        (2, vec![0.0, f32::NAN]),
        (1, vec![f32::INFINITY]),
    ] {
        let error = Vectors::new(of(dimension), numbers).expect_err("no vectors");
        assert!(matches!(error, Error::Argument { .. }), "{error}");
    }
    assert!(Vectors::new(of(3), vec![]).expect("none").is_empty());
}

#[test]
fn a_manifest_that_says_other_than_the_file_is_refused() {
    let (folder, dataset) = dataset();
    let plain = fs::read_to_string(folder.path().join(MANIFEST)).expect("a manifest");
    let dataset = add(&dataset);
    let path = folder.path().join(MANIFEST);
    let text = fs::read_to_string(&path).expect("a manifest");
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
        Dataset::open(folder.path()).expect_err(to).to_string()
    };
    let said = refused(r#""dimension": 768"#, r#""dimension": 700"#);
    assert!(
        said.contains("embedding (Float32[700])") && said.contains("embedding (Float32[768])"),
        "{said}"
    );
    for dimension in ["0", "16385", "18446744073709551615"] {
        let said = refused(
            r#""dimension": 768"#,
            &format!(r#""dimension": {dimension}"#),
        );
        assert!(said.contains("dimension: expected 1 to 16384"), "{said}");
    }
    // The files with vectors under the manifest without.
    let mut without: serde_json::Value = serde_json::from_str(&plain).expect("JSON");
    for (movie, now) in without["movies"]
        .as_array_mut()
        .expect("movies")
        .iter_mut()
        .zip(dataset.movies())
    {
        movie["file"] = now.file.clone().into();
        movie["sha256"] = now.sha256.clone().into();
    }
    fs::write(&path, without.to_string()).expect("written");
    let said = Dataset::open(folder.path())
        .expect_err("a column more")
        .to_string();
    assert!(said.contains("expected nothing, found embedding"), "{said}");
}
