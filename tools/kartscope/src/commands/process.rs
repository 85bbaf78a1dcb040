//! `kartscope process`: turns ghosts of save files into movies.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Args;
use env_kart::runs::comments::{self, SOURCE_COMMENT};
use env_kart::runs::completeness::require_complete_of;
use formats::comments::Comments as _;
use outputs::{Kind, Outputs};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ghosts::read_save;
use crate::arguments::{OutputPath, values};
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::{CourseName, GameChoice, GhostGame, of_game};
use crate::report::Report;
use crate::{interrupt, json_path, workers};

/// `kartscope process`.
#[derive(Debug, Args)]
pub struct Process {
    /// Save files with ghosts; of Mario Kart 64 controller paks
    #[arg(required = true, value_name = "SAV")]
    pub saves: Vec<PathBuf>,
    /// Folder for the movies
    #[arg(long, short, value_name = "DIR", default_value = "movies")]
    pub output: OutputPath,
    /// Only ghosts of these courses, by abbreviation
    #[arg(long, short, value_name = "CODE", value_parser = CourseName::parse)]
    pub course_name: Vec<CourseName>,
    /// Emulators that run side by side; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}

/// A ghost to turn into a movie.
struct Task<G: GhostGame> {
    save: PathBuf,
    place: G::Place,
    ghost: G::Ghost,
    combo: G::Combo,
    /// What the console must have saved before: see [`GhostGame::memory`].
    memory: Option<Vec<u8>>,
    movie: PathBuf,
}

/// A ghost that has a movie.
#[derive(Serialize)]
pub struct ProcessedGhost<P> {
    /// The movie.
    #[serde(serialize_with = "json_path::serialize")]
    pub movie: PathBuf,
    #[serde(serialize_with = "json_path::serialize")]
    save: PathBuf,
    /// The ghost's place in the save.
    #[serde(flatten)]
    place: P,
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
    let game = Game::open(choice)?;
    interrupt::catch()?;
    of_game!(game.kind, G => run_on::<G>(args, &game, outputs, report))
}

fn run_on<G: GhostGame>(
    args: &Process,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    let mut failures = Failures::none("saves or ghosts", report);
    let made = make::<G>(
        game,
        &args.saves,
        &args.output,
        &args.course_name,
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

/// Turns the ghosts of the saves into movies in a folder: those on the wanted courses, or all if that is empty.
///
/// # Errors
/// When there is no ghost to turn into a movie, and when the user interrupts. Other errors are added to `failures`.
pub fn make<G: GhostGame>(
    game: &Game,
    saves: &[PathBuf],
    folder: &Path,
    wanted: &[CourseName],
    num_proc: Option<std::num::NonZeroUsize>,
    outputs: &Outputs,
    failures: &mut Failures,
) -> Result<Vec<ProcessedGhost<G::Place>>> {
    let report = failures.report();
    let mut tasks = Vec::new();
    for save in saves {
        let found = ghosts_in::<G>(game, save, folder, wanted, report);
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
                result.with_context(|| format!("{}: slot {}", task.save.display(), task.place));
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
fn ghosts_in<G: GhostGame>(
    game: &Game,
    path: &Path,
    folder: &Path,
    wanted: &[CourseName],
    report: Report,
) -> Result<Vec<Result<Task<G>>>> {
    let save = read_save::<G>(path)?;
    G::require_own(game, &save).with_context(|| path.display().to_string())?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if let Some(missing) = G::missing(&save) {
        report.note(format_args!("{}: {missing}", path.display()));
    }
    let mut tasks = Vec::new();
    for (place, ghost) in G::ghosts(&save) {
        let ghost = match ghost {
            Ok(ghost) => ghost,
            Err(error) => {
                tasks.push(Err(error).with_context(|| path.display().to_string()));
                continue;
            }
        };
        let Some(combo) = G::race_of_ghost(&ghost) else {
            report.note(format_args!(
                "{}: slot {place}: its course is not in this game: left out",
                path.display()
            ));
            continue;
        };
        let course = G::course_name(&combo);
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted.0 == course) {
            continue;
        }
        let is_there = G::require_race(game, &combo)
            .with_context(|| format!("{}: slot {place}", path.display()));
        let code = G::file_code(place, &ghost);
        let task = Task {
            save: path.to_owned(),
            place,
            combo,
            memory: G::memory(game, &save),
            movie: folder.join(format!("{code}_{stem}.{}", G::MOVIES.ending)),
            ghost,
        };
        tasks.push(is_there.map(|()| task));
    }
    Ok(tasks)
}

/// Removes each task whose movie would have the same name as another's, and reports it.
fn with_distinct_movies<G: GhostGame>(
    tasks: Vec<Task<G>>,
    failures: &mut Failures,
) -> Vec<Task<G>> {
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

fn to_movie<G: GhostGame>(
    game: &Game,
    task: &Task<G>,
    outputs: &Outputs,
) -> Result<ProcessedGhost<G::Place>> {
    let made = |kept| ProcessedGhost {
        movie: task.movie.clone(),
        save: task.save.clone(),
        place: task.place,
        course: G::course_name(&task.combo),
        total_ms: G::total_ms(&task.ghost),
        kept,
    };
    let source = format!("{SOURCE_COMMENT}{}", fingerprint(game, task)?);
    if task.movie.exists() {
        require_made(&source, task)?;
        return Ok(made(true));
    }
    let mut output = outputs.begin(&task.movie, Kind::NEW)?;
    let mut on_frame = |_| interrupt::control_flow();
    let mut race = G::race(
        &game.rom,
        task.memory.as_deref(),
        &task.ghost,
        &mut on_frame,
    )?;
    race.outcome.require_match()?;
    race.movie.add_comment(&source);
    output
        .write_all(&G::movie_to_bytes(&race.movie))
        .with_context(|| format!("can't write {}", task.movie.display()))?;
    output.commit()?;
    Ok(made(false))
}

/// Refuses an existing movie unless it was made from this source and is complete.
fn require_made<G: GhostGame>(source: &str, task: &Task<G>) -> Result<()> {
    let path = &task.movie;
    let there = || format!("{} is there already: move it away first", path.display());
    let movie = G::parse_movie(&files::read(path, Input::Movie)?).with_context(there)?;
    ensure!(
        comments::source_of(&movie).as_deref() == Some(source),
        "{} is there already and was not made from this ghost: move it away first",
        path.display()
    );
    let total_ms = G::total_ms(&task.ghost);
    require_complete_of::<G>(&task.combo, total_ms, &movie).with_context(there)
}

/// A hash of a movie's sources: the game, the ghost and the save memory.
fn fingerprint<G: GhostGame>(game: &Game, task: &Task<G>) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(game.sha256());
    hash.update(G::ghost_to_bytes(&task.ghost)?);
    hash.update(task.memory.as_deref().unwrap_or_default());
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
