//! The class `NewFolder`: a folder that is written as a whole or not at all.

use std::path::PathBuf;

use outputs::FolderOutput;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::OrException;

/// A new folder. A `with` block gets an empty one to fill, which moves to the path when the block ends. If it ends with an
/// exception, nothing remains.
#[pyclass(module = "kartscope._native")]
pub(crate) struct NewFolder {
    /// `None` after the block.
    output: Option<FolderOutput>,
}

#[pymethods]
impl NewFolder {
    /// Begins the folder.
    ///
    /// Raises
    /// ------
    /// FileExistsError
    ///     There is something at `path`.
    /// BlockingIOError
    ///     Another process writes `path`.
    #[new]
    fn new(path: PathBuf) -> PyResult<Self> {
        let output = FolderOutput::begin(&path).or_exception()?;
        Ok(Self {
            output: Some(output),
        })
    }

    fn __enter__(&self) -> Option<PathBuf> {
        let output = self.output.as_ref()?;
        Some(output.partial_path().to_path_buf())
    }

    #[pyo3(signature = (*exception))]
    fn __exit__(&mut self, exception: &Bound<'_, PyTuple>) -> PyResult<()> {
        let failed = !exception.get_item(0)?.is_none();
        match self.output.take() {
            Some(output) if !failed => output.commit().or_exception(),
            _ => Ok(()),
        }
    }
}
