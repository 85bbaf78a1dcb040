//! Races on [`Console`]s as environments.

use std::sync::Arc;

use env_kart::Error as KartError;
use env_kart::facts::{Controls, Facts};
use env_kart::race_env::{self, Prepared, RaceGame, StartState};
use env_mkds::config::{RaceEnvConfig, StartFrom};
use env_mkds::control::Button;
use env_mkds::game::MarioKartDs;
use env_mkds::{Error, Result, facts, ram};
use mkds_memory::course::Course;
use nds_formats::pad::{Frame, Pad};
use nds_formats::rom::arm9_program;
use track::Track;

use crate::console::{Console, State};

/// The bundled DS game, played without an emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativeRaces {}

/// A race environment. A reset loads one of the factory's start states.
pub type RaceEnv = race_env::RaceEnv<NativeRaces>;

/// Makes environments of one configuration.
pub type RaceFactory = race_env::RaceFactory<NativeRaces>;

impl RaceGame for NativeRaces {
    type Machine = Console;
    type Button = Button;
    type Course = Course;
    type Config = RaceEnvConfig;
    type Error = Error;

    const GO_FRAME: u32 = MarioKartDs::GO_FRAME;
    const FIRST_INPUT: u32 = MarioKartDs::FIRST_INPUT;

    /// As on the emulator, which makes the start states.
    ///
    /// # Errors
    /// As on the emulator; [`env_kart::Error::Setting`] for another game's ROM, pictures, and episodes that begin with
    /// power-on.
    fn prepare(rom: &Arc<[u8]>, config: &RaceEnvConfig) -> Result<Prepared<Self>> {
        check(rom, config)?;
        let Prepared {
            machine: mut emulator,
            start_states,
            observer,
            referee,
            actions,
            pictures,
            frame_skip,
            vary,
            render,
        } = MarioKartDs::prepare(rom, config)?;
        let mut states: Vec<StartState<Self>> = Vec::with_capacity(start_states.len());
        for start_state in start_states {
            emulator.load_state(&start_state.state)?;
            let other = states.first().map(|other| &other.state);
            states.push(StartState {
                state: State::of(&mut emulator, other)?,
                pad: start_state.pad,
                picture: Vec::new(),
                movie: start_state.movie,
            });
        }
        Ok(Prepared {
            machine: Self::open(rom, config)?,
            start_states: states,
            observer,
            referee,
            actions,
            pictures,
            frame_skip,
            vary,
            render,
        })
    }

    fn open(rom: &Arc<[u8]>, config: &RaceEnvConfig) -> Result<Console> {
        Console::open(rom, config.battery.as_deref())
    }

    fn course_id(console: &Console) -> Result<Option<u32>> {
        ram::course_id(console.ram())
    }

    fn read_course(console: &Console) -> Result<Course> {
        let race = ram::find_race(console.ram())?.ok_or(KartError::NoRace)?;
        Ok(Course::read(&race)?)
    }

    fn track(course: &Course) -> &Track {
        course.track()
    }

    fn facts(console: &Console, pad: Pad) -> Result<Option<Facts>> {
        ram::read_facts(console.ram(), pad)
    }

    fn controls(pad: Pad) -> Controls {
        facts::controls(pad)
    }

    fn input(pad: Pad) -> Frame {
        MarioKartDs::input(pad)
    }

    fn pad(input: &Frame) -> Pad {
        MarioKartDs::pad(input)
    }

    fn displace(console: &mut Console, lateral: f32, heading: f32) -> Result<()> {
        ram::displace(console.ram_mut(), lateral, heading)
    }
}

/// Checks that a console without an emulator can do what is asked for.
fn check(rom: &[u8], config: &RaceEnvConfig) -> Result<(), KartError> {
    let refused =
        |setting, expected, found: &str| Err(KartError::setting(setting, expected, found));
    if arm9_program(rom) != arm9_program(homebrew::ROM) {
        let expected = "the bundled game's program, which races without an emulator run";
        return refused("rom", expected, "another program");
    }
    if config.pixels.is_some() {
        let expected = "none: races without an emulator draw no pictures";
        return refused("pixels", expected, "pictures");
    }
    if config.render {
        let expected = "false: races without an emulator draw no pictures";
        return refused("render", expected, "true");
    }
    if config.start.from == StartFrom::PowerOn {
        let expected = "a start in a race: without an emulator no console powers on";
        return refused("start.from", expected, "power_on");
    }
    Ok(())
}
