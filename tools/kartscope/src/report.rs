//! What a command says: a result on standard output, all else on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::Global;

/// Where a command's words go.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    json: bool,
    verbose: bool,
}

impl Report {
    /// As the command line asks for it.
    #[must_use]
    pub fn new(global: &Global) -> Self {
        Self {
            json: global.json,
            verbose: global.verbose,
        }
    }

    /// Whether the result is to be JSON.
    #[must_use]
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints the command's result: as JSON, or by `text` for a person.
    ///
    /// # Errors
    /// When standard output is closed or full.
    pub fn result<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T, &mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        let mut output = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut output, value)?;
            writeln!(output)?;
        } else {
            text(value, &mut output)?;
        }
        output.flush()?;
        Ok(())
    }

    /// Says a step on standard error, when --verbose asks for it.
    pub fn step(self, message: impl Display) {
        if self.verbose {
            self.note(message);
        }
    }

    /// Says something on standard error.
    #[expect(
        clippy::print_stderr,
        reason = "the one place that speaks to the terminal"
    )]
    pub fn note(self, message: impl Display) {
        eprintln!("{message}");
    }

    /// A progress bar on standard error; hidden where that is no terminal.
    #[must_use]
    pub fn progress(self, length: u64, unit: &str) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let template = format!("{{msg:24}} [{{wide_bar}}] {{pos}}/{{len}} {unit} {{eta}}");
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(length).with_style(style)
    }
}
