use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use env_core::columns::Column;
use search::Embedding;
use serde::{Deserialize, Serialize};

use super::columns::OBSERVATION;
use super::schema::describe;
use super::{Console, PictureFormat, Removal, Schema, vectors, version_1};
use crate::{Error, Result, files};

/// The manifest's file name.
pub const MANIFEST: &str = "manifest.json";

/// The version of manifest and columns that this crate writes. It also reads version 1, which had no step length (its
/// rows are single frames), no documentation of columns, and the facts of machine and game among those of the movie.
pub const VERSION: u32 = 2;

/// The value of `format` in every manifest.
const FORMAT: &str = "kartscope-dataset";

/// A manifest in errors.
pub(super) const WHAT: &str = "dataset manifest";

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
    /// How the race ended.
    pub outcome: Outcome,
    /// Whether the rows are only the frames that the movie names as corrections, with gaps between them. If not, they are
    /// the whole race.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrections: bool,
    /// The game, and the race in it.
    pub game: Game,
    /// The machine that played the movie.
    pub machine: Machine,
}

/// The facts of a race in its game.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Game {
    /// The game, as `mkds`.
    pub name: String,
    /// The character's number.
    pub character: u8,
    /// The kart's number; 0 in a game without a choice of karts.
    pub kart: u8,
    /// The course's number. Training splits movies course by course.
    pub course: u8,
    /// The course's abbreviation, as `--course-name` takes it.
    pub course_name: String,
    /// The laps that were finished, in milliseconds.
    pub lap_times_ms: Vec<u32>,
    /// The race's time in milliseconds, if it was finished.
    pub total_time_ms: Option<u32>,
}

/// The machine that played a movie, as far as a replay depends on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// SHA-256 of the ROM, hexadecimal.
    pub rom_sha256: String,
    /// The ROM's checksum as the movie's header has it.
    pub rom_checksum: u32,
    /// The ROM's game code or serial.
    pub rom_serial: String,
    /// How the emulator runs the processor, as `interpreter`; on the DS, `jit` with the block size.
    pub cpu: String,
    /// The clock's start, `YYYY-MM-DD hh:mm:ss.mmm`; empty for a console without a clock.
    pub clock: String,
    /// The firmware's settings, by their names in the movie.
    pub firmware: BTreeMap<String, String>,
    /// SHA-256 of the save memory at power-on, hexadecimal; `None` when it was blank.
    pub save_sha256: Option<String>,
    /// SHA-256 of the save state that the movie starts from, hexadecimal; `None` for one that starts at power-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_sha256: Option<String>,
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
    /// Which vectors of its pictures it has, in one more column; `None` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedding: Option<Embedding>,
    /// The source of its rows.
    #[serde(flatten)]
    pub source: Source,
}

/// The contents of `manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// The console.
    #[serde(default, skip_serializing_if = "Console::is_unnamed")]
    console: Console,
    /// The frames from one row to the next.
    frames_per_step: NonZeroU32,
    /// All columns of numbers, in the files' order.
    fields: Vec<Column>,
    /// The rows' pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pictures: Option<PictureFormat>,
    /// The movies, in the order they were added, or [arranged](super::Writer::arrange).
    pub movies: Vec<Movie>,
    /// The rows that were removed since the movies were recorded, in the order of their removal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<Removal>,
}

/// The keys that determine which other keys to expect.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Manifest {
    pub(super) fn new(schema: &Schema) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            console: schema.console(),
            frames_per_step: schema.frames_per_step(),
            fields: schema.columns(),
            pictures: schema.pictures(),
            movies: Vec::new(),
            removals: Vec::new(),
        }
    }

    /// Reads and checks a dataset folder's manifest, but not the Parquet files.
    ///
    /// # Errors
    /// A missing file, and those of [`parse`](Self::parse).
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        Self::parse(&files::read(&path, WHAT)?, &path)
    }

    /// Reads and checks a manifest's text; `path` is for errors.
    ///
    /// # Errors
    /// Damaged text, another format or version, or columns that this version does not have.
    pub fn parse(text: &[u8], path: &Path) -> Result<Self> {
        let head: Head = files::parse_json(text, path, WHAT)?;
        if head.format != FORMAT {
            return Err(Error::mismatch(path, "format", FORMAT, head.format));
        }
        let manifest: Self = match head.version {
            VERSION => files::parse_json(text, path, WHAT)?,
            version_1::VERSION => {
                let mut json = version_1::upgraded(files::parse_json(text, path, WHAT)?);
                json.insert("version".to_owned(), VERSION.into());
                files::from_json(json, path, WHAT)?
            }
            other => {
                let expected = format!("{} or {VERSION}", version_1::VERSION);
                return Err(Error::mismatch(path, "version", expected, other));
            }
        };
        manifest.check(path)?;
        Ok(manifest)
    }

    /// The text of `manifest.json`.
    ///
    /// # Errors
    /// Never for a manifest that was read, or is a writer's.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        files::json(self).map_err(Error::io("write", MANIFEST))
    }

    fn check(&self, path: &Path) -> Result<()> {
        let schema = self.schema();
        schema
            .check()
            .map_err(|difference| Error::differs(path, difference))?;
        let expected = schema.columns();
        for index in 0..expected.len().max(self.fields.len()) {
            let (expected, found) = (expected.get(index), self.fields.get(index));
            let (expected, found) = (describe(expected), describe(found));
            if expected != found {
                let place = format!("fields[{index}]");
                return Err(Error::mismatch(path, place, expected, found));
            }
        }
        for movie in &self.movies {
            if let Some(embedding) = &movie.embedding {
                let in_movie = |difference| Error::differs(path, difference);
                vectors::check(embedding).map_err(in_movie)?;
                if self.pictures.is_none() {
                    let (place, found) = ("movies: embedding", "some");
                    let expected = "none in a dataset without pictures";
                    return Err(Error::mismatch(path, place, expected, found));
                }
            }
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

    /// What a row is.
    pub fn schema(&self) -> Schema {
        let fields = self.fields.iter().filter_map(|field| {
            let name = field.name.strip_prefix(OBSERVATION)?.strip_prefix('.')?;
            Some(Column {
                name: name.to_owned(),
                ..field.clone()
            })
        });
        Schema::unchecked(
            self.console,
            self.frames_per_step,
            fields.collect(),
            self.pictures,
        )
    }

    /// All columns of numbers, in the files' order. [`Schema::pictures`] are a column behind them, and the vectors of pictures, in
    /// movies that have some, one behind those.
    pub fn fields(&self) -> &[Column] {
        &self.fields
    }
}
