//! Files read with their name in every error and no further than their kind reaches.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use mkds_formats::lfs;

/// What a file that is read should be, which bounds its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
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
    /// What the window opens.
    #[cfg_attr(
        not(feature = "window"),
        expect(dead_code, reason = "the window alone opens all of them")
    )]
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

/// The bytes of a file. No more are read than its kind can have, since a file may have no end.
///
/// # Errors
/// When it can't be read, is larger than its kind can be, or was never fetched; the error names the file.
pub fn read(path: &Path, input: Input) -> Result<Vec<u8>> {
    let most = input.most_bytes();
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .with_context(|| format!("can't read {}", path.display()))?;
    ensure!(
        bytes.len() as u64 <= most,
        "{}: expected {} of at most {most} bytes, found more",
        path.display(),
        input.name()
    );
    lfs::fetched(bytes).with_context(|| format!("can't read {}", path.display()))
}
