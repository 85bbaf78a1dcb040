//! Output of a command: its result on standard output, all else on standard error. No other module prints.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, StdoutLock, Write};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// An error and its causes in a line, each once: the text of some errors already contains that of the cause.
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

/// The text with control characters of terminals escaped: names come from files that are not trusted.
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

/// Prints a command's output.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    json: bool,
    verbose: bool,
}

impl Report {
    /// Output with the result as JSON, and with steps, as requested.
    #[must_use]
    pub fn new(json: bool, verbose: bool) -> Self {
        Self { json, verbose }
    }

    /// Whether the result is to be JSON.
    #[must_use]
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints the result of a command whose product is the result: as JSON, or by `text` for people.
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

    /// Prints the result of a command whose product is files: a reader that has closed the output is no error.
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

    /// Prints a step on standard error, with --verbose.
    pub fn step(self, message: impl Display) {
        if self.verbose {
            self.note(message);
        }
    }

    /// Prints a message on standard error.
    pub fn note(self, message: impl Display) {
        note(message);
    }

    /// A progress bar on standard error; hidden if that is no terminal.
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

/// Milliseconds as Mario Kart DS displays them.
#[must_use]
pub fn time(milliseconds: u32) -> String {
    format!(
        "{}:{:02}.{:03}",
        milliseconds / 60_000,
        milliseconds / 1000 % 60,
        milliseconds % 1000
    )
}

/// Prints an error on standard error.
pub fn error(error: &anyhow::Error) {
    note(format_args!("error: {}", causes(error)));
}

/// Prints a message on standard error, in a line.
pub fn note(message: impl Display) {
    note_lines(escaped(&message.to_string()));
}

/// Prints several lines on standard error, not escaped. Errors are ignored if it is closed or full, since there is no
/// other place to report them.
pub fn note_lines(lines: impl Display) {
    let _ = std::io::stderr().write_all(format!("{lines}\n").as_bytes());
}

/// Standard output, whose errors name it.
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

/// Whether the reader of a pipe has closed it.
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
    fn each_cause_is_printed_once() {
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
