//! Read, drive and learn Mario Kart DS and Mario Kart 64 from the command line.
//!
//! The command's result goes to standard output, all else to standard error. Exit codes: 0, done; 1, failed or
//! interrupted; 2, the command line is invalid; 141, the reader of the output has closed it, as for a program that
//! SIGPIPE ends. A second interruption ends the program by its signal.
#![forbid(unsafe_code)]
#![allow(unreachable_pub, reason = "a program has no interface to other crates")]

mod arguments;
mod cli;
mod commands;
mod courses;
#[cfg_attr(not(feature = "cairo"), path = "no_drawn.rs")]
mod drawn;
mod failures;
mod files;
mod game;
mod games;
mod interrupt;
mod json_path;
mod report;
mod waiting;
#[cfg_attr(not(feature = "window"), path = "no_watch.rs")]
mod watch;
mod workers;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::Cli;

/// Exit codes.
const USAGE: u8 = 2;
const BROKEN_PIPE: u8 = 128 + 13;

fn main() -> ExitCode {
    let done = match Cli::read() {
        Ok((cli, outputs)) => cli.run(&outputs),
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
