//! Partial files: files that hold an output until it is complete.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::OFlags;

use crate::lock::{is_at, try_lock};
use crate::{Error, Result};

/// The beginning and the ending of a partial file's name, with the output's name between them.
const BEGINNING: &str = ".";
const ENDING: &str = ".kartscope-part";
/// The most bytes of an output's name in its partial file's name: file systems allow 255 in all.
const LONGEST: usize = 235;

/// The name of the partial file of an output with this name.
pub(crate) fn name_of(name: &OsStr) -> OsString {
    let name = name.as_bytes();
    let kept = &name[..name.len().min(LONGEST)];
    OsString::from_vec([BEGINNING.as_bytes(), kept, ENDING.as_bytes()].concat())
}

fn is_name(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.starts_with(BEGINNING.as_bytes()) && name.ends_with(ENDING.as_bytes())
}

/// Options to open partial files: symbolic links are not followed, so that one cannot redirect the bytes.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOFOLLOW.bits() as i32);
    options
}

/// Creates and locks a partial file. One that a dead process left is removed; `path` is for errors.
pub(crate) fn open(path: &Path, partial: &Path) -> Result<File> {
    loop {
        match options().create_new(true).open(partial) {
            Ok(file) => {
                // Between creation and lock another process may take the file for a dead one's, lock it briefly and remove it.
                match file.lock() {
                    Err(error) if error.kind() != io::ErrorKind::Unsupported => {
                        return Err(Error::io(path)(error));
                    }
                    Ok(()) | Err(_) => {}
                }
                if is_at(&file, partial).map_err(Error::io(path))? {
                    return Ok(file);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                remove_dead(path, partial)?;
            }
            Err(error) => return Err(Error::io(path)(error)),
        }
    }
}

/// Removes a partial file unless the process that writes it lives; `path` is for errors.
fn remove_dead(path: &Path, partial: &Path) -> Result<()> {
    let file = match options().open(partial) {
        // Its process has just renamed it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        file => file.map_err(Error::io(path))?,
    };
    try_lock(&file, path)?;
    match is_at(&file, partial).map_err(Error::io(path))? {
        true => fs::remove_file(partial).map_err(Error::io(path)),
        false => Ok(()),
    }
}

/// Removes partial files of dead processes from a folder, the first time that this process writes into it.
pub(crate) fn remove_dead_once(folder: &Path) {
    static LOOKED_AT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let is_new = LOOKED_AT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(folder.to_path_buf());
    if !is_new {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_name(&entry.file_name()) {
            let path = entry.path();
            // Files that are being written and files of other users stay.
            let _ = remove_dead(&path, &path);
        }
    }
}
