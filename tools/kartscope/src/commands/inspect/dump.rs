//! `kartscope inspect dump`: main RAM as a file.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use outputs::Outputs;
use serde::Serialize;

use super::dump_kind;
use super::game::InspectedGame;
use super::source::{Image, Source};
use crate::arguments::OutputPath;
use crate::game::Game;
use crate::json_path;
use crate::report::Report;

const EXAMPLES: &str = "\
Examples:
  kartscope inspect dump race.dsm -o start.bin
  kartscope inspect dump race.dsm@1200 -o later.bin";

/// `kartscope inspect dump`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Dump {
    /// A movie at a frame, a save state, or a dump (see kartscope inspect --help)
    #[arg(value_parser = Source::parser())]
    pub source: Source,
    /// The file to write, 4 MiB
    #[arg(long, short, value_name = "FILE")]
    pub output: OutputPath,
}

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
pub fn run<G: InspectedGame>(
    args: &Dump,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    let output = outputs.begin(&args.output, dump_kind::<G>())?;
    let image = Image::read::<G>(&args.source, game, report)?;
    output.commit_with(&image.bytes)?;
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
