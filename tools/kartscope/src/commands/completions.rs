//! `kartscope completions`.

use std::io::Write;

use anyhow::Result;
use clap::{Args, Command};

use crate::report;

/// `kartscope completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell to complete in
    pub shell: clap_complete::Shell,
}

/// Prints the completion script of the command line for a shell.
///
/// # Errors
/// When standard output is closed or full.
pub fn run(args: &Completions, cli: &mut Command) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, cli, "kartscope", &mut script);
    Ok(report::output().write_all(&script)?)
}
