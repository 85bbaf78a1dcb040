//! `kartscope ghosts inject`: adds runs to a save file as ghosts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use learn::dataset::Dataset;
use outputs::Outputs;
use serde::Serialize;

use super::{Found, read_save};
use crate::arguments::{OutputPath, values};
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::{GameChoice, GhostGame, of_game};
use crate::report::{Report, time};
use crate::{interrupt, json_path, waiting};

/// `kartscope ghosts inject`.
#[derive(Debug, Args)]
pub struct InjectGhosts {
    /// Movies, extracted ghosts, saves or folders of datasets, recognised by their content. Of several runs on a
    /// course the fastest is taken
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// The save file to add the ghosts to; a blank one when left out: controller paks of four ports for Mario Kart 64, or a
    /// DexDrive's file if --output ends in .n64
    #[arg(long, value_name = "SAVE")]
    pub into: Option<OutputPath>,
    /// The save file to write; it may be the one of --into
    #[arg(long, short, value_name = "SAVE")]
    pub output: OutputPath,
    /// Replace the save's ghosts on the same courses
    #[arg(long, requires = "into")]
    pub replace: bool,
    /// The player's name for ghosts from movies and datasets, which have none; ghosts of Mario Kart 64 have no name
    #[arg(long, value_name = "NAME", default_value = "kartscope", value_parser = values::nickname)]
    pub nickname: String,
}

/// A run as a ghost, and its source.
struct Run<G: GhostGame> {
    source: String,
    ghost: G::Ghost,
    /// Whether the bundled game played it. Saves and extracted ghosts do not name their game.
    is_bundled: bool,
}

/// A ghost that was added to the save.
#[derive(Serialize)]
struct Injected<S> {
    #[serde(serialize_with = "json_path::serialize")]
    save: PathBuf,
    source: String,
    #[serde(flatten)]
    ghost: S,
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
    let game = Game::open(choice)?;
    of_game!(game.kind, G => run_on::<G>(args, &game, outputs, report))
}

fn run_on<G: GhostGame>(
    args: &InjectGhosts,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    outputs.require_free(&args.output, G::SAVE)?;
    require_joined(args)?;
    let mut fastest: BTreeMap<usize, Run<G>> = BTreeMap::new();
    let mut failures = Failures::none("runs", report);
    for source in &args.runs {
        let found = runs::<G>(source, game, &args.nickname, report);
        interrupt::check()?;
        for (rank, run) in failures.check(found).into_iter().flatten() {
            match fastest.get(&rank) {
                Some(other) if G::total_ms(&other.ghost) <= G::total_ms(&run.ghost) => {
                    report.step(format_args!(
                        "{}: slower than {}, left out",
                        run.source, other.source
                    ));
                }
                _ => drop(fastest.insert(rank, run)),
            }
        }
    }
    // Another process may write the save while the runs are played: it is read once this process has its lock.
    let output = waiting::begin(outputs, &args.output, G::SAVE, report)?;
    require_joined(args)?;
    let mut save = match &args.into {
        Some(path) => read_save::<G>(path)?,
        None => G::blank_save(&args.output),
    };
    let (mut injected, mut lines) = (Vec::new(), Vec::new());
    for Run {
        source,
        ghost,
        is_bundled,
    } in fastest.into_values()
    {
        let put = match is_bundled {
            true => G::require_real(&save),
            false => Ok(()),
        };
        let put = put.and_then(|()| G::put(&mut save, &ghost, args.replace));
        let Some(place) = failures.keep(put.with_context(|| source.clone())) else {
            continue;
        };
        let (course, total) = (G::course_label(place, &ghost), time(G::total_ms(&ghost)));
        lines.push(format!(
            "{course:<5} {total}  {source} -> {}",
            args.output.display()
        ));
        injected.push(Injected {
            save: args.output.to_path_buf(),
            source,
            ghost: G::summary(&save, place, &ghost)?,
        });
    }
    if injected.is_empty() {
        return failures.end();
    }
    output.commit_with(&G::save_to_bytes(&save))?;
    report.summary(&injected, |_, output| {
        for line in lines {
            writeln!(output, "{line}")?;
        }
        Ok(())
    })?;
    failures.end()
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

/// The runs of a source, each with its course's place in cup order: a dataset's folder, or an extracted ghost, a save or a
/// movie, recognised by the file's content.
fn runs<G: GhostGame>(
    source: &Path,
    game: &Game,
    nickname: &str,
    report: Report,
) -> Result<Vec<(usize, Run<G>)>> {
    let name = source.display().to_string();
    let ghosts = match source.is_dir() {
        true => runs_of_dataset::<G>(source, nickname)?,
        false => runs_of_file::<G>(source, game, nickname, report)?,
    };
    ghosts
        .into_iter()
        .map(|run| {
            let rank = G::course_rank(&run.ghost).with_context(|| name.clone())?;
            Ok((rank, run))
        })
        .collect()
}

fn runs_of_file<G: GhostGame>(
    path: &Path,
    game: &Game,
    nickname: &str,
    report: Report,
) -> Result<Vec<Run<G>>> {
    let bytes = files::read(path, Input::Run)?;
    let name = path.display().to_string();
    let run = |ghost, is_bundled| Run {
        source: name.clone(),
        ghost,
        is_bundled,
    };
    if let Some(ghost) = G::parse_ghost(&bytes).with_context(|| name.clone())? {
        return Ok(vec![run(ghost, false)]);
    }
    match (G::parse_movie(&bytes), G::parse_save(&bytes)) {
        (Ok(movie), _) => {
            let mut on_frame = |_| interrupt::control_flow();
            let ghost = G::ghost_of_movie(&game.rom, &movie, nickname, &mut on_frame);
            Ok(vec![run(
                ghost.with_context(|| name.clone())?,
                game.bundled,
            )])
        }
        (_, Ok(save)) => {
            let found = Found::<G>::look(path, &save, &[], report);
            found.require_all(path)?;
            ensure!(!found.ghosts.is_empty(), "{name}: no ghost in it");
            let ghosts = found.ghosts.into_iter();
            Ok(ghosts.map(|(_, ghost)| run(ghost, false)).collect())
        }
        (Err(no_movie), Err(no_save)) => bail!(
            "{name}: expected a movie, a save, an extracted ghost or a dataset's folder, found {} bytes that are none \
             ({no_movie}; {no_save})",
            bytes.len()
        ),
    }
}

/// The finished races of a dataset.
fn runs_of_dataset<G: GhostGame>(folder: &Path, nickname: &str) -> Result<Vec<Run<G>>> {
    let name = folder.display();
    let dataset = Dataset::open(folder)?;
    let ghosts = G::ghosts_of_dataset(&dataset, nickname).with_context(|| name.to_string())?;
    ensure!(!ghosts.is_empty(), "{name}: no finished whole race in it");
    let runs = ghosts.into_iter().map(|(movie, ghost, is_bundled)| Run {
        source: format!("{name}/{movie}"),
        ghost,
        is_bundled,
    });
    Ok(runs.collect())
}
