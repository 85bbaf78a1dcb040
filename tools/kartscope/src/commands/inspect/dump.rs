//! `kartscope inspect dump`: main RAM as a file.

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::source::Image;
use crate::cli::Dump;
use crate::game::GameFiles;
use crate::report::Report;
use crate::{files, json_path};

#[derive(Serialize)]
struct Dumped {
    source: String,
    /// The movie's frame.
    frame: Option<u64>,
    #[serde(serialize_with = "json_path::serialize")]
    output: PathBuf,
    bytes: usize,
}

/// Writes the main RAM of a source.
///
/// # Errors
/// When the source can't be read or played, or the file can't be written.
pub fn run(args: &Dump, game: GameFiles<'_>, report: Report) -> Result<()> {
    let image = Image::read(&args.source, game, report)?;
    files::write_bytes(&args.output, &image.bytes)?;
    let dumped = Dumped {
        source: image.name,
        frame: image.frame,
        output: args.output.clone(),
        bytes: image.bytes.len(),
    };
    report.result(&dumped, |dumped, output| {
        Ok(writeln!(
            output,
            "{}: {} bytes of {}",
            dumped.output.display(),
            dumped.bytes,
            dumped.source
        )?)
    })
}
