use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::lock::{is_at, try_lock};
use crate::partial::{self, remove_dead_once};
use crate::place::folder_of;
use crate::{Error, Result};

/// A lock on a folder, which gives this process the only right to write into it until the value is dropped.
///
/// The lock is on the folder itself. Readers need none: files appear in the folder only when complete.
#[derive(Debug)]
pub struct FolderLock {
    path: PathBuf,
    /// Whether it was made for the lock.
    is_new: bool,
    /// Holds the lock.
    _folder: File,
}

impl FolderLock {
    /// Locks a folder, which is created if it does not exist; a folder created here is removed again if it is empty when
    /// the lock is dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] if another process has it, [`Error::Io`] if it can't be made or opened.
    pub fn hold(path: &Path) -> Result<Self> {
        Self::hold_for(path, path)
    }

    /// The same for the folder of an output; `path` is for errors.
    fn hold_for(path: &Path, folder: &Path) -> Result<Self> {
        loop {
            let is_new = !folder.is_dir();
            fs::create_dir_all(folder).map_err(Error::io(path))?;
            let place = fs::canonicalize(folder).map_err(Error::io(path))?;
            let file = File::open(&place).map_err(Error::io(path))?;
            try_lock(&file, path)?;
            if is_at(&file, &place).map_err(Error::io(path))? {
                remove_dead_once(&place);
                return Ok(Self {
                    path: folder.to_path_buf(),
                    is_new,
                    _folder: file,
                });
            }
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        if self.is_new {
            // The system only removes empty folders; an error for others is intended.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

/// A new folder that is being filled, `.NAME.kartscope-part` beside its path. [`FolderOutput::commit`] gives it its name.
/// If it is dropped before, nothing remains of it; the next process that begins this output empties what a killed one left.
#[derive(Debug)]
pub struct FolderOutput {
    path: PathBuf,
    partial: PathBuf,
    is_committed: bool,
    _lock: FolderLock,
}

impl FolderOutput {
    /// Begins an output at a path where nothing may be.
    ///
    /// # Errors
    /// [`Error::Exists`] if something is there, [`Error::Busy`] if another process writes the same output, [`Error::Io`] if
    /// the folder can't be made.
    pub fn begin(path: &Path) -> Result<Self> {
        require_nothing(path)?;
        let Some(name) = path.file_name() else {
            return Err(Error::Exists {
                path: path.to_path_buf(),
            });
        };
        let partial = folder_of(path).join(partial::name_of(name));
        let mut lock = FolderLock::hold_for(path, &partial)?;
        lock.is_new = false;
        empty(&partial).map_err(Error::io(path))?;
        Ok(Self {
            path: path.to_path_buf(),
            partial,
            is_committed: false,
            _lock: lock,
        })
    }

    /// The folder to fill.
    #[must_use]
    pub fn partial_path(&self) -> &Path {
        &self.partial
    }

    /// Writes the files to the disk and gives the folder its name.
    ///
    /// # Errors
    /// [`Error::Exists`] if something is at its path by now, [`Error::Io`]; nothing remains then.
    pub fn commit(mut self) -> Result<()> {
        // A rename can reach the disk before the data it names.
        sync(&self.partial).map_err(Error::io(&self.path))?;
        require_nothing(&self.path)?;
        fs::rename(&self.partial, &self.path).map_err(Error::io(&self.path))?;
        self.is_committed = true;
        let parent = File::open(folder_of(&self.path));
        parent
            .and_then(|parent| parent.sync_all())
            .map_err(Error::io(&self.path))
    }
}

impl Drop for FolderOutput {
    fn drop(&mut self) {
        if !self.is_committed {
            // It is still locked. What can't be removed is emptied by the next process that begins this output.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

fn require_nothing(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::io(path)(error)),
        Ok(_) => Err(Error::Exists {
            path: path.to_path_buf(),
        }),
    }
}

/// Removes all that is in a folder.
fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path())?,
            false => fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}

/// Waits until the files in a folder and in those below it are on the disk.
fn sync(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => sync(&entry.path())?,
            false => File::open(entry.path())?.sync_all()?,
        }
    }
    File::open(folder)?.sync_all()
}
