//! Recording a race as a movie while a driver drives it, from power-on or a save state to after its finish.

use std::ops::ControlFlow;

use desmume::{Emulator, Options, Picture, State};
use mkds_formats::ghost::Combo;
use mkds_memory::Race;
use nds_formats::battery;
use nds_formats::{
    dsm::{Movie, Start},
    pad::{Frame, Pad},
};

use super::{
    checks::{Checks, race_digest},
    comments::{RaceComment, start_frame},
    outcome::{self, RaceOutcome, RaceWatch},
    rom_check::describe_rom,
};
use crate::{
    Error, Result,
    driver::{RaceDriver, RaceView},
    emulated,
    menus::{self, Opponent, Pace},
};

/// Frames kept after the finish, so that the movie shows the result and the game stores its ghost.
const AFTER_FINISH: u64 = 240;

/// Which race, on which console.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The game.
    pub rom: &'a [u8],
    /// The save memory to power on with; the movie carries it.
    pub battery: Option<&'a [u8]>,
    /// The emulator's options.
    pub options: &'a Options,
    /// Character, kart and course.
    pub combo: Combo,
    /// The opponent; a ghost is the one in `battery`.
    pub opponent: Opponent,
    /// The expected time of the race in milliseconds, when known; it is written into the movie's comment.
    pub expected_ms: Option<u32>,
    /// Frames after which recording stops if the race has not finished.
    pub frame_limit: u64,
}

/// A race that was driven.
#[derive(Clone, Debug)]
pub struct RaceMovie {
    /// From power-on, or from a save state, to after the finish, with a check a race frame in its comments.
    pub movie: Movie,
    /// The file of the save state that the movie starts from, to lie beside it as `.dst`.
    pub state: Option<Vec<u8>>,
    /// Character, kart and course.
    pub combo: Combo,
    /// [`RaceComment::start_frame`].
    pub start_frame: i64,
    /// Whether the race finished, and in which time.
    pub outcome: RaceOutcome,
    /// Milliseconds of each lap that was finished.
    pub lap_ms: Vec<u32>,
    /// The save memory afterwards, with the game's own ghost of the race if it kept one.
    pub battery: Vec<u8>,
}

/// Drives the menus to a race, lets `driver` drive it and records every frame as a movie.
///
/// The menus are tried up to three times, with longer waits each time. `on_frame` receives the number of frames so far,
/// once a frame, and may cancel.
///
/// # Errors
/// Those of [`menus::enter_race`] for the last attempt, the driver's, and [`Error::Cancelled`]. A race that does not
/// finish, or not in the expected time, is no error here: see [`RaceMovie::outcome`] and
/// [`RaceOutcome::require_match`].
pub fn record(
    setup: &Setup<'_>,
    driver: &mut RaceDriver<'_>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<RaceMovie> {
    let entered = enter(setup, Pace::PATIENT, on_frame)?;
    drive(
        entered,
        setup.expected_ms,
        setup.frame_limit,
        driver,
        on_frame,
    )
}

/// Lets `driver` drive the race of a save state from there on, and records every frame as a movie that
/// starts from the state. Recording stops after `frame_limit` frames if the race has not finished.
///
/// # Errors
/// [`Error::RaceLost`] if the state is in no race, the driver's, and [`Error::Cancelled`]. As for [`record`], a race that
/// does not finish is no error.
pub fn record_from_state(
    start: StateStart,
    frame_limit: u64,
    driver: &mut RaceDriver<'_>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<RaceMovie> {
    let StateStart {
        emulator,
        movie,
        state,
    } = start;
    let counter = emulated::race(&emulator)?.state().frame_counter();
    let entered = Entered {
        emulator,
        movie,
        start_frame: start_frame(0, counter),
    };
    let run = drive(entered, None, frame_limit, driver, on_frame)?;
    Ok(RaceMovie {
        state: Some(state),
        ..run
    })
}

fn drive(
    entered: Entered,
    expected_ms: Option<u32>,
    frame_limit: u64,
    driver: &mut RaceDriver<'_>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<RaceMovie> {
    let Entered {
        mut emulator,
        mut movie,
        start_frame,
    } = entered;
    let frames = &mut movie.frames;
    let mut race = Recording {
        checks: Checks::starting_at(frames.len() as u64),
        watch: RaceWatch::expecting(expected_ms),
        lap_ms: Vec::new(),
    };
    let combo = menus::combo(&emulated::race(&emulator)?).ok_or(Error::RaceLost {
        frame: emulator.frame_count(),
    })?;
    driver.reset();
    let mut pad = Pad::empty();
    let mut end = frames.len() as u64 + frame_limit;
    while (frames.len() as u64) < end {
        pad = match race.watch.outcome().finished {
            true => Pad::empty(),
            false => driver.act(&RaceView {
                race: emulated::race(&emulator)?,
                pad,
            })?,
        };
        let frame = Frame::pad(pad);
        emulator.step(&frame, Picture::Skip)?;
        frames.push(frame);
        if race.record(&emulated::race(&emulator)?)? {
            end = frames.len() as u64 + AFTER_FINISH;
        }
        let played = frames.len() as u64;
        if on_frame(played).is_break() {
            return Err(Error::Cancelled { frames: played });
        }
    }
    let outcome = race.watch.outcome();
    let comment = RaceComment {
        combo,
        start_frame,
        total_ms: expected_ms.or(outcome.finished.then_some(outcome.total_ms)),
    };
    movie.header.add_comment(&comment.to_text());
    for text in race.checks.comments() {
        movie.header.add_comment(&text);
    }
    Ok(RaceMovie {
        movie,
        state: None,
        combo,
        start_frame,
        outcome,
        lap_ms: race.lap_ms,
        battery: emulator.battery()?,
    })
}

/// The data collected while a race is driven.
struct Recording {
    checks: Checks,
    watch: RaceWatch,
    lap_ms: Vec<u32>,
}

impl Recording {
    /// Records a frame; returns whether the race finished in it.
    fn record(&mut self, race: &Race<'_>) -> Result<bool> {
        self.checks.push(race_digest(race)?);
        if self.watch.outcome().finished {
            return Ok(false);
        }
        self.watch.update(race)?;
        self.lap_ms = outcome::lap_times_ms(race)?;
        Ok(self.watch.outcome().finished)
    }
}

/// A race that has just begun.
#[derive(Debug)]
pub struct Entered {
    /// The console, in one of the race's first frames.
    pub emulator: Emulator,
    /// The inputs that led there from power-on, with a header for that power-on.
    pub movie: Movie,
    /// [`RaceComment::start_frame`].
    pub start_frame: i64,
}

/// Powers on and drives the menus to a race, at one pace after the other until one leads there.
///
/// `on_frame` receives the number of frames so far, once a frame, and may cancel.
///
/// # Errors
/// As [`menus::enter_race_at_any`].
pub fn enter(
    setup: &Setup<'_>,
    paces: impl IntoIterator<Item = Pace>,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Entered> {
    let mut movie = blank_movie(setup.rom, setup.options, setup.battery)?;
    let mut paces = paces.into_iter().peekable();
    loop {
        let pace = paces.next().unwrap_or_default();
        let mut emulator = Emulator::open_with_battery(setup.rom, setup.options, setup.battery)?;
        movie.frames.clear();
        let mut note = |frame: &Frame| {
            movie.frames.push(*frame);
            on_frame(movie.frames.len() as u64)
        };
        let (combo, opponent) = (&setup.combo, setup.opponent);
        match menus::enter_race_at(&mut emulator, combo, opponent, pace, &mut note) {
            Err(Error::NoRace { .. } | Error::WrongCombo { .. }) if paces.peek().is_some() => {}
            start_frame => {
                return Ok(Entered {
                    start_frame: i64::try_from(start_frame?).unwrap_or(i64::MAX),
                    emulator,
                    movie,
                });
            }
        }
    }
}

/// A console in a save state, and the movie of the frames played from there on.
#[derive(Debug)]
pub struct StateStart {
    /// The console, as a replay of the movie starts it.
    pub emulator: Emulator,
    /// The movie, without frames. It carries the state's save memory.
    pub movie: Movie,
    /// DeSmuME's file of the state, to lie beside the movie as `.dst`: the one that was read, if it was DeSmuME's.
    pub state: Vec<u8>,
}

impl StateStart {
    /// Starts from a state's file, of either kind that [`State::read`] reads.
    ///
    /// # Errors
    /// When the file is no save state, or one of another ROM, and the emulator's.
    pub fn open(rom: &[u8], options: &Options, file: &[u8]) -> Result<Self> {
        let state = State::read(file, rom, options)?.as_movie_start()?;
        let mut emulator = Emulator::open(rom, options)?;
        emulator.load_state(&state)?;
        let battery = emulator.battery()?;
        // A replay inserts the movie's save memory, which resets the save chip even if the bytes are the same.
        emulator.set_battery(&battery)?;
        let battery = (!battery.is_empty()).then_some(battery.as_slice());
        let mut movie = blank_movie(rom, options, None)?;
        movie.header.set_start(&Start::SaveState);
        movie
            .header
            .set_sram(battery.map(battery::with_footer).transpose()?.as_deref());
        Ok(Self {
            emulator,
            movie,
            state: State::dst_of(file)?.into_owned(),
        })
    }
}

/// A movie without frames, for runs on `rom` that begin at power-on with `options` and `battery`.
///
/// # Errors
/// The ROM has no header, the options don't fit a movie's header, or no battery has this size.
pub fn blank_movie(rom: &[u8], options: &Options, battery: Option<&[u8]>) -> Result<Movie> {
    let mut movie = Movie::new();
    options.write_to(&mut movie)?;
    describe_rom(rom, &mut movie)?;
    let sram = battery.map(battery::with_footer).transpose()?;
    movie.header.set_sram(sram.as_deref());
    Ok(movie)
}
