//! `kartscope record`: makes a dataset from movies.

use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;
use env_kart::race_env::PadOf;
use env_kart::runs::MachineOf;
use learn::dataset::{Encoding, Rows, Schema, Source, Writer};
#[cfg(feature = "window")]
use learn::dataset::{MANIFEST, Manifest};
use learn::record::{self, Part, SourceMovie, Watch};
use machine::Picture;
use outputs::Outputs;
use serde::Serialize;

use crate::arguments::{OutputPath, values};
use crate::commands::process;
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::{GameChoice, GhostGame, KartGame, of_game};
use crate::report::Report;
use crate::watch::{self, Viewer};
use crate::{interrupt, json_path, workers};

/// `kartscope record`.
#[derive(Debug, Args)]
pub struct Record {
    /// Movies, folders of movies, or save files with --process
    #[arg(required = true, value_name = "SOURCE")]
    pub sources: Vec<PathBuf>,
    /// Folder for the dataset
    #[arg(long, short, value_name = "DIR", default_value = "dataset")]
    pub output: OutputPath,
    /// The save state that the movies start from, in place of the .dst (.st of a Nintendo 64) beside each
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
    /// What pictures the rows have.
    #[command(flatten)]
    pub pictures: PictureArguments,
}

/// The pictures of a recording's rows.
#[derive(Debug, Args)]
pub struct PictureArguments {
    /// Record a picture in each row: what the player sees when the row's input is made, on the screen that shows the race (the
    /// upper one of a DS)
    #[arg(long)]
    pub pictures: bool,
    /// Time from one row to the next, as 200ms, or in frames, as 12
    #[arg(
        long,
        value_name = "TIME",
        default_value = "200ms",
        requires = "pictures"
    )]
    pub every: Every,
    /// Width and height that pictures are scaled to; the screen's own when left out (256x192 on a DS, 320x240 on a
    /// Nintendo 64)
    #[arg(long, value_name = "WxH", value_parser = size, requires = "pictures")]
    pub size: Option<[u32; 2]>,
    /// How pictures are encoded: png, jpeg or jpeg:QUALITY (1 to 100)
    #[arg(long, value_name = "ENCODING", default_value_t, requires = "pictures")]
    pub encoding: Encoding,
}

impl PictureArguments {
    /// What a row is.
    fn schema<G: KartGame>(&self) -> Result<Schema> {
        Ok(match self.pictures {
            true => {
                let frames = self.every.frames::<G>();
                record::schema_with_pictures::<G>(frames, self.size, self.encoding)?
            }
            false => record::schema::<G>()?,
        })
    }
}

/// The time from one row to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// So many frames.
    Frames(NonZeroU32),
    /// So many milliseconds, which are rounded to the nearest frame in which the game reads its pad.
    Milliseconds(NonZeroU32),
}

impl Every {
    /// The frames on a game's console.
    fn frames<G: KartGame>(self) -> NonZeroU32 {
        match self {
            Self::Frames(frames) => frames,
            Self::Milliseconds(ms) => {
                let hertz = <MachineOf<G> as machine::Machine>::HARDWARE
                    .frame_rate
                    .hertz();
                let read = G::FRAMES_PER_ROW;
                let reads = f64::from(ms.get()) / 1000.0 * hertz / f64::from(read.get());
                let reads = NonZeroU32::new(reads.round() as u32).unwrap_or(NonZeroU32::MIN);
                read.saturating_mul(reads)
            }
        }
    }
}

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, kind): (_, fn(NonZeroU32) -> Self) = match text.strip_suffix("ms") {
            Some(number) => (number, Self::Milliseconds),
            None => (text, Self::Frames),
        };
        let expected =
            "expected a time such as 200ms, or a number of frames such as 12, up to 60000";
        let number = values::whole(1..=60_000_u32)(number)
            .ok()
            .and_then(NonZeroU32::new);
        number.map(kind).ok_or_else(|| expected.to_owned())
    }
}

/// Width and height in pixels.
fn size(text: &str) -> Result<[u32; 2], String> {
    let side = values::whole(1..=1024_u32);
    let sides = text
        .split_once('x')
        .map(|(width, height)| [side(width), side(height)]);
    match sides {
        Some([Ok(width), Ok(height)]) => Ok([width, height]),
        _ => Err("expected a width and a height from 1 to 1024, such as 320x240".to_owned()),
    }
}

/// The result of a recording.
#[derive(Serialize)]
struct Recorded {
    #[serde(serialize_with = "json_path::serialize")]
    dataset: PathBuf,
    movies: usize,
    rows: u64,
    /// Movies that were in the dataset already.
    kept: usize,
    /// Movies that were given more than once, by their content.
    copies: usize,
    /// Movies without corrections, if only corrections are recorded.
    uncorrected: usize,
}

/// Plays a movie and adds its rows to the dataset in a folder, with pictures if it has some; the dataset is created without
/// pictures if it does not exist. Returns the number of the movie's rows.
///
/// # Errors
/// When the movie can't be read or played, diverges from its recording, holds no race or none of the requested
/// corrections, or the dataset can't be written.
#[cfg(feature = "window")]
pub fn add_movie<G: KartGame>(
    game: &Game,
    movie: &Path,
    dataset: &Path,
    part: Part,
) -> Result<u64> {
    let schema = match dataset.join(MANIFEST).try_exists()? {
        true => Manifest::read(dataset)?.schema(),
        false => record::schema::<G>()?,
    };
    let mut writer = Writer::open(dataset, &schema)?;
    let task = Task::<G>::read(game, movie)?;
    if let Some(there) = task.movie.entry(&writer, part)? {
        return Ok(there.rows);
    }
    let recorded = task.record(game, part, &schema, &watch::Viewers::none().claim())?;
    let (source, rows) = recorded.with_context(|| no_corrections(movie))?;
    Ok(writer.add(source, &rows)?.rows)
}

/// A movie to record, and its file.
struct Task<G: KartGame> {
    path: PathBuf,
    movie: SourceMovie<G>,
}

impl<G: KartGame> Task<G> {
    /// Reads a movie, which must be complete, and the save state that it starts from.
    fn read(game: &Game, path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let movie = SourceMovie::new(&name, &files::read(path, Input::Movie)?)?;
        let movie = match game.state_of::<G>(path, movie.movie())? {
            Some(state) => movie.from_state(&files::read(&state, Input::State)?),
            None => movie,
        };
        Ok(Self {
            path: path.to_owned(),
            movie,
        })
    }

    /// The movie's rows and their source; `None` for a movie without the requested corrections.
    fn record(
        &self,
        game: &Game,
        part: Part,
        schema: &Schema,
        viewer: &Viewer<'_, G>,
    ) -> Result<Option<(Source, Rows)>> {
        let replay = game.replay::<G>(&self.path, self.movie.movie())?;
        let recorded = record::record(&self.movie, replay, part, schema, &mut Shown(viewer));
        interrupt::check()?;
        Ok(recorded?)
    }
}

/// Shows a movie while it is recorded, until the user interrupts.
struct Shown<'a, 'v, G: KartGame>(&'a Viewer<'v, G>);

impl<G: KartGame> Watch<G> for Shown<'_, '_, G> {
    fn picture(&self) -> Picture {
        self.0.picture()
    }

    fn frame(&mut self, machine: &MachineOf<G>, pad: PadOf<G>) -> ControlFlow<()> {
        self.0.show(machine, pad);
        interrupt::control_flow()
    }
}

fn no_corrections(movie: &Path) -> String {
    format!(
        "{}: expected comments that name the frames to learn from, found none",
        movie.display()
    )
}

/// Plays movies and adds their rows to a dataset.
///
/// # Errors
/// When a movie can't be read or played, is incomplete, diverges from its recording or holds no race, no movie
/// has corrections although they are requested, or the dataset is damaged or can't be written. The other movies are added
/// nevertheless.
pub fn run(args: &Record, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    outputs.require_free_folder(&args.output)?;
    let game = Game::open(choice)?.with_state(args.state.as_deref());
    of_game!(game.kind, G => record_on::<G>(args, &game, outputs, report))
}

fn record_on<G: GhostGame>(
    args: &Record,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    interrupt::catch()?;
    let schema = args.pictures.schema::<G>()?;
    let mut failures = Failures::none("sources", report);
    let (movies, saves) = sort_sources::<G>(args, &mut failures);
    let mut read = read_movies::<G>(game, movies, &mut failures);
    ensure!(
        !args.process || !saves.is_empty() || !failures.are_none(),
        "--process: expected a save file among the sources, found none"
    );
    let mut writer = Writer::open(&*args.output, &schema)?;
    if !saves.is_empty() {
        let folder = args.output.join("movies");
        let proc = args.num_proc;
        let made = process::make::<G>(game, &saves, &folder, &[], proc, outputs, &mut failures)?;
        let made = made.into_iter().map(|made| made.movie);
        read.extend(read_movies::<G>(game, made, &mut failures));
    }
    let part = match args.corrections {
        true => Part::Corrections,
        false => Part::Race,
    };
    let (mut kept, mut copies, mut uncorrected) = (0, 0, 0);
    let mut tasks = Vec::new();
    let mut order = Vec::new();
    for task in read {
        let path = task.path.display().to_string();
        let sha256 = task.movie.sha256();
        if order.contains(&sha256) {
            report.step(format_args!("{path}: the same movie as one before"));
            copies += 1;
            continue;
        }
        order.push(sha256);
        let there = task.movie.entry(&writer, part).map(|there| there.is_some());
        match failures.check(there.with_context(|| path.clone())) {
            Some(true) => {
                report.step(format_args!("{path}: in the dataset already"));
                kept += 1;
            }
            Some(false) => tasks.push(task),
            None => {}
        }
    }
    let progress = report.progress(tasks.len() as u64, "movies");
    let workers = workers::count(args.num_proc);
    watch::perform(args.window, workers.min(tasks.len()), "record", |viewers| {
        let work = |task: &Task<G>| task.record(game, part, &schema, &viewers.claim());
        workers::run(&tasks, workers, work, |Task { path, .. }, result| {
            progress.inc(1);
            let added = result.and_then(|recorded| match recorded {
                Some((source, rows)) => Ok(Some(writer.add(source, &rows)?.rows)),
                None => Ok(None),
            });
            match failures.keep(added.with_context(|| path.display().to_string())) {
                Some(None) => {
                    report.note(format_args!("left out: {}", no_corrections(path)));
                    uncorrected += 1;
                }
                Some(Some(rows)) => {
                    report.step(format_args!("{}: {rows} rows", path.display()));
                }
                None => {}
            }
        });
        Ok(())
    })?;
    progress.finish_and_clear();
    writer.arrange(&order)?;
    let movies = &writer.manifest().movies;
    interrupt::check_keeping(
        movies.len(),
        format_args!(
            "{} movies are kept, and the same command continues from there",
            movies.len()
        ),
    )?;
    let recorded = Recorded {
        dataset: args.output.to_path_buf(),
        movies: movies.len(),
        rows: movies.iter().map(|movie| movie.rows).sum(),
        kept,
        copies,
        uncorrected,
    };
    ensure!(
        !failures.are_none() || recorded.kept + tasks.len() > uncorrected,
        "--corrections: expected a movie that names corrections, found none"
    );
    if recorded.movies > 0 {
        report.summary(&recorded, |recorded, output| {
            Ok(writeln!(
                output,
                "{}: {} movies, {} rows",
                recorded.dataset.display(),
                recorded.movies,
                recorded.rows
            )?)
        })?;
    }
    failures.end()
}

/// The movies of the sources, those of folders in order, and the save files, whose ghosts are recorded with `--process`.
fn sort_sources<G: GhostGame>(
    args: &Record,
    failures: &mut Failures,
) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut movies, mut saves) = (Vec::new(), Vec::new());
    for source in &args.sources {
        if source.is_dir() {
            let found = failures.check(movies_in(source, G::MOVIES.ending));
            movies.extend(found.into_iter().flatten());
        } else if !is_save::<G>(source) {
            movies.push(source.clone());
        } else if args.process {
            saves.push(source.clone());
        } else {
            let source = source.display();
            failures.keep::<()>(Err(anyhow!("{source} is a save file: add --process")));
        }
    }
    (movies, saves)
}

/// The movies that can be read.
fn read_movies<G: KartGame>(
    game: &Game,
    movies: impl IntoIterator<Item = PathBuf>,
    failures: &mut Failures,
) -> Vec<Task<G>> {
    let mut tasks = Vec::new();
    for path in movies {
        let task = Task::read(game, &path).with_context(|| path.display().to_string());
        tasks.extend(failures.check(task));
    }
    tasks
}

/// Whether a file's content is a save. A file that can't be read counts as a movie, whose recording reports the error.
fn is_save<G: GhostGame>(path: &Path) -> bool {
    files::read(path, Input::Save).is_ok_and(|bytes| G::parse_save(&bytes).is_ok())
}

fn movies_in(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let context = || format!("can't read the folder {}", folder.display());
    let mut movies = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            movies.push(path);
        }
    }
    ensure!(
        !movies.is_empty(),
        "{}: expected movies (*.{ending}), found none",
        folder.display()
    );
    movies.sort();
    Ok(movies)
}

#[cfg(test)]
mod tests {
    use env_mk64::game::MarioKart64;
    use env_mkds::game::MarioKartDs;

    use super::*;

    #[test]
    fn a_time_is_rounded_to_frames_in_which_the_game_reads_its_pad() {
        let frames = |text: &str| {
            let every: Every = text.parse().expect(text);
            let [ds, n64] = [every.frames::<MarioKartDs>(), every.frames::<MarioKart64>()];
            [ds.get(), n64.get()]
        };
        assert_eq!(frames("200ms"), [12, 12]);
        assert_eq!(frames("50ms"), [3, 4]);
        assert_eq!(frames("1ms"), [1, 2]);
        assert_eq!(frames("7"), [7, 7]);
        for text in ["", "0", "0ms", "ms", "-1", "1.5", "200 ms", "1s", "60001"] {
            text.parse::<Every>().expect_err(text);
        }
    }

    #[test]
    fn a_size_is_a_width_and_a_height() {
        assert_eq!(size("200x66"), Ok([200, 66]));
        for text in [
            "", "200", "200x", "x66", "0x66", "200x1025", "200X66", "1x2x3",
        ] {
            size(text).expect_err(text);
        }
    }
}
