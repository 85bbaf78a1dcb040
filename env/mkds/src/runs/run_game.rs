//! Mario Kart DS as a [`RunGame`].

use std::ops::ControlFlow;

use desmume::{Emulator, State};
use env_kart::runs::{RunGame, checks::digest};
use mkds_formats::ghost::Combo;
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;

use super::{
    Entered, Setup, StateStart,
    console::{self, Console},
    lap_times_ms,
    rom_check::RomCheck,
};
use crate::{
    Result,
    game::{MarioKartDs, race_in},
    menus::{self, Pace},
    ram::find_race,
};

impl RunGame for MarioKartDs {
    type Combo = Combo;
    type Console = Console;
    /// The save memory.
    type Saved = Vec<u8>;

    const COMBO_FORM: &'static str = "character=N kart=N course=N";
    const STATE_ENDING: &'static str = "dst";
    const DIGEST_FIELD: &'static str = "driver 0's position, velocity, yaw and speed";

    fn combo_fields(combo: &Combo) -> String {
        let Combo {
            character,
            kart,
            course,
        } = combo;
        format!("character={character} kart={kart} course={course}")
    }

    fn combo_of_fields<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Option<Combo> {
        Some(Combo {
            character: value("character")?.parse().ok()?,
            kart: value("kart")?.parse().ok()?,
            course: value("course")?.parse().ok()?,
        })
    }

    fn combo(emulator: &Emulator) -> Result<Option<Combo>> {
        Ok(find_race(emulator.main_ram())?
            .as_ref()
            .and_then(menus::combo))
    }

    fn has_race(emulator: &Emulator) -> bool {
        race_in(emulator.main_ram()).is_some()
    }

    fn digest(emulator: &Emulator) -> Result<Option<u16>> {
        let Some(race) = find_race(emulator.main_ram())? else {
            return Ok(None);
        };
        let driver = race.driver(0)?;
        Ok(Some(digest(&[
            driver.position().x.0,
            driver.position().y.0,
            driver.position().z.0,
            driver.velocity_direction().x.0,
            driver.velocity_direction().z.0,
            driver.forward_speed().0,
            i32::from(driver.yaw().0),
        ])))
    }

    fn lap_times_ms(emulator: &Emulator) -> Result<Vec<u32>> {
        match find_race(emulator.main_ram())? {
            Some(race) => Ok(lap_times_ms(&race)?),
            None => Ok(Vec::new()),
        }
    }

    fn console(movie: &Movie) -> Result<Console> {
        Console::of_movie(movie)
    }

    fn starts_from_state(movie: &Movie) -> Result<bool> {
        Ok(movie.header.starts_from_state()?)
    }

    fn blank_movie(rom: &[u8], console: &Console) -> Result<Movie> {
        console.blank_movie(rom)
    }

    fn switch_on(rom: &[u8], console: &Console) -> Result<Emulator> {
        console.switch_on(rom)
    }

    fn start_from_state(rom: &[u8], console: &Console, file: &[u8]) -> Result<StateStart> {
        console::start_from_state(rom, &console.options, file)
    }

    fn state_file(file: &[u8]) -> Result<Vec<u8>> {
        Ok(State::dst_of(file)?.into_owned())
    }

    /// The menus are tried up to three times, with longer waits each time.
    fn enter(
        setup: &Setup<'_>,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Entered> {
        console::enter(setup, Pace::PATIENT, on_frame)
    }

    fn frames(movie: &Movie) -> &[Frame] {
        &movie.frames
    }

    fn append(movie: &mut Movie, _: &Emulator, input: &Frame) {
        movie.frames.push(*input);
    }

    fn saved(emulator: &mut Emulator) -> Result<Vec<u8>> {
        Ok(emulator.battery()?)
    }

    fn warning(rom: &[u8], movie: &Movie) -> Result<Option<&'static str>> {
        Ok(RomCheck::of(rom, movie)?.warning())
    }
}
