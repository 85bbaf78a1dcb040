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

use crate::cli::Cli;

/// Exit codes.
const DONE: u8 = 0;
const FAILED: u8 = 1;
const USAGE: u8 = 2;
const BROKEN_PIPE: u8 = 128 + 13;

fn main() {
    let code = run();
    // Not by returning: the destructors of libtorch's globals take a quarter of a short command's time.
    signal_hook::low_level::exit(code.into());
}

/// Runs the command line; returns the exit code.
fn run() -> u8 {
    let done = match Cli::read() {
        Ok((cli, outputs)) => cli.run(&outputs),
        Err(error) if error.use_stderr() => {
            report::note_lines(error.render());
            return USAGE;
        }
        Err(help) => write!(report::output(), "{}", help.render()).map_err(Into::into),
    };
    match done.and_then(|()| Ok(report::output().flush()?)) {
        Ok(()) => DONE,
        Err(error) if report::is_broken_pipe(&error) => BROKEN_PIPE,
        Err(error) => {
            report::error(&error);
            FAILED
        }
    }
}
