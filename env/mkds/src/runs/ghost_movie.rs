//! From a ghost in a save file to a movie that plays the whole race from power-on, and back.

use std::ops::ControlFlow;

use desmume::{Options, Picture};
use env_kart::race_env::RaceGame as _;
use env_kart::runs::ghost_driver::{FINISH_LIMIT, GhostDriver};
use env_kart::runs::{RunGame as _, outcome::NotFinished, race_movie};
use mkds_formats::ghost::{Ghost, PLAYBACK_DELAY, RaceTime};
use nds_formats::{dsm::Movie, pad::Pad};

use super::{Opponent, RaceMovie, Replay, Setup, console::Console};
use crate::{Result, emulated, game::MarioKartDs, menus};

/// The ghost's input to hold at a count of the race's frames.
fn input_at(frame: u32) -> Option<usize> {
    let index = frame.checked_sub(MarioKartDs::FIRST_INPUT)?;
    Some(index as usize)
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
    let inputs: Vec<Pad> = ghost.frames().collect();
    let frame_limit = (PLAYBACK_DELAY + inputs.len()) as u64 + FINISH_LIMIT;
    let mut driver = GhostDriver::<MarioKartDs>::new(inputs, input_at);
    let console = Console {
        options: options.clone(),
        battery: battery.map(<[u8]>::to_vec),
    };
    let setup = Setup {
        rom,
        console: &console,
        combo: ghost.combo,
        opponent: Opponent::None,
        expected_ms: Some(ghost.time.0),
        frame_limit,
    };
    race_movie::record(&setup, &mut driver, on_frame)
}

/// Plays a movie to the finish of its race and makes the ghost that the game would have saved.
///
/// # Errors
/// [`env_kart::Error::NotFinished`] if no race of the movie finishes, [`Error::Format`](crate::Error::Format) if a ghost cannot hold the inputs,
/// [`env_kart::Error::Cancelled`], and those of [`Replay`].
pub fn to_ghost(
    rom: &[u8],
    movie: &Movie,
    nickname: &str,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Ghost> {
    let mut replay = Replay::open(rom, movie)?;
    while let Some(frame) = replay.step(Picture::Skip)? {
        if on_frame(frame).is_break() {
            return Err(env_kart::Error::Cancelled { frames: frame }.into());
        }
        if !replay.outcome().finished {
            continue;
        }
        let race = emulated::race(replay.machine())?;
        let combo = menus::combo(&race).ok_or(env_kart::Error::RaceLost { frame })?;
        let laps = MarioKartDs::lap_times_ms(replay.machine())?;
        let laps = laps.into_iter().map(RaceTime);
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
    Err(env_kart::Error::from(NotFinished(replay.outcome())).into())
}
