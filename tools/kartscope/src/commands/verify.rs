//! `kartscope verify`: checks the known addresses and structures on a ROM, and that the ghosts of a save finish in their
//! times.

mod ghosts;
mod race;
mod rom;
mod symbols;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use crate::arguments::values;
use crate::game::Game;
use crate::games::GameChoice;
use crate::interrupt;
use crate::report::{Report, causes};

/// `kartscope verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// A save file whose ghosts to race: .sav, or DeSmuME's .dsv; with your own ROM its unlocks are used too
    pub save: Option<PathBuf>,
    /// Check the race of a save state, DeSmuME's or kartscope's, in place of one started through the menus
    #[arg(long, value_name = "FILE", conflicts_with = "save")]
    pub state: Option<PathBuf>,
    /// Emulators that race ghosts side by side; the number of cores when left out
    #[arg(long, value_name = "N", requires = "save", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// It passed.
    Passed,
    /// There is nothing to check: the game does not have this, or not in this race.
    Absent,
    /// It failed.
    Failed,
}

/// A check and its result.
#[derive(Debug, Serialize)]
struct Check {
    /// The part of the game it is about: rom, course, symbol, ghost.
    part: &'static str,
    name: String,
    verdict: Verdict,
    /// The finding.
    detail: String,
}

impl Check {
    fn passed(part: &'static str, name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            part,
            name: name.into(),
            verdict: Verdict::Passed,
            detail: detail.into(),
        }
    }

    fn absent(part: &'static str, name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Absent,
            ..Self::passed(part, name, detail)
        }
    }

    /// A check that passed with the finding, or failed with the error.
    fn of(part: &'static str, name: impl Into<String>, found: Result<String>) -> Self {
        match found {
            Ok(detail) => Self::passed(part, name, detail),
            Err(error) => Self {
                verdict: Verdict::Failed,
                ..Self::passed(part, name, causes(&error))
            },
        }
    }
}

/// Checks the ROM's header and courses, every symbol in a race, and each ghost of the save by racing it.
///
/// # Errors
/// When a check fails, or the ROM or the save can't be read.
pub fn run(args: &Verify, choice: &GameChoice, report: Report) -> Result<()> {
    let game = Game::open_ds(choice)?.with_state(args.state.as_deref());
    interrupt::catch()?;
    let save = args
        .save
        .as_deref()
        .map(super::ghosts::read_save)
        .transpose()?;
    if let (Some(save), Some(path)) = (&save, &args.save) {
        game.require_own(save)
            .with_context(|| path.display().to_string())?;
    }
    let mut checks = rom::check(&game.rom);
    checks.extend(race::check(&game, save.as_ref())?);
    if let Some(save) = &save {
        checks.extend(ghosts::check(&game, save, args.num_proc, report)?);
    }
    let failed = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Failed)
        .count();
    report.result(&checks, |checks, output| {
        for check in checks {
            let verdict = match check.verdict {
                Verdict::Passed => "ok",
                Verdict::Absent => "-",
                Verdict::Failed => "FAILED",
            };
            let Check {
                part, name, detail, ..
            } = check;
            writeln!(output, "{verdict:<6} {part:<6} {name:<21} {detail}")?;
        }
        Ok(())
    })?;
    if failed > 0 {
        bail!("{}: {failed} of {} checks failed", game.name, checks.len());
    }
    Ok(())
}
