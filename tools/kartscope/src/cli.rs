//! The command line: its options, their meaning and their defaults.

use std::path::PathBuf;

use clap::{ArgGroup, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use mkds_formats::names::Course as GameCourse;
use outputs::Outputs;

use crate::commands::inspect::source::Moment;
use crate::picture::Overlays;

mod combinations;
mod inspect;
mod paths;
pub mod values;
pub use inspect::{
    Course, Diff, Dump, Events, Fields, Format, Inspect, InspectCommand, Search, Show, ValueKind,
    Watch,
};
pub use paths::OutputPath;
#[cfg(feature = "torch")]
use values::setting;
use values::whole;

/// Read, drive and learn Mario Kart DS.
///
/// Everything runs on the bundled game unless --rom or KARTSCOPE_ROM names your own Mario Kart DS ROM.
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

impl Cli {
    /// The command line of this process, and the outputs of its command.
    ///
    /// # Errors
    /// When it is invalid; or it asks for help or the version, which the error prints.
    pub fn read() -> Result<(Self, Outputs), clap::Error> {
        let matches = Self::command().try_get_matches()?;
        let cli = Self::from_arg_matches(&matches)?;
        cli.check()?;
        Ok((cli, Outputs::of_command(paths::inputs(&matches))))
    }
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Your Mario Kart DS ROM, in place of the bundled game
    #[arg(long, global = true, value_name = "FILE", env = "KARTSCOPE_ROM")]
    pub rom: Option<PathBuf>,
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
    Ghosts(Ghosts),
    /// Race the scripted driver; the game's own ghost of the race goes into a save file, or the race into a movie
    Drive(Drive),
    /// Turn the ghosts of save files into movies that the emulator plays
    Process(Process),
    /// Play movies and write observations and inputs as a dataset
    Record(Record),
    /// Play movies: check them, draw them
    Replay(Replay),
    /// Open a window: watch, drive and rewind games, with overlays drawn over them. Without arguments, begin a game or open a
    /// file there, or resume a session that was not saved
    #[cfg(feature = "window")]
    Debug(Debug),
    /// Inspect main RAM and courses: fields, symbols, changes, searches
    Inspect(Inspect),
    /// Train a driver on datasets by behavioural cloning
    #[cfg(feature = "torch")]
    Train(Train),
    /// Race a trained driver in closed loop against the ghosts of movies
    #[cfg(feature = "torch")]
    Eval(Eval),
    /// Check the known addresses and structures against a ROM, and that the ghosts of a save finish in their times
    Verify(Verify),
    /// Report what is installed, which devices there are and whether the ROM is known
    Doctor,
    /// Print the completion script of a shell
    Completions {
        /// The shell to complete in
        shell: clap_complete::Shell,
    },
}

/// `kartscope ghosts`.
#[derive(Debug, Args)]
pub struct Ghosts {
    /// What to do with them.
    #[command(subcommand)]
    pub command: GhostsCommand,
}

/// What to do with ghosts.
#[derive(Debug, Subcommand)]
pub enum GhostsCommand {
    /// List the ghosts of a save file
    List(ListGhosts),
    /// Write each ghost of a save file to a separate file
    Extract(ExtractGhosts),
    /// Put runs into a save file as ghosts, to race against them
    Inject(InjectGhosts),
}

/// `kartscope ghosts list`.
#[derive(Debug, Args)]
pub struct ListGhosts {
    /// A save file: raw, DeSmuME's .dsv, an Action Replay's .duc or no$gba's
    pub save: PathBuf,
}

/// `kartscope ghosts extract`.
#[derive(Debug, Args)]
pub struct ExtractGhosts {
    /// A save file: raw, DeSmuME's .dsv, an Action Replay's .duc or no$gba's
    pub save: PathBuf,
    /// Folder for the ghosts
    #[arg(long, short, value_name = "DIR", default_value = "ghosts")]
    pub output: OutputPath,
    /// Only ghosts of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = values::course)]
    pub course_name: Vec<&'static GameCourse>,
}

/// `kartscope ghosts inject`.
#[derive(Debug, Args)]
pub struct InjectGhosts {
    /// Movies, extracted ghosts, saves or folders of datasets, recognised by their content. Of several runs on a
    /// course the fastest is taken
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// The save file to add the ghosts to; a blank one when left out
    #[arg(long, value_name = "SAVE")]
    pub into: Option<OutputPath>,
    /// The save file to write; it may be the one of --into
    #[arg(long, short, value_name = "SAVE")]
    pub output: OutputPath,
    /// Replace the save's ghosts on the same courses
    #[arg(long, requires = "into")]
    pub replace: bool,
    /// The player's name for ghosts from movies and datasets, which have none
    #[arg(long, value_name = "NAME", default_value = "kartscope", value_parser = values::nickname)]
    pub nickname: String,
}

/// `kartscope drive`.
#[derive(Debug, Args)]
pub struct Drive {
    /// Courses to race, by abbreviation; all courses of the game when left out
    #[arg(long, short, value_name = "CODE", value_parser = values::course)]
    pub course_name: Vec<&'static GameCourse>,
    /// Continue the race of a save state, DeSmuME's (.dst, .ds0 to .ds9) or kartscope's, in place of starting through the
    /// menus: only a movie is written, with the state beside it
    #[arg(
        long,
        value_name = "FILE",
        requires = "movies",
        conflicts_with_all = ["course_name", "character", "kart", "against_ghost", "output"]
    )]
    pub state: Option<PathBuf>,
    /// The driver's character, 0 to 11
    #[arg(long, default_value_t = 0, value_parser = whole(0..=11_u8))]
    pub character: u8,
    /// The driver's kart, 0 to 35
    #[arg(long, default_value_t = 0, value_parser = whole(0..=35_u8))]
    pub kart: u8,
    /// Style of the driver: each seed drives another line
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
    /// Drive without drifts, away from the road's edges: slower, and easier to learn from
    #[arg(long)]
    pub calm: bool,
    /// Push the driver off its line at random; the movies mark the frames that it drives itself as corrections, from which
    /// `record --corrections` makes a dataset
    #[arg(long, requires = "movies")]
    pub disturb: bool,
    /// Race against the save file's ghost of the course
    #[arg(long)]
    pub against_ghost: bool,
    /// Folder for the races as movies; none are written when left out
    #[arg(long, value_name = "DIR")]
    pub movies: Option<OutputPath>,
    /// The save file to write, with one ghost a course. An existing save is used and kept; a course of which it has a ghost
    /// is raced only with --replace or for a movie
    #[arg(long, short, value_name = "SAVE", default_value = "ghosts.sav")]
    pub output: OutputPath,
    /// Replace ghosts of the save that are slower than the driver
    #[arg(long, conflicts_with = "state")]
    pub replace: bool,
}

/// `kartscope process`.
#[derive(Debug, Args)]
pub struct Process {
    /// Save files with ghosts
    #[arg(required = true, value_name = "SAV")]
    pub saves: Vec<PathBuf>,
    /// Folder for the movies
    #[arg(long, short, value_name = "DIR", default_value = "movies")]
    pub output: OutputPath,
    /// Only ghosts of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = values::course)]
    pub course_name: Vec<&'static GameCourse>,
    /// Emulators that run side by side; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}

/// `kartscope record`.
#[derive(Debug, Args)]
pub struct Record {
    /// Movies, folders of movies, or save files with --process
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// Folder for the dataset
    #[arg(long, short, value_name = "DIR", default_value = "dataset")]
    pub output: OutputPath,
    /// The save state that the movies start from, in place of the .dst beside each
    #[arg(long, value_name = "FILE", conflicts_with = "process")]
    pub state: Option<PathBuf>,
    /// Emulators that run side by side; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
    /// Watch the movies in a window while they are recorded
    #[arg(long)]
    pub window: bool,
    /// Turn save files among the sources into movies first, in DIR/movies
    #[arg(long)]
    pub process: bool,
    /// Only the frames that movies mark as corrections: those in which a human replaced an agent, or in which the
    /// driver of `drive --disturb` drove itself
    #[arg(long, conflicts_with = "process")]
    pub corrections: bool,
}

const REPLAY: &str = "\
Examples:
  kartscope replay race.dsm
  kartscope replay race.dsm --png race.png --frame race+600
  kartscope replay race.dsm --gif race.gif --from race+600 --to race+900
  kartscope replay race.dsm --video race.mp4 --overlays rays,checkpoints

The ffmpeg of a video is the one in PATH, or the one that KARTSCOPE_FFMPEG names.";

/// `kartscope replay`.
#[derive(Debug, Args)]
#[command(after_help = REPLAY)]
#[command(group(ArgGroup::new("pictures").args(["png", "gif", "video"]).multiple(true)))]
#[command(group(ArgGroup::new("moving").args(["gif", "video"]).multiple(true)))]
pub struct Replay {
    /// Movies to play
    #[arg(required = true, value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// The save state that the movies start from, in place of the .dst beside each
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Write the race as an animated GIF
    #[arg(long, value_name = "FILE")]
    pub gif: Option<OutputPath>,
    /// Write the race as a video, .mp4 or .webm, without sound; needs ffmpeg
    #[arg(long, value_name = "FILE")]
    pub video: Option<OutputPath>,
    /// Write one frame of the race as PNG
    #[arg(long, value_name = "FILE")]
    pub png: Option<OutputPath>,
    /// The frame that --png shows: N, race+N, end; the middle of the race when left out
    #[arg(long, value_name = "FRAME", requires = "png")]
    pub frame: Option<Moment>,
    /// The first frame of GIF and video: N, race, race+N; the start signal when left out
    #[arg(long, value_name = "FRAME", requires = "moving")]
    pub from: Option<Moment>,
    /// The last frame of GIF and video: N, race+N, end; when left out, a video shows the whole race and a GIF ten seconds
    #[arg(long, value_name = "FRAME", requires = "moving")]
    pub to: Option<Moment>,
    /// Enlarge the pictures
    #[arg(long, value_name = "N", default_value_t = 2, requires = "pictures", value_parser = whole(1..=8_u32))]
    pub scale: u32,
    /// Frames of the game for each of the GIF; a video shows them all
    #[arg(long, value_name = "N", default_value_t = 4, requires = "gif", value_parser = whole(1..=60_u64))]
    pub gif_every: u64,
    /// Overlays to draw: names separated by commas, or `all`, or `default`; checkpoints, rays and buttons
    /// when left out
    #[arg(
        long,
        value_name = "NAMES",
        requires = "pictures",
        conflicts_with = "plain"
    )]
    pub overlays: Option<Overlays>,
    /// Show the game alone, without overlays
    #[arg(long, requires = "pictures")]
    pub plain: bool,
}

impl Replay {
    /// Whether the command line asks for pictures.
    #[must_use]
    pub fn draws(&self) -> bool {
        self.png.is_some() || self.gif.is_some() || self.video.is_some()
    }
}

/// `kartscope debug`.
#[cfg(feature = "window")]
#[derive(Debug, Args)]
pub struct Debug {
    /// What to show; when left out, the window lets you choose, or resumes the session of a window that ended without
    /// saving.
    #[command(subcommand)]
    pub command: Option<DebugCommand>,
    /// Begin from a save state, DeSmuME's or kartscope's; with movies, the one that they start from, in place of the .dst
    /// beside each
    #[arg(long, global = true, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Race against the drivers of these movies, drawn as ghosts
    #[arg(long, global = true, value_name = "MOVIE")]
    pub ghost: Vec<PathBuf>,
    /// Close the window automatically after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub seconds: Option<f64>,
}

#[cfg(feature = "window")]
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=1e9).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number of seconds from 0 on".to_owned()),
    }
}

/// The contents of the window.
#[cfg(feature = "window")]
#[derive(Debug, Subcommand)]
pub enum DebugCommand {
    /// Play movies
    Movie {
        /// Movies, side by side
        #[arg(required = true, value_name = "MOVIE")]
        movies: Vec<PathBuf>,
    },
    /// Play yourself
    Play(PlayGame),
    /// Watch a trained driver, and correct it
    #[cfg(feature = "torch")]
    Agent(DebugAgent),
}

/// `kartscope debug play`.
#[cfg(feature = "window")]
#[derive(Debug, Args)]
pub struct PlayGame {
    /// A movie to play first, usually of the menus; you drive from its end on
    pub movie: Option<PathBuf>,
    /// Begin in a race on this course, by abbreviation; at power-on, or in the save state, when left out
    #[arg(long, short, value_name = "CODE", value_parser = values::course, conflicts_with = "movie")]
    pub course_name: Option<&'static GameCourse>,
    /// Your character in that race, 0 to 11
    #[arg(long, default_value_t = 0, requires = "course_name", value_parser = whole(0..=11_u8))]
    pub character: u8,
    /// Your kart in that race, 0 to 35
    #[arg(long, default_value_t = 0, requires = "course_name", value_parser = whole(0..=35_u8))]
    pub kart: u8,
    /// A save file to begin with; it is not changed
    #[arg(long, value_name = "SAVE", conflicts_with = "movie")]
    pub save: Option<PathBuf>,
}

/// `kartscope debug agent`.
#[cfg(all(feature = "window", feature = "torch"))]
#[derive(Debug, Args)]
pub struct DebugAgent {
    /// A model, as `train` writes it
    pub model: PathBuf,
    /// Movies whose courses and karts to race with, side by side
    #[arg(value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// The course to race on without a movie or a save state, by abbreviation
    #[arg(long, short, value_name = "CODE", default_value = "f8c", value_parser = values::course, conflicts_with = "movies")]
    pub course_name: &'static GameCourse,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
}

/// `kartscope train`.
#[cfg(feature = "torch")]
#[derive(Debug, Args)]
pub struct Train {
    /// Datasets, as `record` writes them
    #[arg(required = true, value_name = "DATASET")]
    pub datasets: Vec<PathBuf>,
    /// Folder for the model
    #[arg(long, short, value_name = "DIR", default_value = "model")]
    pub output: OutputPath,
    /// Network: mlp or lstm
    #[arg(long, default_value = "mlp")]
    pub model_name: learn::bc::ModelName,
    /// Only movies of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = values::course)]
    pub course_name: Vec<&'static GameCourse>,
    /// Passes over the training movies at most
    #[arg(
        long,
        short,
        default_value_t = 30,
        value_parser = setting("a whole number", |config, epochs| config.epochs = epochs)
    )]
    pub epochs: u32,
    /// Learning rate, above 0
    #[arg(
        long,
        default_value_t = 1e-3,
        value_parser = setting("a number", |config, lr| config.lr = lr)
    )]
    pub lr: f64,
    /// Frames a gradient step
    #[arg(
        long,
        default_value_t = 512,
        value_parser = setting("a whole number", |config, size| config.batch_size = size)
    )]
    pub batch_size: usize,
    /// Part of the movies to train on, above 0 and up to 1; the rest validate
    #[arg(
        long,
        default_value_t = 0.8,
        value_parser = setting("a number", |config, ratio| config.split_ratio = ratio)
    )]
    pub split_ratio: f64,
    /// Frames that the network sees at once; the network's own default when left out
    #[arg(
        long,
        value_parser = setting("a whole number", |config, frames| config.seq_len = frames)
    )]
    pub seq_len: Option<usize>,
    /// Processor threads to compute on; only one gives the same bits on every run
    #[arg(long, value_name = "N", default_value = "1", value_parser = values::count)]
    pub threads: std::num::NonZeroUsize,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
    /// Seed of the split, the weights and the order
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
}

/// `kartscope eval`.
#[cfg(feature = "torch")]
#[derive(Debug, Args)]
pub struct Eval {
    /// A model, as `train` writes it
    pub model: PathBuf,
    /// Movies whose course, kart and time to race against; the races of a movie that starts from a save state begin
    /// there
    #[arg(required_unless_present = "state", value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// Begin the races from a save state, DeSmuME's or kartscope's; with movies, the one that they start from, in place of
    /// the .dst beside each
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
    /// Races a movie, each from another start
    #[arg(long, default_value_t = 10, value_parser = whole(1..=u32::MAX))]
    pub episodes: u32,
    /// Fail when fewer than this part of the races finish, 0 to 1
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    pub require_finish: Option<f64>,
    /// Seed of the varied starts
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
    /// Watch the races in a window, as fast as they are run
    #[arg(long)]
    pub window: bool,
    /// Write a race of the driver, from power-on or from the save state, as a movie
    #[arg(long, value_name = "FILE")]
    pub movie: Option<OutputPath>,
    /// Emulators that run side by side; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}

/// `kartscope verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// A save file whose ghosts to race: .sav, or DeSmuME's .dsv; with your own ROM its unlocks are used too
    pub save: Option<PathBuf>,
    /// Check the race of a save state, DeSmuME's or kartscope's, in place of one started through the menus
    #[arg(long, value_name = "FILE", conflicts_with = "save")]
    pub state: Option<PathBuf>,
    /// Emulators that race ghosts side by side; the number of cores when left out
    #[arg(long, value_name = "N", requires = "save", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}
