//! What is checked of Mario Kart 64.

mod symbols;

use anyhow::{Context, Result};
use env_mk64::combo::{Combo, Mode};
use env_mk64::game::MarioKart64;
use env_mk64::runs::console::Console;
use mk64_formats::names::Course;
use mk64_memory::Ram;
use n64_formats::rom::Rom;

use super::Check;
use super::game::{Driven, VerifiedGame};
use crate::game::Game;
use crate::games::KartGame as _;

impl VerifiedGame for MarioKart64 {
    /// The header. Courses are packed in the ROM; the one of the race is checked in RAM.
    fn check_rom(rom: &[u8]) -> Vec<Check> {
        vec![Check::of("rom", "header", header(rom))]
    }

    /// A time trial on the first course that the ROM has.
    fn first_race(game: &Game) -> Result<Combo> {
        let courses = Self::courses_of(game);
        let first = courses.first();
        let course = first.and_then(|name| Course::by_abbreviation(name));
        let course = course.with_context(|| format!("{}: no course", game.name))?;
        Ok(Combo {
            character: 0,
            course: course.id,
            mode: Mode::TimeTrial,
        })
    }

    fn console_with(_: Option<Vec<u8>>) -> Console {
        Console::default()
    }

    fn check_symbols(driven: &Driven<'_, Self>, _: &[u8]) -> Result<Vec<Check>> {
        let scene = symbols::Scene {
            ram: Ram::new(driven.machine.ram())?,
            ticks_before: driven.frame_before,
            held: driven.held.buttons,
            combo: driven.combo,
        };
        Ok(symbols::check(&scene))
    }
}

fn header(rom: &[u8]) -> Result<String> {
    let rom = Rom::read(rom)?;
    let header = rom.header();
    Ok(format!(
        "{:?}, {} ({}), revision {}, {} bytes",
        header.name,
        header.code,
        header.country().unwrap_or("of an unknown country"),
        header.revision,
        rom.bytes().len()
    ))
}
