use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::schema::DType;
use super::{Field, Schema};
use crate::{Error, Result, atomic};

/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";

/// The version of manifest and columns that this crate reads and writes.
pub const VERSION: u32 = 1;

/// The value of `format` in every manifest.
const FORMAT: &str = "kartscope-dataset";

/// How a movie's race ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Outcome {
    /// The kart crossed the line for the last time.
    Finished,
    /// The movie ended before the race did.
    #[default]
    Unfinished,
    /// The replay diverged from the recording.
    Diverged {
        /// The first race frame that differs.
        frame: u32,
    },
}

/// The source of a movie's rows, and the conditions of its replay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The movie's file name.
    pub movie: String,
    /// SHA-256 of the movie's bytes, followed by those of the save state that it starts from, if any; hexadecimal.
    /// Two sources are the same if these are.
    pub movie_sha256: String,
    /// SHA-256 of the ROM, hexadecimal.
    pub rom_sha256: String,
    /// The ROM's checksum as the movie's header has it.
    pub rom_checksum: u32,
    /// The ROM's game code or serial.
    pub rom_serial: String,
    /// The character's number.
    pub character: u8,
    /// The kart's number.
    pub kart: u8,
    /// The course's id.
    pub course: u8,
    /// The course's abbreviation, as `--course-name` takes it.
    pub course_name: String,
    /// `interpreter`, or `jit` and the block size.
    pub cpu: String,
    /// The clock's start, `YYYY-MM-DD hh:mm:ss.mmm`.
    pub clock: String,
    /// The firmware's settings, by their names in the movie.
    pub firmware: BTreeMap<String, String>,
    /// SHA-256 of the save memory at power-on, hexadecimal; `None` when it was blank.
    pub save_sha256: Option<String>,
    /// SHA-256 of the save state that the movie starts from, hexadecimal; `None` for one that starts at power-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_sha256: Option<String>,
    /// The laps that were finished, in milliseconds.
    pub lap_times_ms: Vec<u32>,
    /// The race's time in milliseconds, if it was finished.
    pub total_time_ms: Option<u32>,
    /// How the race ended.
    pub outcome: Outcome,
    /// Whether the rows are only the frames that the movie names as corrections, with gaps between them. If not, they are
    /// the whole race.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrections: bool,
}

/// One movie of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Movie {
    /// The Parquet file's name in the dataset's folder.
    pub file: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// The source of its rows.
    #[serde(flatten)]
    pub source: Source,
}

/// The contents of `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// All columns, in the files' order.
    fields: Vec<Field>,
    /// The movies, in the order they were added, or [arranged](super::Writer::arrange).
    pub movies: Vec<Movie>,
}

/// The keys that determine which other keys to expect.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

const OBSERVATION: &str = "observation.";

impl Manifest {
    pub(super) fn new(schema: &Schema) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            fields: columns(schema),
            movies: Vec::new(),
        }
    }

    /// Reads and checks a dataset folder's manifest, but not the Parquet files.
    ///
    /// # Errors
    /// A missing or damaged file, another format or version, or columns that this version does not have.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let head: Head = atomic::read_json(&path, "dataset manifest")?;
        if head.format != FORMAT {
            return Err(Error::mismatch(&path, "format", FORMAT, head.format));
        }
        if head.version != VERSION {
            return Err(Error::mismatch(&path, "version", VERSION, head.version));
        }
        let manifest: Self = atomic::read_json(&path, "dataset manifest")?;
        manifest.check(&path)?;
        Ok(manifest)
    }

    fn check(&self, path: &Path) -> Result<()> {
        let schema = self.schema();
        schema.check().map_err(|(place, expected, found)| {
            Error::mismatch(path, format!("observation field {place}"), expected, found)
        })?;
        let expected = columns(&schema);
        for index in 0..expected.len().max(self.fields.len()) {
            let (expected, found) = (expected.get(index), self.fields.get(index));
            if expected != found {
                let place = format!("fields[{index}]");
                return Err(Error::mismatch(path, place, name(expected), name(found)));
            }
        }
        for movie in &self.movies {
            // A name that contains a folder could point outside the dataset.
            let plain = Path::new(&movie.file).file_name();
            if plain != Some(std::ffi::OsStr::new(&movie.file)) {
                let place = "movies: file";
                return Err(Error::mismatch(
                    path,
                    place,
                    "a plain file name",
                    &movie.file,
                ));
            }
        }
        Ok(())
    }

    /// The fields of the observations.
    pub fn schema(&self) -> Schema {
        let fields = self.fields.iter().filter_map(|field| {
            let name = field.name.strip_prefix(OBSERVATION)?;
            Some(Field {
                name: name.to_owned(),
                ..field.clone()
            })
        });
        Schema::unchecked(fields.collect())
    }

    /// All columns, in the files' order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

fn name(field: Option<&Field>) -> String {
    field.map_or_else(
        || "nothing".to_owned(),
        |field| format!("{} ({:?}, {:?})", field.name, field.shape, field.dtype),
    )
}

/// All columns of a dataset whose observations are `schema`, in order.
fn columns(schema: &Schema) -> Vec<Field> {
    let column = |name: &str, unit: &str, dtype, low: Option<f32>, high: Option<f32>| Field {
        name: name.to_owned(),
        unit: unit.to_owned(),
        shape: Vec::new(),
        dtype,
        low,
        high,
    };
    let button = |name: &str| column(name, "", DType::Bool, Some(0.0), Some(1.0));
    let observation = schema.fields().iter().map(|field| Field {
        name: format!("{OBSERVATION}{}", field.name),
        ..field.clone()
    });
    std::iter::once(column("frame", "frames", DType::UInt32, Some(0.0), None))
        .chain(observation)
        .chain([
            column(
                "buttons",
                "DS keypad bits",
                DType::UInt16,
                Some(0.0),
                Some(8191.0),
            ),
            column(
                "action.steer",
                "-1 left, 1 right",
                DType::Int8,
                Some(-1.0),
                Some(1.0),
            ),
            button("action.accelerate"),
            button("action.brake"),
            button("action.drift"),
            button("action.item"),
            column("race_progress", "races", DType::Float32, None, None),
            column("lap", "laps", DType::Int32, None, None),
            column("reward", "", DType::Float32, None, None),
        ])
        .collect()
}
