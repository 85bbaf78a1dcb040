//! `kartscope ghosts inject`: runs become ghosts of a save file, to be raced against.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use env_mkds::ghost_movie;
use learn::dataset::{Dataset, Outcome};
use mkds_formats::dsm::Movie;
use mkds_formats::ghost::{Combo, Ghost, GhostSummary, NICKNAME_LENGTH, RaceTime, SLOT_SIZE};
use mkds_formats::names::Course;
use mkds_formats::sav::Save;
use serde::Serialize;

use super::{ghosts_of, read_save};
use crate::cli::InjectGhosts;
use crate::game::Game;
use crate::report::Report;
use crate::{files, interrupt};

/// A run as a ghost, and where it came from.
struct Run {
    source: String,
    slot: usize,
    ghost: Ghost,
}

/// A ghost that the save has now.
#[derive(Serialize)]
struct Injected {
    save: PathBuf,
    source: String,
    #[serde(flatten)]
    ghost: GhostSummary,
}

/// Puts runs into a save file as ghosts: of several on one course the fastest.
///
/// # Errors
/// When a run can't be read or is no whole race, a ghost is in the way, or the save can't be read or written.
pub fn run(args: &InjectGhosts, rom: Option<&Path>, report: Report) -> Result<()> {
    ensure!(
        args.nickname.encode_utf16().count() <= NICKNAME_LENGTH,
        "--nickname: expected at most {NICKNAME_LENGTH} characters, found {:?}",
        args.nickname
    );
    interrupt::catch()?;
    let game = Game::open(rom)?;
    let mut save = match &args.into {
        Some(path) => read_save(path)?,
        None => Save::blank(),
    };
    let mut fastest: BTreeMap<usize, Run> = BTreeMap::new();
    for source in &args.runs {
        for run in runs(source, &game, &args.nickname)? {
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
    let mut injected = Vec::new();
    for (slot, run) in fastest {
        if let (Some(there), false) = (save.ghost(slot).ok().flatten(), args.replace) {
            bail!(
                "slot {slot} has a ghost already, of {} by {:?}: add --replace to lose it",
                super::time(there.time.0),
                there.nickname
            );
        }
        save.set_ghost(slot, &run.ghost)
            .with_context(|| run.source.clone())?;
        injected.push(Injected {
            save: args.output.clone(),
            source: run.source,
            ghost: GhostSummary::new(slot, &run.ghost),
        });
    }
    files::write_bytes(&args.output, &save.to_bytes())?;
    report.result(&injected, |injected, output| {
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
    })
}

/// The runs of a source: a movie, a dataset's folder, an extracted ghost, or a save file.
fn runs(source: &Path, game: &Game, nickname: &str) -> Result<Vec<Run>> {
    if source.is_dir() {
        return runs_of_dataset(source, nickname);
    }
    let name = source.display().to_string();
    let extension = source
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let ghosts = match extension.as_str() {
        "dsm" => vec![ghost_of_movie(source, game, nickname)?],
        "ghost" => vec![ghost_of_file(source)?],
        "sav" | "dsv" => ghosts_of(source, &[])?
            .into_iter()
            .map(|(_, ghost)| ghost)
            .collect(),
        _ => bail!(
            "{name}: expected a movie (.dsm), an extracted ghost (.ghost), a save (.sav, .dsv) or a dataset's folder"
        ),
    };
    ghosts
        .into_iter()
        .map(|ghost| as_run(name.clone(), ghost))
        .collect()
}

fn as_run(source: String, ghost: Ghost) -> Result<Run> {
    let id = ghost.combo.course;
    let course = Course::by_id(id)
        .with_context(|| format!("{source}: course {id} has no place for a ghost"))?;
    Ok(Run {
        source,
        slot: course.slot.into(),
        ghost,
    })
}

fn ghost_of_movie(path: &Path, game: &Game, nickname: &str) -> Result<Ghost> {
    let context = || path.display().to_string();
    let movie = Movie::parse(&files::read(path)?).with_context(context)?;
    ghost_movie::to_ghost(&game.rom, &movie, nickname, &mut |_| {
        interrupt::control_flow()
    })
    .with_context(context)
}

fn ghost_of_file(path: &Path) -> Result<Ghost> {
    let bytes = files::read(path)?;
    let bytes: [u8; SLOT_SIZE] = bytes.as_slice().try_into().with_context(|| {
        format!(
            "{}: expected {SLOT_SIZE} bytes, found {}",
            path.display(),
            bytes.len()
        )
    })?;
    // The slot's number serves its errors alone: an extracted ghost lies in the first.
    Ghost::from_slot(&bytes, 0)
        .with_context(|| path.display().to_string())?
        .with_context(|| format!("{}: an empty slot, no ghost", path.display()))
}

/// The races of a dataset that were finished, of each course the fastest.
fn runs_of_dataset(folder: &Path, nickname: &str) -> Result<Vec<Run>> {
    let dataset = Dataset::open(folder)?;
    let mut runs = Vec::new();
    for (index, movie) in dataset.movies().iter().enumerate() {
        let source = &movie.source;
        // Corrections are pieces of a race.
        let (Outcome::Finished, Some(total_ms), false) =
            (&source.outcome, source.total_time_ms, source.corrections)
        else {
            continue;
        };
        let combo = Combo {
            character: source.character,
            kart: source.kart,
            course: source.course,
        };
        let laps = source.lap_times_ms.iter().copied().map(RaceTime).collect();
        let rows = dataset.read(index)?;
        let pads = rows.iter().map(|row| row.buttons);
        let ghost = Ghost::from_pads(combo, RaceTime(total_ms), laps, nickname, pads);
        runs.push(as_run(
            format!("{}/{}", folder.display(), movie.file),
            ghost,
        )?);
    }
    ensure!(
        !runs.is_empty(),
        "{}: no finished whole race in it",
        folder.display()
    );
    Ok(runs)
}
