use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::lock::{is_at, try_lock};
use crate::partial::remove_dead_once;
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
        loop {
            let is_new = !path.is_dir();
            fs::create_dir_all(path).map_err(Error::io(path))?;
            let place = fs::canonicalize(path).map_err(Error::io(path))?;
            let folder = File::open(&place).map_err(Error::io(path))?;
            try_lock(&folder, path)?;
            if is_at(&folder, &place).map_err(Error::io(path))? {
                remove_dead_once(&place);
                return Ok(Self {
                    path: path.to_path_buf(),
                    is_new,
                    _folder: folder,
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
