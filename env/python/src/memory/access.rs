//! RAM, looked at and written to.

use mkds_memory::path::{Datum, Path, WriteError};
use mkds_memory::{Error, Ram, RamMut, Result};
use pyo3::prelude::*;

use super::value;
use crate::console::Shared;
use crate::errors::{FieldValueError, NothingThereError, OrException};

/// Looks at RAM.
pub(super) fn read<T>(
    py: Python<'_>,
    shared: &Shared,
    look: impl FnOnce(&Ram<'_>) -> Result<T>,
) -> PyResult<T> {
    let looked = shared.with(py, |console| {
        let emulator = console.emulator();
        Ram::new(emulator.main_ram()).and_then(|ram| look(&ram))
    })?;
    looked.or_exception()
}

/// Looks whether something is in RAM, which nothing is in that of another game.
pub(super) fn whether(
    py: Python<'_>,
    shared: &Shared,
    look: impl FnOnce(&Ram<'_>) -> Result<bool>,
) -> PyResult<bool> {
    let found = shared.with(py, |console| {
        let emulator = console.emulator();
        match Ram::new(emulator.main_ram()) {
            Err(Error::UnknownRegion { .. }) => Ok(false),
            ram => {
                let ram = ram?;
                let found = unless_left_behind(&ram, look(&ram).map(Some))?;
                Ok::<_, Error>(found.unwrap_or(false))
            }
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
    shared: &Shared,
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
    let written = shared.with(py, |console| {
        let mut emulator = console.emulator();
        let mut ram = RamMut::new(emulator.main_ram_mut()).map_err(WriteError::Memory)?;
        path.write(&mut ram, &datum)
    })?;
    written.or_exception()
}

pub(super) fn nothing_there(path: &Path) -> PyErr {
    NothingThereError::new_err(format!(
        "{path}: nothing is there now: no race is loaded, or a pointer on the way is null"
    ))
}
