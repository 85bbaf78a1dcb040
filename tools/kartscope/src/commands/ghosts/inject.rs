//! `kartscope ghosts inject`: adds runs to a save file as ghosts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use env_mkds::runs::ghost_movie;
use learn::dataset::{Dataset, Outcome};
use mkds_formats::ghost::{Combo, Ghost, GhostSummary, RaceTime, SLOT_SIZE};
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use nds_formats::dsm::Movie;
use nds_formats::pad::Pad;
use outputs::Outputs;
use serde::Serialize;

use super::{Found, SAVE, read_save};
use crate::arguments::{OutputPath, values};
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::{self, Game};
use crate::games::GameChoice;
use crate::report::Report;
use crate::{interrupt, json_path, waiting};

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

/// A run as a ghost, and its source.
struct Run {
    source: String,
    slot: usize,
    ghost: Ghost,
    origin: Origin,
}

/// The game of a run.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Bundled,
    /// The real game, or an unknown one: saves and extracted ghosts do not name their game.
    Other,
}

/// A ghost that was added to the save.
#[derive(Serialize)]
struct Injected {
    #[serde(serialize_with = "json_path::serialize")]
    save: PathBuf,
    source: String,
    #[serde(flatten)]
    ghost: GhostSummary,
}

/// Adds runs to a save file as ghosts: of several on one course the fastest.
///
/// # Errors
/// When a run can't be read or is no whole race, a slot has a ghost already, or the save can't be read or written. The
/// other runs are added nevertheless.
pub fn run(
    args: &InjectGhosts,
    choice: &GameChoice,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    interrupt::catch()?;
    let game = Game::open_ds(choice)?;
    outputs.require_free(&args.output, SAVE)?;
    require_joined(args)?;
    let mut fastest: BTreeMap<usize, Run> = BTreeMap::new();
    let mut failures = Failures::none("runs", report);
    for source in &args.runs {
        let found = runs(source, &game, &args.nickname, report);
        interrupt::check()?;
        for run in failures.check(found).into_iter().flatten() {
            match fastest.get(&run.slot) {
                Some(other) if other.ghost.time <= run.ghost.time => {
                    report.step(format_args!(
                        "{}: slower than {}, left out",
                        run.source, other.source
                    ));
                }
                _ => drop(fastest.insert(run.slot, run)),
            }
        }
    }
    // Another process may write the save while the runs are played: it is read once this process has its lock.
    let output = waiting::begin(outputs, &args.output, SAVE, report)?;
    require_joined(args)?;
    let mut save = match &args.into {
        Some(path) => read_save(path)?,
        None => Save::blank(),
    };
    let mut injected = Vec::new();
    for (slot, run) in fastest {
        let put = put(&mut save, slot, &run, args.replace).with_context(|| run.source.clone());
        if failures.keep(put).is_none() {
            continue;
        }
        injected.push(Injected {
            save: args.output.to_path_buf(),
            source: run.source,
            ghost: GhostSummary::new(slot, &run.ghost),
        });
    }
    if injected.is_empty() {
        return failures.end();
    }
    output.commit_with(&save.to_bytes())?;
    report.summary(&injected, |injected, output| {
        for Injected {
            save,
            source,
            ghost,
        } in injected
        {
            let (course, time) = (&ghost.course_abbreviation, super::time(ghost.total_ms));
            writeln!(output, "{course:<5} {time}  {source} -> {}", save.display())?;
        }
        Ok(())
    })?;
    failures.end()
}

/// Writes a run into a slot; replaces a ghost only with `replace`. Refuses runs of the bundled game in saves of the real
/// game, which would take them for ghosts of its own course in that slot.
fn put(save: &mut Save, slot: usize, run: &Run, replace: bool) -> Result<()> {
    ensure!(
        run.origin != Origin::Bundled || !game::is_real(save),
        "expected a run of Mario Kart DS for a save of it, found one of the bundled game"
    );
    if let (Some(there), false) = (save.ghost(slot).ok().flatten(), replace) {
        bail!(
            "slot {slot} has a ghost already, of {} by {:?}: add --replace to lose it",
            super::time(there.time.0),
            there.nickname
        );
    }
    Ok(save.set_ghost(slot, &run.ghost)?)
}

/// Fails if the save to write exists and is not the one of `--into`: its content would be lost.
fn require_joined(args: &InjectGhosts) -> Result<()> {
    let output = &args.output;
    let is_joined = || {
        let of = |path: &Path| path.canonicalize().ok();
        args.into
            .as_ref()
            .is_some_and(|into| of(into) == of(output))
    };
    let is_empty = std::fs::metadata(&**output).map_or(true, |there| there.len() == 0);
    ensure!(
        is_empty || is_joined(),
        "{0} is there already: join it with --into {0}, or move it away first",
        output.display()
    );
    Ok(())
}

/// The runs of a source: a dataset's folder, or an extracted ghost, a save or a movie, recognised by the file's
/// content.
fn runs(source: &Path, game: &Game, nickname: &str, report: Report) -> Result<Vec<Run>> {
    if source.is_dir() {
        return runs_of_dataset(source, nickname);
    }
    let bytes = files::read(source, Input::Run)?;
    let name = source.display().to_string();
    let mut origin = Origin::Other;
    let ghosts = if let Ok(slot) = bytes.as_slice().try_into() {
        vec![ghost_of_slot(slot).with_context(|| name.clone())?]
    } else {
        match (Movie::parse(&bytes), Save::parse(&bytes)) {
            (Ok(movie), _) => {
                if game.bundled {
                    origin = Origin::Bundled;
                }
                vec![ghost_of_movie(&movie, game, nickname).with_context(|| name.clone())?]
            }
            (_, Ok(save)) => ghosts_of_save(source, &save, report)?,
            (Err(no_movie), Err(no_save)) => bail!(
                "{name}: expected a movie, a save, an extracted ghost of {SLOT_SIZE} bytes or a dataset's folder, found \
                 {} bytes that are none ({no_movie}; {no_save})",
                bytes.len()
            ),
        }
    };
    ghosts
        .into_iter()
        .map(|ghost| as_run(name.clone(), ghost, origin))
        .collect()
}

fn as_run(source: String, ghost: Ghost, origin: Origin) -> Result<Run> {
    let id = ghost.combo.course;
    let course = Course::by_id(id)
        .with_context(|| format!("{source}: course {id} has no place for a ghost"))?;
    Ok(Run {
        source,
        slot: course.slot.into(),
        ghost,
        origin,
    })
}

fn ghost_of_movie(movie: &Movie, game: &Game, nickname: &str) -> Result<Ghost> {
    let mut on_frame = |_| interrupt::control_flow();
    Ok(ghost_movie::to_ghost(
        &game.rom,
        movie,
        nickname,
        &mut on_frame,
    )?)
}

fn ghost_of_slot(slot: &[u8; SLOT_SIZE]) -> Result<Ghost> {
    // The slot's number is used in error messages only; 0 for an extracted ghost.
    Ghost::from_slot(slot, 0)?.context("an empty slot, no ghost")
}

fn ghosts_of_save(path: &Path, save: &Save, report: Report) -> Result<Vec<Ghost>> {
    let found = Found::look(path, save, &[], report);
    found.require_all(path)?;
    ensure!(
        !found.ghosts.is_empty(),
        "{}: no ghost in it",
        path.display()
    );
    Ok(found.ghosts.into_iter().map(|(_, ghost)| ghost).collect())
}

/// The finished races of a dataset, the fastest of each course.
fn runs_of_dataset(folder: &Path, nickname: &str) -> Result<Vec<Run>> {
    let dataset = Dataset::open(folder)?;
    let bundled_rom = game::rom_sha256(homebrew::ROM);
    let mut runs = Vec::new();
    for (index, movie) in dataset.movies().iter().enumerate() {
        let source = &movie.source;
        // Corrections are only parts of a race.
        let race = &source.game;
        let (Outcome::Finished, Some(total_ms), false) =
            (&source.outcome, race.total_time_ms, source.corrections)
        else {
            continue;
        };
        let combo = Combo {
            character: race.character,
            kart: race.kart,
            course: race.course,
        };
        let laps = race.lap_times_ms.iter().copied().map(RaceTime).collect();
        let rows = dataset.read(index)?;
        let held = dataset.schema().frames_per_step().get() as usize;
        let pads = rows
            .iter()
            .map(|row| Pad::from_bits_retain(row.held.buttons))
            .flat_map(|pad| std::iter::repeat_n(pad, held));
        let ghost = Ghost::from_pads(combo, RaceTime(total_ms), laps, nickname, pads);
        let origin = match source.machine.rom_sha256 == bundled_rom {
            true => Origin::Bundled,
            false => Origin::Other,
        };
        let name = format!("{}/{}", folder.display(), movie.file);
        runs.push(as_run(name, ghost, origin)?);
    }
    ensure!(
        !runs.is_empty(),
        "{}: no finished whole race in it",
        folder.display()
    );
    Ok(runs)
}
