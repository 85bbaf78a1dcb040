//! Read, drive and learn Mario Kart DS from the command line.
//!
//! The command's result goes to standard output, all else to standard error. Exit codes: 0, done; 1, failed or
//! interrupted; 2, the command line makes no sense.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "a program has no interface to other crates")]

mod cli;
mod commands;
mod courses;
mod failures;
mod files;
mod game;
mod interrupt;
mod json_path;
#[cfg_attr(not(feature = "cairo"), path = "no_picture.rs")]
mod picture;
mod report;
mod schema;
#[cfg_attr(not(feature = "window"), path = "no_watch.rs")]
mod watch;
mod workers;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::game::GameFiles;
use crate::report::Report;

fn main() -> ExitCode {
    let cli = Cli::read().unwrap_or_else(|error| error.exit());
    let report = Report::new(&cli.global);
    match run(&cli, report) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough: `kartscope ... | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref().map(std::io::Error::kind);
        let json = cause
            .downcast_ref()
            .and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(std::io::ErrorKind::BrokenPipe)
    })
}

fn run(cli: &Cli, report: Report) -> anyhow::Result<()> {
    let rom = cli.global.rom.as_deref();
    match &cli.command {
        Command::Ghosts(args) => commands::ghosts::run(args, rom, report),
        Command::Drive(args) => commands::drive::run(args, rom, report),
        Command::Process(args) => commands::process::run(args, rom, report),
        Command::Record(args) => commands::record::run(args, rom, report),
        Command::Replay(args) => commands::replay::run(args, rom, report),
        #[cfg(feature = "window")]
        Command::Debug(args) => commands::debug::run(args, rom, report),
        Command::Inspect(args) => {
            let state = args.state.as_deref();
            commands::inspect::run(args, GameFiles { rom, state }, report)
        }
        #[cfg(feature = "torch")]
        Command::Train(args) => commands::train::run(args, report),
        #[cfg(feature = "torch")]
        Command::Eval(args) => commands::eval::run(args, rom, report),
        Command::Verify(args) => commands::verify::run(args, rom, report),
        Command::Doctor => commands::doctor::run(rom, report),
        Command::Completions { shell } => commands::completions::run(*shell),
    }
}
