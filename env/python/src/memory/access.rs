//! Reading and writing RAM.

use std::sync::{Arc, Mutex, PoisonError};

use mkds_memory::path::{FieldValue, Path};
use mkds_memory::{Error, MainRam, Memory as _, RAM_SIZE, Ram, RamError, RamMut, Result};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use super::value;
use crate::console::Shared;
use crate::errors::{FieldValueError, NothingThereError, OrException};

/// The main RAM in which names are looked up.
#[derive(Clone)]
pub(crate) enum Image {
    /// A running console's.
    Console(Arc<Shared>),
    /// A dump's, owned by the object.
    Dump(Arc<Mutex<Vec<u8>>>),
}

impl Image {
    /// Main RAM in a dump.
    pub(super) fn of_dump(dump: &[u8]) -> Result<Self> {
        let found = dump.len();
        let ram = MainRam::in_dump(dump).ok_or(RamError::ImageSize {
            expected: RAM_SIZE,
            found,
        })?;
        Ok(Self::Dump(Arc::new(Mutex::new(ram.to_vec()))))
    }

    /// Reads the bytes, without touching Python.
    pub(super) fn look<T>(&self, py: Python<'_>, look: impl FnOnce(&[u8]) -> T) -> PyResult<T> {
        match self {
            Self::Console(shared) => shared.with(py, |console| look(console.emulator().main_ram())),
            Self::Dump(bytes) => {
                let locked = bytes.lock_py_attached(py);
                Ok(look(&locked.unwrap_or_else(PoisonError::into_inner)))
            }
        }
    }

    /// Changes the bytes, without touching Python.
    pub(super) fn change<T>(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&mut [u8]) -> T,
    ) -> PyResult<T> {
        match self {
            Self::Console(shared) => {
                shared.with(py, |console| change(console.emulator().main_ram_mut()))
            }
            Self::Dump(bytes) => {
                let locked = bytes.lock_py_attached(py);
                Ok(change(&mut locked.unwrap_or_else(PoisonError::into_inner)))
            }
        }
    }
}

/// Reads RAM.
pub(super) fn read<T, E: Into<Error>>(
    py: Python<'_>,
    image: &Image,
    look: impl FnOnce(&Ram<'_>) -> std::result::Result<T, E>,
) -> PyResult<T> {
    let looked = image.look(py, |bytes| look(&Ram::new(bytes)?).map_err(Into::into))?;
    looked.or_exception()
}

/// Checks a condition on RAM; false for RAM of another game.
pub(super) fn whether(
    py: Python<'_>,
    image: &Image,
    look: impl FnOnce(&Ram<'_>) -> Result<bool>,
) -> PyResult<bool> {
    let found = image.look(py, |bytes| match Ram::new(bytes) {
        Err(Error::UnknownRegion { .. }) => Ok(false),
        ram => {
            let ram = ram?;
            let found = unless_stale(&ram, look(&ram).map(Some))?;
            Ok::<_, Error>(found.unwrap_or(false))
        }
    })?;
    found.or_exception()
}

/// Treats errors of invalid pointers outside a race as `None`: the game leaves stale pointers behind.
pub(super) fn unless_stale<T>(
    ram: &Ram<'_>,
    found: std::result::Result<Option<T>, impl Into<Error>>,
) -> Result<Option<T>> {
    match found.map_err(Into::into) {
        Err(Error::Ram(
            RamError::DanglingPointer { .. }
            | RamError::MisalignedPointer { .. }
            | RamError::AbsurdCount { .. }
            | RamError::NoSuchElement { .. },
        )) if matches!(ram.race(), Ok(None)) => Ok(None),
        found => found,
    }
}

/// Writes a Python value at a path.
pub(super) fn write(
    py: Python<'_>,
    image: &Image,
    path: &Path,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let field_value = match path.ty() {
        Some(ty) => value::field_value(&ty, value)?,
        None => value.extract().ok().map(FieldValue::Integer),
    };
    let field_value = field_value.ok_or_else(|| {
        let (expected, found) = (path.kind(), value.repr());
        let found = found.map_or_else(|_| String::new(), |found| found.to_string());
        FieldValueError::new_err(format!("{path}: expected {expected}, found {found}"))
    })?;
    let written = image.change(py, |bytes| {
        let mut ram = RamMut::new(bytes)?;
        Ok::<_, Error>(path.write(&mut ram, &field_value))
    })?;
    written.or_exception()?.or_exception()
}

pub(super) fn nothing_there(path: &Path) -> PyErr {
    NothingThereError::new_err(format!(
        "{path}: nothing is there now: no race is loaded, or a pointer on the way is null"
    ))
}
