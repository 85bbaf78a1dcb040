//! RAM, looked at and written to.

use std::sync::{Arc, Mutex, PoisonError};

use mkds_memory::path::{Datum, Path, WriteError};
use mkds_memory::{Error, Ram, RamMut, Result, main_ram_of};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use super::value;
use crate::console::Shared;
use crate::errors::{FieldValueError, NothingThereError, OrException};

/// The main RAM that names are looked up in.
#[derive(Clone)]
pub(crate) enum Image {
    /// A running console's.
    Console(Arc<Shared>),
    /// A dump's, which the object has for itself.
    Dump(Arc<Mutex<Vec<u8>>>),
}

impl Image {
    /// Main RAM in a dump.
    pub(super) fn of_dump(dump: &[u8]) -> Result<Self> {
        let found = dump.len();
        let ram = main_ram_of(dump).ok_or(Error::ImageSize { found })?;
        Ok(Self::Dump(Arc::new(Mutex::new(ram.to_vec()))))
    }

    /// Looks at the bytes, without touching Python.
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

/// Looks at RAM.
pub(super) fn read<T>(
    py: Python<'_>,
    image: &Image,
    look: impl FnOnce(&Ram<'_>) -> Result<T>,
) -> PyResult<T> {
    let looked = image.look(py, |bytes| Ram::new(bytes).and_then(|ram| look(&ram)))?;
    looked.or_exception()
}

/// Looks whether something is in RAM, which nothing is in that of another game.
pub(super) fn whether(
    py: Python<'_>,
    image: &Image,
    look: impl FnOnce(&Ram<'_>) -> Result<bool>,
) -> PyResult<bool> {
    let found = image.look(py, |bytes| match Ram::new(bytes) {
        Err(Error::UnknownRegion { .. }) => Ok(false),
        ram => {
            let ram = ram?;
            let found = unless_left_behind(&ram, look(&ram).map(Some))?;
            Ok::<_, Error>(found.unwrap_or(false))
        }
    })?;
    found.or_exception()
}

/// While there is no race, what a wrong pointer leads to is nothing: the game leaves such ones behind.
pub(super) fn unless_left_behind<T>(ram: &Ram<'_>, found: Result<Option<T>>) -> Result<Option<T>> {
    match found {
        Err(
            Error::DanglingPointer { .. }
            | Error::MisalignedPointer { .. }
            | Error::AbsurdCount { .. }
            | Error::NoSuchElement { .. },
        ) if matches!(ram.race(), Ok(None)) => Ok(None),
        found => found,
    }
}

/// Writes a Python value where a path leads.
pub(super) fn write(
    py: Python<'_>,
    image: &Image,
    path: &Path,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let datum = match path.ty() {
        Some(ty) => value::datum(&ty, value)?,
        None => value.extract().ok().map(Datum::Integer),
    };
    let datum = datum.ok_or_else(|| {
        let (expected, found) = (path.kind(), value.repr());
        let found = found.map_or_else(|_| String::new(), |found| found.to_string());
        FieldValueError::new_err(format!("{path}: expected {expected}, found {found}"))
    })?;
    let written = image.change(py, |bytes| {
        let mut ram = RamMut::new(bytes).map_err(WriteError::Memory)?;
        path.write(&mut ram, &datum)
    })?;
    written.or_exception()
}

pub(super) fn nothing_there(path: &Path) -> PyErr {
    NothingThereError::new_err(format!(
        "{path}: nothing is there now: no race is loaded, or a pointer on the way is null"
    ))
}
