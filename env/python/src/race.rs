//! Long runs of races, which Ctrl-C ends.

use std::ops::ControlFlow;
use std::path::PathBuf;

use desmume::Options;
use env_mkds::menus::{self, Opponent, Pace};
use env_mkds::{Error, runs::ghost_movie};
use mkds_formats::ghost::{Combo, Ghost};
use nds_formats::dsm::Movie;
use nds_formats::input::Input;
use nds_formats::pad::Frame;
use pyo3::prelude::*;

use crate::console::{MovieMode, Shared};
use crate::course_name::course_of;
use crate::errors::{OrException, RaceError, read_file};

/// Frames between two checks for Ctrl-C: about 20 ms.
const FRAMES_UNINTERRUPTED: u64 = 64;

/// Runs Python's signal handlers periodically, and keeps an exception that one raises, mostly Ctrl-C's.
#[derive(Default)]
struct Interrupt {
    frames: u64,
    raised: Option<PyErr>,
}

impl Interrupt {
    fn look(&mut self) -> ControlFlow<()> {
        self.frames += 1;
        if self.frames.is_multiple_of(FRAMES_UNINTERRUPTED) {
            self.raised = Python::attach(|py| py.check_signals()).err();
        }
        match self.raised {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }

    /// The result of the work, or the exception of a handler that ended it.
    fn or_raised<T>(self, result: Result<T, Error>) -> PyResult<T> {
        match self.raised {
            Some(error) => Err(error),
            None => result.or_exception(),
        }
    }
}

/// Drives an emulator's menus to the first frame of a race.
pub(crate) fn enter(
    py: Python<'_>,
    shared: &Shared,
    course: &Bound<'_, PyAny>,
    (character, kart): (u8, u8),
    against_ghost: bool,
) -> PyResult<()> {
    let combo = Combo {
        character,
        kart,
        course: course_of(course)?.id,
    };
    let opponent = match against_ghost {
        true => Opponent::Ghost,
        false => Opponent::None,
    };
    let mut interrupt = Interrupt::default();
    let entered = shared.exclusively(py, |console| {
        if console.emulator().frame_count() > 0 {
            console.leave_movie()?;
            console.emulator().reset().or_exception()?;
        }
        let handle = console.handle();
        let mut on_frame = |frame: &Frame| {
            if let MovieMode::Recording { movie, .. } = &mut console.movie_mode {
                movie.frames.push(*frame);
            }
            interrupt.look()
        };
        let (emulator, pace) = (&mut handle.emulator(), Pace::default());
        let entered = menus::enter_race_at(emulator, &combo, opponent, pace, &mut on_frame);
        Ok::<_, PyErr>(entered)
    })??;
    interrupt.or_raised(entered).map(drop)
}

/// The ghost of the race that a movie plays.
pub(crate) fn ghost_of(
    py: Python<'_>,
    movie: &Movie,
    rom_path: Option<PathBuf>,
    nickname: &str,
) -> PyResult<Ghost> {
    let rom = rom_of(py, rom_path)?;
    let mut interrupt = Interrupt::default();
    let ghost = py.detach(|| {
        ghost_movie::to_ghost(rom_bytes(&rom), movie, nickname, &mut |_| interrupt.look())
    });
    interrupt.or_raised(ghost)
}

/// The movie of a ghost's race, which must finish in the ghost's time.
pub(crate) fn movie_of(
    py: Python<'_>,
    ghost: &Ghost,
    rom_path: Option<PathBuf>,
    battery: Option<&[u8]>,
) -> PyResult<Movie> {
    let rom = rom_of(py, rom_path)?;
    let battery = battery.map(nds_formats::battery::without_container);
    let mut interrupt = Interrupt::default();
    let race = py.detach(|| {
        let options = Options::default();
        ghost_movie::from_ghost(rom_bytes(&rom), battery, ghost, &options, &mut |_| {
            interrupt.look()
        })
    });
    let race = interrupt.or_raised(race)?;
    race.outcome
        .require_match()
        .map_err(|error| RaceError::new_err(error.to_string()))?;
    Ok(race.movie)
}

/// A ROM's bytes; `None` for the bundled game.
pub(crate) fn rom_of(py: Python<'_>, path: Option<PathBuf>) -> PyResult<Option<Vec<u8>>> {
    path.map(|path| read_file(py, &path, Input::Rom))
        .transpose()
}

pub(crate) fn rom_bytes(rom: &Option<Vec<u8>>) -> &[u8] {
    rom.as_deref().unwrap_or(homebrew::ROM)
}
