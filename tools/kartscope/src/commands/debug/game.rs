//! What the window needs of each game.

use std::ops::ControlFlow;

use anyhow::{Context, Result};
use desmume::State as StateDs;
use env_kart::runs::RunResult;
use env_kart::runs::race_movie::{Entered, Setup};
use env_mk64::game::MarioKart64;
use env_mk64::runs::console::Console as Console64;
use env_mkds::game::MarioKartDs;
use env_mkds::menus::Pace;
use env_mkds::runs::console::{self, Console};
use mk64_formats::names as names_64;
use mkds_formats::names::COURSE_SLOTS;
use mkds_formats::sav::Save;
use mupen64plus::{State as State64, Storage};
use n64_formats::eeprom::Eeprom;
use n64_formats::pak_file::{Container, PakFile};

use crate::courses;
use crate::game;
use crate::games::GhostGame;

/// A game that the window plays.
pub trait Debugged: GhostGame {
    /// The courses of the bundled game or of the real one: the abbreviation of each, in lower case, and its name.
    fn courses(bundled: bool) -> Vec<(String, &'static str)>;

    /// Whether a file is a save state.
    fn is_state(file: &[u8]) -> bool;

    /// A console that has saved what a save file holds.
    ///
    /// # Errors
    /// It is no save file.
    fn console_with(save: &[u8]) -> Result<Self::Console>;

    /// Switches a console on and goes through the menus to a race, for a human who waits.
    ///
    /// # Errors
    /// As [`enter`](env_kart::runs::RunGame::enter).
    fn enter_soon(setup: &Setup<'_, Self>) -> RunResult<Entered<Self>, Self> {
        Self::enter(setup, &mut |_| ControlFlow::Continue(()))
    }
}

impl Debugged for MarioKartDs {
    fn courses(bundled: bool) -> Vec<(String, &'static str)> {
        let has = |id: u8| !bundled || homebrew::COURSES.iter().any(|own| own.id == id);
        let courses = COURSE_SLOTS.iter().filter(|course| has(course.id));
        courses
            .map(|course| (courses::code(course.id), game::course_name(course, bundled)))
            .collect()
    }

    fn is_state(file: &[u8]) -> bool {
        StateDs::is_one(file)
    }

    fn console_with(save: &[u8]) -> Result<Console> {
        Ok(Console {
            battery: Some(Save::parse(save)?.battery().to_vec()),
            ..Console::default()
        })
    }

    /// Haste first: the menus of the game take longer where it reads a cartridge slowly.
    fn enter_soon(setup: &Setup<'_, Self>) -> RunResult<Entered<Self>, Self> {
        let paces = std::iter::once(Pace::BRISK).chain(Pace::PATIENT);
        console::enter(setup, paces, &mut |_| ControlFlow::Continue(()))
    }
}

impl Debugged for MarioKart64 {
    fn courses(bundled: bool) -> Vec<(String, &'static str)> {
        let of = |id, name| (names_64::course_code(id), name);
        match bundled {
            true => {
                let courses = homebrew_n64::COURSES.iter();
                courses.map(|course| of(course.id, course.name)).collect()
            }
            false => {
                let courses = names_64::COURSES.iter();
                courses.map(|course| of(course.id, course.name)).collect()
            }
        }
    }

    fn is_state(file: &[u8]) -> bool {
        State64::is_one(file)
    }

    /// An EEPROM or controller paks; a single pak is that of the first controller.
    fn console_with(save: &[u8]) -> Result<Console64> {
        let saved = match Eeprom::parse(save) {
            Ok(eeprom) => (Storage::Eeprom, eeprom.memory.to_vec()),
            Err(_) => (Storage::Paks, paks_of(save)?),
        };
        Ok(Console64 {
            saved: vec![saved],
            ..Console64::default()
        })
    }
}

/// The paks of the four ports in a file.
fn paks_of(save: &[u8]) -> Result<Vec<u8>> {
    let sizes = || {
        let found = save.len();
        format!("expected an EEPROM of 512 or 2048 bytes or controller paks, found {found} bytes")
    };
    let file = PakFile::parse(save).with_context(sizes)?;
    if file.container() == Container::Ports {
        return Ok(save.to_vec());
    }
    let mut ports = PakFile::new(Container::Ports);
    ports.set_pak(0, &file.pak(0)?)?;
    Ok(ports.bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use n64_formats::{eeprom, pak};

    use super::*;

    #[test]
    fn a_nintendo_64_has_saved_what_an_eeprom_or_paks_hold() {
        let saved = |file: &[u8]| MarioKart64::console_with(file).map(|console| console.saved);
        let padded = [[7; eeprom::SIZE].as_slice(), &[9; 0x600]].concat();
        let expected = vec![(Storage::Eeprom, vec![7; eeprom::SIZE])];
        assert_eq!(saved(&padded[..eeprom::SIZE]).expect("an EEPROM"), expected);
        assert_eq!(saved(&padded).expect("a padded EEPROM"), expected);

        let pak = pak::Pak::formatted([1; 16]);
        let one = saved(pak.bytes()).expect("a pak");
        let [(Storage::Paks, paks)] = &one[..] else {
            panic!("{one:?}");
        };
        assert_eq!(paks.len(), Storage::Paks.size());
        assert_eq!(paks[..pak::SIZE], pak.bytes()[..]);
        assert_eq!(saved(paks).expect("four paks"), one);

        let error = saved(&[0; 100]).expect_err("no save");
        assert!(format!("{error:#}").contains("100 bytes"), "{error:#}");
    }
}
