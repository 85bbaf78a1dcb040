//! Git LFS pointers: the few lines that a repository has in the place of a large file, until it is
//! fetched. Every kind of file may be one, so every reader of files asks [`fetched`].

use std::io::{Error, ErrorKind, Result};

/// The first line of every pointer begins so.
const START: &[u8] = b"version https://git-lfs.";
/// Pointers are shorter.
const LONGEST: usize = 1024;

/// The bytes of a file, if they are the file's own.
///
/// # Errors
/// The bytes are a pointer.
///
/// ```
/// # use mkds_formats::lfs;
/// assert!(lfs::fetched(b"version 2\n".to_vec()).is_ok());
/// let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
/// assert!(lfs::fetched(pointer.to_vec()).is_err());
/// ```
pub fn fetched<T: AsRef<[u8]>>(bytes: T) -> Result<T> {
    let is_pointer = bytes.as_ref().starts_with(START) && bytes.as_ref().len() < LONGEST;
    if is_pointer {
        let message = "a Git LFS pointer in the place of the file: fetch it with `git lfs pull`";
        return Err(Error::new(ErrorKind::InvalidData, message));
    }
    Ok(bytes)
}
