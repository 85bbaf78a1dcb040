//! Files read with their name in every error and no further than their kind reaches, and written whole or not at all.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use mkds_formats::lfs;
use tempfile::NamedTempFile;

/// What a file that is read should be, which bounds its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A ROM: the largest cartridges of the DS hold 512 MiB.
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
}

impl Kind {
    fn most_bytes(self) -> u64 {
        match self {
            Self::Rom => 512 << 20,
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
        }
    }
}

/// The bytes of a file. No more are read than its kind can have, since a file may have no end.
///
/// # Errors
/// When it can't be read, is larger than its kind can be, or was never fetched; the error names the file.
pub fn read(path: &Path, kind: Kind) -> Result<Vec<u8>> {
    let most = kind.most_bytes();
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .with_context(|| format!("can't read {}", path.display()))?;
    ensure!(
        bytes.len() as u64 <= most,
        "{}: expected {} of at most {most} bytes, found more",
        path.display(),
        kind.name()
    );
    lfs::fetched(bytes).with_context(|| format!("can't read {}", path.display()))
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
