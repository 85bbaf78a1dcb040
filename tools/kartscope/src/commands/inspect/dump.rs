//! `kartscope inspect dump`: main RAM as a file.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use outputs::Outputs;
use serde::Serialize;

use super::DUMP;
use super::source::Image;
use crate::cli::Dump;
use crate::game::GameFiles;
use crate::json_path;
use crate::report::Report;

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
pub fn run(args: &Dump, game: GameFiles<'_>, outputs: &Outputs, report: Report) -> Result<()> {
    let mut output = outputs.begin(&args.output, DUMP)?;
    let image = Image::read(&args.source, game, report)?;
    output
        .write_all(&image.bytes)
        .with_context(|| format!("can't write {}", args.output.display()))?;
    output.commit()?;
    let dumped = Dumped {
        source: image.name,
        frame: image.frame,
        output: args.output.to_path_buf(),
        bytes: image.bytes.len(),
    };
    report.summary(&dumped, |dumped, output| {
        Ok(writeln!(
            output,
            "{}: {} bytes of {}",
            dumped.output.display(),
            dumped.bytes,
            dumped.source
        )?)
    })
}
