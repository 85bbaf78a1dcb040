//! Checks for combinations of options that clap cannot declare and that need no file.

use clap::CommandFactory;
use clap::error::{Error, ErrorKind};

use super::{Cli, Command, InspectCommand, Replay, Search, Watch};
use crate::commands::inspect::source::Moment;
use crate::commands::inspect::{search, watch};

impl Cli {
    /// Refuses options that contradict each other or are without effect.
    pub(super) fn check(&self) -> Result<(), Error> {
        match &self.command {
            Command::Replay(args) => check_replay(args),
            Command::Inspect(args) => {
                let plays = !matches!(&args.command, InspectCommand::Symbols)
                    && !matches!(&args.command, InspectCommand::Fields(args) if args.source.is_none());
                if args.state.is_some() && !plays {
                    return Err(conflict(
                        &["inspect"],
                        "--state: expected a movie to play from it",
                    ));
                }
                match &args.command {
                    InspectCommand::Watch(args) => check_watch(args, self.global.json),
                    InspectCommand::Search(args) => check_search(args),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

fn check_replay(args: &Replay) -> Result<(), Error> {
    let count = args.movies.len();
    if args.draws() && count != 1 {
        let message = format!("--png, --gif and --video: expected one movie, found {count}");
        return Err(conflict(&["replay"], &message));
    }
    in_order(&["replay"], args.from, args.to)
}

fn check_watch(args: &Watch, json: bool) -> Result<(), Error> {
    const COMMAND: [&str; 2] = ["inspect", "watch"];
    if json && args.format.is_some() && args.output.is_none() {
        let message = "--format: expected --output with --json, which prints one JSON document";
        return Err(conflict(&COMMAND, message));
    }
    for path in &args.paths {
        watch::check_path(path)
            .map_err(|error| usage(&COMMAND, ErrorKind::ValueValidation, &error.to_string()))?;
    }
    in_order(&COMMAND, args.from, Some(args.to))
}

fn check_search(args: &Search) -> Result<(), Error> {
    search::check(args).map_err(|error| {
        let message = error.to_string();
        usage(&["inspect", "search"], ErrorKind::ValueValidation, &message)
    })
}

/// Refuses a range of frames that is empty in every movie.
fn in_order(command: &[&str], from: Option<Moment>, to: Option<Moment>) -> Result<(), Error> {
    match (from, to) {
        (Some(from), Some(to)) if from.is_surely_after(to) => {
            let message =
                format!("--from and --to: expected a frame and a later one, found {from} and {to}");
            Err(conflict(command, &message))
        }
        _ => Ok(()),
    }
}

fn conflict(command: &[&str], message: &str) -> Error {
    usage(command, ErrorKind::ArgumentConflict, message)
}

/// An error of the command line, with the usage of a subcommand.
fn usage(command: &[&str], kind: ErrorKind, message: &str) -> Error {
    let mut cli = Cli::command();
    cli.build();
    let mut found = &mut cli;
    for name in command {
        found = found
            .find_subcommand_mut(name)
            .unwrap_or_else(|| unreachable!("the subcommand {name}"));
    }
    found.error(kind, message)
}
