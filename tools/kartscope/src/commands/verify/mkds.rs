//! What is checked of Mario Kart DS.

mod rom;
mod symbols;

use anyhow::{Context, Result};
use env_mkds::game::MarioKartDs;
use env_mkds::runs::console::Console;
use mkds_formats::ghost::Combo;
use mkds_formats::names::{COURSE_SLOTS, Course};
use mkds_memory::Ram;

use super::Check;
use super::game::{Driven, VerifiedGame};
use crate::game::Game;

impl VerifiedGame for MarioKartDs {
    fn check_rom(rom: &[u8]) -> Vec<Check> {
        rom::check(rom)
    }

    /// On the first course, in cup order, whose files the ROM has.
    fn first_race(game: &Game) -> Result<Combo> {
        let course = COURSE_SLOTS
            .iter()
            .find(|course| matches!(rom::read_course(&game.rom, course), Ok(Some(_))))
            .with_context(|| format!("{}: no course can be read from it", game.name))?;
        Ok(Combo {
            character: 0,
            kart: 0,
            course: course.id,
        })
    }

    fn console_with(memory: Option<Vec<u8>>) -> Console {
        Console {
            battery: memory,
            ..Console::default()
        }
    }

    fn check_symbols(driven: &Driven<'_, Self>, rom: &[u8]) -> Result<Vec<Check>> {
        let scene = symbols::Scene {
            ram: Ram::new(driven.machine.main_ram())?,
            frame_before: driven.frame_before,
            held: driven.held,
            combo: driven.combo,
            course: match Course::by_id(driven.combo.course) {
                Some(course) => rom::read_course(rom, course)?,
                None => None,
            },
        };
        Ok(symbols::check(&scene))
    }
}
