//! `kartscope search copy`: an exact index for another engine.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use outputs::Outputs;
use search::{Exact, Search as _};

use super::info::Summary;
use crate::arguments::OutputPath;
use crate::interrupt;
use crate::report::Report;

/// `kartscope search copy`.
#[derive(Debug, Args)]
pub(super) struct Copy {
    /// An exact index, as `search build` and `train knn` write it
    #[arg(value_name = "INDEX")]
    index: PathBuf,
    /// A new folder for Qdrant in the process, or the address of a Qdrant server, http://HOST:PORT/COLLECTION, whose API key is in
    /// QDRANT_API_KEY. A copy to a server that was interrupted goes on
    #[arg(value_name = "FOLDER|ADDRESS")]
    to: OutputPath,
}

/// Copies an index.
///
/// # Errors
/// When the index can't be read, the folder can't be written, the server fails or holds something else, this build lacks the engine, or
/// the user interrupts.
pub(super) fn run(args: &Copy, outputs: &Outputs, report: Report) -> Result<()> {
    if !search_qdrant::is_server(&args.to) {
        outputs.require_free_folder(&args.to)?;
    }
    let exact = Exact::open(&args.index)?;
    interrupt::catch()?;
    let bar = report.progress(exact.count(), "vectors");
    let copied = search_qdrant::copy(&exact, &args.to, &mut |done| {
        bar.set_position(done);
        interrupt::control_flow()
    })?;
    bar.finish_and_clear();
    interrupt::check()?;
    let Some(copied) = copied else { return Ok(()) };
    report.summary(&Summary::of(&*copied, &args.to)?, Summary::print)
}
