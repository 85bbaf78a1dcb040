//! Datasets for tests.

use learn::dataset::{
    Column, Dataset, Encoding, PictureFormat, RgbImage, Row, Rows, Schema, Source, Writer,
};
use tempfile::TempDir;

const FORMAT: PictureFormat = PictureFormat {
    width: 4,
    height: 3,
    encoding: Encoding::Png,
};

/// A dataset of movies with so many rows.
pub(crate) fn dataset(movies: &[usize]) -> (TempDir, Dataset) {
    let folder = tempfile::tempdir().expect("a folder");
    let speed = Column::float("speed", "units/frame", (0.0, 1e9), "");
    let schema = Schema::new(vec![speed]).expect("a valid schema");
    let schema = schema.with_pictures(FORMAT).expect("valid pictures");
    let mut writer = Writer::open(folder.path(), &schema).expect("a new dataset");
    for (movie, count) in movies.iter().enumerate() {
        let mut rows = Rows::new(&schema);
        for row in 0..*count {
            let picture = RgbImage::from_pixel(4, 3, color(movie, row).into());
            rows.push(&Row {
                frame: frame(movie, row),
                observation: &[speed_of(movie, row)],
                picture: Some(&FORMAT.encode(&picture).expect("encoded")),
                ..Row::default()
            });
        }
        let source = Source {
            movie: format!("{movie}.dsm"),
            movie_sha256: format!("{movie:012}"),
            ..Source::default()
        };
        writer.add(source, &rows).expect("added");
    }
    drop(writer);
    let dataset = Dataset::open(folder.path()).expect("a whole dataset");
    (folder, dataset)
}

/// A row's frame counter, which no other row has.
pub(crate) fn frame(movie: usize, row: usize) -> u32 {
    (1000 * movie + row) as u32
}

/// A row's observation.
pub(crate) fn speed_of(movie: usize, row: usize) -> f32 {
    frame(movie, row) as f32 / 4.0
}

/// The colour of a row's picture.
pub(crate) fn color(movie: usize, row: usize) -> [u8; 3] {
    [40 * movie as u8, row as u8, 7]
}
