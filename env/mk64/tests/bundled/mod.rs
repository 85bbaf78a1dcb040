//! The bundled game in an emulator, where one is installed.
#![allow(dead_code, reason = "not every file of tests needs all of it")]

use std::ops::ControlFlow;

use env_mk64::combo::{Combo, Mode};
use env_mk64::menus::enter_race;
use mupen64plus::{Emulator, Options};

/// The bundled game, just switched on; `None` where the emulator is not installed.
#[allow(clippy::print_stdout, reason = "tests say when they skip")]
pub(crate) fn switched_on() -> Option<Emulator> {
    match Emulator::open(homebrew_n64::ROM, &Options::default()) {
        Err(error @ mupen64plus::Error::Library { .. }) => {
            println!("skipped: {error}");
            None
        }
        emulator => Some(emulator.expect("an emulator")),
    }
}

/// Whether the emulator is installed.
pub(crate) fn is_installed() -> bool {
    switched_on().is_some()
}

/// A time trial of Mario on the bundled game's course with this number.
pub(crate) fn time_trial(course: u8) -> Combo {
    Combo {
        character: 0,
        course,
        mode: Mode::TimeTrial,
    }
}

/// The first frame of a race; `None` where the emulator is not installed.
pub(crate) fn in_race(combo: &Combo) -> Option<Emulator> {
    let mut emulator = switched_on()?;
    enter_race(&mut emulator, combo, &mut |_, _| ControlFlow::Continue(())).expect("a race");
    Some(emulator)
}
