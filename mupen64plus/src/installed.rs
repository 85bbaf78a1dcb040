//! What is installed of Mupen64Plus.

use std::path::Path;

use crate::bindings::{ABI_CORE, ABI_RSP, ABI_VIDEO};
use crate::core::{CORE_FILE, RSP_FILE};
use crate::error::Result;
use crate::library::{Copy, check_version, find};
use crate::options::Video;

/// The libraries that consoles and their pictures need, by their files: the core, its signal processor and the video plugins.
/// Each has the name and the version that it tells of itself. `folder` is as in
/// [`Options::libraries`](crate::Options::libraries).
///
/// # Errors
/// In place of a name, [`Error::Library`](crate::Error::Library) or [`Error::Version`](crate::Error::Version) of a library that
/// consoles can't use.
pub fn installed(folder: Option<&Path>) -> [(&'static str, Result<String>); 4] {
    [
        (CORE_FILE, ABI_CORE),
        (RSP_FILE, ABI_RSP),
        (Video::Glide64mk2.file(), ABI_VIDEO),
        (Video::Rice.file(), ABI_VIDEO),
    ]
    .map(|(file, kind)| (file, described(folder, file, kind)))
}

fn described(folder: Option<&Path>, file: &str, kind: u32) -> Result<String> {
    let library = Copy::load(file, &find(folder, file)?, None, Ok)?;
    check_version(file, kind, &library.functions)
}
