//! The states that episodes begin with.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use desmume::{Emulator, Picture, State};
use env_kart::{race_env, runs::replay::state_beside};
use mkds_memory::course::Course;
use nds_formats::dsm::Movie;
use nds_formats::input::{self, Input};
use nds_formats::pad::Frame;

use crate::{
    Error, Result,
    action::PadAction,
    config::{RaceEnvConfig, StartFrom, States},
    emulated::race,
    facts::GO_FRAME,
    game::MarioKartDs,
    menus::{self, Opponent, Pace},
    runs::{RaceComment, Replay},
    scripted::{Pursuit, Style},
};

type StartState = race_env::StartState<MarioKartDs>;

/// The frame after one with nothing pressed.
fn idle(emulator: &mut Emulator) -> Result<StartState> {
    StartState::after(emulator, &Frame::default())
}

/// Frames after which the scripted driver's lap counts as failed.
const LAP_LIMIT: u32 = 20_000;

/// Makes the start states of `config`; also returns the emulator that made them.
pub(crate) fn prepare(rom: &[u8], config: &RaceEnvConfig) -> Result<(Emulator, Vec<StartState>)> {
    let open = || Emulator::open_with_battery(rom, &config.options, config.battery.as_deref());
    match &config.start.from {
        StartFrom::PowerOn => {
            let mut emulator = open()?;
            let start_state = idle(&mut emulator)?;
            Ok((emulator, vec![start_state]))
        }
        StartFrom::Grid { frame } => {
            let mut emulator = open()?;
            enter_grid(&mut emulator, config, *frame)?;
            let start_state = idle(&mut emulator)?;
            Ok((emulator, vec![start_state]))
        }
        StartFrom::Lap { count } => {
            let mut emulator = open()?;
            enter_grid(&mut emulator, config, GO_FRAME)?;
            let states = along_a_lap(&mut emulator, *count)?;
            Ok((emulator, states))
        }
        StartFrom::States(States { files, frame }) => {
            let mut emulator = open()?;
            let mut read = |path: &Path| {
                emulator.load_state(&State::read(
                    &read_file(path, Input::State)?,
                    rom,
                    &config.options,
                )?)?;
                if let Some(frame) = frame {
                    wait_for(&mut emulator, *frame)?;
                }
                idle(&mut emulator)
            };
            let states = files
                .iter()
                .map(|path| read(path).map_err(|error| at(path, error)))
                .collect::<Result<_>>()?;
            Ok((emulator, states))
        }
        StartFrom::Movie {
            path,
            frame,
            play_on,
        } => from_movie(rom, path, *frame, *play_on).map_err(|error| at(path, error)),
    }
}

/// Drives the menus and waits until a frame before `frame` of the race.
fn enter_grid(emulator: &mut Emulator, config: &RaceEnvConfig, frame: u32) -> Result<()> {
    let combo = config.combo()?;
    let paces = std::iter::once(Pace::BRISK).chain(Pace::PATIENT);
    let mut go_on = |_: &Frame| ControlFlow::Continue(());
    menus::enter_race_at_any(emulator, &combo, Opponent::None, paces, &mut go_on)?;
    wait_for(emulator, frame)
}

/// Waits with nothing pressed until a frame before `frame` of the race; not at all in a race that is further.
fn wait_for(emulator: &mut Emulator, frame: u32) -> Result<()> {
    while race(emulator)?.state().frame_counter() + 1 < frame {
        emulator.step(&Frame::default(), Picture::Skip)?;
    }
    Ok(())
}

/// States of the scripted driver's first lap, evenly by progress.
fn along_a_lap(emulator: &mut Emulator, count: usize) -> Result<Vec<StartState>> {
    let course = Course::read(&race(emulator)?)?;
    let mut driver = Pursuit::new(&course, Style::default());
    let mut states = Vec::with_capacity(count);
    for _ in 0..LAP_LIMIT {
        let (lap, progress) = {
            let status = race(emulator)?.driver_status(0)?;
            (status.lap(), status.lap_progress().to_f32())
        };
        let frame = Frame::pad(driver.act(&race(emulator)?)?.to_pad());
        let due = states.len() as f32 / count as f32;
        if lap > 0 || progress >= due {
            states.push(StartState::after(emulator, &frame)?);
            if states.len() == count {
                return Ok(states);
            }
        } else {
            emulator.step(&frame, Picture::Skip)?;
        }
    }
    Err(Error::setting(
        "start.from.lap",
        "a course that the scripted driver gets round",
        format!("{} of {count} places reached", states.len()),
    ))
}

fn from_movie(
    rom: &[u8],
    path: &Path,
    frame: Option<u64>,
    play_on: bool,
) -> Result<(Emulator, Vec<StartState>)> {
    let movie = Movie::parse(&read_file(path, Input::Movie)?)?;
    let frame = match frame {
        Some(frame) => frame,
        None => start_signal(&movie)?,
    };
    let frames = movie.frames.len() as u64;
    if frame >= frames {
        return Err(Error::setting(
            "start.from.movie.frame",
            "a frame of the movie",
            format!("{frame}, where it has {frames}"),
        ));
    }
    let mut replay = open_movie(rom, path, &movie)?;
    for _ in 0..frame {
        replay.step(Picture::Skip)?;
    }
    let mut emulator = replay.into_machine();
    let (lead, rest) = (
        movie.frames[frame as usize],
        &movie.frames[frame as usize + 1..],
    );
    let start_state = StartState {
        movie: if play_on { rest.into() } else { Arc::new([]) },
        ..StartState::after(&mut emulator, &lead)?
    };
    Ok((emulator, vec![start_state]))
}

/// Starts a movie; if it starts from a save state, that is the file beside it (`.dst`).
pub(crate) fn open_movie(rom: &[u8], path: &Path, movie: &Movie) -> Result<Replay> {
    if movie.header.starts_from_state()? {
        let state = read_file(&state_beside::<MarioKartDs>(path), Input::State)?;
        Replay::open_from_state(rom, movie, &state)
    } else {
        Replay::open(rom, movie)
    }
}

/// The frame of the start signal, from the movie's comment on its race; the first frame if it starts from a later state.
fn start_signal(movie: &Movie) -> Result<u64> {
    let comment = RaceComment::of_movie(movie)?;
    let start = comment.ok_or_else(|| {
        Error::setting(
            "start.from.movie.frame",
            "a frame, or a movie made by kartscope, which says where its race starts",
            "neither",
        )
    })?;
    // The frame after it shows the start signal, as the first frame of the race shows a count of 1.
    let signal = start.start_frame + i64::from(GO_FRAME - 2);
    Ok(u64::try_from(signal).unwrap_or(0))
}

pub(crate) fn read_file(path: &Path, input: Input) -> Result<Vec<u8>> {
    input::read(path, input).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// An error in a file's content, with the file's path.
pub(crate) fn at(path: &Path, error: Error) -> Error {
    match error {
        Error::Read { .. } => error,
        error => Error::File {
            path: path.to_owned(),
            source: Box::new(error),
        },
    }
}
