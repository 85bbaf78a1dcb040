//! The states that episodes begin with: the DS's menus, save states and movies.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use desmume::{Emulator, Picture, State};
use env_kart::{
    action::DrivingAction, observation::Keymask, race_env, reference_line::ReferenceLine,
    starts::Starts,
};
use mkds_memory::course::Course;
use nds_formats::dsm::Movie;
use nds_formats::input::{self, Input};
use nds_formats::pad::Frame;

use crate::{
    Error, Result,
    config::RaceEnvConfig,
    control::KEYMASK,
    emulated::{find_race, race},
    facts::GO_FRAME,
    game::MarioKartDs,
    menus::{self, Opponent, Pace},
    runs::{
        comments::RaceComment,
        replay::{Replay, state_beside},
    },
    scripted::{Pursuit, Style},
};

type StartState = race_env::StartState<MarioKartDs>;

impl Starts for MarioKartDs {
    type Driver = Pursuit;

    const KEYMASK: Keymask = KEYMASK;

    fn enter_race(emulator: &mut Emulator, config: &RaceEnvConfig) -> Result<()> {
        let combo = config.combo()?;
        let paces = std::iter::once(Pace::BRISK).chain(Pace::PATIENT);
        let mut go_on = |_: &Frame| ControlFlow::Continue(());
        menus::enter_race_at_any(emulator, &combo, Opponent::None, paces, &mut go_on)?;
        Ok(())
    }

    fn driver(emulator: &Emulator) -> Result<Pursuit> {
        let course = Course::read(&race(emulator)?)?;
        Ok(Pursuit::new(&course, Style::default()))
    }

    fn drive(driver: &mut Pursuit, emulator: &Emulator) -> Result<DrivingAction> {
        driver.act(&race(emulator)?)
    }

    fn read_state(rom: &[u8], config: &RaceEnvConfig, path: &Path) -> Result<State> {
        let bytes = read_file(path, Input::State)?;
        Ok(State::read(&bytes, rom, &config.options)?)
    }

    fn from_movie(
        rom: &[u8],
        path: &Path,
        frame: Option<u64>,
        play_on: bool,
    ) -> Result<(Emulator, StartState)> {
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
        let mut emulator = replay.into_emulator();
        let (lead, rest) = (
            movie.frames[frame as usize],
            &movie.frames[frame as usize + 1..],
        );
        let start_state = StartState {
            movie: if play_on { rest.into() } else { Arc::new([]) },
            ..StartState::after(&mut emulator, &lead)?
        };
        Ok((emulator, start_state))
    }

    fn read_line(rom: &[u8], path: &Path) -> Result<ReferenceLine> {
        let bytes = read_file(path, Input::Movie)?;
        if path.extension().is_none_or(|extension| extension != "dsm") {
            return Ok(ReferenceLine::parse_csv(&String::from_utf8_lossy(&bytes))?);
        }
        let mut replay = open_movie(rom, path, &Movie::parse(&bytes)?)?;
        let mut places = Vec::new();
        while replay.step(Picture::Skip)?.is_some() && !replay.outcome().finished {
            if let Some(race) = find_race(replay.emulator())? {
                places.push(race.driver(0)?.position().to_f32());
            }
        }
        Ok(ReferenceLine::new(places)?)
    }

    fn in_file(path: &Path, error: Error) -> Error {
        match error {
            Error::Read { .. } => error,
            error => Error::File {
                path: path.to_owned(),
                source: Box::new(error),
            },
        }
    }
}

/// Starts a movie; if it starts from a save state, that is the file beside it (`.dst`).
fn open_movie(rom: &[u8], path: &Path, movie: &Movie) -> Result<Replay> {
    if movie.header.starts_from_state()? {
        let state = read_file(&state_beside(path), Input::State)?;
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

fn read_file(path: &Path, input: Input) -> Result<Vec<u8>> {
    input::read(path, input).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}
