//! Resolving the path of an output.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use crate::{Error, Kind, Result};

/// The most symbolic links that are followed, as in Linux.
const LINKS: usize = 40;

/// The target of an output.
#[derive(Debug)]
pub(crate) enum Place {
    /// A regular file, or a path that does not exist yet, with symbolic links at its end resolved.
    File(PathBuf),
    /// A descriptor of this process, such as `/dev/stdout`.
    Descriptor(u32),
    /// A device, a fifo or a socket.
    Special(PathBuf),
}

impl Place {
    /// Follows the symbolic links of `path`; the target need not exist.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_path_buf();
        for _ in 0..LINKS {
            if let Some(number) = descriptor(&path) {
                return Ok(Self::Descriptor(number));
            }
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_symlink() => {
                    path = folder_of(&path).join(fs::read_link(&path)?);
                }
                Ok(found) if found.is_file() || found.is_dir() => return Ok(Self::File(path)),
                Ok(_) => return Ok(Self::Special(path)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Self::File(path));
                }
                Err(error) => return Err(error),
            }
        }
        Err(rustix::io::Errno::LOOP.into())
    }
}

/// Fails if a file is at `target` that is not of the kind, or can't be written; `path` is for errors.
pub(crate) fn require_kind(path: &Path, target: &Path, kind: Kind) -> Result<()> {
    if target.is_dir() {
        return Err(Error::Folder {
            path: path.to_path_buf(),
        });
    }
    // Opened for writing too: a file without write permission must not be replaced.
    let opened = OpenOptions::new().read(true).write(true).open(target);
    let file = match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened.map_err(Error::io(path))?,
    };
    let mut bytes = Vec::new();
    file.take(Kind::LOOK)
        .read_to_end(&mut bytes)
        .map_err(Error::io(path))?;
    match bytes.is_empty() || (kind.is_one)(&bytes) {
        true => Ok(()),
        false => Err(Error::Kind {
            path: path.to_path_buf(),
            expected: kind.name,
        }),
    }
}

/// Opens a descriptor of this process once more: writes go to the descriptor's file.
pub(crate) fn open_descriptor(number: u32) -> io::Result<File> {
    let owned = match number {
        1 => io::stdout().as_fd().try_clone_to_owned()?,
        2 => io::stderr().as_fd().try_clone_to_owned()?,
        number => {
            // In append mode, in case it is a file.
            let path = format!("/dev/fd/{number}");
            return OpenOptions::new().append(true).open(path);
        }
    };
    Ok(owned.into())
}

/// The number of a descriptor of this process that a path names.
fn descriptor(path: &Path) -> Option<u32> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = fs::canonicalize(folder_of(path)).ok()?;
    let own = fs::canonicalize("/dev/fd").ok()?;
    (folder == own).then_some(number)
}

/// The folder that contains a path.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
