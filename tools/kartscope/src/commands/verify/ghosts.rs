//! The ghosts of a save: each is raced and must finish in its time.

use std::num::NonZeroUsize;

use anyhow::Result;
use desmume::Options;
use env_mkds::runs::ghost_movie;
use mkds_formats::ghost::Ghost;
use mkds_formats::names::{COURSE_SLOTS, Course};
use mkds_formats::sav::Save;

use super::{Check, rom};
use crate::game::Game;
use crate::report::Report;
use crate::{interrupt, workers};

/// Races each ghost of a save from power-on and compares the times with the ghost's.
///
/// # Errors
/// When the user interrupts.
pub fn check(
    game: &Game,
    save: &Save,
    num_proc: Option<NonZeroUsize>,
    report: Report,
) -> Result<Vec<Check>> {
    let battery = (!game.bundled).then(|| save.battery());
    let ghosts = save.ghosts();
    let progress = report.progress(ghosts.len() as u64, "ghosts");
    let mut checks = Vec::new();
    workers::run(
        &ghosts,
        workers::count(num_proc),
        |(slot, ghost)| match ghost {
            Err(error) => Check::of("ghost", name(*slot), Err(anyhow::anyhow!("{error}"))),
            Ok(ghost) => race(game, battery, *slot, ghost),
        },
        |(slot, _), check| {
            progress.inc(1);
            checks.push((*slot, check));
        },
    );
    progress.finish_and_clear();
    interrupt::check()?;
    checks.sort_by_key(|(slot, _)| *slot);
    Ok(checks.into_iter().map(|(_, check)| check).collect())
}

fn name(slot: usize) -> String {
    let course = COURSE_SLOTS
        .get(slot)
        .map_or("?", |course| course.abbreviation);
    format!("slot {slot}, {course}")
}

fn race(game: &Game, battery: Option<&[u8]>, slot: usize, ghost: &Ghost) -> Check {
    let in_rom = Course::by_id(ghost.combo.course)
        .is_some_and(|course| matches!(rom::read_course(&game.rom, course), Ok(Some(_))));
    if !in_rom {
        return Check::absent("ghost", name(slot), "its course is not in this ROM");
    }
    Check::of("ghost", name(slot), finish(game, battery, ghost))
}

/// Races a ghost; returns a text with its time if that and the laps are the ghost's.
fn finish(game: &Game, battery: Option<&[u8]>, ghost: &Ghost) -> Result<String> {
    let run = ghost_movie::from_ghost(&game.rom, battery, ghost, &Options::default(), &mut |_| {
        interrupt::control_flow()
    })?;
    run.outcome.require_match()?;
    let laps: Vec<u32> = ghost.laps.iter().map(|lap| lap.0).collect();
    anyhow::ensure!(
        run.lap_ms == laps,
        "laps: expected {laps:?}, found {:?}",
        run.lap_ms
    );
    Ok(format!(
        "finished in {} ms, as it says",
        run.outcome.total_ms
    ))
}
