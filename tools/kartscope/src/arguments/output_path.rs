//! The paths that a command writes to.

use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// A path that a command writes to. It reads all other paths of its command line.
#[derive(Debug, Clone)]
pub struct OutputPath(PathBuf);

impl From<OsString> for OutputPath {
    fn from(text: OsString) -> Self {
        Self(text.into())
    }
}

impl Deref for OutputPath {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}
