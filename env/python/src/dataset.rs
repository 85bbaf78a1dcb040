//! The classes `Dataset`, `Manifest` and `NewDataset`: datasets' folders, read and written.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use learn::dataset::{self, Buffer, DType, Encoded, PICTURE, Rows};
use numpy::{Element, PyReadonlyArrayDyn};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::{DatasetError, OrException};
use crate::races::shaped;

mod facts;
mod pictures;

pub(crate) use facts::console_of;
use facts::{field_dicts, movie_dicts, picture_dict, schema, source_of, wrong};
pub(crate) use pictures::Pictures;

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

    /// The manifest.
    #[getter]
    fn manifest(&self) -> Manifest {
        Manifest(self.dataset.manifest().clone())
    }

    /// The frames from one row to the next: how long a row's input is held.
    #[getter]
    fn frames_per_step(&self) -> u32 {
        self.dataset.schema().frames_per_step().get()
    }

    /// The console, "ds" or "n64".
    #[getter]
    fn console(&self) -> &'static str {
        self.dataset.schema().console().name()
    }

    /// What the rows' pictures are, a dict of width, height (pixels) and encoding; None for rows without pictures.
    #[getter]
    fn pictures<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        picture_dict(py, self.dataset.schema().pictures())
    }

    /// The columns of numbers, a list of dicts: name, unit, shape (empty for one number a row), dtype, low, high (None for no
    /// bound), doc.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        field_dicts(py, self.dataset.manifest().fields())
    }

    /// The movies, a list of dicts: file, rows, sha256, and the facts of the source: movie, movie_sha256, rom_sha256,
    /// rom_checksum, rom_serial, cpu, clock, firmware, save_sha256, state_sha256 (None if there was none), game, character,
    /// kart, course, course_name, lap_times_ms, total_time_ms (None if unfinished), outcome ("finished", "unfinished",
    /// "diverged"), outcome_frame (the first race frame that differs, None if none), corrections (whether the rows are only the
    /// frames that the movie names as corrections).
    #[getter]
    fn movies<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        movie_dicts(py, self.dataset.movies())
    }

    fn __len__(&self) -> usize {
        self.dataset.movies().len()
    }

    /// The columns of a movie, a dict of arrays of shape (rows,) or (rows, *shape), by the names of `fields`; with pictures also
    /// `observation.picture`, a `kartscope.datasets.Pictures`.
    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyDict>> {
        let index = place("movie", index, self.__len__())?;
        let schema = self.dataset.schema();
        let rows = py.detach(|| self.dataset.read(index)).or_exception()?;
        let columns = PyDict::new(py);
        for (column, numbers) in rows.columns(schema) {
            let shape = [&[rows.len()], &*column.shape].concat();
            columns.set_item(column.name, array_of(py, numbers, &shape)?)?;
        }
        if let Some(format) = schema.pictures() {
            let file = (self.dataset.folder()).join(&self.dataset.movies()[index].file);
            columns.set_item(PICTURE, Pictures::read(format, rows.into_pictures(), file))?;
        }
        Ok(columns)
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

/// The contents of a dataset's manifest.
#[pyclass(frozen, module = "kartscope._native")]
pub(crate) struct Manifest(dataset::Manifest);

#[pymethods]
impl Manifest {
    /// Parses and checks a manifest's text; `path` is for the exceptions.
    ///
    /// Raises
    /// ------
    /// DatasetError
    ///     It is no manifest, or of another version, or has columns that this version does not have.
    #[staticmethod]
    fn parse(text: &[u8], path: PathBuf) -> PyResult<Self> {
        let manifest = dataset::Manifest::parse(text, &path).or_exception()?;
        Ok(Self(manifest))
    }

    /// The text of `manifest.json`.
    fn dumps(&self) -> PyResult<String> {
        let text = self.0.to_json().or_exception()?;
        Ok(String::from_utf8(text)?)
    }

    /// The frames from one row to the next.
    #[getter]
    fn frames_per_step(&self) -> u32 {
        self.0.schema().frames_per_step().get()
    }

    /// The console, "ds" or "n64".
    #[getter]
    fn console(&self) -> &'static str {
        self.0.schema().console().name()
    }

    /// What the rows' pictures are, as `Dataset.pictures`.
    #[getter]
    fn pictures<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        picture_dict(py, self.0.schema().pictures())
    }

    /// The columns of numbers, as `Dataset.fields`.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        field_dicts(py, self.0.fields())
    }

    /// The movies, as `Dataset.movies`.
    #[getter]
    fn movies<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        movie_dicts(py, &self.0.movies)
    }
}

/// A new dataset's folder, which appears at `commit` as a whole, or not at all.
#[pyclass(module = "kartscope._native")]
pub(crate) struct NewDataset {
    folder: PathBuf,
    /// `None` once it is committed or discarded.
    dataset: Option<dataset::NewDataset>,
}

#[pymethods]
impl NewDataset {
    /// Begins a dataset. `observation` are the fields of an observation, `kartscope.datasets.Field`s; `pictures` is what the rows'
    /// pictures are, a `kartscope.datasets.PictureFormat`, None for rows without pictures; `console` is "ds" or "n64".
    ///
    /// Raises
    /// ------
    /// DatasetError
    ///     The fields, `frames_per_step`, `pictures` or `console` make no dataset.
    /// FileExistsError
    ///     There is something at `folder`.
    /// BlockingIOError
    ///     Another process writes `folder`.
    #[new]
    fn new(
        folder: PathBuf,
        observation: Vec<Bound<'_, PyAny>>,
        frames_per_step: Bound<'_, PyAny>,
        pictures: Option<Bound<'_, PyAny>>,
        console: &str,
    ) -> PyResult<Self> {
        let frames = frames_per_step.extract::<NonZeroU32>().map_err(|_| {
            let expected = format!("an integer from 1 to {}", u32::MAX);
            wrong("frames_per_step", &expected, &frames_per_step)
        })?;
        let schema = schema(&observation, pictures.as_ref(), console)?;
        let schema = schema.with_frames_per_step(frames);
        let dataset = dataset::NewDataset::begin(&folder, &schema).or_exception()?;
        Ok(Self {
            folder,
            dataset: Some(dataset),
        })
    }

    /// Writes a movie: its source, a `kartscope.datasets.Source`, all its columns, contiguous arrays of the fields' types, and its
    /// pictures, if there are some.
    ///
    /// Raises
    /// ------
    /// DatasetError
    ///     The source or the columns make no movie of this dataset; nothing is added then.
    fn add(
        &mut self,
        py: Python<'_>,
        source: Bound<'_, PyAny>,
        columns: Bound<'_, PyDict>,
        pictures: Option<PyRef<'_, Pictures>>,
    ) -> PyResult<()> {
        let Some(dataset) = &mut self.dataset else {
            return Err(ended(&self.folder));
        };
        let source = source_of(&source)?;
        let numbers = dataset.manifest().fields().iter().map(|column| {
            let array = columns.as_any().get_item(&column.name)?;
            numbers_of(&array, column.dtype)
        });
        let numbers = numbers.collect::<PyResult<_>>()?;
        let pictures = pictures.map_or_else(Encoded::default, |pictures| pictures.to_encoded());
        let added = py.detach(|| -> learn::Result<()> {
            let rows = Rows::from_columns(&dataset.manifest().schema(), numbers, pictures)?;
            dataset.add(source, &rows)?;
            Ok(())
        });
        added.or_exception()
    }

    /// Writes the manifest, gives the folder its name and returns the manifest.
    fn commit(&mut self, py: Python<'_>) -> PyResult<Manifest> {
        let dataset = self.dataset.take().ok_or_else(|| ended(&self.folder))?;
        let manifest = py.detach(|| dataset.commit()).or_exception()?;
        Ok(Manifest(manifest))
    }

    fn __enter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    /// Discards a dataset that is not committed.
    #[pyo3(signature = (*_exception))]
    fn __exit__(&mut self, _exception: Bound<'_, PyAny>) {
        self.dataset = None;
    }
}

fn ended(folder: &Path) -> PyErr {
    let folder = folder.display();
    DatasetError::new_err(format!(
        "{folder}: expected a dataset that is being written, found an ended one"
    ))
}

/// The columns of numbers of a dataset whose parts are as `NewDataset` takes them, as `Dataset.fields`.
#[pyfunction]
pub(crate) fn columns_of<'py>(
    py: Python<'py>,
    observation: Vec<Bound<'py, PyAny>>,
    pictures: Option<Bound<'py, PyAny>>,
    console: &str,
) -> PyResult<Bound<'py, PyList>> {
    let schema = schema(&observation, pictures.as_ref(), console)?;
    field_dicts(py, &schema.columns())
}

/// The index that Python's `index` means in a sequence of `count`.
fn place(what: &str, index: isize, count: usize) -> PyResult<usize> {
    let place = match usize::try_from(index) {
        Ok(place) => Some(place),
        Err(_) => count.checked_add_signed(index),
    };
    place.filter(|place| *place < count).ok_or_else(|| {
        PyIndexError::new_err(format!(
            "{what}: expected an index below {count}, found {index}"
        ))
    })
}

/// An array of a column's numbers.
pub(crate) fn array_of<'py>(
    py: Python<'py>,
    numbers: Buffer,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    match numbers {
        Buffer::Bool(numbers) => shaped(py, numbers, shape),
        Buffer::U8(numbers) => shaped(py, numbers, shape),
        Buffer::U16(numbers) => shaped(py, numbers, shape),
        Buffer::U32(numbers) => shaped(py, numbers, shape),
        Buffer::I8(numbers) => shaped(py, numbers, shape),
        Buffer::I32(numbers) => shaped(py, numbers, shape),
        Buffer::I64(numbers) => shaped(py, numbers, shape),
        Buffer::F32(numbers) => shaped(py, numbers, shape),
        Buffer::F64(numbers) => shaped(py, numbers, shape),
    }
}

/// The numbers of an array, which is contiguous and of this type.
fn numbers_of(array: &Bound<'_, PyAny>, dtype: DType) -> PyResult<Buffer> {
    fn copied<T: Element + Copy>(array: &Bound<'_, PyAny>) -> PyResult<Vec<T>> {
        let array: PyReadonlyArrayDyn<'_, T> = array.extract()?;
        Ok(array.as_slice()?.to_vec())
    }
    Ok(match dtype {
        DType::Bool => copied::<bool>(array)?.into(),
        DType::U8 => copied::<u8>(array)?.into(),
        DType::U16 => copied::<u16>(array)?.into(),
        DType::U32 => copied::<u32>(array)?.into(),
        DType::I8 => copied::<i8>(array)?.into(),
        DType::I32 => copied::<i32>(array)?.into(),
        DType::I64 => copied::<i64>(array)?.into(),
        DType::F32 => copied::<f32>(array)?.into(),
        DType::F64 => copied::<f64>(array)?.into(),
    })
}
