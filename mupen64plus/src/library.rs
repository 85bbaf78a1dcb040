//! Loaded copies of libraries.

use std::env::consts::ARCH;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::fs::File;
use std::io::Write;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use rustix::fs::{MemfdFlags, memfd_create};

use crate::bindings::{ABI_SUCCESS, fegetenv, fesetenv};
use crate::error::{Error, Result};

/// Files in which a library may lie, in the order in which they are tried.
fn places(folder: Option<&Path>, name: &str) -> Vec<PathBuf> {
    if let Some(folder) = folder {
        return vec![folder.join(name)];
    }
    let multiarch = format!("/usr/lib/{ARCH}-linux-gnu");
    [
        multiarch.as_str(),
        "/usr/local/lib",
        "/usr/lib64",
        "/usr/lib",
    ]
    .map(|folder| Path::new(folder).join(name))
    .to_vec()
}

/// Reads a library's file.
pub(crate) fn find(folder: Option<&Path>, name: &str) -> Result<Vec<u8>> {
    let places = places(folder, name);
    for place in &places {
        match std::fs::read(place) {
            Ok(bytes) => return Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(name, format!("{}: {error}", place.display()))),
        }
    }
    let places: Vec<_> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    Err(failed(name, format!("there is no {}", places.join(", "))))
}

/// A loaded copy of a library, with symbols and globals of its own, and the table of its functions.
pub(crate) struct Copy<T> {
    /// Owns the library, which is unloaded with it.
    pub(crate) functions: T,
    handle: *mut c_void,
    /// The loader tells copies apart by their files: an open file keeps its number and name from being reused. Dropped
    /// after the library is unloaded.
    _file: File,
}

impl<T> Copy<T> {
    /// Loads a copy of a library's bytes, of a kind of Mupen64Plus's libraries. `functions` finds its functions.
    pub(crate) fn load(
        name: &str,
        bytes: &[u8],
        kind: Option<u32>,
        functions: impl FnOnce(libloading::Library) -> std::result::Result<T, libloading::Error>,
    ) -> Result<Self> {
        let (file, path, _folder) =
            file_with(name, bytes).map_err(|error| failed(name, error.to_string()))?;
        // SAFETY: these are the system's libraries of Mupen64Plus or this crate's shim: their initialisers set up their own
        // globals, and the thread's floating-point mode, which is kept. Their symbols are not visible to others (RTLD_LOCAL).
        let library =
            keeping_arithmetic(|| unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL) })
                .map_err(|error| failed(name, error.to_string()))?;
        let handle = library.into_raw();
        // SAFETY: the handle is of the library that was opened, and has no other owner.
        let library = libloading::Library::from(unsafe { Library::from_raw(handle) });
        if let Some(kind) = kind {
            check_version(name, kind, &library)?;
        }
        Ok(Self {
            functions: functions(library).map_err(|error| failed(name, error.to_string()))?,
            handle,
            _file: file,
        })
    }

    /// The system's handle, by which other libraries find symbols.
    pub(crate) fn handle(&self) -> *mut c_void {
        self.handle
    }
}

/// Does work that may change this thread's floating-point mode, and gives it back as it was. The initialisers of libraries
/// that are built for fast arithmetic, as Debian's signal processor is, make every denormal number 0 from then on.
fn keeping_arithmetic<T>(work: impl FnOnce() -> T) -> T {
    let mut mode = MaybeUninit::uninit();
    // SAFETY: it writes the mode.
    unsafe { fegetenv(mode.as_mut_ptr()) };
    let done = work();
    // SAFETY: it reads the mode that was written.
    unsafe { fesetenv(mode.as_ptr()) };
    done
}

/// What every library of Mupen64Plus tells of itself.
type GetVersion = unsafe extern "C" fn(
    *mut c_int,
    *mut c_int,
    *mut c_int,
    *mut *const c_char,
    *mut c_int,
) -> c_int;

/// The version that this crate is made for: Debian 12's. Others make states of other layouts.
const VERSION: c_int = 0x02_05_09;

/// Finds out whether a library is of a kind and of the version that this crate is made for.
fn check_version(name: &str, kind: u32, library: &libloading::Library) -> Result<()> {
    // SAFETY: the function has this type in every library of Mupen64Plus.
    let get_version = unsafe { library.get::<GetVersion>("PluginGetVersion") }
        .map_err(|error| failed(name, error.to_string()))?;
    let (mut found, mut version, mut interface, mut capabilities) = (0, 0, 0, 0);
    let mut title = std::ptr::null();
    // SAFETY: it writes the five, which live through the call.
    let status = unsafe {
        get_version(
            &raw mut found,
            &raw mut version,
            &raw mut interface,
            &raw mut title,
            &raw mut capabilities,
        )
    };
    if status.unsigned_abs() == ABI_SUCCESS && found.unsigned_abs() == kind && version == VERSION {
        return Ok(());
    }
    let title = if title.is_null() {
        "no name".into()
    } else {
        // SAFETY: a zero-terminated text that lives as long as the library.
        unsafe { CStr::from_ptr(title) }.to_string_lossy()
    };
    let text = |kind: u32, version: c_int| {
        let [_, major, minor, patch] = version.to_be_bytes();
        format!("a library of kind {kind}, version {major}.{minor}.{patch}")
    };
    Err(Error::Version {
        library: name.to_owned(),
        expected: text(kind, VERSION),
        found: format!("{} (\"{title}\")", text(found.unsigned_abs(), version)),
    })
}

fn failed(name: &str, reason: String) -> Error {
    Error::Library {
        library: name.to_owned(),
        reason,
    }
}

/// A new file for one copy, its path, and the temporary folder that it is in, if any.
fn file_with(
    name: &str,
    bytes: &[u8],
) -> std::io::Result<(File, PathBuf, Option<tempfile::TempDir>)> {
    match memory_file(name, bytes) {
        Ok((file, path)) => Ok((file, path, None)),
        // The system has no memory files, or /proc is not mounted: use a temporary folder, which is needed only while loading.
        Err(_) => {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join("library.so");
            let mut file = File::create_new(&path)?;
            file.write_all(bytes)?;
            Ok((file, path, Some(folder)))
        }
    }
}

fn memory_file(name: &str, bytes: &[u8]) -> std::io::Result<(File, PathBuf)> {
    let mut file = File::from(memfd_create(name, MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    std::fs::metadata(&path)?;
    Ok((file, path))
}
