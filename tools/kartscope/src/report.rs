//! What a command says: a result on standard output, all else on standard error. Nothing else prints.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, StdoutLock, Write};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::cli::Global;

/// An error and its causes in a line, each once: of some errors the text has that of the cause in it already.
#[must_use]
pub fn causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.contains(&cause) {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&cause);
    }
    text
}

/// The text with an escape in the place of each character that a terminal obeys: names come from files, and files from
/// anywhere.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match is_obeyed(character) {
            true => escaped.extend(character.escape_default()),
            false => escaped.push(character),
        }
    }
    escaped
}

/// Control characters, and those that turn the direction of writing.
fn is_obeyed(character: char) -> bool {
    let turns = matches!(character, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns
}

/// Lines for a terminal, [`escaped`]. Newlines at either end of what is written at once are the program's own.
struct Lines<W>(W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_fmt(&mut self, arguments: std::fmt::Arguments<'_>) -> std::io::Result<()> {
        let text = arguments.to_string();
        let body = text.trim_start_matches('\n');
        let (before, body) = (
            &text[..text.len() - body.len()],
            body.trim_end_matches('\n'),
        );
        let after = &text[before.len() + body.len()..];
        let line = [before, &escaped(body), after].concat();
        self.0.write_all(line.as_bytes())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

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
            text(value, &mut Lines(&mut output))?;
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

/// Says on standard error what failed.
pub fn error(error: &anyhow::Error) {
    note(format_args!("error: {}", causes(error)));
}

/// Says something on standard error, in a line.
pub fn note(message: impl Display) {
    note_lines(escaped(&message.to_string()));
}

/// Says lines of the program's own on standard error. Work goes on where that is closed or full: there is no other place
/// to say so.
pub fn note_lines(lines: impl Display) {
    let _ = std::io::stderr().write_all(format!("{lines}\n").as_bytes());
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
#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn each_cause_is_said_once() {
        let io = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let error = anyhow!(io()).context(format!("cannot read a.json: {}", io()));
        assert_eq!(causes(&error), format!("cannot read a.json: {}", io()));
        let error = Err::<(), _>(anyhow!("inner"))
            .context("middle")
            .context("outer");
        assert_eq!(
            causes(&error.expect_err("an error")),
            "outer: middle: inner"
        );
    }

    #[test]
    fn a_terminal_gets_no_commands_from_names() {
        let name = "a\u{1b}[31mb\nc\u{9b}d\u{202e}é.sav";
        assert_eq!(escaped(name), "a\\u{1b}[31mb\\nc\\u{9b}d\\u{202e}é.sav");
        let mut lines = Lines(Vec::new());
        let other = "x\ny";
        writeln!(lines, "\n{name} {other}\n").expect("written");
        let expected = format!("\n{} x\\ny\n\n", escaped(name));
        assert_eq!(String::from_utf8(lines.0).expect("text"), expected);
    }
}
