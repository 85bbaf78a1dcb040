use std::io;
use std::path::{Path, PathBuf};

/// The result of this crate's operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an output is not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The output is one of the command's inputs.
    #[error(
        "{}: expected an output that the command does not read, found its input {}: name another one",
        path.display(), input.display()
    )]
    Input {
        /// The output.
        path: PathBuf,
        /// The input that is the same file or folder, as the command names it.
        input: PathBuf,
    },
    /// A file of another kind exists at the output's path.
    #[error(
        "{} is there already: expected {expected}, found something else: move it away, or name another file",
        path.display()
    )]
    Kind {
        /// The output.
        path: PathBuf,
        /// What may be there.
        expected: &'static str,
    },
    /// A folder exists at the output's path.
    #[error("{}: expected a file to write, found a folder", path.display())]
    Folder {
        /// The output.
        path: PathBuf,
    },
    /// A new folder's path is taken.
    #[error("{} is there already: expected no file or folder: move it away, or name another folder", path.display())]
    Exists {
        /// The output.
        path: PathBuf,
    },
    /// Another process writes it, or this one does already.
    #[error("{} is being written by {}", path.display(), writer(*process))]
    Busy {
        /// The output.
        path: PathBuf,
        /// The process, if the system reports it.
        process: Option<u32>,
    },
    /// The operating system refuses.
    #[error("can't write {}", path.display())]
    Io {
        /// The output.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

impl Error {
    /// An error of the system about `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }
}

fn writer(process: Option<u32>) -> String {
    match process {
        Some(number) if number == std::process::id() => {
            "this command already: name another file".to_owned()
        }
        Some(number) => format!("another kartscope (process {number})"),
        None => "another kartscope".to_owned(),
    }
}
