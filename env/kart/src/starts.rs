//! The states that episodes begin with, made by playing the game.

use std::path::Path;

use machine::{Machine, Picture};

use crate::{
    Error, Result,
    action::DrivingAction,
    beginning::{StartFrom, States},
    control::Button,
    facts::Facts,
    observation::Keymask,
    race_env::{InputOf, RaceGame, StartState, StateOf},
    reference_line::ReferenceLine,
};

/// Frames after which the scripted driver's lap counts as failed.
const LAP_LIMIT: u32 = 20_000;

/// What a game adds to how episodes begin.
pub trait Starts: RaceGame {
    /// The scripted driver of a race.
    type Driver;

    /// The bits of its console's pad, as observations have them.
    const KEYMASK: Keymask;

    /// Drives a machine that was just switched on through the menus into the configuration's race.
    ///
    /// # Errors
    /// The menus do not lead to it.
    fn enter_race(machine: &mut Self::Machine, config: &Self::Config) -> Result<(), Self::Error>;

    /// The scripted driver of the race in RAM.
    ///
    /// # Errors
    /// There is no race, or its course is malformed.
    fn driver(machine: &Self::Machine) -> Result<Self::Driver, Self::Error>;

    /// The driver's decision for the next frame.
    ///
    /// # Errors
    /// The race is malformed.
    fn drive(
        driver: &mut Self::Driver,
        machine: &Self::Machine,
    ) -> Result<DrivingAction, Self::Error>;

    /// Reads a state from a file.
    ///
    /// # Errors
    /// The file can't be read, or is no state of this ROM and configuration.
    fn read_state(
        rom: &[u8],
        config: &Self::Config,
        path: &Path,
    ) -> Result<StateOf<Self>, Self::Error>;

    /// Plays a movie up to `frame`, by default the start signal of its race. With `play_on` the start state goes on with
    /// the movie.
    ///
    /// # Errors
    /// The file can't be read, is no movie of this ROM, or has no such frame.
    fn from_movie(
        rom: &[u8],
        path: &Path,
        frame: Option<u64>,
        play_on: bool,
    ) -> Result<(Self::Machine, StartState<Self>), Self::Error>;

    /// Reads a line from a file: the path of the kart in a movie, or the points of a CSV file.
    ///
    /// # Errors
    /// The file can't be read, or is neither.
    fn read_line(rom: &[u8], path: &Path) -> Result<ReferenceLine, Self::Error>;

    /// An error in a file's content, with the file's path.
    fn in_file(path: &Path, error: Self::Error) -> Self::Error;
}

/// A machine, and the start states that it has made.
pub(crate) type Started<G> = (<G as RaceGame>::Machine, Vec<StartState<G>>);

/// Makes start states from `from`; also returns the machine that made them.
///
/// # Errors
/// The game's, and [`Error::Setting`] where there is no race to start in.
pub(crate) fn prepare<G: Starts, const GRID: u32>(
    rom: &[u8],
    config: &G::Config,
    from: &StartFrom<GRID>,
) -> Result<Started<G>, G::Error> {
    match from {
        StartFrom::PowerOn => {
            let mut machine = G::open(rom, config)?;
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
            let mut machine = G::open(rom, config)?;
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
            let (machine, start_state) = G::from_movie(rom, path, *frame, *play_on)
                .map_err(|error| G::in_file(path, error))?;
            Ok((machine, vec![start_state]))
        }
    }
}

/// The frame after one with nothing held.
fn idle<G: RaceGame>(machine: &mut G::Machine) -> Result<StartState<G>, G::Error> {
    StartState::after(machine, &InputOf::<G>::default())
}

/// A machine in the race, a frame before `frame` of it.
fn on_the_grid<G: Starts>(
    rom: &[u8],
    config: &G::Config,
    frame: u32,
) -> Result<G::Machine, G::Error> {
    let mut machine = G::open(rom, config)?;
    G::enter_race(&mut machine, config)?;
    wait_for::<G>(&mut machine, frame)?;
    Ok(machine)
}

/// Waits with nothing held until a frame before `frame` of the race; not at all in a race that is further.
fn wait_for<G: RaceGame>(machine: &mut G::Machine, frame: u32) -> Result<(), G::Error> {
    let before = i64::from(frame) - i64::from(G::GO_FRAME) - 1;
    while facts::<G>(machine)?.since_start < before {
        machine.step(&InputOf::<G>::default(), Picture::Skip)?;
    }
    Ok(())
}

/// States of the scripted driver's first lap, evenly by progress.
fn along_a_lap<G: Starts>(
    machine: &mut G::Machine,
    count: usize,
) -> Result<Vec<StartState<G>>, G::Error> {
    let mut driver = G::driver(machine)?;
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
fn facts<G: RaceGame>(machine: &G::Machine) -> Result<Facts, G::Error> {
    let idle = G::pad(&InputOf::<G>::default());
    let facts = G::facts(machine, idle)?;
    facts.ok_or_else(|| Error::NoRace.into())
}
