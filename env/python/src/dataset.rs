//! The class `Dataset`: reads a dataset's folder.

use std::path::PathBuf;

use learn::dataset::{self, Outcome, Rows};
use numpy::{Element, IxDyn, PyArray1, PyArrayMethods};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::OrException;

/// A dataset of driving, as `kartscope record` writes it: a folder with a Parquet file a movie and a manifest. A sequence of
/// movies' columns.
///
/// Opening checks every file by its hash.
#[pyclass(frozen, sequence, module = "kartscope")]
pub(crate) struct Dataset {
    dataset: dataset::Dataset,
}

#[pymethods]
impl Dataset {
    /// Opens a dataset's folder.
    ///
    /// Raises
    /// ------
    /// DatasetError
    ///     A file is damaged or differs from the manifest.
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let dataset = py
            .detach(|| dataset::Dataset::open(folder))
            .or_exception()?;
        Ok(Self { dataset })
    }

    /// The folder.
    #[getter]
    fn folder(&self) -> PathBuf {
        self.dataset.folder().to_path_buf()
    }

    /// The frames from one row to the next: how long a row's input is held.
    #[getter]
    fn frames_per_step(&self) -> u32 {
        self.dataset.schema().frames_per_step().get()
    }

    /// The columns, a list of dicts: name, unit, shape (empty for one number a row), dtype, low, high (None for no bound), doc.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let fields = self.dataset.manifest().fields().iter();
        let fields = fields.map(|field| {
            let dict = PyDict::new(py);
            dict.set_item("name", &field.name)?;
            dict.set_item("unit", &field.unit)?;
            dict.set_item("shape", field.shape.clone())?;
            dict.set_item("dtype", field.dtype.numpy())?;
            dict.set_item("low", field.low)?;
            dict.set_item("high", field.high)?;
            dict.set_item("doc", &field.doc)?;
            Ok(dict)
        });
        fields.collect()
    }

    /// The movies, a list of dicts: file, rows, movie, movie_sha256, rom_sha256, character, kart, course, course_name, cpu,
    /// clock, lap_times_ms, total_time_ms (None if unfinished), outcome ("finished", "unfinished", "diverged"),
    /// corrections (whether the rows are only the frames that the movie names as corrections).
    #[getter]
    fn movies<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let movies = self.dataset.movies().iter();
        let movies = movies.map(|movie| {
            let source = &movie.source;
            let (game, machine) = (&source.game, &source.machine);
            let dict = PyDict::new(py);
            dict.set_item("file", &movie.file)?;
            dict.set_item("rows", movie.rows)?;
            dict.set_item("movie", &source.movie)?;
            dict.set_item("movie_sha256", &source.movie_sha256)?;
            dict.set_item("rom_sha256", &machine.rom_sha256)?;
            dict.set_item("character", game.character)?;
            dict.set_item("kart", game.kart)?;
            dict.set_item("course", game.course)?;
            dict.set_item("course_name", &game.course_name)?;
            dict.set_item("cpu", &machine.cpu)?;
            dict.set_item("clock", &machine.clock)?;
            dict.set_item("lap_times_ms", game.lap_times_ms.clone())?;
            dict.set_item("total_time_ms", game.total_time_ms)?;
            let outcome = match source.outcome {
                Outcome::Finished => "finished",
                Outcome::Unfinished => "unfinished",
                Outcome::Diverged { .. } => "diverged",
            };
            dict.set_item("outcome", outcome)?;
            dict.set_item("corrections", source.corrections)?;
            Ok(dict)
        });
        movies.collect()
    }

    fn __len__(&self) -> usize {
        self.dataset.movies().len()
    }

    /// The columns of a movie, a dict of arrays of shape (rows,) or (rows, *shape), by the names of `fields`.
    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyDict>> {
        let count = self.__len__();
        let place = match usize::try_from(index) {
            Ok(place) => Some(place),
            Err(_) => count.checked_add_signed(index),
        };
        let place = place.filter(|place| *place < count).ok_or_else(|| {
            PyIndexError::new_err(format!(
                "movie: expected an index below {count}, found {index}"
            ))
        })?;
        let rows = py.detach(|| self.dataset.read(place)).or_exception()?;
        self.columns(py, &rows)
    }

    fn __repr__(&self) -> String {
        let rows: u64 = self.dataset.movies().iter().map(|movie| movie.rows).sum();
        let folder = self.dataset.folder().display();
        format!(
            "<kartscope.Dataset {folder} of {} movies, {rows} rows>",
            self.__len__()
        )
    }
}

impl Dataset {
    fn columns<'py>(&self, py: Python<'py>, rows: &Rows) -> PyResult<Bound<'py, PyDict>> {
        let columns = PyDict::new(py);
        let mut offset = 0;
        for field in self.dataset.manifest().fields() {
            let column = match field.name.as_str() {
                "frame" => column(py, rows.iter().map(|row| row.frame)),
                "buttons" => column(py, rows.iter().map(|row| row.buttons.bits())),
                "action.steer" => column(py, rows.actions().map(|action| action.steer.sign())),
                "action.accelerate" => column(py, rows.actions().map(|action| action.accelerate)),
                "action.brake" => column(py, rows.actions().map(|action| action.brake)),
                "action.drift" => column(py, rows.actions().map(|action| action.drift)),
                "action.item" => column(py, rows.actions().map(|action| action.item)),
                "race_progress" => column(py, rows.iter().map(|row| row.race_progress)),
                "lap" => column(py, rows.iter().map(|row| row.lap)),
                "reward" => column(py, rows.iter().map(|row| row.reward)),
                _ => {
                    let part = offset..offset + field.width();
                    offset = part.end;
                    let numbers = rows
                        .iter()
                        .flat_map(|row| row.observation[part.clone()].iter());
                    let numbers = PyArray1::from_vec(py, numbers.copied().collect());
                    let shape: Vec<_> = std::iter::once(rows.len())
                        .chain(field.shape.iter().copied())
                        .collect();
                    numbers.reshape(IxDyn(&shape))?.into_any()
                }
            };
            columns.set_item(&field.name, column)?;
        }
        Ok(columns)
    }
}

fn column<'py, T: Element>(py: Python<'py>, numbers: impl Iterator<Item = T>) -> Bound<'py, PyAny> {
    PyArray1::from_vec(py, numbers.collect()).into_any()
}
