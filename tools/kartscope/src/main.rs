//! Read, drive and learn Mario Kart DS from the command line.
//!
//! The command's result goes to standard output, all else to standard error. Exit codes: 0, done; 1, failed or
//! interrupted; 2, the command line is invalid; 141, the reader of the output has closed it, as for a program that
//! SIGPIPE ends. A second interruption ends the program by its signal.
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
mod waiting;
#[cfg_attr(not(feature = "window"), path = "no_watch.rs")]
mod watch;
mod workers;

use std::io::Write;
use std::process::ExitCode;

use outputs::Outputs;

use crate::cli::{Cli, Command};
use crate::game::GameFiles;
use crate::report::Report;

/// Exit codes.
const USAGE: u8 = 2;
const BROKEN_PIPE: u8 = 128 + 13;

fn main() -> ExitCode {
    let done = match Cli::read() {
        Ok((cli, outputs)) => run(&cli, &outputs, Report::new(&cli.global)),
        Err(error) if error.use_stderr() => {
            report::note_lines(error.render());
            return ExitCode::from(USAGE);
        }
        Err(help) => write!(report::output(), "{}", help.render()).map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if report::is_broken_pipe(&error) => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            report::error(&error);
            ExitCode::FAILURE
        }
    }
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
