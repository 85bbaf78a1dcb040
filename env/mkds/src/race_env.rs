//! A race of Mario Kart DS as a Gymnasium-style environment.

use std::path::Path;

use desmume::{Emulator, Picture};
use env_kart::{
    facts::{Controls, Facts},
    observation::Observer,
    race_env::{self, Prepared, RaceGame},
    referee::Referee,
    reference_line::ReferenceLine,
    reward::Rewarder,
};
use mkds_formats::ghost::PLAYBACK_DELAY;
use mkds_memory::course::Course;
use nds_formats::dsm::Movie;
use nds_formats::input::Input;
use nds_formats::pad::{Frame, Pad};
use nds_formats::rom::RomHeader;
use track::Track;

use crate::{
    Error, Result,
    config::RaceEnvConfig,
    control::{Button, KEYMASK},
    displace::displace,
    emulated::{find_race, race},
    facts::{self, GO_FRAME},
    game::MarioKartDs,
    starts,
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

    fn prepare(rom: &[u8], config: &RaceEnvConfig) -> Result<Prepared<Self>> {
        config.check()?;
        let found = RomHeader::parse(rom)?.game_code;
        if !found.starts_with("AMC") {
            return Err(Error::WrongGame { found });
        }
        let observer = Observer::new(&config.observation, KEYMASK)?;
        let mut read = |path: &Path| read_line(rom, path).map_err(|error| starts::at(path, error));
        let rewarder = Rewarder::new(config.reward.clone(), &mut read)?;
        let referee = Referee::new(rewarder, &config.terminate, &config.truncate)?;
        let (machine, start_states) = starts::prepare(rom, config)?;
        Ok(Prepared {
            machine,
            start_states,
            observer,
            referee,
            actions: config.actions.clone(),
            pictures: config.pixels.map(|pixels| pixels.pictures()),
            frame_skip: config.frame_skip,
            vary: config.start.vary,
            render: config.render,
        })
    }

    fn open(rom: &[u8], config: &RaceEnvConfig) -> Result<Emulator> {
        let battery = config.battery.as_deref();
        Ok(Emulator::open_with_battery(rom, &config.options, battery)?)
    }

    fn course_id(emulator: &Emulator) -> Result<Option<u32>> {
        Ok(find_race(emulator)?.map(|race| race.config().course().0))
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
        Frame::pad(pad)
    }

    fn pad(input: &Frame) -> Pad {
        input.pad
    }

    fn displace(emulator: &mut Emulator, lateral: f32, heading: f32) -> Result<()> {
        displace(emulator.main_ram_mut(), lateral, heading)
    }
}

/// Reads a reference line from a file: the path of the kart in a movie, or the points of a CSV file.
fn read_line(rom: &[u8], path: &Path) -> Result<ReferenceLine> {
    let bytes = starts::read_file(path, Input::Movie)?;
    if path.extension().is_none_or(|extension| extension != "dsm") {
        return Ok(ReferenceLine::parse_csv(&String::from_utf8_lossy(&bytes))?);
    }
    let mut replay = starts::open_movie(rom, path, &Movie::parse(&bytes)?)?;
    let mut places = Vec::new();
    while replay.step(Picture::Skip)?.is_some() && !replay.outcome().finished {
        if let Some(race) = find_race(replay.machine())? {
            places.push(race.driver(0)?.position().to_f32());
        }
    }
    Ok(ReferenceLine::new(places)?)
}
