//! `kartscope record`: makes a dataset from movies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use clap::Args;
use desmume::Options;
use env_mkds::facts;
use env_mkds::observation::{Observation, Observer};
use env_mkds::reward::{FINISH_REWARD, PROGRESS_REWARD};
use env_mkds::runs::completeness::require_complete;
use env_mkds::runs::corrections::Corrections;
use env_mkds::runs::outcome;
use env_mkds::runs::replay::Replay;
use learn::dataset::{Movie as DatasetMovie, Outcome, Row, Rows, Schema, Source, Writer};
use mkds_formats::ghost::PLAYBACK_DELAY;
use mkds_formats::sav;
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use nds_formats::battery;
use nds_formats::dsm::Movie;
use nds_formats::pad::Pad;
use nds_formats::rom::{self, RomHeader};
use outputs::Outputs;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::arguments::{OutputPath, values};
use crate::commands::process;
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::GameChoice;
use crate::report::Report;
use crate::watch::{self, Viewer};
use crate::{courses, interrupt, json_path, schema, workers};

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

/// Frames between two checks for Ctrl-C.
const INTERRUPT_EVERY: u64 = 256;

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

/// The part of a movie that becomes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole race.
    Race,
    /// The frames that the movie's comments name as corrections.
    Corrections,
}

impl Part {
    fn of(source: &Source) -> Self {
        match source.corrections {
            true => Self::Corrections,
            false => Self::Race,
        }
    }
}

/// Plays a movie and adds its rows to the dataset in a folder, which is created if it does not exist; returns the number
/// of the movie's rows.
///
/// # Errors
/// When the movie can't be read or played, diverges from its recording, holds no race or none of the requested
/// corrections, or the dataset can't be written.
#[cfg(feature = "window")]
pub fn add_movie(game: &Game, movie: &Path, dataset: &Path, part: Part) -> Result<u64> {
    let schema = schema::observation()?;
    let mut writer = Writer::open(dataset, &schema)?;
    let source_movie = SourceMovie::read(game, movie)?;
    if let Some(there) = source_movie.entry(&writer, part)? {
        return Ok(there.rows);
    }
    let recorded = record(
        game,
        &schema,
        &source_movie,
        part,
        &watch::Viewers::none().claim(),
    )?;
    let (source, rows) = recorded.with_context(|| no_corrections(movie))?;
    Ok(writer.add(source, &rows)?.rows)
}

/// A movie to record.
struct SourceMovie {
    path: PathBuf,
    movie: Movie,
    /// [`Source::movie_sha256`].
    sha256: String,
    /// [`Source::state_sha256`].
    state_sha256: Option<String>,
}

impl SourceMovie {
    /// Reads a movie, which must be complete, and the save state that it starts from.
    fn read(game: &Game, path: &Path) -> Result<Self> {
        let bytes = files::read(path, Input::Movie)?;
        let movie = Movie::parse(&bytes)?;
        require_complete(&movie)?;
        let state = match game.state_of(path, &movie)? {
            Some(state) => Some(files::read(&state, Input::State)?),
            None => None,
        };
        let sha256 = Sha256::new()
            .chain_update(&bytes)
            .chain_update(state.as_deref().unwrap_or_default());
        Ok(Self {
            path: path.to_owned(),
            movie,
            sha256: hex(sha256.finalize()),
            state_sha256: state.map(|state| hex(Sha256::digest(state))),
        })
    }

    /// The movie's entry, if the dataset has this part of it already.
    fn entry<'a>(&self, writer: &'a Writer, part: Part) -> Result<Option<&'a DatasetMovie>> {
        let there = writer.movie(&self.sha256);
        if let Some(there) = there
            && Part::of(&there.source) != part
        {
            let (has, other) = match part {
                Part::Race => ("corrections", "the whole race"),
                Part::Corrections => ("whole race", "the corrections"),
            };
            bail!("the dataset has the movie's {has}: expected another folder for {other}");
        }
        Ok(there)
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
    interrupt::catch()?;
    let schema = schema::observation()?;
    let mut failures = Failures::none("sources", report);
    let (movies, saves) = sort_sources(args, &mut failures);
    let mut source_movies = read_source_movies(&game, movies, &mut failures);
    ensure!(
        !args.process || !saves.is_empty() || !failures.are_none(),
        "--process: expected a save file among the sources, found none"
    );
    let mut writer = Writer::open(&*args.output, &schema)?;
    if !saves.is_empty() {
        let folder = args.output.join("movies");
        let (proc, all) = (args.num_proc, |_| true);
        let made = process::make(&game, &saves, &folder, &all, proc, outputs, &mut failures)?;
        let made = made.into_iter().map(|made| made.movie);
        source_movies.extend(read_source_movies(&game, made, &mut failures));
    }
    let part = match args.corrections {
        true => Part::Corrections,
        false => Part::Race,
    };
    let (mut kept, mut copies, mut uncorrected) = (0, 0, 0);
    let mut tasks = Vec::new();
    let mut order = Vec::new();
    for source_movie in source_movies {
        let path = source_movie.path.display().to_string();
        if order.contains(&source_movie.sha256) {
            report.step(format_args!("{path}: the same movie as one before"));
            copies += 1;
            continue;
        }
        order.push(source_movie.sha256.clone());
        let there = source_movie
            .entry(&writer, part)
            .map(|there| there.is_some());
        match failures.check(there.context(path.clone())) {
            Some(true) => {
                report.step(format_args!("{path}: in the dataset already"));
                kept += 1;
            }
            Some(false) => tasks.push(source_movie),
            None => {}
        }
    }
    let progress = report.progress(tasks.len() as u64, "movies");
    let workers = workers::count(args.num_proc);
    watch::perform(args.window, workers.min(tasks.len()), "record", |viewers| {
        let work = |source_movie: &SourceMovie| {
            record(&game, &schema, source_movie, part, &viewers.claim())
        };
        workers::run(&tasks, workers, work, |SourceMovie { path, .. }, result| {
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
fn sort_sources(args: &Record, failures: &mut Failures) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut movies, mut saves) = (Vec::new(), Vec::new());
    for source in &args.sources {
        if source.is_dir() {
            let found = failures.check(movies_in(source));
            movies.extend(found.into_iter().flatten());
        } else if !is_save(source) {
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
fn read_source_movies(
    game: &Game,
    movies: impl IntoIterator<Item = PathBuf>,
    failures: &mut Failures,
) -> Vec<SourceMovie> {
    let mut source_movies = Vec::new();
    for path in movies {
        let source_movie =
            SourceMovie::read(game, &path).with_context(|| path.display().to_string());
        source_movies.extend(failures.check(source_movie));
    }
    source_movies
}

/// Whether a file's content is a save. A file that can't be read counts as a movie, whose recording reports the error.
fn is_save(path: &Path) -> bool {
    files::read(path, Input::Save).is_ok_and(|bytes| sav::Save::parse(&bytes).is_ok())
}

fn movies_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let context = || format!("can't read the folder {}", folder.display());
    let mut movies = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        if path.extension().is_some_and(|extension| extension == "dsm") {
            movies.push(path);
        }
    }
    ensure!(
        !movies.is_empty(),
        "{}: expected movies (*.dsm), found none",
        folder.display()
    );
    movies.sort();
    Ok(movies)
}

/// A movie's rows and their source; `None` for a movie without the requested corrections.
fn record(
    game: &Game,
    schema: &Schema,
    source_movie: &SourceMovie,
    part: Part,
    viewer: &Viewer<'_>,
) -> Result<Option<(Source, Rows)>> {
    let SourceMovie { path, movie, .. } = source_movie;
    let corrections = Corrections::of_movie(movie)?;
    if part == Part::Corrections && corrections.is_empty() {
        return Ok(None);
    }
    let mut player = game.replay(path, movie)?;
    let mut recorder = Recorder {
        observer: Observer::driving(),
        course: None,
        pad: Pad::empty(),
        rows: Rows::new(schema),
    };
    let mut lap_times_ms = Vec::new();
    let mut seen = None;
    for (index, frame) in (0u64..).zip(&movie.frames) {
        if index % INTERRUPT_EVERY == 0 {
            interrupt::check()?;
        }
        let before = recorder.look(&player)?;
        player.step(viewer.picture())?;
        viewer.show(player.emulator(), frame.pad);
        if let Some(before) = before {
            let race = race(&player)?
                .with_context(|| format!("expected the race at frame {index}, found none"))?;
            recorder.press(frame.pad);
            if part == Part::Race || corrections.contains(index) {
                recorder.add(&before, &race)?;
            }
            seen = env_mkds::menus::combo(&race).or(seen);
            lap_times_ms = outcome::lap_times_ms(&race)?;
        }
        if let Some(divergence) = player.divergence() {
            bail!("{divergence}");
        }
    }
    player.require_finish()?;
    let combo = seen.context("expected a race, found none in the movie")?;
    ensure!(
        !recorder.rows.is_empty(),
        "expected corrections in the movie's race, found all {} of their frames outside it",
        corrections.count()
    );
    let outcome = player.outcome();
    let sram = match movie.header.starts_from_state()? {
        true => None,
        false => movie.header.sram()?,
    };
    let header = RomHeader::parse(&game.rom)?;
    let options = Options::from_movie(movie)?;
    let source = Source {
        movie: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        movie_sha256: source_movie.sha256.clone(),
        rom_sha256: game.sha256(),
        rom_checksum: rom::checksum(&game.rom),
        rom_serial: header.serial(),
        character: combo.character,
        kart: combo.kart,
        course: combo.course,
        course_name: courses::code(combo.course),
        cpu: options.cpu.to_string(),
        clock: options.clock.to_string(),
        firmware: firmware(movie),
        save_sha256: sram
            .as_deref()
            .map(|sram| hex(Sha256::digest(battery::without_container(sram)))),
        state_sha256: source_movie.state_sha256.clone(),
        lap_times_ms,
        total_time_ms: outcome.finished.then_some(outcome.total_ms),
        outcome: if outcome.finished {
            Outcome::Finished
        } else {
            Outcome::Unfinished
        },
        corrections: part == Part::Corrections,
    };
    Ok(Some((source, recorder.rows)))
}

/// The firmware's settings by their names in the movie.
fn firmware(movie: &Movie) -> BTreeMap<String, String> {
    movie
        .header
        .entries()
        .filter(|(key, _)| key.starts_with("firm"))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

fn hex(digest: impl AsRef<[u8]>) -> String {
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn race(player: &Replay) -> Result<Option<Race<'_>>> {
    Ok(Ram::new(player.emulator().main_ram())?.race()?)
}

/// Collects a race's rows.
struct Recorder {
    observer: Observer,
    /// The race's course, once there is a race.
    course: Option<Course>,
    /// The buttons held last.
    pad: Pad,
    rows: Rows,
}

/// The state before a frame of a race.
struct Before {
    frame: u32,
    observation: Observation,
    progress: f32,
}

impl Recorder {
    /// The observation before the next frame; `None` outside a race and before the frames in which inputs count.
    fn look(&mut self, player: &Replay) -> Result<Option<Before>> {
        if player.outcome().finished {
            return Ok(None);
        }
        let Some(race) = race(player)? else {
            return Ok(None);
        };
        let frame = race.state().frame_counter();
        if (frame as usize) <= PLAYBACK_DELAY {
            return Ok(None);
        }
        let course = match &mut self.course {
            Some(course) => course,
            none => none.insert(Course::read(&race)?),
        };
        let moment = facts::moment(&race, course, self.pad)?;
        let mut observation = Observation::default();
        self.observer.observe(&moment, &mut observation);
        Ok(Some(Before {
            frame,
            observation,
            progress: moment.now.race_progress,
        }))
    }

    /// Records the buttons of a frame, which are part of the next observation, also if another driver held them.
    fn press(&mut self, buttons: Pad) {
        self.pad = buttons;
    }

    /// Adds the row of the frame that was played last.
    fn add(&mut self, before: &Before, race: &Race<'_>) -> Result<()> {
        let status = race.driver_status(0)?;
        let race_progress = status.race_progress().to_f32();
        let finish = if race_progress >= 1.0 {
            FINISH_REWARD
        } else {
            0.0
        };
        let reward = f64::from(race_progress - before.progress) * PROGRESS_REWARD + finish;
        self.rows.push(&Row {
            frame: before.frame,
            observation: before.observation.as_ref(),
            buttons: self.pad,
            race_progress,
            lap: status.lap(),
            reward: reward as f32,
        });
        Ok(())
    }
}
