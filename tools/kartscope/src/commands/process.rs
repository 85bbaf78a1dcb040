//! `kartscope process`: ghosts of save files to movies.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use desmume::Options;
use env_mkds::ghost_movie;
use mkds_formats::dsm::Movie;
use mkds_formats::ghost::Ghost;
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use outputs::{Kind, Outputs};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::cli::Process;
use crate::game::Game;
use crate::report::Report;
use crate::{courses, files, interrupt, workers};

/// Comment by which a movie is known to come from a ghost.
const SOURCE_COMMENT: &str = "kartscope ghost=";

/// A ghost on its way to a movie.
struct Task {
    save: PathBuf,
    slot: usize,
    ghost: Ghost,
    /// Save memory for the console: the ghost's own save where the game needs what it unlocks.
    battery: Option<Vec<u8>>,
    movie: PathBuf,
}

/// What became of a ghost.
#[derive(Serialize)]
pub struct Made {
    /// The movie.
    pub movie: PathBuf,
    save: PathBuf,
    slot: usize,
    course: String,
    total_ms: u32,
    /// Whether it was there already, from the same ghost.
    kept: bool,
}

/// Turns ghosts into movies.
///
/// # Errors
/// When a save can't be read, or a ghost can't be turned into a movie that finishes its race. The other ghosts' movies
/// are written all the same.
pub fn run(args: &Process, rom: Option<&Path>, outputs: &Outputs, report: Report) -> Result<()> {
    let game = Game::open(rom)?;
    let wanted = courses::by_name(&args.course_name)?;
    let is_wanted =
        |course: u8| wanted.is_empty() || wanted.iter().any(|wanted| wanted.id == course);
    interrupt::catch()?;
    let made = make(
        &game,
        &args.saves,
        &args.output,
        &is_wanted,
        args.num_proc,
        outputs,
        report,
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
    })
}

/// Turns the wanted ghosts of the saves into movies in a folder.
///
/// # Errors
/// As [`run`].
pub fn make(
    game: &Game,
    saves: &[PathBuf],
    folder: &Path,
    is_wanted: &dyn Fn(u8) -> bool,
    num_proc: Option<std::num::NonZeroUsize>,
    outputs: &Outputs,
    report: Report,
) -> Result<Vec<Made>> {
    let mut tasks = Vec::new();
    let mut failures = 0;
    for save in saves {
        failures += add_tasks(game, save, folder, is_wanted, report, &mut tasks)?;
    }
    ensure!(
        failures > 0 || !tasks.is_empty(),
        "no ghost to process in {}",
        list(saves)
    );
    require_distinct_movies(&tasks)?;
    let _lock = outputs.hold_folder(folder)?;
    let progress = report.progress(tasks.len() as u64, "ghosts");
    let mut made = Vec::new();
    workers::run(
        &tasks,
        workers::count(num_proc),
        |task| to_movie(game, task, outputs),
        |task, result| {
            progress.inc(1);
            match result {
                Ok(movie) => {
                    report.step(format_args!(
                        "{}: {} ms",
                        movie.movie.display(),
                        movie.total_ms
                    ));
                    made.push(movie);
                }
                Err(_) if interrupt::requested() => {}
                Err(error) => {
                    report.note(format_args!(
                        "error: {}: slot {}: {error:#}",
                        task.save.display(),
                        task.slot
                    ));
                    failures += 1;
                }
            }
        },
    );
    progress.finish_and_clear();
    interrupt::check_keeping(
        made.len(),
        format_args!(
            "{} movies are kept, and the same command goes on from there",
            made.len()
        ),
    )?;
    if failures > 0 {
        bail!(
            "{failures} ghosts could not be turned into movies; {} were",
            made.len()
        );
    }
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

/// Adds a task for each readable ghost of a save; returns how many are broken.
fn add_tasks(
    game: &Game,
    path: &Path,
    folder: &Path,
    is_wanted: &dyn Fn(u8) -> bool,
    report: Report,
    tasks: &mut Vec<Task>,
) -> Result<usize> {
    let save = Save::parse(&files::read(path)?).with_context(|| path.display().to_string())?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut broken = 0;
    if save.lost_bytes() > 0 {
        report.note(format_args!(
            "{}: the file ends {} bytes too early: only the first {} slots are whole",
            path.display(),
            save.lost_bytes(),
            save.whole_slots()
        ));
    }
    for (slot, ghost) in save.ghosts() {
        match ghost {
            Ok(ghost) if Course::by_id(ghost.combo.course).is_none() => report.note(format_args!(
                "{}: slot {slot}: course {} is not in this game: left out",
                path.display(),
                ghost.combo.course
            )),
            Ok(ghost) if is_wanted(ghost.combo.course) => tasks.push(Task {
                save: path.to_owned(),
                slot,
                battery: (!game.bundled).then(|| save.battery().to_owned()),
                movie: folder.join(format!(
                    "{}_{stem}.dsm",
                    courses::ghost_code(slot, ghost.combo.course)
                )),
                ghost,
            }),
            Ok(_) => {}
            Err(error) => {
                report.note(format_args!("error: {}: {error}", path.display()));
                broken += 1;
            }
        }
    }
    Ok(broken)
}

fn require_distinct_movies(tasks: &[Task]) -> Result<()> {
    let mut sources = BTreeMap::new();
    for task in tasks {
        if let Some(other) = sources.insert(&task.movie, &task.save) {
            bail!(
                "{} and {} would both become {}: rename one of the saves",
                other.display(),
                task.save.display(),
                task.movie.display()
            );
        }
    }
    Ok(())
}

fn to_movie(game: &Game, task: &Task, outputs: &Outputs) -> Result<Made> {
    let made = |kept| Made {
        movie: task.movie.clone(),
        save: task.save.clone(),
        slot: task.slot,
        course: courses::code(task.ghost.combo.course),
        total_ms: task.ghost.time.0,
        kept,
    };
    let source = format!("{SOURCE_COMMENT}{}", fingerprint(game, task)?);
    if task.movie.exists() {
        let there = Movie::parse(&files::read(&task.movie)?);
        let same =
            there.is_ok_and(|movie| movie.header.comments().any(|comment| comment == source));
        ensure!(
            same,
            "{} is there already and was not made from this ghost: move it away first",
            task.movie.display()
        );
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

/// What a movie is made from: the game, the ghost and the save memory.
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
