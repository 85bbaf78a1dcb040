use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use crate::partial;
use crate::place::{Place, folder_of, open_descriptor, require_kind};
use crate::{Error, Kind, Outputs, Result};

/// A file that is being written. [`Output::commit`] gives it its name, or sends its bytes to their device.
/// If it is dropped before, nothing remains of it.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    file: File,
    goal: Goal,
}

/// The destination of the bytes.
#[derive(Debug)]
enum Goal {
    /// The partial file, which `file` is open on and has locked, is renamed to the target.
    Name { partial: PathBuf, target: PathBuf },
    /// The bytes are copied into a device, from a file without a name.
    Copy(File),
    /// The bytes have reached their destination.
    Reached,
}

/// Writes a file atomically.
///
/// # Errors
/// Those of [`Output::begin`] and [`Output::commit`].
pub fn write(path: &Path, kind: Kind, bytes: &[u8]) -> Result<()> {
    Output::begin(path, kind)?.commit_with(bytes)
}

impl Output {
    /// Begins an output of a program without inputs, as [`Outputs::begin`] does.
    ///
    /// # Errors
    /// Those of [`Outputs::begin`].
    pub fn begin(path: &Path, kind: Kind) -> Result<Self> {
        Outputs::default().begin(path, kind)
    }

    /// Writes bytes, to which the file ends, and commits it.
    ///
    /// # Errors
    /// [`Error::Io`] when they can't be written, and those of [`Output::commit`].
    pub fn commit_with(mut self, bytes: &[u8]) -> Result<()> {
        let written = self.write_all(bytes);
        written.map_err(Error::io(&self.path))?;
        self.commit()
    }

    pub(crate) fn begin_at(path: &Path, place: Place, kind: Kind) -> Result<Self> {
        match place {
            Place::File(target) => Self::begin_file(path, &target, kind),
            Place::Descriptor(number) => Self::begin_copy(path, open_descriptor(number)),
            Place::Special(target) => {
                Self::begin_copy(path, OpenOptions::new().write(true).open(target))
            }
        }
    }

    fn begin_file(path: &Path, target: &Path, kind: Kind) -> Result<Self> {
        let name = match target.file_name() {
            Some(name) if !target.is_dir() => name,
            _ => {
                return Err(Error::Folder {
                    path: path.to_path_buf(),
                });
            }
        };
        let folder = folder_of(target);
        fs::create_dir_all(folder).map_err(Error::io(path))?;
        partial::remove_dead_once(folder);
        let partial = folder.join(partial::name_of(name));
        let file = partial::open(path, &partial)?;
        let goal = Goal::Name {
            partial,
            target: target.to_path_buf(),
        };
        let output = Self {
            path: path.to_path_buf(),
            file,
            goal,
        };
        // Checked under the lock, so that the output of the process that had the lock before is checked too.
        require_kind(path, target, kind)?;
        output.take_mode(target)?;
        Ok(output)
    }

    fn begin_copy(path: &Path, device: io::Result<File>) -> Result<Self> {
        let device = device.map_err(Error::io(path))?;
        Ok(Self {
            path: path.to_path_buf(),
            file: tempfile::tempfile().map_err(Error::io(path))?,
            goal: Goal::Copy(device),
        })
    }

    /// A replaced file keeps its mode; a new file has the one that the umask allows.
    fn take_mode(&self, target: &Path) -> Result<()> {
        let permissions = match fs::metadata(target) {
            Ok(there) => there.permissions(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::io(&self.path)(error)),
        };
        self.file
            .set_permissions(permissions)
            .map_err(Error::io(&self.path))
    }

    /// The output's path, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path under which other programs of this system can write the bytes, as long as the output lives.
    #[must_use]
    pub fn partial_path(&self) -> PathBuf {
        match &self.goal {
            Goal::Name { partial, .. } => partial.clone(),
            Goal::Copy(_) | Goal::Reached => {
                let (process, descriptor) = (std::process::id(), self.file.as_raw_fd());
                format!("/proc/{process}/fd/{descriptor}").into()
            }
        }
    }

    /// Writes the bytes to the disk and then gives the file its name, replacing an existing file; or sends the bytes to the
    /// device.
    ///
    /// # Errors
    /// [`Error::Io`]; an existing file is then unchanged.
    pub fn commit(mut self) -> Result<()> {
        // A rename can reach the disk before the data it names.
        let synced = match &self.goal {
            Goal::Name { .. } => self.file.sync_all(),
            Goal::Copy(_) | Goal::Reached => Ok(()),
        };
        synced.map_err(Error::io(&self.path))?;
        let folder = self.reach()?;
        match folder {
            Some(folder) => File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(Error::io(&self.path)),
            None => Ok(()),
        }
    }

    /// As [`Output::commit`], but does not wait for the disk: for one of many files that replace no others.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn commit_without_sync(mut self) -> Result<()> {
        self.reach().map(drop)
    }

    /// Sends the bytes to their destination; returns the folder in which a file got its name.
    fn reach(&mut self) -> Result<Option<PathBuf>> {
        let folder = match &mut self.goal {
            Goal::Name { partial, target } => {
                fs::rename(&*partial, &*target).map_err(Error::io(&self.path))?;
                Some(folder_of(target).to_path_buf())
            }
            Goal::Copy(device) => {
                self.file
                    .rewind()
                    .and_then(|()| io::copy(&mut self.file, device))
                    .and_then(|_| device.flush())
                    .map_err(Error::io(&self.path))?;
                None
            }
            Goal::Reached => None,
        };
        self.goal = Goal::Reached;
        Ok(folder)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Goal::Name { partial, .. } = &self.goal {
            // The partial file is still locked. If it cannot be removed, the next process that begins this output removes it.
            let _ = fs::remove_file(partial);
        }
    }
}
