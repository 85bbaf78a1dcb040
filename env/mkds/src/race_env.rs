//! A race of Mario Kart DS as a Gymnasium-style environment.

use std::sync::Arc;

use desmume::Emulator;
use env_kart::{
    facts::{Controls, Facts},
    race_env::{self, Prepared, RaceGame},
};
use mkds_formats::ghost::PLAYBACK_DELAY;
use mkds_memory::course::Course;
use nds_formats::pad::{Frame, Pad};
use nds_formats::rom::RomHeader;
use track::Track;

use crate::{
    Error, Result,
    config::RaceEnvConfig,
    control::Button,
    emulated::race,
    facts::{self, GO_FRAME},
    game::MarioKartDs,
    ram,
};

pub use race_env::{Info, ResetOptions};

/// A race environment. A reset loads one of the factory's start states.
pub type RaceEnv = race_env::RaceEnv<MarioKartDs>;

/// Makes environments of one configuration.
pub type RaceFactory = race_env::RaceFactory<MarioKartDs>;

impl RaceGame for MarioKartDs {
    type Machine = Emulator;
    type Button = Button;
    type Course = Course;
    type Config = RaceEnvConfig;
    type Error = Error;

    /// `frameCounter`, the game's own count.
    const GO_FRAME: u32 = GO_FRAME;

    /// The first that a ghost records.
    const FIRST_INPUT: u32 = PLAYBACK_DELAY as u32 + 1;

    fn prepare(rom: &Arc<[u8]>, config: &RaceEnvConfig) -> Result<Prepared<Self>> {
        config.check()?;
        let found = RomHeader::parse(rom)?.game_code;
        if !found.starts_with("AMC") {
            return Err(Error::WrongGame { found });
        }
        config.settings().prepare(rom, config)
    }

    fn open(rom: &Arc<[u8]>, config: &RaceEnvConfig) -> Result<Emulator> {
        let battery = config.battery.as_deref();
        Ok(Emulator::open_with_battery(rom, &config.options, battery)?)
    }

    fn course_id(emulator: &Emulator) -> Result<Option<u32>> {
        ram::course_id(emulator.main_ram())
    }

    fn read_course(emulator: &Emulator) -> Result<Course> {
        Ok(Course::read(&race(emulator)?)?)
    }

    fn track(course: &Course) -> &Track {
        course.track()
    }

    fn facts(emulator: &Emulator, pad: Pad) -> Result<Option<Facts>> {
        ram::read_facts(emulator.main_ram(), pad)
    }

    fn controls(pad: Pad) -> Controls {
        facts::controls(pad)
    }

    fn input(pad: Pad) -> Frame {
        Frame::pad(pad)
    }

    fn pad(input: &Frame) -> Pad {
        input.pad
    }

    fn displace(emulator: &mut Emulator, lateral: f32, heading: f32) -> Result<()> {
        ram::displace(emulator.main_ram_mut(), lateral, heading)
    }
}
