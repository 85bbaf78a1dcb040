//! Files read with their name in every error, and written whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use mkds_formats::lfs;
use tempfile::NamedTempFile;

/// The bytes of a file.
///
/// # Errors
/// When it can't be read, or was never fetched; the error names the file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
        .and_then(lfs::fetched)
        .with_context(|| format!("can't read {}", path.display()))
}

/// Writes a file under a passing name beside it, then gives it its own: whoever looks finds the whole file or none.
///
/// # Errors
/// When the folder can't be made, or the file can't be written; the error names it.
pub fn write(path: &Path, fill: impl FnOnce(&mut fs::File) -> Result<()>) -> Result<()> {
    write_inner(path, fill).with_context(|| format!("can't write {}", path.display()))
}

fn write_inner(path: &Path, fill: impl FnOnce(&mut fs::File) -> Result<()>) -> Result<()> {
    let mut file = passing(path)?;
    fill(file.as_file_mut())?;
    file.as_file_mut().flush()?;
    persist(file, path)
}

/// A file under a passing name in the folder of `path`, which is made when missing. It goes away unless [`persist`]
/// gives it its name.
///
/// # Errors
/// When the folder or the file can't be made.
pub fn passing(path: &Path) -> Result<NamedTempFile> {
    Ok(NamedTempFile::new_in(make_folder_of(path)?)?)
}

/// Makes the folder of `path` when it is missing, and gives it.
///
/// # Errors
/// When it can't be made.
pub fn make_folder_of(path: &Path) -> Result<&Path> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    Ok(folder)
}

/// Gives a passing file its name, in the place of what was there.
///
/// # Errors
/// When the system refuses.
pub fn persist(file: NamedTempFile, path: &Path) -> Result<()> {
    make_readable(&file)?;
    file.persist(path)?;
    Ok(())
}

/// Writes the bytes of a file, whole or not at all.
///
/// # Errors
/// As [`write()`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, |file| Ok(file.write_all(bytes)?))
}

/// A passing file is its owner's alone; what stays is anybody's to read, as files made by other programs are.
fn make_readable(file: &NamedTempFile) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}
