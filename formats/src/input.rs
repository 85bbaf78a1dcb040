//! Files that are read: no further than their kind reaches, and never a Git LFS pointer.
//!
//! A file may have no end (`/dev/zero`, a pipe), so every reader of files says what it expects. A pointer is the few
//! lines that a repository has in the place of a large file, until it is fetched.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The first line of every Git LFS pointer begins so.
const POINTER_START: &[u8] = b"version https://git-lfs.";
/// Pointers are shorter.
const LONGEST_POINTER: usize = 1024;

/// What a file that is read should be, which bounds its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A ROM: the largest cartridges of the DS hold 512 MiB, those of the Nintendo 64 64 MiB.
    Rom,
    /// A save file: 512 KiB, and what other programs put around them.
    Save,
    /// A movie: half a day of play is 64 MiB of text.
    Movie,
    /// A save state: 11 MiB, and the core refuses one that unpacks to more than 64.
    State,
    /// A dump of main RAM, a save state or a movie.
    Image,
    /// A movie, a save file or an extracted ghost.
    Run,
    /// What the debug window opens.
    Document,
}

impl Input {
    fn most_bytes(self) -> u64 {
        match self {
            Self::Rom | Self::Document => 512 << 20,
            Self::Save => 1 << 20,
            Self::Movie | Self::State | Self::Image | Self::Run => 64 << 20,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rom => "a ROM",
            Self::Save => "a save file",
            Self::Movie => "a movie",
            Self::State => "a save state",
            Self::Image => "a RAM dump, a save state or a movie",
            Self::Run => "a movie, a save file or a ghost",
            Self::Document => "a movie, a save file, a save state, a session or a ROM",
        }
    }
}

/// The bytes of a file.
///
/// # Errors
/// The file can't be read, is larger than its kind can be, or is a Git LFS pointer.
///
/// ```
/// # use formats::input::{self, Input};
/// let error = input::read("/dev/zero".as_ref(), Input::Save).unwrap_err();
/// assert_eq!(error.to_string(), "expected a save file of at most 1048576 bytes, found more");
/// ```
pub fn read(path: &Path, input: Input) -> Result<Vec<u8>> {
    let most = input.most_bytes();
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = format!(
            "expected {} of at most {most} bytes, found more",
            input.name()
        );
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    fetched(bytes)
}

/// The bytes of a file, if they are the file's own.
///
/// # Errors
/// The bytes are a Git LFS pointer.
///
/// ```
/// # use formats::input;
/// assert!(input::fetched(b"version 2\n".to_vec()).is_ok());
/// let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
/// assert!(input::fetched(pointer.to_vec()).is_err());
/// ```
pub fn fetched<T: AsRef<[u8]>>(bytes: T) -> Result<T> {
    let length = bytes.as_ref().len();
    if bytes.as_ref().starts_with(POINTER_START) && length < LONGEST_POINTER {
        let message = "a Git LFS pointer in the place of the file: fetch it with `git lfs pull`";
        return Err(Error::new(ErrorKind::InvalidData, message));
    }
    Ok(bytes)
}
