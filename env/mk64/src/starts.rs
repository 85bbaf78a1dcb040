//! The states that episodes begin with: the game's menus, save states and movies.

use std::ops::ControlFlow;
use std::path::Path;

use env_kart::action::DrivingAction;
use env_kart::observation::Keymask;
use env_kart::runs::replay::read_file;
use env_kart::starts::Starts;
use formats::input::Input;
use mk64_memory::course::Course;
use mupen64plus::{Emulator, State};

use crate::config::RaceEnvConfig;
use crate::control::KEYMASK;
use crate::emulated::race;
use crate::game::MarioKart64;
use crate::scripted::{Pursuit, Style};
use crate::{Error, Result, menus};

impl Starts for MarioKart64 {
    type Driver = Pursuit;

    const KEYMASK: Keymask = KEYMASK;

    fn enter_race(emulator: &mut Emulator, config: &RaceEnvConfig) -> Result<()> {
        menus::enter_race(emulator, &config.combo()?, &mut |_, _| {
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    fn driver(emulator: &Emulator, style: Style) -> Result<Pursuit> {
        let course = Course::read(&race(emulator)?)?;
        Ok(Pursuit::new(&course, style))
    }

    fn drive(driver: &mut Pursuit, emulator: &Emulator) -> Result<DrivingAction> {
        driver.act(&race(emulator)?)
    }

    fn read_state(_: &[u8], _: &RaceEnvConfig, path: &Path) -> Result<State> {
        Ok(State::from_bytes(&read_file(path, Input::State)?)?)
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
