//! From a ghost in a save file to a movie that plays the whole race from power-on, and back.

use std::ops::ControlFlow;

use desmume::{Options, Picture};
use env_core::Driver;
use mkds_formats::ghost::{Ghost, PLAYBACK_DELAY, RaceTime};
use nds_formats::{dsm::Movie, pad::Pad};

use super::{
    outcome::{self, NotFinished},
    race_movie::{self, RaceMovie, Setup},
    replay::Replay,
};
use crate::{
    Error, Result,
    driver::RaceView,
    emulated,
    menus::{self, Opponent},
};

/// Frames after the ghost's last input within which the race must finish.
const FINISH_LIMIT: u64 = 300;

/// Replays a ghost's inputs.
struct GhostDriver {
    inputs: Vec<Pad>,
}

impl Driver<RaceView<'_>> for GhostDriver {
    type Action = Pad;
    type Error = Error;

    fn reset(&mut self) {}

    fn act(&mut self, RaceView { race, .. }: &RaceView<'_>) -> Result<Pad> {
        // The first input belongs to the frame that the race counts as the delay's successor.
        let index = (race.state().frame_counter() as usize).checked_sub(PLAYBACK_DELAY + 1);
        let input = index.and_then(|index| self.inputs.get(index));
        Ok(input.copied().unwrap_or_default())
    }
}

/// Drives the menus to the ghost's race, plays its inputs and records every frame as a movie.
///
/// `battery` is the save memory to power on with; the movie carries it.
///
/// # Errors
/// Those of [`race_movie::record`]. A race that does not finish in the ghost's time is no error here: see
/// [`RaceMovie::outcome`].
pub fn from_ghost(
    rom: &[u8],
    battery: Option<&[u8]>,
    ghost: &Ghost,
    options: &Options,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<RaceMovie> {
    let mut driver = GhostDriver {
        inputs: ghost.frames().collect(),
    };
    let setup = Setup {
        rom,
        battery,
        options,
        combo: ghost.combo,
        opponent: Opponent::None,
        expected_ms: Some(ghost.time.0),
        frame_limit: (PLAYBACK_DELAY + driver.inputs.len()) as u64 + FINISH_LIMIT,
    };
    race_movie::record(&setup, &mut driver, on_frame)
}

/// Plays a movie to the finish of its race and makes the ghost that the game would have saved.
///
/// # Errors
/// [`Error::NotFinished`] if no race of the movie finishes, [`Error::Format`] if a ghost cannot hold the inputs,
/// [`Error::Cancelled`], and those of [`Replay`].
pub fn to_ghost(
    rom: &[u8],
    movie: &Movie,
    nickname: &str,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Ghost> {
    let mut replay = Replay::open(rom, movie)?;
    while let Some(frame) = replay.step(Picture::Skip)? {
        if on_frame(frame).is_break() {
            return Err(Error::Cancelled { frames: frame });
        }
        if !replay.outcome().finished {
            continue;
        }
        let race = emulated::race(replay.emulator())?;
        let combo = menus::combo(&race).ok_or(Error::RaceLost { frame })?;
        let laps = outcome::lap_times_ms(&race)?.into_iter().map(RaceTime);
        let time = RaceTime(replay.outcome().total_ms);
        // Played since the race's counter was 1: as many frames as it has counted on.
        let start = (frame + 1).saturating_sub(u64::from(race.state().frame_counter()) - 1);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        return Ok(Ghost::from_movie(
            movie,
            start,
            combo,
            time,
            laps.collect(),
            nickname,
        )?);
    }
    Err(NotFinished(replay.outcome()).into())
}
