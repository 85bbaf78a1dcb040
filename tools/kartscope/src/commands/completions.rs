//! `kartscope completions`.

use std::io::Write;

use anyhow::Result;
use clap::CommandFactory;

use crate::cli::Cli;
use crate::report;

/// Prints the completion script of a shell.
///
/// # Errors
/// When standard output is closed or full.
pub fn run(shell: clap_complete::Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kartscope", &mut script);
    Ok(report::output().write_all(&script)?)
}
