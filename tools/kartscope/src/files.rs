//! Reading input files, with their name in every error.

use std::path::Path;

use anyhow::{Context, Result};
pub use nds_formats::input::Input;

/// The bytes of a file.
///
/// # Errors
/// When it can't be read, is larger than its kind can be, or is a pointer of Git LFS; the error names the file.
pub fn read(path: &Path, input: Input) -> Result<Vec<u8>> {
    nds_formats::input::read(path, input).with_context(|| format!("can't read {}", path.display()))
}
