//! From a ghost of the controller pak to a movie that plays the whole race from power-on, and the ghost that the game keeps
//! of a race.

use std::ops::ControlFlow;

use env_kart::runs::ghost_driver::{FINISH_LIMIT, GhostDriver};
use env_kart::runs::{Opponent, outcome::NotFinished, race_movie};
use mk64_formats::ghost::{Ghost, Ghosts, Run};
use mk64_formats::names::Course;
use mk64_formats::time::RaceTime;
use mk64_memory::symbols;
use mupen64plus::{Emulator, Picture};
use n64_formats::pad::Pad;
use n64_formats::pak::Pak;
use n64_formats::pak_file::PakFile;

use super::console::Console;
use super::{RaceMovie, Replay, Setup};
use crate::Result;
use crate::combo::{Combo, Mode};
use crate::emulated::find_race;
use crate::game::{MarioKart64, TICKS_PER_DRAWN_FRAME};
use crate::movie::Movie;

/// The ghost's drawn frame that is played next when the race has counted no tick: the game has recorded the one before.
const FIRST: usize = 1;
/// The serial number of paks that are formatted here. Games only compare it.
pub const PAK_SERIAL: [u8; 16] = *b"kartscope's pak.";

/// The ghost's drawn frame to hold at a count of the race's ticks.
fn input_at(ticks: u32) -> Option<usize> {
    Some((ticks / u32::from(TICKS_PER_DRAWN_FRAME)) as usize + FIRST)
}

/// The race that a ghost drove.
///
/// # Errors
/// [`Error::Format`](crate::Error::Format) if the ghost's course is none.
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
    let pads: Vec<Pad> = ghost.pads().collect();
    let drawn = pads.len() as u64;
    let mut driver = GhostDriver::<MarioKart64>::new(pads, input_at);
    let setup = Setup {
        rom,
        console,
        combo: combo_of(ghost)?,
        opponent: Opponent::None,
        expected_ms: Some(ghost.time().ms()),
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
    let character = u8::try_from(character).map_err(|_| {
        let found = character.to_string();
        n64_formats::Error::out_of_range("Mario Kart 64 ghost", "character", "0..=7", found)
    })?;
    let time = RaceTime(time);
    Ok(Some(Ghost::new(course.slot, character, time, &runs)?))
}

/// Saves a ghost on the first pak of a file, as the game does: in the place of the course's ghost, else in a free one. The
/// pak stays as it is if there is none.
pub(super) fn save(ghost: &Ghost, paks: &mut Vec<u8>) -> Result<()> {
    let mut file = PakFile::parse(paks)?;
    let pak = file.formatted_pak(0)?;
    let mut pak = pak.unwrap_or_else(|| Pak::formatted(PAK_SERIAL));
    let mut ghosts = Ghosts::read_from(&pak)?.unwrap_or_else(Ghosts::blank);
    if let Some(slot) = ghosts.slot_for(ghost.course())? {
        ghosts.set_ghost(slot, ghost)?;
        ghosts.write_to(&mut pak)?;
        file.set_pak(0, &pak)?;
        *paks = file.bytes().to_vec();
    }
    Ok(())
}

/// Plays a movie to the finish of its race and reads the ghost that the game keeps of it.
///
/// # Errors
/// [`NotFinished`](env_kart::Error::NotFinished) if no race of the movie finishes, [`Incomplete`](env_kart::Error::Incomplete) if the
/// game keeps no ghost of the race, [`Cancelled`](env_kart::Error::Cancelled), and those of [`Replay`] and [`kept_ghost`].
pub fn to_ghost(
    rom: &[u8],
    movie: &Movie,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Ghost> {
    let mut replay = Replay::open(rom, movie)?;
    while let Some(frame) = replay.step(Picture::Skip)? {
        if on_frame(frame).is_break() {
            return Err(env_kart::Error::Cancelled { frames: frame }.into());
        }
        let outcome = replay.outcome();
        if !outcome.finished {
            continue;
        }
        let kept = kept_ghost(replay.machine())?;
        if let Some(ghost) = kept.filter(|it| it.time().ms() == outcome.total_ms) {
            return Ok(ghost);
        }
    }
    let outcome = replay.outcome();
    if !outcome.finished {
        return Err(env_kart::Error::from(NotFinished(outcome)).into());
    }
    Err(env_kart::Error::Incomplete {
        expected:
            "a ghost of the race, which the game keeps unless it was paused or it has a faster one"
                .to_owned(),
        found: "none".to_owned(),
    }
    .into())
}
