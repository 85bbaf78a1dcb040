//! Combinations of options that clap cannot declare and that need no file to be refused.

use clap::error::{Error, ErrorKind};
use clap::{ArgMatches, Command};

/// The reason to refuse a command line that clap accepts.
#[derive(Debug)]
pub struct Misuse {
    kind: ErrorKind,
    message: String,
}

impl Misuse {
    /// Options contradict each other, or one has no effect.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::ArgumentConflict,
            message: message.into(),
        }
    }

    /// A value is not valid in this command.
    pub fn value(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::ValueValidation,
            message: message.into(),
        }
    }

    /// The error of the command line, with the usage of the subcommand of `matches`.
    pub fn into_error(self, mut cli: Command, matches: &ArgMatches) -> Error {
        cli.build();
        let (mut command, mut matches) = (&mut cli, matches);
        while let Some((name, of_subcommand)) = matches.subcommand() {
            command = command
                .find_subcommand_mut(name)
                .unwrap_or_else(|| unreachable!("clap matched the subcommand {name}"));
            matches = of_subcommand;
        }
        command.error(self.kind, self.message)
    }
}
