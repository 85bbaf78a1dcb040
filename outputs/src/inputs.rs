use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::place::{Place, require_kind};
use crate::{Error, FolderLock, Kind, Output, Result};

/// The outputs of a command, none of which may be one of its inputs.
#[derive(Debug, Default)]
pub struct Outputs {
    inputs: Vec<PathBuf>,
}

impl Outputs {
    /// The outputs of a command that reads these files and folders. Every file in such a folder counts as an input.
    pub fn of_command(inputs: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            inputs: inputs.into_iter().map(Into::into).collect(),
        }
    }

    /// Begins an output. Its folder is created if it does not exist.
    ///
    /// # Errors
    /// [`Error::Input`] if it is an input, under any name; [`Error::Kind`] or [`Error::Folder`] if a file of another
    /// kind or a folder exists there; [`Error::Busy`] if another process writes it; [`Error::Io`] if it can't be written.
    pub fn begin(&self, path: &Path, kind: Kind) -> Result<Output> {
        let place = Place::of(path).map_err(Error::io(path))?;
        self.check(path, &place)?;
        Output::begin_at(path, place, kind)
    }

    /// Fails if [`Outputs::begin`] would fail because of an existing file or folder. Creates and locks nothing.
    ///
    /// # Errors
    /// [`Error::Input`], [`Error::Kind`], [`Error::Folder`], or [`Error::Io`] if an existing file can't be written.
    pub fn require_free(&self, path: &Path, kind: Kind) -> Result<()> {
        let place = Place::of(path).map_err(Error::io(path))?;
        self.check(path, &place)?;
        match place {
            Place::File(target) => require_kind(path, &target, kind),
            Place::Descriptor(_) | Place::Special(_) => Ok(()),
        }
    }

    /// Locks a folder to write into, see [`FolderLock::hold`].
    ///
    /// # Errors
    /// [`Error::Input`] if it is an input, and those of [`FolderLock::hold`].
    pub fn hold_folder(&self, path: &Path) -> Result<FolderLock> {
        self.require_free_folder(path)?;
        FolderLock::hold(path)
    }

    /// Fails if a folder to write into is an input.
    ///
    /// # Errors
    /// [`Error::Input`].
    pub fn require_free_folder(&self, path: &Path) -> Result<()> {
        self.check_path(path, path)
    }

    fn check(&self, path: &Path, place: &Place) -> Result<()> {
        match place {
            Place::File(target) => self.check_path(path, target),
            // Writing into a device or a pipe destroys no input.
            Place::Descriptor(_) | Place::Special(_) => Ok(()),
        }
    }

    fn check_path(&self, path: &Path, target: &Path) -> Result<()> {
        // A path that does not exist is no input.
        let Ok(found) = fs::metadata(target) else {
            return Ok(());
        };
        for input in &self.inputs {
            if holds(input, &found) {
                return Err(Error::Input {
                    path: path.to_path_buf(),
                    input: input.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Whether an input is this file or folder, or a folder with this file in it.
fn holds(input: &Path, found: &Metadata) -> bool {
    let Ok(metadata) = fs::metadata(input) else {
        return false;
    };
    let is_found = |other: &Metadata| (other.dev(), other.ino()) == (found.dev(), found.ino());
    if is_found(&metadata) {
        return true;
    }
    let is_in = || {
        let entries = fs::read_dir(input).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .any(|path| fs::metadata(path).is_ok_and(|entry| is_found(&entry)))
    };
    metadata.is_dir() && found.is_file() && is_in()
}
