//! The class `State`.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::errors::OrException;

/// A console's whole state, from `Emulator.save_state`: RAM, processors, devices, battery memory.
///
/// It can be loaded into any emulator with the same ROM, CPU mode, timing and clock, in another process too: it can be
/// pickled, and turned into bytes.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct State {
    state: desmume::State,
}

impl State {
    pub(crate) fn new(state: desmume::State) -> Self {
        Self { state }
    }

    pub(crate) fn state(&self) -> &desmume::State {
        &self.state
    }
}

#[pymethods]
impl State {
    /// Video frames since power-on.
    #[getter]
    fn frame_count(&self) -> u64 {
        self.state.frame_count()
    }

    /// The state as about 7 MB of bytes, for `from_bytes`.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.state.bytes());
        PyBytes::new(py, &bytes)
    }

    /// Reads the bytes that `to_bytes` made.
    ///
    /// Raises
    /// ------
    /// StateError
    ///     It is no state, of another version, cut short or changed.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let state = py.detach(|| desmume::State::from_bytes(data));
        state.or_exception().map(Self::new)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let from_bytes = slf.get_type().getattr("from_bytes")?;
        (from_bytes, (slf.get().to_bytes(py),)).into_pyobject(py)
    }

    fn __repr__(&self) -> String {
        format!("<kartscope.State of frame {}>", self.state.frame_count())
    }
}
