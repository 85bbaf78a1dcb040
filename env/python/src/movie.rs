//! The class `Movie`: a `.dsm` file.

use std::path::PathBuf;

use nds_formats::dsm::{self, Form};
use nds_formats::input::Input;
use nds_formats::pad::{Commands, Frame, Pad, Touch};
use numpy::{PyArray1, PyArrayDescr, PyReadonlyArray1};
use outputs::Kind;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{OrException, in_file, read_file, write_file};

/// A DeSmuME movie: the console's settings, and the input of each frame from its start.
///
/// An unchanged movie is written back byte for byte.
///
/// >>> import kartscope, numpy as np
/// >>> movie = kartscope.Movie()
/// >>> movie.frames = np.full(60, kartscope.Keys.A)        # a second of accelerating
/// >>> len(movie), int(movie.frames["keys"][0]), movie.header["version"]
/// (60, 1, '2')
#[pyclass(module = "kartscope")]
pub(crate) struct Movie {
    movie: dsm::Movie,
}

/// Bytes of a frame in [`frame_type`].
const FRAME_SIZE: usize = 7;

/// The NumPy type of a frame, without gaps.
pub(crate) fn frame_type(py: Python<'_>) -> PyResult<&Bound<'_, PyArrayDescr>> {
    static FRAME: PyOnceLock<Py<PyArrayDescr>> = PyOnceLock::new();
    let frame = FRAME.get_or_try_init(py, || {
        let fields = [
            ("keys", "<u2"),
            ("touching", "?"),
            ("x", "u1"),
            ("y", "u1"),
            ("microphone", "u1"),
            ("commands", "u1"),
        ];
        PyArrayDescr::new(py, fields.to_vec()).map(Bound::unbind)
    })?;
    Ok(frame.bind(py))
}

fn to_bytes(frame: &Frame) -> [u8; FRAME_SIZE] {
    let [low, high] = frame.pad.bits().to_le_bytes();
    let Touch { x, y } = frame.touch.unwrap_or_default();
    let touching = frame.touch.is_some().into();
    [
        low,
        high,
        touching,
        x,
        y,
        frame.microphone,
        frame.commands.bits(),
    ]
}

fn from_bytes(bytes: [u8; FRAME_SIZE], index: usize) -> PyResult<Frame> {
    let [low, high, touching, x, y, microphone, commands] = bytes;
    Ok(Frame {
        pad: pad(u16::from_le_bytes([low, high]).into(), index)?,
        touch: (touching != 0).then_some(Touch { x, y }),
        microphone,
        commands: Commands::from_bits_retain(commands),
    })
}

/// The buttons of a mask in the frame `index`.
pub(crate) fn pad(keys: i64, index: usize) -> PyResult<Pad> {
    let bits = u16::try_from(keys).ok();
    bits.and_then(Pad::from_bits).ok_or_else(|| {
        let most = Pad::all().bits();
        let message = format!("keys of frame {index}: expected 0 to {most}, found {keys}");
        PyValueError::new_err(message)
    })
}

impl Movie {
    pub(crate) fn new_of(movie: dsm::Movie) -> Self {
        Self { movie }
    }

    pub(crate) fn movie(&self) -> &dsm::Movie {
        &self.movie
    }
}

#[pymethods]
impl Movie {
    /// A movie without frames, with DeSmuME's default settings and no ROM named.
    #[new]
    fn new() -> Self {
        Self::new_of(dsm::Movie::new())
    }

    /// Reads a `.dsm` file, text or binary.
    ///
    /// Raises
    /// ------
    /// MovieError
    ///     It is damaged; the message names the line or frame.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let bytes = read_file(py, &path, Input::Movie)?;
        Self::from_bytes(py, &bytes).map_err(|error| in_file(py, &path, &error))
    }

    /// Reads a `.dsm` file's bytes.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let movie = py.detach(|| dsm::Movie::parse(data));
        movie.or_exception().map(Self::new_of)
    }

    /// Writes a `.dsm` file in its `form`, atomically.
    ///
    /// Raises
    /// ------
    /// FileExistsError
    ///     A file that is no movie exists there.
    fn write(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let bytes = py.detach(|| self.movie.to_bytes());
        write_file(py, &path, Kind::MOVIE, &bytes)
    }

    /// The `.dsm` file's bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.movie.to_bytes());
        PyBytes::new(py, &bytes)
    }

    /// The form of the frames in the file: "text", a line each, or "binary", six bytes each.
    #[getter]
    fn form(&self) -> &'static str {
        match self.movie.form() {
            Form::Text => "text",
            Form::Binary => "binary",
        }
    }

    #[setter]
    fn set_form(&mut self, form: &str) -> PyResult<()> {
        let form = match form {
            "text" => Form::Text,
            "binary" => Form::Binary,
            other => {
                return Err(PyValueError::new_err(format!(
                    "form: expected 'text' or 'binary', found {other:?}"
                )));
            }
        };
        self.movie.set_form(form).or_exception()
    }

    /// The frames, a read-only structured array of shape (frames,) with the fields keys (uint16 mask), touching (bool),
    /// x, y (uint8, pixels of the lower screen), microphone (uint8, the microphone's sample) and commands (uint8:
    /// microphone noise 1, reset 2, lid 4).
    ///
    /// To change them, assign such an array, or an array of masks only: of any integer type, shape (frames,).
    #[getter]
    fn frames<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let bytes: Vec<u8> = self.movie.frames.iter().flat_map(to_bytes).collect();
        let frames = PyArray1::from_vec(py, bytes).call_method1("view", (frame_type(py)?,))?;
        let flags = PyDict::new(py);
        flags.set_item("write", false)?;
        frames.call_method("setflags", (), Some(&flags))?;
        Ok(frames)
    }

    #[setter]
    fn set_frames(&mut self, frames: &Bound<'_, PyAny>) -> PyResult<()> {
        let frames = frames_of(frames)?;
        self.movie.splice(.., frames).or_exception()?;
        Ok(())
    }

    fn __len__(&self) -> usize {
        self.movie.frames.len()
    }

    /// The header's keys and values, a new dict; of a key with several lines the last one, as DeSmuME reads it.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let header = PyDict::new(py);
        for (key, value) in self.movie.header.entries() {
            header.set_item(key, value)?;
        }
        Ok(header)
    }

    /// Sets a line of the header; an empty value removes it.
    ///
    /// Raises
    /// ------
    /// MovieError
    ///     Key or value do not fit a line.
    fn set_header(&mut self, key: &str, value: &str) -> PyResult<()> {
        self.movie.header.set(key, value).or_exception()
    }

    /// The header's comments, in order.
    #[getter]
    fn comments(&self) -> Vec<String> {
        let comments = self.movie.header.comments();
        comments.map(std::borrow::Cow::into_owned).collect()
    }

    /// Adds a comment after the others, one for each line of the text.
    fn add_comment(&mut self, text: &str) {
        self.movie.header.add_comment(text);
    }

    /// The console's start: "power-on", "battery", or "state", a file beside the movie.
    #[getter]
    fn start(&self) -> PyResult<&'static str> {
        Ok(match self.movie.header.start().or_exception()? {
            dsm::Start::PowerOn => "power-on",
            dsm::Start::Sram(_) => "battery",
            dsm::Start::SaveState => "state",
        })
    }

    /// The battery memory at power-on, bytes; None for blank memory. Assignable.
    #[getter]
    fn battery<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let sram = self.movie.header.sram().or_exception()?;
        let battery = sram.as_deref().map(nds_formats::battery::without_container);
        Ok(battery.map(|battery| PyBytes::new(py, battery)))
    }

    #[setter]
    fn set_battery(&mut self, battery: Option<PyBackedBytes>) -> PyResult<()> {
        let battery = battery
            .as_deref()
            .map(nds_formats::battery::without_container);
        let sram = battery
            .map(nds_formats::battery::with_footer)
            .transpose()
            .or_exception()?;
        self.movie.header.set_sram(sram.as_deref());
        Ok(())
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.movie == other.movie
    }

    fn __repr__(&self) -> String {
        format!("<kartscope.Movie of {} frames>", self.movie.frames.len())
    }
}

/// Converts an array to frames.
fn frames_of(array: &Bound<'_, PyAny>) -> PyResult<Vec<Frame>> {
    let py = array.py();
    let numpy = py.import("numpy")?;
    let array = numpy.call_method1("ascontiguousarray", (array,))?;
    let frame_type = frame_type(py)?;
    if array.getattr("dtype")?.eq(frame_type)? {
        let bytes = array.call_method1("view", ("u1",))?;
        let bytes: PyReadonlyArray1<'_, u8> = bytes.extract()?;
        let (frames, _) = bytes.as_slice()?.as_chunks::<FRAME_SIZE>();
        let frames = frames.iter().enumerate();
        return frames
            .map(|(index, bytes)| from_bytes(*bytes, index))
            .collect();
    }
    let frames = masks_of(&array, "frames")?.into_iter().enumerate();
    frames
        .map(|(index, keys)| pad(keys, index).map(Frame::pad))
        .collect()
}

/// The numbers of an array of masks; `what` is for errors.
pub(crate) fn masks_of(array: &Bound<'_, PyAny>, what: &str) -> PyResult<Vec<i64>> {
    let kind: char = array.getattr("dtype")?.getattr("kind")?.extract()?;
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    if !matches!(kind, 'i' | 'u') || shape.len() != 1 {
        return Err(PyTypeError::new_err(format!(
            "{what}: expected integers of shape (frames,), found {} of shape {shape:?}",
            array.getattr("dtype")?
        )));
    }
    let array = array.call_method1("astype", ("int64",))?;
    let array: PyReadonlyArray1<'_, i64> = array.extract()?;
    Ok(array.as_slice()?.to_vec())
}
