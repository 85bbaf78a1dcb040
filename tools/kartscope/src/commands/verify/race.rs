//! Checks every symbol in a race, which is started through the menus or comes from a save state.

use anyhow::{Context, Result};
use env_kart::action::DrivingAction;
use env_kart::control::Button as _;
use env_kart::runs::race_movie::Setup;
use env_kart::runs::{MachineOf, Opponent, race_frame};
use machine::{Machine as _, Picture};

use super::Check;
use super::game::{Driven, VerifiedGame};
use crate::game::Game;
use crate::interrupt;

/// Frames driven before the first look: past the countdown, the kart under way, its input recorded.
const DRIVEN: u32 = 420;
/// Frames from the first look to the second: those of a drawn frame on any console.
const BETWEEN: u32 = 2;

/// Drives straight on for some seconds of a race and checks the memory at every symbol.
///
/// # Errors
/// When there is no race, or the user interrupts.
pub fn check<G: VerifiedGame>(game: &Game, save: Option<&G::Save>) -> Result<Vec<Check>> {
    let (mut machine, combo) = match &game.state {
        Some(state) => {
            let (start, combo) = game.race_in::<G>(state, &G::Console::default())?;
            (start.machine, combo)
        }
        None => through_menus::<G>(game, save)?,
    };
    let held = G::Button::driving(DrivingAction {
        accelerate: true,
        ..DrivingAction::default()
    });
    let drive = |machine: &mut MachineOf<G>, frames| -> Result<()> {
        for _ in 0..frames {
            machine.step(&G::input(held), Picture::Skip)?;
        }
        Ok(())
    };
    drive(&mut machine, DRIVEN)?;
    let frame_before = race_frame::<G>(&machine)?;
    drive(&mut machine, BETWEEN)?;
    let driven = Driven {
        machine: &machine,
        frame_before,
        held,
        combo,
    };
    G::check_symbols(&driven, &game.rom)
}

/// A console in a time trial, started through the menus, and the race.
fn through_menus<G: VerifiedGame>(
    game: &Game,
    save: Option<&G::Save>,
) -> Result<(MachineOf<G>, G::Combo)> {
    let combo = G::first_race(game)?;
    let setup = Setup::<G> {
        rom: &game.rom,
        console: &G::console_with(save.and_then(|save| G::memory(game, save))),
        combo,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 0,
    };
    let entered = G::enter(&setup, &mut |_| interrupt::control_flow());
    interrupt::check()?;
    let entered =
        entered.with_context(|| format!("{}: leading it into a time trial", game.name))?;
    Ok((entered.machine, combo))
}
