//! Read, drive and learn Mario Kart DS from the command line.
//!
//! The command's result goes to standard output, all else to standard error. Exit codes: 0, done; 1, failed or
//! interrupted; 2, the command line makes no sense.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "a program has no interface to other crates")]

mod cli;
mod commands;
mod courses;
mod files;
mod game;
mod interrupt;
#[cfg_attr(not(feature = "cairo"), path = "no_picture.rs")]
mod picture;
mod report;
mod schema;
mod waiting;
#[cfg_attr(not(feature = "window"), path = "no_watch.rs")]
mod watch;
mod workers;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use outputs::Outputs;

use crate::cli::{Cli, Command};
use crate::game::GameFiles;
use crate::report::Report;

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let outputs = Outputs::of_command(cli::inputs(&matches));
    let report = Report::new(&cli.global);
    match run(&cli, &outputs, report) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough: `kartscope ... | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report.note(format_args!("error: {error:#}"));
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

fn run(cli: &Cli, outputs: &Outputs, report: Report) -> anyhow::Result<()> {
    let rom = cli.global.rom.as_deref();
    match &cli.command {
        Command::Ghosts(args) => commands::ghosts::run(args, rom, outputs, report),
        Command::Drive(args) => commands::drive::run(args, rom, outputs, report),
        Command::Process(args) => commands::process::run(args, rom, outputs, report),
        Command::Record(args) => commands::record::run(args, rom, outputs, report),
        Command::Replay(args) => commands::replay::run(args, rom, outputs, report),
        #[cfg(feature = "window")]
        Command::Debug(args) => commands::debug::run(args, rom, report),
        Command::Inspect(args) => {
            let state = args.state.as_deref();
            commands::inspect::run(args, GameFiles { rom, state }, outputs, report)
        }
        #[cfg(feature = "torch")]
        Command::Train(args) => commands::train::run(args, outputs, report),
        #[cfg(feature = "torch")]
        Command::Eval(args) => commands::eval::run(args, rom, outputs, report),
        Command::Verify(args) => commands::verify::run(args, rom, report),
        Command::Doctor => commands::doctor::run(rom, report),
        Command::Completions { shell } => commands::completions::run(*shell),
    }
}
