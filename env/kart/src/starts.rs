//! The states that episodes begin with, made by playing the game.

use std::path::Path;
use std::sync::Arc;

use formats::input::Input;
use machine::{Machine, Picture};

use crate::{
    Error, Result,
    action::DrivingAction,
    beginning::{StartFrom, States},
    control::Button,
    facts::Facts,
    line_driver::Style,
    observation::Keymask,
    race_env::{InputOf, RaceGame, StartState, StateOf},
    reference_line::ReferenceLine,
    runs::{
        ErrorOf, MachineOf, RunGame, RunResult,
        replay::{Replay, read_file},
    },
};

/// Frames after which the scripted driver's lap counts as failed.
const LAP_LIMIT: u32 = 20_000;

/// What a game adds to how episodes begin.
pub trait Starts: RunGame {
    /// The scripted driver of a race.
    type Driver;

    /// The bits of its console's pad, as observations have them.
    const KEYMASK: Keymask;

    /// Drives a machine that was just switched on through the menus into the configuration's race.
    ///
    /// # Errors
    /// The menus do not lead to it.
    fn enter_race(machine: &mut MachineOf<Self>, config: &Self::Config) -> RunResult<(), Self>;

    /// The scripted driver of the race in RAM, in that style.
    ///
    /// # Errors
    /// There is no race, or its course is malformed.
    fn driver(machine: &MachineOf<Self>, style: Style) -> RunResult<Self::Driver, Self>;

    /// The driver's decision for the next frame.
    ///
    /// # Errors
    /// The race is malformed.
    fn drive(
        driver: &mut Self::Driver,
        machine: &MachineOf<Self>,
    ) -> RunResult<DrivingAction, Self>;

    /// Reads a state from a file.
    ///
    /// # Errors
    /// The file can't be read, or is no state of this ROM and configuration.
    fn read_state(rom: &[u8], config: &Self::Config, path: &Path)
    -> RunResult<StateOf<Self>, Self>;

    /// An error in a file's content, with the file's path.
    fn in_file(path: &Path, error: ErrorOf<Self>) -> ErrorOf<Self>;
}

/// A machine, and the start states that it has made.
pub(crate) type Started<G> = (<G as RaceGame>::Machine, Vec<StartState<G>>);

/// Makes start states from `from`; also returns the machine that made them.
///
/// # Errors
/// The game's, and [`Error::Setting`] where there is no race to start in.
pub(crate) fn prepare<G: Starts, const GRID: u32>(
    rom: &Arc<[u8]>,
    config: &<G as RaceGame>::Config,
    from: &StartFrom<GRID>,
) -> Result<Started<G>, ErrorOf<G>> {
    match from {
        StartFrom::PowerOn => {
            let mut machine = <G as RaceGame>::open(rom, config)?;
            let start_state = idle(&mut machine)?;
            Ok((machine, vec![start_state]))
        }
        StartFrom::Grid { frame } => {
            let mut machine = on_the_grid::<G>(rom, config, *frame)?;
            let start_state = idle(&mut machine)?;
            Ok((machine, vec![start_state]))
        }
        StartFrom::Lap { count } => {
            let mut machine = on_the_grid::<G>(rom, config, G::GO_FRAME)?;
            let states = along_a_lap(&mut machine, *count)?;
            Ok((machine, states))
        }
        StartFrom::States(States { files, frame }) => {
            let mut machine = <G as RaceGame>::open(rom, config)?;
            let mut read = |path: &Path| {
                machine.load_state(&G::read_state(rom, config, path)?)?;
                if let Some(frame) = frame {
                    wait_for::<G>(&mut machine, *frame)?;
                }
                idle(&mut machine)
            };
            let states = files
                .iter()
                .map(|path| read(path).map_err(|error| G::in_file(path, error)))
                .collect::<Result<_, _>>()?;
            Ok((machine, states))
        }
        StartFrom::Movie {
            path,
            frame,
            play_on,
        } => {
            let (machine, start_state) = from_movie::<G>(rom, path, *frame, *play_on)
                .map_err(|error| G::in_file(path, error))?;
            Ok((machine, vec![start_state]))
        }
    }
}

/// Plays a movie up to `frame`, by default the start signal of its race. With `play_on` the start state goes on with the
/// movie.
fn from_movie<G: RunGame>(
    rom: &[u8],
    path: &Path,
    frame: Option<u64>,
    play_on: bool,
) -> RunResult<(MachineOf<G>, StartState<G>), G> {
    let mut replay = Replay::<G>::open_file(rom, path)?;
    let frame = match frame {
        Some(frame) => frame,
        None => start_signal(&replay)?,
    };
    let frames = replay.frames().len() as u64;
    if frame >= frames {
        let found = format!("{frame}, where it has {frames}");
        let expected = "a frame of the movie";
        return Err(Error::setting("start.from.movie.frame", expected, found).into());
    }
    for _ in 0..frame {
        replay.step(Picture::Skip)?;
    }
    let lead = replay.frames()[frame as usize];
    let movie: Arc<[InputOf<G>]> = match play_on {
        true => replay.frames()[frame as usize + 1..].into(),
        false => Arc::new([]),
    };
    let mut machine = replay.into_machine();
    let start_state = StartState {
        movie,
        ..StartState::after(&mut machine, &lead)?
    };
    Ok((machine, start_state))
}

/// The frame of the start signal, from the movie's comment on its race; the first frame if it starts from a later state.
fn start_signal<G: RunGame>(replay: &Replay<G>) -> Result<u64> {
    let comment = replay.comment().ok_or_else(|| {
        Error::setting(
            "start.from.movie.frame",
            "a frame, or a movie made by kartscope, which says where its race starts",
            "neither",
        )
    })?;
    // The frame after it shows the start signal, as the first frame of the race shows a count of 1.
    let signal = comment.start_frame + i64::from(G::GO_FRAME) - 2;
    Ok(u64::try_from(signal).unwrap_or(0))
}

/// Reads a line from a file: the path of the kart in a movie, or the points of a CSV file.
///
/// # Errors
/// The file can't be read, or is neither.
pub fn read_line<G: RunGame>(rom: &[u8], path: &Path) -> RunResult<ReferenceLine, G> {
    let is_movie = |ending: &std::ffi::OsStr| ending == G::MOVIES.ending;
    if !path.extension().is_some_and(is_movie) {
        let bytes = read_file(path, Input::Movie)?;
        return Ok(ReferenceLine::parse_csv(&String::from_utf8_lossy(&bytes))?);
    }
    let mut replay = Replay::<G>::open_file(rom, path)?;
    let mut places = Vec::new();
    while replay.step(Picture::Skip)?.is_some() && !replay.outcome().finished {
        let idle = G::pad(&InputOf::<G>::default());
        if let Some(facts) = G::facts(replay.machine(), idle)? {
            places.push(facts.pose.position);
        }
    }
    Ok(ReferenceLine::new(places)?)
}

/// The frame after one with nothing held.
fn idle<G: RaceGame>(machine: &mut MachineOf<G>) -> Result<StartState<G>, ErrorOf<G>> {
    StartState::after(machine, &InputOf::<G>::default())
}

/// A machine in the race, a frame before `frame` of it.
fn on_the_grid<G: Starts>(
    rom: &Arc<[u8]>,
    config: &<G as RaceGame>::Config,
    frame: u32,
) -> Result<MachineOf<G>, ErrorOf<G>> {
    let mut machine = <G as RaceGame>::open(rom, config)?;
    G::enter_race(&mut machine, config)?;
    wait_for::<G>(&mut machine, frame)?;
    Ok(machine)
}

/// Waits with nothing held until a frame before `frame` of the race; not at all in a race that is further.
fn wait_for<G: RaceGame>(machine: &mut MachineOf<G>, frame: u32) -> Result<(), ErrorOf<G>> {
    let before = i64::from(frame) - i64::from(G::GO_FRAME) - 1;
    while facts::<G>(machine)?.since_start < before {
        machine.step(&InputOf::<G>::default(), Picture::Skip)?;
    }
    Ok(())
}

/// States of the scripted driver's first lap, evenly by progress.
fn along_a_lap<G: Starts>(
    machine: &mut MachineOf<G>,
    count: usize,
) -> Result<Vec<StartState<G>>, ErrorOf<G>> {
    let mut driver = G::driver(machine, Style::default())?;
    let mut states = Vec::with_capacity(count);
    for _ in 0..LAP_LIMIT {
        let now = facts::<G>(machine)?;
        let action = G::drive(&mut driver, machine)?;
        let input = G::input(G::Button::driving(action));
        let due = states.len() as f32 / count as f32;
        if now.lap > 0 || now.lap_progress >= due {
            states.push(StartState::after(machine, &input)?);
            if states.len() == count {
                return Ok(states);
            }
        } else {
            machine.step(&input, Picture::Skip)?;
        }
    }
    Err(Error::setting(
        "start.from.lap",
        "a course that the scripted driver gets round",
        format!("{} of {count} places reached", states.len()),
    )
    .into())
}

/// The facts of the race in RAM.
fn facts<G: RaceGame>(machine: &MachineOf<G>) -> Result<Facts, ErrorOf<G>> {
    let idle = G::pad(&InputOf::<G>::default());
    let facts = G::facts(machine, idle)?;
    facts.ok_or_else(|| Error::NoRace.into())
}
