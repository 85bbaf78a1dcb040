//! The options of `kartscope inspect`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::OutputPath;
use super::values::whole;
use crate::commands::inspect::course::Place;
use crate::commands::inspect::search::Step;
use crate::commands::inspect::show::Assignment;
use crate::commands::inspect::source::{Moment, Source};
use mkds_memory::path::Path;

/// Explanation of sources, in the help of every command that takes one.
const SOURCES: &str = "\
Sources:
  ram.bin           a dump of main RAM, 4 MiB
  f8c.dst           a save state, DeSmuME's (.dst, .ds0 to .ds9) or kartscope's
  race.dsm          a movie, played to the first frame of its race
  race.dsm@race+300 ... to 300 frames after the race's first one: the start signal
  race.dsm@1200     ... to the movie's frame 1200, counted from 0
  race.dsm@end      ... to its last frame

Movies are played and states loaded on the bundled game, or on the ROM that --rom names.";

/// `kartscope inspect`.
#[derive(Debug, Args)]
#[command(after_help = SOURCES)]
pub struct Inspect {
    /// What to look at.
    #[command(subcommand)]
    pub command: InspectCommand,
    /// The save state that movies start from, in place of the .dst beside each
    #[arg(long, global = true, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum InspectCommand {
    /// List the structures, or the fields of one
    #[command(after_help = FIELDS)]
    Fields(Fields),
    /// List where the game keeps its structures
    #[command(after_help = "Examples:\n  kartscope inspect symbols\n  \
                            kartscope inspect symbols --json")]
    Symbols,
    /// Print fields, or write them into a dump
    #[command(after_help = SHOW)]
    Show(Show),
    /// Write main RAM as a file
    #[command(after_help = DUMP)]
    Dump(Dump),
    /// Play a movie and write fields frame by frame
    #[command(after_help = WATCH)]
    Watch(Watch),
    /// Play a movie and list the events of its races: laps, checkpoints, drifts, boosts, walls, the finish
    #[command(after_help = EVENTS)]
    Events(Events),
    /// Search main RAM for a value by its amount and its changes
    #[command(after_help = SEARCH)]
    Search(Search),
    /// Compare two images of main RAM
    #[command(after_help = DIFF)]
    Diff(Diff),
    /// List the contents of a course, and draw it from above
    #[command(after_help = COURSE)]
    Course(Course),
}

const FIELDS: &str = "\
Examples:
  kartscope inspect fields
  kartscope inspect fields driver
  kartscope inspect fields driver[0].motion_flags --source race.dsm@race+400";

/// `kartscope inspect fields`.
#[derive(Debug, Args)]
pub struct Fields {
    /// The structure or field to list the fields of, e.g. driver or race_status.driver; all structures when left out
    pub path: Option<Path>,
    /// Print the values too: a dump, a save state, or a movie at a frame (see kartscope inspect --help)
    #[arg(long, short, value_name = "SOURCE", value_parser = Source::parser())]
    pub source: Option<Source>,
}

const SHOW: &str = "\
Examples:
  kartscope inspect show race.dsm@race+400 driver[0].position driver[0].motion_flags
  kartscope inspect show --rom mkds.nds f8c.dst driver[0]
  kartscope inspect show ram.bin race_status.driver[0]
  kartscope inspect show ram.bin map.stag[0]           (what a pointer leads to)
  kartscope inspect show ram.bin --json > everything.json
  kartscope inspect show ram.bin --set driver[0].boost_timer=60 -o boosting.bin";

/// `kartscope inspect show`.
#[derive(Debug, Args)]
pub struct Show {
    /// A dump, a save state, or a movie at a frame (see kartscope inspect --help)
    #[arg(value_parser = Source::parser())]
    pub source: Source,
    /// Fields, structures or tables, as `kartscope inspect fields` names them; everything when left out
    pub paths: Vec<Path>,
    /// Write a number, or an enumeration's name, into a field; needs --output
    #[arg(long, value_name = "PATH=VALUE", requires = "output")]
    pub set: Vec<Assignment>,
    /// The file for the changed RAM; it must not be the source
    #[arg(long, short, value_name = "FILE", requires = "set")]
    pub output: Option<OutputPath>,
}

const DUMP: &str = "\
Examples:
  kartscope inspect dump race.dsm -o start.bin
  kartscope inspect dump race.dsm@1200 -o later.bin";

/// `kartscope inspect dump`.
#[derive(Debug, Args)]
pub struct Dump {
    /// A movie at a frame, a save state, or a dump (see kartscope inspect --help)
    #[arg(value_parser = Source::parser())]
    pub source: Source,
    /// The file to write, 4 MiB
    #[arg(long, short, value_name = "FILE")]
    pub output: OutputPath,
}

const WATCH: &str = "\
Examples:
  kartscope inspect watch race.dsm driver[0].position driver[0].forward_speed -o race.csv
  kartscope inspect watch race.dsm race_status.driver[0].lap --on-change
  kartscope inspect watch race.dsm driver[0].boost_timer --from race+300 --every 10 --format jsonl

A line has the movie's frame, the race's frame and a cell a field; vectors have a cell an axis. Cells are
empty while there is no race. Angles are in 1/65536 turn, flags and enumerations are numbers.";

/// `kartscope inspect watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// The movie to play
    pub movie: PathBuf,
    /// Fields, as `kartscope inspect fields` names them
    #[arg(required = true)]
    pub paths: Vec<Path>,
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

const EVENTS: &str = "\
Examples:
  kartscope inspect events race.dsm
  kartscope inspect events race.dsm --json";

const SEARCH: &str = "\
A step is WHEN:CONDITION. WHEN is a frame of the movie (1200, race, race+300, end), or without a movie a source
of its own (ram.bin, race.dsm@1200). What was found before stays if the condition holds:
  any              everything, to begin with
  =VALUE           the value is VALUE
  A..B             the value is from A to B, both included
  changed, unchanged, increased, decreased       since the step before
  by=N             it changed by N since the step before, which may be negative

Values are decimal, or hexadecimal after 0x; fx16 and fx32 are in units (4096 of the raw number), angles in degrees.

Examples:
  kartscope inspect search race.dsm --type i32 --at race+300:=0 --at race+1300:=1
  kartscope inspect search race.dsm -t fx32 --at race+310:any --at race+320:increased --at race+330:increased
  kartscope inspect search -t u16 --at before.bin:=30 --at after.bin:by=-1";

/// `kartscope inspect events`.
#[derive(Debug, Args)]
pub struct Events {
    /// The movie to play
    pub movie: PathBuf,
}

/// `kartscope inspect search`.
#[derive(Debug, Args)]
pub struct Search {
    /// The movie whose frames the steps name; left out if they name sources
    pub movie: Option<PathBuf>,
    /// The kind of value
    #[arg(long = "type", short = 't', value_enum)]
    pub kind: ValueKind,
    /// A step of the search; repeat it for further steps, in order
    #[arg(long, value_name = "WHEN:CONDITION", required = true, value_parser = Step::parser())]
    pub at: Vec<Step>,
    /// Search at every byte, not only at aligned addresses
    #[arg(long)]
    pub unaligned: bool,
    /// The most addresses to print
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = whole(0..=usize::MAX))]
    pub limit: usize,
}

/// Kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ValueKind {
    U8,
    #[value(alias = "s8")]
    I8,
    U16,
    #[value(alias = "s16")]
    I16,
    U32,
    #[value(alias = "s32")]
    I32,
    Fx16,
    Fx32,
    Angle,
}

const DIFF: &str = "\
Examples:
  kartscope inspect diff race.dsm@race+300 race.dsm@race+301
  kartscope inspect diff before.bin after.bin --limit 100";

/// `kartscope inspect diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The first: a dump, a save state, or a movie at a frame (see kartscope inspect --help)
    #[arg(value_parser = Source::parser())]
    pub old: Source,
    /// The second
    #[arg(value_parser = Source::parser())]
    pub new: Source,
    /// The most fields, and the most ranges of other bytes, to print
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = whole(0..=usize::MAX))]
    pub limit: usize,
}

const COURSE: &str = "\
Examples:
  kartscope inspect course f8c
  kartscope inspect course f8c --rom mkds.nds --svg figure-8.svg
  kartscope inspect course race.dsm --png course.png";

/// `kartscope inspect course`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("drawings").args(["svg", "png"]).multiple(true)))]
pub struct Course {
    /// A course's abbreviation, to read its files in the ROM; or a dump, a save state or a movie in a race on it
    #[arg(value_parser = Place::parser())]
    pub course: Place,
    /// Draw it from above as SVG
    #[arg(long, value_name = "FILE")]
    pub svg: Option<OutputPath>,
    /// Draw it from above as PNG
    #[arg(long, value_name = "FILE")]
    pub png: Option<OutputPath>,
    /// Longer side of the course in the drawing, pixels
    #[arg(long, value_name = "N", default_value_t = 1200, requires = "drawings", value_parser = whole(200..=8000_u32))]
    pub size: u32,
}
