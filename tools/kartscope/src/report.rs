//! What a command says: a result on standard output, all else on standard error. Nothing else prints.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, StdoutLock, Write};

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

    /// Prints the result of a command that is run to see it: as JSON, or by `text` for a person.
    ///
    /// # Errors
    /// When standard output is closed or full.
    pub fn result<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T, &mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        let mut output = output();
        if self.json {
            serde_json::to_writer_pretty(&mut output, value)?;
            writeln!(output)?;
        } else {
            text(value, &mut output)?;
        }
        output.flush()?;
        Ok(())
    }

    /// Prints the result of a command whose work lies in files: it is done even where the reader of the output has gone.
    ///
    /// # Errors
    /// When standard output is full.
    pub fn summary<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T, &mut dyn Write) -> Result<()>,
    ) -> Result<()> {
        match self.result(value, text) {
            Err(error) if is_broken_pipe(&error) => Ok(()),
            printed => printed,
        }
    }

    /// Says a step on standard error, when --verbose asks for it.
    pub fn step(self, message: impl Display) {
        if self.verbose {
            self.note(message);
        }
    }

    /// Says something on standard error.
    pub fn note(self, message: impl Display) {
        note(message);
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

/// Says something on standard error. Work goes on where that is closed or full: there is no other place to say so.
pub fn note(message: impl Display) {
    let _ = std::io::stderr().write_all(format!("{message}\n").as_bytes());
}

/// Standard output, whose errors say that they are its.
#[must_use]
pub fn output() -> Output {
    Output(std::io::stdout().lock())
}

/// See [`output`].
pub struct Output(StdoutLock<'static>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes).map_err(|error| name_output(&error))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush().map_err(|error| name_output(&error))
    }
}

fn name_output(error: &std::io::Error) -> std::io::Error {
    std::io::Error::new(
        error.kind(),
        format!("can't write to standard output: {error}"),
    )
}

/// Whether the reader of a pipe has gone: it has seen enough.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref().map(std::io::Error::kind);
        let json = cause
            .downcast_ref()
            .and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(ErrorKind::BrokenPipe)
    })
}
