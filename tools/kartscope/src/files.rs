//! Files read with their name in every error.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use mkds_formats::lfs;

/// The bytes of a file.
///
/// # Errors
/// When it can't be read, or was never fetched; the error names the file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
        .and_then(lfs::fetched)
        .with_context(|| format!("can't read {}", path.display()))
}
