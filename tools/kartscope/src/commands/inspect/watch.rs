//! `kartscope inspect watch`: writes fields frame by frame while a movie plays.

use std::io::{BufWriter, IntoInnerError, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use outputs::{Kind, Outputs};
use ram_views::FieldValue;
use ram_views::layout::Type;
use ram_views::path::Path;
use ram_views::symbol::{Image, Program};
use serde::Serialize;
use serde_json::{Map, Value};

use super::LOOK_UP_EVERY;
use super::field_name::{FieldName, Misread, in_any_game};
use super::game::InspectedGame;
use super::source::{self, Moment, Playback};
use crate::arguments::values::whole;
use crate::arguments::{Misuse, OutputPath};
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::of_game;
use crate::interrupt;
use crate::report::{self, Report, escaped};

const WATCH: &str = "\
Examples:
  kartscope inspect watch race.dsm driver[0].position driver[0].forward_speed -o race.csv
  kartscope inspect watch race.dsm race_status.driver[0].lap --on-change
  kartscope inspect watch race.dsm driver[0].boost_timer --from race+300 --every 10 --format jsonl

A line has the movie's frame, the race's frame and a cell a field; vectors have a cell an axis. Cells are
empty while there is no race. Angles are in 1/65536 turn, flags and enumerations are numbers.";

/// `kartscope inspect watch`.
#[derive(Debug, Args)]
#[command(after_help = WATCH)]
pub struct Watch {
    /// The movie to play
    pub movie: PathBuf,
    /// Fields, as `kartscope inspect fields` names them
    #[arg(required = true)]
    pub paths: Vec<FieldName>,
    /// Frames for each line
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole(1..=u64::MAX))]
    pub every: u64,
    /// The first frame to write: N, race, race+N; the movie's first when left out
    #[arg(long, value_name = "FRAME")]
    pub from: Option<Moment>,
    /// The last frame to write: N, race+N, end
    #[arg(long, value_name = "FRAME", default_value = "end")]
    pub to: Moment,
    /// Only lines on which a field differs from the line before
    #[arg(long)]
    pub on_change: bool,
    /// Format of the lines; csv when left out
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// The file to write; standard output when left out
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<OutputPath>,
}

/// The format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values, with a line of names
    Csv,
    /// A JSON object a line
    Jsonl,
}

impl Watch {
    /// Refuses a format without a file for the lines, paths that lead to several values at once, and an empty range of
    /// frames.
    ///
    /// # Errors
    /// When the command line has one of them.
    pub fn check(&self, json: bool) -> Result<(), Misuse> {
        if json && self.format.is_some() && self.output.is_none() {
            return Err(Misuse::conflict(
                "--format: expected --output with --json, which prints one JSON document",
            ));
        }
        for name in &self.paths {
            in_any_game(|kind| of_game!(kind, G => columns_of::<G>(name).map(drop)))
                .map_err(Misuse::value)?;
        }
        source::require_order(self.from, Some(self.to))
    }
}

/// The kind of file that a table may replace.
const TABLE: Kind = Kind {
    name: "a table of fields, frame by frame",
    is_one: |bytes| bytes.starts_with(b"frame,race_frame") || bytes.starts_with(b"{\"frame\":"),
};

/// A summary of the table.
#[derive(Serialize)]
struct Watched {
    movie: String,
    output: String,
    lines: u64,
    /// The movie's frame that is the first of its race.
    race_from: Option<i64>,
    columns: Vec<String>,
}

/// Plays a movie and writes a line a frame.
///
/// # Errors
/// When the movie can't be read or played, or the file can't be written.
/// After Ctrl-C the file has the lines so far.
pub fn run<G: InspectedGame>(
    args: &Watch,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    let mut columns = Vec::new();
    for name in &args.paths {
        columns.extend(columns_of::<G>(name)?);
    }
    let output = match &args.output {
        Some(path) => Some(outputs.begin(path, TABLE)?),
        None => None,
    };
    let mut playback = Playback::<G>::open(
        &args.movie,
        &files::read(&args.movie, Input::Movie)?,
        game,
        report,
    )?;
    let shape = match args.format {
        _ if args.output.is_none() && report.is_json() => Shape::Array,
        None | Some(Format::Csv) => Shape::Csv,
        Some(Format::Jsonl) => Shape::Lines,
    };
    let Some(output) = output else {
        let mut table = Table::new(shape, report::output());
        play(args, &mut playback, &mut columns, &mut table, report)?;
        return interrupt::check();
    };
    let path = output.path().display().to_string();
    let mut table = Table::new(shape, output);
    play(args, &mut playback, &mut columns, &mut table, report)?;
    let lines = table.lines;
    let output = table
        .writer
        .into_inner()
        .map_err(IntoInnerError::into_error);
    output
        .with_context(|| format!("can't write {path}"))?
        .commit()?;
    let watched = Watched {
        movie: args.movie.display().to_string(),
        output: path,
        lines,
        race_from: playback.race_from(),
        columns: columns
            .iter()
            .map(|column| column.path.to_string())
            .collect(),
    };
    report.summary(&watched, |watched, output| {
        Ok(writeln!(
            output,
            "{}: {} lines of {} fields",
            watched.output,
            watched.lines,
            watched.columns.len()
        )?)
    })?;
    interrupt::check_keeping(
        usize::try_from(watched.lines)?,
        format_args!(
            "{} holds the {} lines so far",
            watched.output, watched.lines
        ),
    )
}

/// A field to watch.
struct Column<P: Program> {
    path: Path<P>,
    /// How many frames could not be read, and the first such frame with its error.
    failures: u64,
    failure: Option<(u64, ram_views::Error)>,
}

impl<P: Program> Column<P> {
    /// Its value; `None` where a pointer is null, or the value cannot be read.
    fn read(&mut self, frame: u64, ram: &Image<'_, P>) -> Option<FieldValue> {
        self.path.read(ram).unwrap_or_else(|error| {
            self.failures += 1;
            self.failure.get_or_insert((frame, error));
            None
        })
    }
}

/// A column for each number in what a name leads to.
fn columns_of<G: InspectedGame>(name: &FieldName) -> Result<Vec<Column<G::Program>>, Misread> {
    let mut columns = Vec::new();
    push_columns(&name.of::<G>()?, &mut columns)?;
    Ok(columns)
}

/// Adds a column for each number in what `path` leads to.
fn push_columns<P: Program>(path: &Path<P>, columns: &mut Vec<Column<P>>) -> Result<(), Misread> {
    let parts: Vec<String> = match path.ty() {
        None if path.field().is_some() && path.kind().ends_with("bits") => Vec::new(),
        None => {
            let found = format!("expected a field or an element, found {}", path.kind());
            return Err(Misread::after(path, &found));
        }
        Some(Type::Struct(layout)) => {
            let names = layout().fields.iter().map(|field| field.name);
            names.map(|name| format!("{path}.{name}")).collect()
        }
        Some(Type::Array(_, count)) => (0..count).map(|index| format!("{path}[{index}]")).collect(),
        Some(_) => Vec::new(),
    };
    if parts.is_empty() {
        columns.push(Column {
            path: path.clone(),
            failures: 0,
            failure: None,
        });
    }
    for part in parts {
        // A table inside a structure has no fixed number of columns: users can name its elements individually.
        match Path::parse(&part)? {
            part if part.ty().is_none() => {}
            part => push_columns(&part, columns)?,
        }
    }
    Ok(())
}

/// Plays the movie and fills the table.
fn play<G: InspectedGame>(
    args: &Watch,
    playback: &mut Playback<G>,
    columns: &mut [Column<G::Program>],
    table: &mut Table<impl Write>,
    report: Report,
) -> Result<()> {
    let length = playback.length();
    for moment in args.from.iter().chain([&args.to]) {
        playback.require(*moment)?;
    }
    let progress = report.progress(length, "frames");
    progress.set_message(escaped(&args.movie.display().to_string()));
    table.begin(columns)?;
    let mut first = None;
    let mut last_cells = None;
    let mut is_over = false;
    while !is_over && !interrupt::requested() {
        let Some(frame) = playback.step()? else {
            bail!(playback.missed(args.to));
        };
        let from = match args.from {
            Some(moment) => moment.frame(playback.race_from(), length),
            None => Some(0),
        };
        let to = args.to.frame(playback.race_from(), length);
        is_over = to.is_some_and(|to| frame >= to);
        if frame % LOOK_UP_EVERY == 0 {
            progress.set_position(frame);
        }
        if from.is_none_or(|from| frame < from) || to.is_some_and(|to| frame > to) {
            continue;
        }
        if !(frame - *first.get_or_insert(frame)).is_multiple_of(args.every) {
            continue;
        }
        let (race_frame, cells) = look(frame, playback, columns)?;
        if !(args.on_change && last_cells.as_ref() == Some(&cells)) {
            table.line(frame, race_frame, columns, &cells)?;
            last_cells = Some(cells);
        }
    }
    progress.finish_and_clear();
    table.finish()?;
    playback.report_divergence(report);
    for Column {
        path,
        failures,
        failure,
    } in columns
    {
        if let Some((frame, error)) = failure {
            report.note(format_args!(
                "{path}: empty in {failures} frames, first in frame {frame}: {error}"
            ));
        }
    }
    Ok(())
}

/// The race's frame and the fields; all empty if RAM holds no game, as before it has started.
fn look<G: InspectedGame>(
    frame: u64,
    playback: &Playback<G>,
    columns: &mut [Column<G::Program>],
) -> Result<(Option<u32>, Vec<Option<FieldValue>>)> {
    let Ok(ram) = G::Program::image(playback.main_ram()?) else {
        return Ok((None, columns.iter().map(|_| None).collect()));
    };
    let cells = columns.iter_mut().map(|column| column.read(frame, &ram));
    Ok((playback.race_frame()?, cells.collect()))
}

#[derive(Clone, Copy)]
enum Shape {
    Csv,
    Lines,
    Array,
}

/// Lines being written.
struct Table<W: Write> {
    shape: Shape,
    writer: BufWriter<W>,
    lines: u64,
}

impl<W: Write> Table<W> {
    fn new(shape: Shape, writer: W) -> Self {
        Self {
            shape,
            writer: BufWriter::new(writer),
            lines: 0,
        }
    }

    fn begin<P: Program>(&mut self, columns: &[Column<P>]) -> Result<()> {
        match self.shape {
            Shape::Csv => {
                write!(self.writer, "frame,race_frame")?;
                for Column { path, .. } in columns {
                    write!(self.writer, ",{path}")?;
                }
                writeln!(self.writer)?;
            }
            Shape::Lines => {}
            Shape::Array => write!(self.writer, "[")?,
        }
        Ok(())
    }

    fn line<P: Program>(
        &mut self,
        frame: u64,
        race_frame: Option<u32>,
        columns: &[Column<P>],
        cells: &[Option<FieldValue>],
    ) -> Result<()> {
        match self.shape {
            Shape::Csv => {
                write!(self.writer, "{frame},")?;
                if let Some(race_frame) = race_frame {
                    write!(self.writer, "{race_frame}")?;
                }
                for cell in cells {
                    write!(self.writer, ",")?;
                    if let Some(value) = cell {
                        write!(self.writer, "{value}")?;
                    }
                }
                writeln!(self.writer)?;
            }
            Shape::Lines | Shape::Array => {
                if let Shape::Array = self.shape {
                    let comma = if self.lines == 0 { "" } else { "," };
                    writeln!(self.writer, "{comma}")?;
                }
                let mut row = Map::new();
                row.insert("frame".to_owned(), frame.into());
                row.insert("race_frame".to_owned(), race_frame.into());
                for (column, cell) in columns.iter().zip(cells) {
                    row.insert(column.path.to_string(), serde_json::to_value(cell)?);
                }
                serde_json::to_writer(&mut self.writer, &Value::Object(row))?;
                if let Shape::Lines = self.shape {
                    writeln!(self.writer)?;
                }
            }
        }
        self.lines += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        if let Shape::Array = self.shape {
            writeln!(self.writer, "\n]")?;
        }
        Ok(self.writer.flush()?)
    }
}
