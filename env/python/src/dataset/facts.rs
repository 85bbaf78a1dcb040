//! What a manifest says, as Python's values, and back.

use learn::dataset::{
    Column, Console, DType, Encoding, Game, Machine, Movie, Outcome, PictureFormat, Schema, Source,
};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::{DatasetError, OrException};

/// Columns as dicts.
pub(super) fn field_dicts<'py>(py: Python<'py>, fields: &[Column]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for field in fields {
        let dict = PyDict::new(py);
        dict.set_item("name", &field.name)?;
        dict.set_item("unit", &field.unit)?;
        dict.set_item("shape", field.shape.clone())?;
        dict.set_item("dtype", field.dtype.numpy())?;
        dict.set_item("low", field.low)?;
        dict.set_item("high", field.high)?;
        dict.set_item("doc", &field.doc)?;
        list.append(dict)?;
    }
    Ok(list)
}

/// Movies as dicts, their sources' facts among the keys.
pub(super) fn movie_dicts<'py>(py: Python<'py>, movies: &[Movie]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for movie in movies {
        let source = &movie.source;
        let (game, machine) = (&source.game, &source.machine);
        let (outcome, frame) = match source.outcome {
            Outcome::Finished => ("finished", None),
            Outcome::Unfinished => ("unfinished", None),
            Outcome::Diverged { frame } => ("diverged", Some(frame)),
        };
        let dict = PyDict::new(py);
        dict.set_item("file", &movie.file)?;
        dict.set_item("rows", movie.rows)?;
        dict.set_item("sha256", &movie.sha256)?;
        dict.set_item("movie", &source.movie)?;
        dict.set_item("movie_sha256", &source.movie_sha256)?;
        dict.set_item("rom_sha256", &machine.rom_sha256)?;
        dict.set_item("rom_checksum", machine.rom_checksum)?;
        dict.set_item("rom_serial", &machine.rom_serial)?;
        dict.set_item("cpu", &machine.cpu)?;
        dict.set_item("clock", &machine.clock)?;
        dict.set_item("firmware", machine.firmware.clone())?;
        dict.set_item("save_sha256", &machine.save_sha256)?;
        dict.set_item("state_sha256", &machine.state_sha256)?;
        dict.set_item("game", &game.name)?;
        dict.set_item("character", game.character)?;
        dict.set_item("kart", game.kart)?;
        dict.set_item("course", game.course)?;
        dict.set_item("course_name", &game.course_name)?;
        dict.set_item("lap_times_ms", game.lap_times_ms.clone())?;
        dict.set_item("total_time_ms", game.total_time_ms)?;
        dict.set_item("outcome", outcome)?;
        dict.set_item("outcome_frame", frame)?;
        dict.set_item("corrections", source.corrections)?;
        list.append(dict)?;
    }
    Ok(list)
}

/// The source that a `kartscope.datasets.Source` describes.
pub(super) fn source_of(source: &Bound<'_, PyAny>) -> PyResult<Source> {
    const TEXT: &str = "a text";
    const BYTE: &str = "an integer from 0 to 255";
    const WORD: &str = "an integer from 0 to 4294967295";
    let outcome = source.getattr("outcome")?;
    let outcome = match attribute::<String>(&outcome, "kind", TEXT)?.as_str() {
        "finished" => Outcome::Finished,
        "unfinished" => Outcome::Unfinished,
        "diverged" => Outcome::Diverged {
            frame: attribute(&outcome, "frame", WORD)?,
        },
        _ => {
            let expected = "finished, unfinished or diverged";
            return Err(wrong("kind", expected, &outcome.getattr("kind")?));
        }
    };
    Ok(Source {
        movie: attribute(source, "movie", TEXT)?,
        movie_sha256: attribute(source, "movie_sha256", TEXT)?,
        outcome,
        corrections: attribute(source, "corrections", "True or False")?,
        game: Game {
            name: attribute(source, "game", TEXT)?,
            character: attribute(source, "character", BYTE)?,
            kart: attribute(source, "kart", BYTE)?,
            course: attribute(source, "course", BYTE)?,
            course_name: attribute(source, "course_name", TEXT)?,
            lap_times_ms: attribute(source, "lap_times_ms", "integers from 0 to 4294967295")?,
            total_time_ms: attribute(source, "total_time_ms", &format!("{WORD} or None"))?,
        },
        machine: Machine {
            rom_sha256: attribute(source, "rom_sha256", TEXT)?,
            rom_checksum: attribute(source, "rom_checksum", WORD)?,
            rom_serial: attribute(source, "rom_serial", TEXT)?,
            cpu: attribute(source, "cpu", TEXT)?,
            clock: attribute(source, "clock", TEXT)?,
            firmware: attribute(source, "firmware", "texts by their names")?,
            save_sha256: attribute(source, "save_sha256", "a text or None")?,
            state_sha256: attribute(source, "state_sha256", "a text or None")?,
        },
    })
}

/// What pictures are, as a dict.
pub(super) fn picture_dict(
    py: Python<'_>,
    format: Option<PictureFormat>,
) -> PyResult<Option<Bound<'_, PyDict>>> {
    let Some(format) = format else {
        return Ok(None);
    };
    let dict = PyDict::new(py);
    dict.set_item("width", format.width)?;
    dict.set_item("height", format.height)?;
    dict.set_item("encoding", format.encoding.to_string())?;
    Ok(Some(dict))
}

/// What pictures are, as a `kartscope.datasets.PictureFormat` describes it.
pub(super) fn picture_format_of(format: &Bound<'_, PyAny>) -> PyResult<PictureFormat> {
    const SIDE: &str = "a number of pixels";
    let encoding: String = attribute(format, "encoding", "a text")?;
    let encoding = encoding.parse::<Encoding>();
    Ok(PictureFormat {
        width: attribute(format, "width", SIDE)?,
        height: attribute(format, "height", SIDE)?,
        encoding: encoding
            .map_err(|reason| DatasetError::new_err(format!("encoding: {reason}")))?,
    })
}

/// The console of a name.
pub(crate) fn console_of(name: &str) -> PyResult<Console> {
    let console = Console::ALL
        .into_iter()
        .find(|console| console.name() == name);
    console.ok_or_else(|| {
        let names = Console::ALL.map(Console::name).join(" or ");
        DatasetError::new_err(format!("console: expected {names}, found {name}"))
    })
}

/// The schema of an observation that these `kartscope.datasets.Field`s describe, of pictures that a
/// `kartscope.datasets.PictureFormat` describes, if there are some, and of the console of this name.
pub(super) fn schema(
    observation: &[Bound<'_, PyAny>],
    pictures: Option<&Bound<'_, PyAny>>,
    console: &str,
) -> PyResult<Schema> {
    let columns = observation.iter().map(column_of);
    let columns: Vec<Column> = columns.collect::<PyResult<_>>()?;
    let pictures = pictures.map(picture_format_of).transpose()?;
    let schema = match pictures {
        None => Schema::new(columns),
        Some(pictures) if columns.is_empty() => Schema::of_pictures(pictures),
        Some(pictures) => Schema::new(columns).and_then(|schema| schema.with_pictures(pictures)),
    };
    Ok(schema.or_exception()?.on(console_of(console)?))
}

fn column_of(field: &Bound<'_, PyAny>) -> PyResult<Column> {
    let dtype: String = attribute(field, "dtype", "a text")?;
    let dtype = DType::from_numpy(&dtype).ok_or_else(|| {
        let names: Vec<&str> = DType::ALL.iter().map(|dtype| dtype.numpy()).collect();
        DatasetError::new_err(format!(
            "dtype: expected one of {}, found {dtype}",
            names.join(", ")
        ))
    })?;
    let bound = "a number or None";
    Ok(Column {
        name: attribute(field, "name", "a text")?,
        unit: attribute(field, "unit", "a text")?,
        shape: attribute(field, "shape", "integers from 0")?,
        dtype,
        low: attribute(field, "low", bound)?,
        high: attribute(field, "high", bound)?,
        doc: attribute(field, "doc", "a text")?,
    })
}

/// An attribute of a Python object that is not one of ours.
fn attribute<'py, T: FromPyObjectOwned<'py>>(
    object: &Bound<'py, PyAny>,
    name: &str,
    expected: &str,
) -> PyResult<T> {
    let value = object.getattr(name)?;
    value.extract().map_err(|_| wrong(name, expected, &value))
}

pub(super) fn wrong(place: &str, expected: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let found = match found.repr() {
        Ok(found) => found.to_string(),
        Err(error) => error.to_string(),
    };
    DatasetError::new_err(format!("{place}: expected {expected}, found {found}"))
}
