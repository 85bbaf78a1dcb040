//! `kartscope process`: turns ghosts of save files into movies.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;
use desmume::Options;
use env_kart::runs::comments::{self, SOURCE_COMMENT};
use env_mkds::runs::completeness::require_complete_of;
use env_mkds::runs::ghost_movie;
use mkds_formats::ghost::Ghost;
use mkds_formats::names::Course;
use nds_formats::dsm::Movie;
use outputs::{Kind, Outputs};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ghosts::read_save;
use crate::arguments::{OutputPath, values};
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::GameChoice;
use crate::report::Report;
use crate::{courses, interrupt, json_path, workers};

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
    pub course_name: Vec<&'static Course>,
    /// Emulators that run side by side; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}

/// A ghost to turn into a movie.
struct Task {
    save: PathBuf,
    slot: usize,
    ghost: Ghost,
    /// Save memory for the console: the ghost's own save if the game needs its unlocks.
    battery: Option<Vec<u8>>,
    movie: PathBuf,
}

/// A ghost that has a movie.
#[derive(Serialize)]
pub struct ProcessedGhost {
    /// The movie.
    #[serde(serialize_with = "json_path::serialize")]
    pub movie: PathBuf,
    #[serde(serialize_with = "json_path::serialize")]
    save: PathBuf,
    slot: usize,
    course: String,
    total_ms: u32,
    /// Whether the movie existed already, from the same ghost.
    kept: bool,
}

/// Turns ghosts into movies.
///
/// # Errors
/// When a save can't be read or is another game's, a ghost can't be turned into a movie that finishes its race, or its
/// movie exists and is incomplete. The other ghosts' movies are written nevertheless.
pub fn run(args: &Process, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    let game = Game::open_ds(choice)?;
    let wanted = &args.course_name;
    let is_wanted =
        |course: u8| wanted.is_empty() || wanted.iter().any(|wanted| wanted.id == course);
    interrupt::catch()?;
    let mut failures = Failures::none("saves or ghosts", report);
    let made = make(
        &game,
        &args.saves,
        &args.output,
        &is_wanted,
        args.num_proc,
        outputs,
        &mut failures,
    )?;
    report.summary(&made, |made, output| {
        for made in made {
            let kept = if made.kept {
                "there already"
            } else {
                "written"
            };
            writeln!(
                output,
                "{:<5} {:>7} ms  {}  {kept}",
                made.course,
                made.total_ms,
                made.movie.display()
            )?;
        }
        Ok(())
    })?;
    failures.end()
}

/// Turns the wanted ghosts of the saves into movies in a folder.
///
/// # Errors
/// When there is no ghost to turn into a movie, and when the user interrupts. Other errors are added to `failures`.
pub fn make(
    game: &Game,
    saves: &[PathBuf],
    folder: &Path,
    is_wanted: &dyn Fn(u8) -> bool,
    num_proc: Option<std::num::NonZeroUsize>,
    outputs: &Outputs,
    failures: &mut Failures,
) -> Result<Vec<ProcessedGhost>> {
    let report = failures.report();
    let mut tasks = Vec::new();
    for save in saves {
        let found = ghosts_in(game, save, folder, is_wanted, report);
        for task in failures.check(found).into_iter().flatten() {
            tasks.extend(failures.check(task));
        }
    }
    ensure!(
        !failures.are_none() || !tasks.is_empty(),
        "no ghost to process in {}",
        list(saves)
    );
    let tasks = with_distinct_movies(tasks, failures);
    let _lock = outputs.hold_folder(folder)?;
    let progress = report.progress(tasks.len() as u64, "ghosts");
    let mut made = Vec::new();
    workers::run(
        &tasks,
        workers::count(num_proc),
        |task| to_movie(game, task, outputs),
        |task, result| {
            progress.inc(1);
            let result =
                result.with_context(|| format!("{}: slot {}", task.save.display(), task.slot));
            if let Some(movie) = failures.keep(result) {
                report.step(format_args!(
                    "{}: {} ms",
                    movie.movie.display(),
                    movie.total_ms
                ));
                made.push(movie);
            }
        },
    );
    progress.finish_and_clear();
    interrupt::check_keeping(
        made.len(),
        format_args!(
            "{} movies are kept, and the same command continues from there",
            made.len()
        ),
    )?;
    made.sort_by(|a, b| a.movie.cmp(&b.movie));
    Ok(made)
}

fn list(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// A task, or an error, for each wanted ghost of a save.
fn ghosts_in(
    game: &Game,
    path: &Path,
    folder: &Path,
    is_wanted: &dyn Fn(u8) -> bool,
    report: Report,
) -> Result<Vec<Result<Task>>> {
    let save = read_save(path)?;
    game.require_own(&save)
        .with_context(|| path.display().to_string())?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if save.lost_bytes() > 0 {
        report.note(format_args!(
            "{}: the file ends {} bytes too early: only the first {} slots are whole",
            path.display(),
            save.lost_bytes(),
            save.whole_slots()
        ));
    }
    let mut tasks = Vec::new();
    for (slot, ghost) in save.ghosts() {
        let ghost = match ghost {
            Ok(ghost) => ghost,
            Err(error) => {
                tasks.push(Err(error).with_context(|| path.display().to_string()));
                continue;
            }
        };
        let id = ghost.combo.course;
        let Some(course) = Course::by_id(id) else {
            report.note(format_args!(
                "{}: slot {slot}: course {id} is not in this game: left out",
                path.display()
            ));
            continue;
        };
        if !is_wanted(id) {
            continue;
        }
        let task = Task {
            save: path.to_owned(),
            slot,
            battery: (!game.bundled).then(|| save.battery().to_owned()),
            movie: folder.join(format!("{}_{stem}.dsm", courses::ghost_code(slot, id))),
            ghost,
        };
        let is_there = game
            .require_course(course)
            .with_context(|| format!("{}: slot {slot}", path.display()));
        tasks.push(is_there.map(|()| task));
    }
    Ok(tasks)
}

/// Removes each task whose movie would have the same name as another's, and reports it.
fn with_distinct_movies(tasks: Vec<Task>, failures: &mut Failures) -> Vec<Task> {
    let mut sources = BTreeMap::new();
    let mut distinct = Vec::new();
    for task in tasks {
        if let Some(other) = sources.insert(task.movie.clone(), task.save.clone()) {
            failures.check::<()>(Err(anyhow!(
                "{} and {} would both become {}: rename one of the saves",
                other.display(),
                task.save.display(),
                task.movie.display()
            )));
        } else {
            distinct.push(task);
        }
    }
    distinct
}

fn to_movie(game: &Game, task: &Task, outputs: &Outputs) -> Result<ProcessedGhost> {
    let made = |kept| ProcessedGhost {
        movie: task.movie.clone(),
        save: task.save.clone(),
        slot: task.slot,
        course: courses::code(task.ghost.combo.course),
        total_ms: task.ghost.time.0,
        kept,
    };
    let source = format!("{SOURCE_COMMENT}{}", fingerprint(game, task)?);
    if task.movie.exists() {
        require_made(&task.movie, &source, &task.ghost)?;
        return Ok(made(true));
    }
    let mut output = outputs.begin(&task.movie, Kind::NEW)?;
    let mut movie = ghost_movie::from_ghost(
        &game.rom,
        task.battery.as_deref(),
        &task.ghost,
        &Options::default(),
        &mut |_| interrupt::control_flow(),
    )?;
    movie.outcome.require_match()?;
    movie.movie.header.add_comment(&source);
    output
        .write_all(&movie.movie.to_bytes())
        .with_context(|| format!("can't write {}", task.movie.display()))?;
    output.commit()?;
    Ok(made(false))
}

/// Refuses an existing movie unless it was made from this source and is complete.
fn require_made(path: &Path, source: &str, ghost: &Ghost) -> Result<()> {
    let there = || format!("{} is there already: move it away first", path.display());
    let movie = Movie::parse(&files::read(path, Input::Movie)?).with_context(there)?;
    ensure!(
        comments::source_of(&movie).as_deref() == Some(source),
        "{} is there already and was not made from this ghost: move it away first",
        path.display()
    );
    require_complete_of(ghost, &movie).with_context(there)
}

/// A hash of a movie's sources: the game, the ghost and the save memory.
fn fingerprint(game: &Game, task: &Task) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(game.sha256());
    hash.update(task.ghost.to_slot()?);
    hash.update(task.battery.as_deref().unwrap_or_default());
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
