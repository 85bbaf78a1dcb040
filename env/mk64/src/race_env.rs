//! A race of Mario Kart 64 as a Gymnasium-style environment.

use std::sync::Arc;

use env_kart::facts::{Controls, Facts};
use env_kart::race_env::{self, Prepared, RaceGame};
use mk64_memory::course::Course;
use mupen64plus::Emulator;
use n64_formats::pad::{Frame, Pad};
use n64_formats::rom::Rom;
use track::Track;

use crate::config::RaceEnvConfig;
use crate::control::Button;
use crate::displace::displace;
use crate::emulated::{find_race, race};
use crate::facts::{self, GO_TICK};
use crate::game::MarioKart64;
use crate::{Error, Result};

pub use race_env::{Info, ResetOptions};

/// A race environment. A reset loads one of the factory's start states.
pub type RaceEnv = race_env::RaceEnv<MarioKart64>;

/// Makes environments of one configuration.
pub type RaceFactory = race_env::RaceFactory<MarioKart64>;

/// The codes of the ROMs whose RAM is known: the US game, and the bundled one.
const GAME_CODES: [&str; 2] = ["NKTE", "NKSE"];

impl RaceGame for MarioKart64 {
    type Machine = Emulator;
    type Button = Button;
    type Course = Course;
    type Config = RaceEnvConfig;
    type Error = Error;

    /// The race's ticks.
    const GO_FRAME: u32 = GO_TICK;

    fn prepare(rom: &Arc<[u8]>, config: &RaceEnvConfig) -> Result<Prepared<Self>> {
        config.check()?;
        let found = Rom::read(rom)?.header().code.clone();
        if !GAME_CODES.contains(&found.as_str()) {
            return Err(Error::WrongGame { found });
        }
        config.settings().prepare(rom, config)
    }

    fn open(rom: &Arc<[u8]>, config: &RaceEnvConfig) -> Result<Emulator> {
        let saved = config.saved.iter();
        let saved: Vec<_> = saved
            .map(|(storage, bytes)| (*storage, &bytes[..]))
            .collect();
        Ok(Emulator::open_with(rom, &config.options, &saved)?)
    }

    fn course_id(emulator: &Emulator) -> Result<Option<u32>> {
        let race = find_race(emulator)?;
        let id = race.map(|race| race.course_id()).transpose()?;
        Ok(id.map(|id| u32::from(id.0.cast_unsigned())))
    }

    fn read_course(emulator: &Emulator) -> Result<Course> {
        Ok(Course::read(&race(emulator)?)?)
    }

    fn track(course: &Course) -> &Track {
        course.track()
    }

    fn facts(emulator: &Emulator, pad: Pad) -> Result<Option<Facts>> {
        let race = find_race(emulator)?;
        race.map(|race| facts::read(&race, pad)).transpose()
    }

    fn controls(pad: Pad) -> Controls {
        facts::controls(pad)
    }

    fn input(pad: Pad) -> Frame {
        Frame::first(pad)
    }

    fn pad(input: &Frame) -> Pad {
        let [first, ..] = input.pads;
        first
    }

    fn displace(emulator: &mut Emulator, lateral: f32, heading: f32) -> Result<()> {
        displace(emulator.ram_mut(), lateral, heading)
    }
}
