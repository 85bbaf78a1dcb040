//! The command line: the commands, and the options of all of them. Each command's module has its arguments.

use std::ffi::OsString;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use outputs::Outputs;

use crate::arguments::Misuse;
#[cfg(feature = "window")]
use crate::commands::debug;
use crate::commands::{
    completions, data, doctor, drive, ghosts, inspect, process, record, replay, verify,
};
#[cfg(feature = "torch")]
use crate::commands::{eval, search, train};
use crate::games::GameChoice;
use crate::report::Report;

mod inputs;
#[cfg(test)]
mod tests;

/// Read, drive and learn Mario Kart DS and Mario Kart 64.
///
/// Everything runs on a bundled game unless --rom or KARTSCOPE_ROM names your own ROM. --game chooses among the bundled games;
/// a ROM's header says which game it is, and without a ROM so do movies, save states and saves.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The game.
    #[command(flatten)]
    pub game: GameChoice,
    /// Print the result as one JSON document on standard output
    ///
    /// A path is a string. A path that is not valid UTF-8 is an object: `text`, with U+FFFD in place of invalid bytes,
    /// and `bytes`, the path as a list of numbers.
    #[arg(long, global = true)]
    pub json: bool,
    /// Report each step on standard error
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List, extract and inject the ghosts of save files
    Ghosts(ghosts::Ghosts),
    /// Race the scripted driver; the game's own ghost of the race goes into a save file, or the race into a movie
    Drive(drive::Drive),
    /// Turn the ghosts of save files into movies that the emulator plays
    Process(process::Process),
    /// Play movies and write observations and inputs as a dataset
    Record(record::Record),
    /// Datasets from and to other programs, and what is in them
    Data(data::Data),
    /// Play movies: check them, draw them
    Replay(replay::Replay),
    /// Open a window: watch, drive and rewind games, with overlays drawn over them. Without arguments, begin a game or open a
    /// file there, or resume a session that was not saved
    #[cfg(feature = "window")]
    Debug(debug::Debug),
    /// Inspect main RAM and courses: fields, symbols, changes, searches
    Inspect(inspect::Inspect),
    /// Train a driver on datasets by behavioural cloning, or by the method that is named
    #[cfg(feature = "torch")]
    Train(train::Train),
    /// Find pictures of datasets that look like another
    #[cfg(feature = "torch")]
    Search(search::Search),
    /// Race a trained driver in closed loop against the ghosts of movies
    #[cfg(feature = "torch")]
    Eval(eval::Eval),
    /// Check the known addresses and structures against a ROM, and that the ghosts of a save finish in their times
    Verify(verify::Verify),
    /// Report what is installed, which devices there are and whether the ROM is known
    Doctor,
    /// Print the completion script of a shell
    Completions(completions::Completions),
}

impl Cli {
    /// The command line of this process, and the outputs of its command.
    ///
    /// # Errors
    /// When it is invalid; or it asks for help or the version, which the error prints.
    pub fn read() -> Result<(Self, Outputs), clap::Error> {
        Self::read_from(std::env::args_os())
    }

    fn read_from(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> Result<(Self, Outputs), clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        cli.check()
            .map_err(|misuse| misuse.into_error(Self::command(), &matches))?;
        let inputs = inputs::inputs(&matches);
        cli.global.game = cli.global.game.or_of_files(&inputs);
        Ok((cli, Outputs::of_command(inputs)))
    }

    /// Refuses options that contradict each other or are without effect.
    fn check(&self) -> Result<(), Misuse> {
        match &self.command {
            Command::Replay(args) => args.check(),
            Command::Inspect(args) => args.check(self.global.json),
            _ => Ok(()),
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// Those of the command.
    pub fn run(&self, outputs: &Outputs) -> anyhow::Result<()> {
        let report = Report::new(self.global.json, self.global.verbose);
        let game = &self.global.game;
        match &self.command {
            Command::Ghosts(args) => ghosts::run(args, game, outputs, report),
            Command::Drive(args) => drive::run(args, game, outputs, report),
            Command::Process(args) => process::run(args, game, outputs, report),
            Command::Record(args) => record::run(args, game, outputs, report),
            Command::Data(args) => data::run(args, outputs, report),
            Command::Replay(args) => replay::run(args, game, outputs, report),
            #[cfg(feature = "window")]
            Command::Debug(args) => debug::run(args, game, report),
            Command::Inspect(args) => inspect::run(args, game, outputs, report),
            #[cfg(feature = "torch")]
            Command::Train(args) => train::run(args, outputs, report),
            #[cfg(feature = "torch")]
            Command::Search(args) => search::run(args, outputs, report),
            #[cfg(feature = "torch")]
            Command::Eval(args) => eval::run(args, game, outputs, report),
            Command::Verify(args) => verify::run(args, game, report),
            Command::Doctor => doctor::run(game, report),
            Command::Completions(args) => completions::run(args, &mut Self::command()),
        }
    }
}
