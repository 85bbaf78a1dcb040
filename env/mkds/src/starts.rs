//! The states that episodes begin with: the DS's menus, save states and movies.

use std::ops::ControlFlow;
use std::path::Path;

use desmume::{Emulator, State};
use env_kart::{
    action::DrivingAction, observation::Keymask, runs::replay::read_file, starts::Starts,
};
use mkds_memory::course::Course;
use nds_formats::input::Input;
use nds_formats::pad::Frame;

use crate::{
    Error, Result,
    config::RaceEnvConfig,
    control::KEYMASK,
    emulated::race,
    game::MarioKartDs,
    menus::{self, Opponent, Pace},
    scripted::{Pursuit, Style},
};

impl Starts for MarioKartDs {
    type Driver = Pursuit;

    const KEYMASK: Keymask = KEYMASK;

    fn enter_race(emulator: &mut Emulator, config: &RaceEnvConfig) -> Result<()> {
        let combo = config.combo()?;
        let paces = std::iter::once(Pace::BRISK).chain(Pace::PATIENT);
        let mut go_on = |_: &Frame| ControlFlow::Continue(());
        menus::enter_race_at_any(emulator, &combo, Opponent::None, paces, &mut go_on)?;
        Ok(())
    }

    fn driver(emulator: &Emulator, style: Style) -> Result<Pursuit> {
        let course = Course::read(&race(emulator)?)?;
        Ok(Pursuit::new(&course, style))
    }

    fn drive(driver: &mut Pursuit, emulator: &Emulator) -> Result<DrivingAction> {
        driver.act(&race(emulator)?)
    }

    fn read_state(rom: &[u8], config: &RaceEnvConfig, path: &Path) -> Result<State> {
        let bytes = read_file(path, Input::State)?;
        Ok(State::read(&bytes, rom, &config.options)?)
    }

    fn in_file(path: &Path, error: Error) -> Error {
        match error {
            Error::Kart(env_kart::Error::Read { .. }) => error,
            error => Error::File {
                path: path.to_owned(),
                source: Box::new(error),
            },
        }
    }
}
