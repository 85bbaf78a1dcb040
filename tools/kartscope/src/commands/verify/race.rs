//! Checks every symbol in a race, which is started through the menus or comes from a save state.

use anyhow::{Context, Result};
use desmume::{Emulator, Options, Picture};
use env_mkds::game::MarioKartDs;
use env_mkds::menus;
use env_mkds::runs::console::Console;
use mkds_formats::ghost::Combo;
use mkds_formats::names::{COURSE_SLOTS, Course};
use mkds_formats::sav::Save;
use mkds_memory::Ram;
use nds_formats::pad::{Frame, Pad};

use super::symbols::{self, Scene};
use super::{Check, rom};
use crate::game::Game;
use crate::interrupt;

/// Frames driven before the first look: past the countdown, the kart under way, its input recorded.
const DRIVEN: u32 = 420;

/// Drives straight on for some seconds of a race and checks the memory at every symbol.
///
/// # Errors
/// When there is no race, or the user interrupts.
pub fn check(game: &Game, save: Option<&Save>) -> Result<Vec<Check>> {
    let (mut emulator, combo) = match &game.state {
        Some(state) => {
            let (start, combo) = game.race_in::<MarioKartDs>(state, &Console::default())?;
            (start.machine, combo)
        }
        None => through_menus(game, save)?,
    };
    for _ in 0..DRIVEN {
        emulator.step(&Frame::pad(Pad::A), Picture::Skip)?;
    }
    let before = Ram::new(emulator.main_ram())?
        .race()?
        .map(|race| race.state().frame_counter());
    emulator.step(&Frame::pad(Pad::A), Picture::Skip)?;
    let scene = Scene {
        ram: Ram::new(emulator.main_ram())?,
        frame_before: before,
        held: Pad::A,
        combo,
        course: match Course::by_id(combo.course) {
            Some(course) => rom::read_course(&game.rom, course)?,
            None => None,
        },
    };
    Ok(symbols::check(&scene))
}

/// A console in a time trial, started through the menus, and the race's character, kart and course.
fn through_menus(game: &Game, save: Option<&Save>) -> Result<(Emulator, Combo)> {
    let battery = match (game.bundled, save) {
        (false, Some(save)) => Some(save.battery()),
        _ => None,
    };
    let combo = Combo {
        character: 0,
        kart: 0,
        course: first_course(game)?.id,
    };
    let mut emulator = Emulator::open_with_battery(&game.rom, &Options::default(), battery)?;
    let entered = menus::enter_race(&mut emulator, &combo, &mut |_| interrupt::control_flow());
    interrupt::check()?;
    entered.with_context(|| format!("{}: leading it into a time trial", game.name))?;
    Ok((emulator, combo))
}

/// The first course, in cup order, whose files the ROM has.
fn first_course(game: &Game) -> Result<&'static Course> {
    COURSE_SLOTS
        .iter()
        .find(|course| matches!(rom::read_course(&game.rom, course), Ok(Some(_))))
        .with_context(|| format!("{}: no course can be read from it", game.name))
}
