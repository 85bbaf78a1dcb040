//! Converts errors of the other crates to the package's exceptions.

use std::path::Path;

use mkds_memory::RamError as RamImageError;
use mkds_memory::path::{PathError as FieldPathError, WriteError};
use nds_formats::input::{self, Input};
use outputs::Kind;
use pyo3::exceptions::{PyBlockingIOError, PyFileExistsError, PyIsADirectoryError, PyOSError};
use pyo3::prelude::*;

/// The exceptions of `kartscope.errors`.
mod python {
    use pyo3::import_exception;

    import_exception!(kartscope.errors, ActionError);
    import_exception!(kartscope.errors, ClosedError);
    import_exception!(kartscope.errors, ConfigError);
    import_exception!(kartscope.errors, CourseError);
    import_exception!(kartscope.errors, DatasetError);
    import_exception!(kartscope.errors, DisplayError);
    import_exception!(kartscope.errors, ElementError);
    import_exception!(kartscope.errors, EmulatorError);
    import_exception!(kartscope.errors, FieldValueError);
    import_exception!(kartscope.errors, EpisodeError);
    import_exception!(kartscope.errors, ForkError);
    import_exception!(kartscope.errors, FormatError);
    import_exception!(kartscope.errors, HaltedError);
    import_exception!(kartscope.errors, MovieError);
    import_exception!(kartscope.errors, NothingThereError);
    import_exception!(kartscope.errors, PathError);
    import_exception!(kartscope.errors, RaceError);
    import_exception!(kartscope.errors, RamError);
    import_exception!(kartscope.errors, ResetNeededError);
    import_exception!(kartscope.errors, RomError);
    import_exception!(kartscope.errors, StateError);
}
pub(crate) use python::*;

/// An error with a corresponding exception.
pub(crate) trait IntoException {
    /// The corresponding exception.
    fn into_exception(self) -> PyErr;
}

/// The exception of a failed call.
pub(crate) trait OrException<T> {
    /// The value, or the exception that corresponds to the error.
    fn or_exception(self) -> PyResult<T>;
}

impl<T, E: IntoException> OrException<T> for Result<T, E> {
    fn or_exception(self) -> PyResult<T> {
        self.map_err(E::into_exception)
    }
}

impl IntoException for desmume::Error {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Read { path, source } => of_file(&path, &source),
            Self::Rom { .. } => RomError::new_err(message),
            Self::Movie(_) => MovieError::new_err(message),
            Self::Halted { .. } => HaltedError::new_err(message),
            Self::State { .. } => StateError::new_err(message),
            Self::Battery { .. } => FormatError::new_err(message),
            _ => EmulatorError::new_err(message),
        }
    }
}

impl IntoException for mkds_formats::Error {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Malformed { format, .. }
            | Self::Unsupported { format, .. }
            | Self::OutOfRange { format, .. }
                if format == "movie" =>
            {
                MovieError::new_err(message)
            }
            _ => FormatError::new_err(message),
        }
    }
}

impl IntoException for mkds_memory::Error {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Ram(error) => error.into_exception(),
            Self::NoRace { .. } => NothingThereError::new_err(self.to_string()),
            _ => RamError::new_err(self.to_string()),
        }
    }
}

impl IntoException for FieldPathError {
    fn into_exception(self) -> PyErr {
        PathError::new_err(self.to_string())
    }
}

impl IntoException for WriteError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Memory(error) => mkds_memory::Error::Ram(error).into_exception(),
            Self::Nothing { .. } => NothingThereError::new_err(self.to_string()),
            _ => FieldValueError::new_err(self.to_string()),
        }
    }
}

impl IntoException for env_kart::Error {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Action { .. } => ActionError::new_err(self.to_string()),
            Self::Setting { .. } => ConfigError::new_err(self.to_string()),
            Self::StateNeeded => MovieError::new_err(self.to_string()),
            Self::Read { path, source } => of_file(&path, &source),
            _ => RaceError::new_err(self.to_string()),
        }
    }
}

impl IntoException for env_mkds::Error {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Emulator(error) => error.into_exception(),
            Self::Format(error) => error.into_exception(),
            Self::Memory(error) => error.into_exception(),
            Self::WrongRom { .. } => MovieError::new_err(self.to_string()),
            Self::WrongGame { .. } => RomError::new_err(self.to_string()),
            Self::Kart(env_kart::Error::NotReset) => ResetNeededError::new_err(self.to_string()),
            Self::Kart(error) => error.into_exception(),
            Self::Config(_) | Self::File { .. } => ConfigError::new_err(self.to_string()),
            _ => RaceError::new_err(self.to_string()),
        }
    }
}

impl IntoException for mupen64plus::Error {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Read { path, source } => of_file(&path, &source),
            Self::Rom(_) => RomError::new_err(message),
            Self::State { .. } => StateError::new_err(message),
            Self::Storage { .. } => FormatError::new_err(message),
            Self::Option { .. } => ConfigError::new_err(message),
            _ => EmulatorError::new_err(message),
        }
    }
}

impl IntoException for RamImageError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::NoSuchElement { .. } => ElementError::new_err(self.to_string()),
            _ => RamError::new_err(self.to_string()),
        }
    }
}

impl IntoException for env_mk64::Error {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Emulator(error) => error.into_exception(),
            Self::Memory(error) => error.into_exception(),
            Self::Format(_) | Self::WrongGame { .. } => RomError::new_err(self.to_string()),
            Self::Kart(env_kart::Error::NotReset) => ResetNeededError::new_err(self.to_string()),
            Self::Kart(error) => error.into_exception(),
            Self::Config(_) | Self::File { .. } | Self::NotInMenus { .. } => {
                ConfigError::new_err(self.to_string())
            }
            Self::WrongRom { .. } => MovieError::new_err(self.to_string()),
            _ => RaceError::new_err(self.to_string()),
        }
    }
}

impl IntoException for outputs::Error {
    fn into_exception(self) -> PyErr {
        let message = self.to_string();
        match self {
            Self::Io { path, source } => of_file(&path, &source),
            Self::Folder { .. } => PyIsADirectoryError::new_err(message),
            Self::Busy { .. } => PyBlockingIOError::new_err(message),
            _ => PyFileExistsError::new_err(message),
        }
    }
}

impl IntoException for learn::Error {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Io { path, source, .. } => of_file(&path, &source),
            Self::Output(error) => error.into_exception(),
            _ => DatasetError::new_err(self.to_string()),
        }
    }
}

/// The exception that Python itself raises for a file that cannot be used, e.g. `FileNotFoundError`.
pub(crate) fn of_file(path: &Path, error: &std::io::Error) -> PyErr {
    let Some(number) = error.raw_os_error() else {
        return PyOSError::new_err(format!("{}: {error}", path.display()));
    };
    let said = error.to_string();
    let said = said.split(" (os error").next().unwrap_or_default();
    PyOSError::new_err((number, said.to_owned(), path.to_path_buf()))
}

/// A file's bytes.
pub(crate) fn read_file(py: Python<'_>, path: &Path, input: Input) -> PyResult<Vec<u8>> {
    py.detach(|| input::read(path, input))
        .map_err(|error| of_file(path, &error))
}

/// Writes a file atomically; an existing file is replaced if it is of the kind.
pub(crate) fn write_file(py: Python<'_>, path: &Path, kind: Kind, bytes: &[u8]) -> PyResult<()> {
    py.detach(|| outputs::write(path, kind, bytes))
        .or_exception()
}

/// The same exception, with the file's path before its message.
pub(crate) fn in_file(py: Python<'_>, path: &Path, error: &PyErr) -> PyErr {
    let message = format!("{}: {}", path.display(), error.value(py));
    PyErr::from_type(error.get_type(py), message)
}
