//! Recordings of TensorKart and the projects that took over its form, as datasets and back.
//!
//! A recording is a folder of pictures `img_N.png` and a table, `data.csv` or the older `joystick.csv`, without a heading. A line has
//! the picture's path, or its number, then the stick to the right and down (-1 to 1), the buttons A and B (TensorKart plays what it
//! recorded of the controller's X as B), and, in a line of six columns, R. Paths are those of the machine that recorded: only
//! the file's name counts, and the picture lies beside the table. What TensorKart prepares for training, `X.npy` (`u8`, `[rows, height,
//! width, 3]`) and `y.npy` (`f64`, `[rows, 5]`), is a recording too.
//!
//! A recording has no race: its rows have the progress, lap and reward 0, and a frame counter that counts from 0 in steps of
//! [`FRAMES_PER_ROW`], as TensorKart takes a picture each 200 ms.

use std::collections::BTreeSet;
use std::fmt::{Display, Formatter};
use std::fs;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use image::RgbImage;
use n64_formats::pad::{Buttons, Pad};
use nds_formats::pad::Pad as DsPad;
use outputs::{FolderOutput, Kind};
use sha2::{Digest, Sha256};

use crate::dataset::{
    Console, Dataset, Encoding, Game, Held, PictureFormat, Row, Rows, Schema, Source,
};
use crate::{Error, Result, files};

mod arrays;
mod table;

use arrays::Arrays;
use table::Line;

/// The frames of a Nintendo 64 from one row to the next.
pub const FRAMES_PER_ROW: NonZeroU32 = NonZeroU32::new(12).expect("not 0");

/// The stick's number at full deflection.
const FULL: f64 = 80.0;

/// The names of the table, the newer one first.
const TABLES: [&str; 2] = ["data.csv", "joystick.csv"];

/// A part of a recording that makes no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The reason.
    pub reason: String,
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// The rows of a recording.
#[derive(Debug)]
pub struct Recorded {
    /// Their source: the folder's name, and the hash of the files' bytes.
    pub source: Source,
    /// The rows, in the table's order.
    pub rows: Rows,
    /// Pictures that are missing, damaged or of another size, and pictures without a line: all that is not in the rows.
    pub problems: Vec<Problem>,
}

/// Recordings whose pictures have one size.
#[derive(Debug)]
pub struct Recordings {
    recordings: Vec<(PathBuf, Content)>,
    schema: Schema,
    format: PictureFormat,
}

#[derive(Debug)]
enum Content {
    Table { path: PathBuf, lines: Vec<Line> },
    Arrays(Arrays),
}

impl Recordings {
    /// Opens a recording's folder, or a folder of such. The first sound picture determines the size of all.
    ///
    /// # Errors
    /// There is no recording, none has a sound picture, or a table or an array has another form; the error names file and line.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut recordings: Vec<_> = content(folder)?
            .map(|content| (folder.to_owned(), content))
            .into_iter()
            .collect();
        if recordings.is_empty() {
            for folder in folders_in(folder)? {
                recordings.extend(content(&folder)?.map(|content| (folder, content)));
            }
        }
        if recordings.is_empty() {
            let expected = "data.csv, joystick.csv or X.npy and y.npy, here or in the folders here";
            return Err(Error::mismatch(folder, "recording", expected, "none"));
        }
        let mut sizes = recordings
            .iter()
            .filter_map(|(folder, content)| match content {
                Content::Table { lines, .. } => lines.iter().find_map(|line| {
                    let picture = image::open(folder.join(&line.picture)).ok()?;
                    Some([picture.width(), picture.height()])
                }),
                Content::Arrays(arrays) => Some(arrays.size()),
            });
        let [width, height] = sizes
            .next()
            .ok_or_else(|| Error::mismatch(folder, "pictures", "a sound one", "none"))?;
        let format = PictureFormat {
            width,
            height,
            encoding: Encoding::Png,
        };
        let schema = Schema::of_pictures(format)?;
        let schema = schema.on(Console::N64).with_frames_per_step(FRAMES_PER_ROW);
        Ok(Self {
            recordings,
            schema,
            format,
        })
    }

    /// What a row is.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Reads the recordings, one after the other.
    pub fn read(&self) -> impl ExactSizeIterator<Item = Result<Recorded>> {
        self.recordings.iter().map(|(folder, content)| {
            let mut reading = Reading::new(&self.schema, self.format);
            match content {
                Content::Table { path, lines } => reading.table(folder, path, lines)?,
                Content::Arrays(arrays) => reading.arrays(arrays)?,
            }
            Ok(reading.end(folder))
        })
    }
}

/// What a folder records; `None` if it is no recording.
fn content(folder: &Path) -> Result<Option<Content>> {
    for name in TABLES {
        let path = folder.join(name);
        if path.try_exists().map_err(Error::io("read", &path))? {
            let text = files::read(&path, "TensorKart table")?;
            let lines = table::parse(&text, &path)?;
            return Ok(Some(Content::Table { path, lines }));
        }
    }
    let path = folder.join(arrays::PICTURES);
    match path.try_exists().map_err(Error::io("read", &path))? {
        true => Ok(Some(Content::Arrays(Arrays::open(folder)?))),
        false => Ok(None),
    }
}

/// The folders in a folder, sorted.
fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = entries(folder)?;
    found.retain(|path| path.is_dir());
    Ok(found)
}

/// The paths in a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths
        .collect::<Result<_, _>>()
        .map_err(Error::io("read", folder))?;
    paths.sort();
    Ok(paths)
}

/// A recording that is being read.
struct Reading {
    format: PictureFormat,
    rows: Rows,
    hash: Sha256,
    problems: Vec<Problem>,
}

impl Reading {
    fn new(schema: &Schema, format: PictureFormat) -> Self {
        Self {
            format,
            rows: Rows::new(schema),
            hash: Sha256::new(),
            problems: Vec::new(),
        }
    }

    fn table(&mut self, folder: &Path, table: &Path, lines: &[Line]) -> Result<()> {
        self.hash.update(files::read(table, "TensorKart table")?);
        let mut used = BTreeSet::new();
        for (index, line) in lines.iter().enumerate() {
            let path = folder.join(&line.picture);
            let picture = match used.insert(path.clone()) {
                true => self.picture(&path),
                false => Err(format!(
                    "line {}: the picture of a line before",
                    line.number
                )),
            };
            match picture {
                Ok(picture) => self.push(index, &picture, line.values),
                Err(reason) => self.problems.push(Problem { path, reason }),
            }
        }
        for path in entries(folder)? {
            let is_picture = path.extension().is_some_and(|ending| ending == "png");
            if is_picture && !used.contains(&path) {
                let reason = format!("expected a line in {}, found none", table.display());
                self.problems.push(Problem { path, reason });
            }
        }
        Ok(())
    }

    /// The bytes of a picture's file, which is sound, or the reason why not.
    fn picture(&self, path: &Path) -> Result<Vec<u8>, String> {
        let bytes = files::read(path, "picture").map_err(|error| match error {
            Error::Io { source, .. } => source.to_string(),
            other => other.to_string(),
        })?;
        self.format.decode(&bytes)?;
        Ok(bytes)
    }

    fn arrays(&mut self, arrays: &Arrays) -> Result<()> {
        arrays.read(|index, pixels, values| {
            let PictureFormat { width, height, .. } = self.format;
            let reason = |reason| Error::Picture { row: index, reason };
            let picture = RgbImage::from_raw(width, height, pixels)
                .ok_or_else(|| reason(format!("expected pictures of {}", self.format)))?;
            let picture = self.format.encode(&picture).map_err(reason)?;
            self.push(index, &picture, values);
            Ok(())
        })
    }

    fn push(&mut self, index: usize, picture: &[u8], values: [f64; 5]) {
        self.hash.update(picture);
        let frame = u32::try_from(index).unwrap_or(u32::MAX);
        self.rows.push(&Row {
            frame: frame.saturating_mul(FRAMES_PER_ROW.get()),
            picture: Some(picture),
            held: held(values).into(),
            ..Row::default()
        });
    }

    fn end(self, folder: &Path) -> Recorded {
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        Recorded {
            source: Source {
                movie: name.to_string_lossy().into_owned(),
                movie_sha256: files::hexadecimal(&self.hash.finalize()),
                game: Game {
                    name: "mk64".to_owned(),
                    ..Game::default()
                },
                ..Source::default()
            },
            rows: self.rows,
            problems: self.problems,
        }
    }
}

/// The numbers that a column of what is held may have: the stick's first, then those of the buttons.
fn allowed(column: usize) -> RangeInclusive<f64> {
    match column {
        0 | 1 => -1.0..=1.0,
        _ => 0.0..=1.0,
    }
}

/// What is held: the stick, which the table has downwards, and A, B and R.
fn held([x, y, a, b, r]: [f64; 5]) -> Pad {
    let axis = |value: f64| (value * FULL).round() as i8;
    let buttons = [(Buttons::A, a), (Buttons::B, b), (Buttons::R, r)];
    let pressed = buttons.into_iter().filter(|(_, value)| *value >= 0.5);
    Pad {
        buttons: pressed.map(|(button, _)| button).collect(),
        stick: [axis(x), axis(-y)],
    }
}

/// A line's numbers of what is held; the directional pad of a DS is a stick at full deflection.
fn values(console: Console, held: Held) -> [f64; 5] {
    let number = |held| f64::from(u8::from(held));
    match console {
        Console::N64 => {
            let buttons = Buttons::from_bits_retain(held.buttons);
            let [x, y] = held.stick.map(i32::from);
            let buttons =
                [Buttons::A, Buttons::B, Buttons::R].map(|button| buttons.contains(button));
            let [a, b, r] = buttons.map(number);
            // A stick can go beyond what TensorKart calls full.
            let axis = |value: i32| (f64::from(value) / FULL).clamp(-1.0, 1.0);
            [axis(x), axis(-y), a, b, r]
        }
        Console::Ds => {
            let pad = DsPad::from_bits_retain(held.buttons);
            let is = |button| number(pad.contains(button));
            [
                is(DsPad::RIGHT) - is(DsPad::LEFT),
                is(DsPad::DOWN) - is(DsPad::UP),
                is(DsPad::A),
                is(DsPad::B),
                is(DsPad::R),
            ]
        }
    }
}

/// Writes a dataset's movies as recordings, each in a folder of its own in `folder`, which is new.
///
/// # Errors
/// The dataset has no pictures or can't be read, one of them is damaged, or the folder exists or can't be written; nothing
/// remains then.
pub fn export(dataset: &Dataset, folder: &Path) -> Result<()> {
    let Some(format) = dataset.schema().pictures() else {
        let (expected, found) = ("pictures", "none: record with --pictures makes them");
        return Err(Error::mismatch(
            dataset.folder(),
            "pictures",
            expected,
            found,
        ));
    };
    let output = FolderOutput::begin(folder)?;
    for (index, movie) in dataset.movies().iter().enumerate() {
        let name = movie.file.trim_end_matches(".parquet");
        let recording = output.partial_path().join(name);
        fs::create_dir(&recording).map_err(Error::io("write", &recording))?;
        let rows = dataset.read(index)?;
        let mut table = String::new();
        for (index, row) in rows.iter().enumerate() {
            let path = recording.join(format!("img_{index}.png"));
            outputs::write(&path, Kind::OWN, &png(&rows, index, format)?)?;
            let values = values(dataset.schema().console(), row.held);
            let values = values.map(|value| value.to_string()).join(",");
            table += &format!("samples/{name}/img_{index}.png,{values}\n");
        }
        outputs::write(&recording.join(TABLES[0]), Kind::OWN, table.as_bytes())?;
    }
    output.commit()?;
    Ok(())
}

/// A row's picture as a PNG.
fn png(rows: &Rows, index: usize, format: PictureFormat) -> Result<Vec<u8>> {
    let damaged = |reason| Error::Picture { row: index, reason };
    let encoded = rows.get(index).and_then(|row| row.picture);
    match (format.encoding, encoded) {
        (Encoding::Png, Some(bytes)) => Ok(bytes.to_vec()),
        _ => {
            let picture = rows
                .picture(index)?
                .ok_or_else(|| damaged("none".to_owned()))?;
            let format = PictureFormat {
                encoding: Encoding::Png,
                ..format
            };
            format.encode(&picture).map_err(damaged)
        }
    }
}
