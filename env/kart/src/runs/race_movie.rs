//! Recording a race as a movie while a driver drives it, from power-on or a save state to after its finish.

use std::ops::ControlFlow;

use formats::comments::Comments;
use machine::{Machine, Picture};

use super::{
    MachineOf, MovieOf, Opponent, RunGame, RunResult,
    checks::Checks,
    comments::{RaceComment, start_frame},
    nothing_held,
    outcome::{RaceOutcome, RaceWatch},
};
use crate::{
    Error,
    driver::{RaceDriver, RaceView, race_frame},
    facts::Facts,
    race_env::PadOf,
};

/// Frames kept after the finish, so that the movie shows the result and the game stores its ghost.
const AFTER_FINISH: u64 = 240;

/// Which race, on which console.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a, G: RunGame> {
    /// The game.
    pub rom: &'a [u8],
    /// How the console is switched on; the movie carries it.
    pub console: &'a G::Console,
    /// Which race it is.
    pub combo: G::Combo,
    /// The opponent; a ghost is one that the console has saved.
    pub opponent: Opponent,
    /// The expected time of the race in milliseconds, when known; it is written into the movie's comment.
    pub expected_ms: Option<u32>,
    /// Frames after which recording stops if the race has not finished.
    pub frame_limit: u64,
}

/// A race that was driven.
#[derive(Clone, Debug)]
pub struct RaceMovie<G: RunGame> {
    /// From power-on, or from a save state, to after the finish, with a check a race frame in its comments.
    pub movie: MovieOf<G>,
    /// The file of the save state that the movie starts from, to lie beside it.
    pub state: Option<Vec<u8>>,
    /// Which race it is.
    pub combo: G::Combo,
    /// [`RaceComment::start_frame`].
    pub start_frame: i64,
    /// Whether the race finished, and in which time.
    pub outcome: RaceOutcome,
    /// Milliseconds of each lap that was finished.
    pub lap_ms: Vec<u32>,
    /// What the console has saved afterwards, with the game's own ghost of the race if it kept one.
    pub saved: G::Saved,
}

/// A race that has just begun.
#[derive(Debug)]
pub struct Entered<G: RunGame> {
    /// The console, in one of the race's first frames.
    pub machine: MachineOf<G>,
    /// The inputs that led there from power-on, with a header for that power-on.
    pub movie: MovieOf<G>,
    /// [`RaceComment::start_frame`].
    pub start_frame: i64,
}

/// A console in a save state, and the movie of the frames played from there on.
#[derive(Debug)]
pub struct StateStart<G: RunGame> {
    /// The console, as a replay of the movie starts it.
    pub machine: MachineOf<G>,
    /// The movie, without frames. It carries what the console has saved.
    pub movie: MovieOf<G>,
    /// The file of the state, to lie beside the movie.
    pub state: Vec<u8>,
}

impl<G: RunGame> StateStart<G> {
    /// Starts from a state's file.
    ///
    /// # Errors
    /// As [`RunGame::start_from_state`].
    pub fn open(rom: &[u8], console: &G::Console, file: &[u8]) -> RunResult<Self, G> {
        G::start_from_state(rom, console, file)
    }
}

/// Goes through the menus to a race, lets `driver` drive it and records every frame as a movie. `on_frame` receives the
/// number of frames so far, once a frame, and may cancel.
///
/// # Errors
/// Those of [`RunGame::enter`], the driver's, and [`Error::Cancelled`]. A race that does not finish, or not in the expected
/// time, is no error here: see [`RaceMovie::outcome`] and [`RaceOutcome::require_match`].
pub fn record<G: RunGame>(
    setup: &Setup<'_, G>,
    driver: &mut RaceDriver<'_, G>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> RunResult<RaceMovie<G>, G> {
    let entered = G::enter(setup, on_frame)?;
    let (expected_ms, frame_limit) = (setup.expected_ms, setup.frame_limit);
    drive(entered, expected_ms, frame_limit, driver, on_frame)
}

/// Lets `driver` drive the race of a save state from there on, and records every frame as a movie that
/// starts from the state. Recording stops after `frame_limit` frames if the race has not finished.
///
/// # Errors
/// [`Error::RaceLost`] if the state is in no race, the driver's, and [`Error::Cancelled`]. As for [`record`], a race that
/// does not finish is no error.
pub fn record_from_state<G: RunGame>(
    start: StateStart<G>,
    frame_limit: u64,
    driver: &mut RaceDriver<'_, G>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> RunResult<RaceMovie<G>, G> {
    let StateStart {
        machine,
        movie,
        state,
    } = start;
    let facts = facts_in::<G>(&machine, nothing_held::<G>(), 0)?;
    let entered = Entered {
        machine,
        movie,
        start_frame: start_frame(0, race_frame::<G>(&facts)),
    };
    let run = drive(entered, None, frame_limit, driver, on_frame)?;
    Ok(RaceMovie {
        state: Some(state),
        ..run
    })
}

fn drive<G: RunGame>(
    entered: Entered<G>,
    expected_ms: Option<u32>,
    frame_limit: u64,
    driver: &mut RaceDriver<'_, G>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> RunResult<RaceMovie<G>, G> {
    let Entered {
        mut machine,
        mut movie,
        start_frame,
    } = entered;
    let mut played = G::frames(&movie).len() as u64;
    let mut checks = Checks::starting_at(played);
    let mut watch = RaceWatch::expecting(expected_ms);
    let mut lap_ms = Vec::new();
    let lost = |frame| Error::RaceLost { frame };
    let combo = G::combo(&machine)?.ok_or(lost(played))?;
    driver.reset();
    let mut pad = nothing_held::<G>();
    let mut facts = facts_in::<G>(&machine, pad, played)?;
    let mut end = played + frame_limit;
    while played < end {
        pad = match watch.outcome().finished {
            true => nothing_held::<G>(),
            false => driver.act(&RaceView {
                machine: &machine,
                facts,
            })?,
        };
        let input = G::input(pad);
        let picture = match driver.needs_picture() {
            true => Picture::Draw,
            false => Picture::Skip,
        };
        machine.step(&input, picture)?;
        G::append(&mut movie, &machine, &input);
        played += 1;
        facts = facts_in::<G>(&machine, pad, played)?;
        checks.push(G::digest(&machine)?.ok_or(lost(played))?);
        if !watch.outcome().finished {
            watch.update(&facts);
            lap_ms = G::lap_times_ms(&machine)?;
            if watch.outcome().finished {
                end = played + AFTER_FINISH;
            }
        }
        if on_frame(played).is_break() {
            return Err(Error::Cancelled { frames: played }.into());
        }
    }
    let outcome = watch.outcome();
    let comment = RaceComment::<G> {
        combo,
        start_frame,
        total_ms: expected_ms.or(outcome.finished.then_some(outcome.total_ms)),
    };
    movie.add_comment(&comment.to_text());
    for text in checks.comments() {
        movie.add_comment(&text);
    }
    Ok(RaceMovie {
        movie,
        state: None,
        combo,
        start_frame,
        outcome,
        lap_ms,
        saved: G::saved(&mut machine)?,
    })
}

/// The facts of the race in RAM after `frame` frames.
fn facts_in<G: RunGame>(machine: &MachineOf<G>, pad: PadOf<G>, frame: u64) -> RunResult<Facts, G> {
    Ok(G::facts(machine, pad)?.ok_or(Error::RaceLost { frame })?)
}
