//! Loaded copies of the core, each one console.

use std::ffi::CStr;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use desmume_sys::Core;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use rustix::fs::{MemfdFlags, memfd_create};

use crate::error::{Error, Result};

/// A loaded copy of the core.
///
/// Copies are never unloaded: the core frees only part of what it allocates. They go back into a
/// pool instead.
pub(crate) struct Image {
    core: Core,
    /// The loader identifies copies by their file's inode: an open file keeps its number from being reused.
    _file: File,
}

/// Copies without a ROM.
static POOL: Mutex<Vec<Image>> = Mutex::new(Vec::new());

impl Image {
    /// Takes a copy without a ROM from the pool, or loads a new one.
    pub(crate) fn take() -> Result<Self> {
        let pooled = POOL.lock().unwrap_or_else(PoisonError::into_inner).pop();
        pooled.map_or_else(Self::load, Ok)
    }

    /// Removes the ROM and returns the copy to the pool.
    pub(crate) fn give_back(self) {
        // SAFETY: the copy is owned, so that no other thread calls into it.
        unsafe { self.core.core_unload() };
        POOL.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(self);
    }

    /// Leaks a copy that has failed: its state is undefined, so that even unloading it is unsafe.
    pub(crate) fn abandon(self) {
        std::mem::forget(self);
    }

    /// The copy's functions.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// The message of the last failed call.
    pub(crate) fn message(&self) -> String {
        // SAFETY: the function has no arguments and only returns an address.
        let message = unsafe { self.core.core_message() };
        // SAFETY: the shim returns a static, zero-terminated buffer, which only calls through
        // this copy change, and the copy is borrowed.
        unsafe { CStr::from_ptr(message) }
            .to_string_lossy()
            .into_owned()
    }

    fn load() -> Result<Self> {
        let failed = |image: &Path, reason: String| Error::Load {
            image: image.display().to_string(),
            reason,
        };
        let (file, path, _folder) =
            image_file().map_err(|error| failed(Path::new("file"), error.to_string()))?;
        // SAFETY: the image is the one this crate was built with; its initialisers only set up its
        // own globals. Its symbols are not visible to others (RTLD_LOCAL).
        let library = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL) }
            .map_err(|error| failed(&path, error.to_string()))?;
        // SAFETY: the bindings were made from the header that the image was compiled with.
        let core = unsafe { Core::from_library(libloading::Library::from(library)) }
            .map_err(|error| failed(&path, error.to_string()))?;
        Ok(Self { core, _file: file })
    }
}

/// A new file for one copy, its path, and the temporary folder that it is in, if any.
fn image_file() -> std::io::Result<(File, PathBuf, Option<tempfile::TempDir>)> {
    match memory_file() {
        Ok((file, path)) => Ok((file, path, None)),
        // The system has no memory files, or /proc is not mounted: use a temporary folder, which is needed only while loading.
        Err(_) => {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("desmume-core.so");
            let mut file = File::create_new(&path)?;
            file.write_all(desmume_sys::IMAGE)?;
            Ok((file, path, Some(folder)))
        }
    }
}

fn memory_file() -> std::io::Result<(File, PathBuf)> {
    let mut file = File::from(memfd_create("desmume-core", MemfdFlags::CLOEXEC)?);
    file.write_all(desmume_sys::IMAGE)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    std::fs::metadata(&path)?;
    Ok((file, path))
}

/// The number of loaded copies of the core that no emulator uses.
pub fn pooled_images() -> usize {
    POOL.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// The core's name and version, as the core reports them.
///
/// # Errors
/// [`Error::Load`] if the core cannot be loaded here.
pub fn core_version() -> Result<String> {
    let image = Image::take()?;
    // SAFETY: the function has no arguments and only returns an address.
    let version = unsafe { image.core.core_version() };
    // SAFETY: a zero-terminated text that lives as long as the copy.
    let version = unsafe { CStr::from_ptr(version) }
        .to_string_lossy()
        .into_owned();
    image.give_back();
    Ok(version)
}
