//! The ghosts of a save: each is raced and must finish in its time.

use std::num::NonZeroUsize;

use anyhow::Result;

use super::Check;
use super::game::VerifiedGame;
use crate::game::Game;
use crate::report::Report;
use crate::{interrupt, workers};

/// Races each ghost of a save from power-on and compares the times with the ghost's.
///
/// # Errors
/// When the user interrupts.
pub fn check<G: VerifiedGame>(
    game: &Game,
    save: &G::Save,
    num_proc: Option<NonZeroUsize>,
    report: Report,
) -> Result<Vec<Check>> {
    let memory = G::memory(game, save);
    let mut checks = Vec::new();
    let mut ghosts = Vec::new();
    for (index, (place, ghost)) in G::ghosts(save).into_iter().enumerate() {
        match ghost {
            Err(error) => {
                let name = format!("slot {place}");
                checks.push((index, Check::of("ghost", name, Err(error))));
            }
            Ok(ghost) => {
                let name = format!("slot {place}, {}", G::course_label(place, &ghost));
                ghosts.push((index, name, ghost));
            }
        }
    }
    let progress = report.progress(ghosts.len() as u64, "ghosts");
    workers::run(
        &ghosts,
        workers::count(num_proc),
        |(_, name, ghost)| race::<G>(game, memory.as_deref(), name, ghost),
        |(index, ..), check| {
            progress.inc(1);
            checks.push((*index, check));
        },
    );
    progress.finish_and_clear();
    interrupt::check()?;
    checks.sort_by_key(|(index, _)| *index);
    Ok(checks.into_iter().map(|(_, check)| check).collect())
}

fn race<G: VerifiedGame>(
    game: &Game,
    memory: Option<&[u8]>,
    name: &str,
    ghost: &G::Ghost,
) -> Check {
    let combo = G::race_of_ghost(ghost);
    match combo.filter(|combo| G::require_race(game, combo).is_ok()) {
        None => Check::absent("ghost", name, "its course is not in this ROM"),
        Some(_) => Check::of("ghost", name, finish::<G>(game, memory, ghost)),
    }
}

/// Races a ghost; returns a text with its time if that and the laps, where it has them, are the ghost's.
fn finish<G: VerifiedGame>(game: &Game, memory: Option<&[u8]>, ghost: &G::Ghost) -> Result<String> {
    let run = G::race(&game.rom, memory, ghost, &mut |_| interrupt::control_flow())?;
    run.outcome.require_match()?;
    if let Some(laps) = G::lap_ms(ghost) {
        anyhow::ensure!(
            run.lap_ms == laps,
            "laps: expected {laps:?}, found {:?}",
            run.lap_ms
        );
    }
    Ok(format!(
        "finished in {} ms, as it says",
        run.outcome.total_ms
    ))
}
