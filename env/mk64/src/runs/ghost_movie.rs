//! From a ghost of the controller pak to a movie that plays the whole race from power-on, and the ghost that the game keeps
//! of a race.

use std::ops::ControlFlow;

use env_core::Driver;
use env_kart::driver::{self, race_frame};
use env_kart::runs::{Opponent, race_movie};
use mk64_formats::ghost::{Ghost, Run};
use mk64_formats::names::Course;
use mk64_formats::time::RaceTime;
use mk64_memory::symbols;
use mupen64plus::Emulator;
use n64_formats::pad::Pad;

use super::console::Console;
use super::{RaceMovie, Setup};
use crate::combo::{Combo, Mode};
use crate::emulated::find_race;
use crate::game::MarioKart64;
use crate::{Error, Result};

/// Milliseconds in the hundredths that the game counts.
const CENTISECOND: u32 = 10;
/// Ticks, and frames, of each drawn frame of a race for one player.
const TICKS_PER_DRAWN_FRAME: u32 = 2;
/// The ghost's drawn frame that is played next when the race has counted no tick: the game has recorded the one before.
const FIRST: usize = 1;
/// Frames after the ghost's last input within which the race must finish.
const FINISH_LIMIT: u64 = 300;

type RaceView<'a> = driver::RaceView<'a, MarioKart64>;

/// Replays a ghost's inputs.
struct GhostDriver {
    /// What is held in each drawn frame.
    pads: Vec<Pad>,
}

impl Driver<RaceView<'_>> for GhostDriver {
    type Action = Pad;
    type Error = Error;

    fn reset(&mut self) {}

    fn act(&mut self, view: &RaceView<'_>) -> Result<Pad> {
        let drawn = race_frame::<MarioKart64>(&view.facts) / TICKS_PER_DRAWN_FRAME;
        let pad = self.pads.get(drawn as usize + FIRST);
        Ok(pad.copied().unwrap_or_default())
    }
}

/// The race that a ghost drove.
///
/// # Errors
/// [`Error::Format`] if the ghost's course is none.
pub fn combo_of(ghost: &Ghost) -> Result<Combo> {
    let course = Course::by_slot(ghost.course()).ok_or_else(|| {
        let found = ghost.course().to_string();
        n64_formats::Error::out_of_range("Mario Kart 64 ghost", "course", "0..=15", found)
    })?;
    Ok(Combo {
        character: ghost.character(),
        course: course.id,
        mode: Mode::TimeTrial,
    })
}

/// Drives the menus to the ghost's race, plays its inputs and records every frame as a movie.
///
/// # Errors
/// Those of [`combo_of`] and [`race_movie::record`]. A race that does not finish in the ghost's time is no error here: see
/// [`RaceMovie::outcome`].
pub fn from_ghost(
    rom: &[u8],
    console: &Console,
    ghost: &Ghost,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<RaceMovie> {
    let mut driver = GhostDriver {
        pads: ghost.pads().collect(),
    };
    let drawn = driver.pads.len() as u64;
    let setup = Setup {
        rom,
        console,
        combo: combo_of(ghost)?,
        opponent: Opponent::None,
        expected_ms: Some(ghost.time().0 * CENTISECOND),
        frame_limit: drawn * u64::from(TICKS_PER_DRAWN_FRAME) + FINISH_LIMIT,
    };
    race_movie::record(&setup, &mut driver, on_frame)
}

/// The ghost that the game keeps of the course of the race in RAM, which its player can save; `None` without a race or a
/// ghost. After the finish it is the driven race, unless the game had a faster ghost or the race was paused.
///
/// # Errors
/// The race or the ghost is malformed, or the ghost is larger than its place on a pak.
pub fn kept_ghost(emulator: &Emulator) -> Result<Option<Ghost>> {
    let Some(race) = find_race(emulator)? else {
        return Ok(None);
    };
    let ram = race.ram();
    let time: i32 = ram.element(&symbols::PLAYER_GHOST_TIME, 0)?;
    let runs = ram.player_ghost()?.map(|input| Run::from_word(input.0));
    let runs: Vec<Run> = runs.collect();
    let course = u8::try_from(race.course_id()?.0).ok();
    let (Some(course), Some(time), false) = (
        course.and_then(Course::by_id),
        u32::try_from(time).ok().filter(|time| *time > 0),
        runs.is_empty(),
    ) else {
        return Ok(None);
    };
    let character: u16 = ram.element(&symbols::PLAYER_GHOST_CHARACTER, 0)?;
    let character = u8::try_from(character).unwrap_or(u8::MAX);
    let time = RaceTime(time);
    Ok(Some(Ghost::new(course.slot, character, time, &runs)?))
}
