//! The class `Movies`: an emulator's movies.

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use desmume::{Emulator, Options, State};
use env_mkds::runs::rom_check::{RomCheck, describe_rom};
use nds_formats::battery;
use nds_formats::dsm;
use nds_formats::input::Input;
use outputs::Kind;
use pyo3::exceptions::{PyUserWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::console::{Console, MovieMode, Shared};
use crate::errors::{IntoException, MovieError, OrException, in_file, read_file, write_file};
use crate::movie::Movie;

/// Movies, played and recorded; `Emulator.movie`.
///
/// `step` and `cycle` use a played movie's input until it ends.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Movies {
    shared: Arc<Shared>,
}

impl Movies {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Reads whether a movie is played or recorded.
    fn look<T>(&self, py: Python<'_>, look: impl FnOnce(&MovieMode) -> T) -> PyResult<T> {
        self.shared.with(py, |console| look(&console.movie_mode))
    }
}

#[pymethods]
impl Movies {
    /// Switches the console off and on with the movie's settings, and plays the movie from its first frame on.
    ///
    /// Parameters
    /// ----------
    /// movie : path or Movie
    ///     A `.dsm` file, text or binary, or a movie in memory.
    /// state : bytes, optional
    ///     The save state that the movie starts from: the contents of DeSmuME's own file, or of one made by
    ///     `State.to_bytes`. Without it the `.dst` file beside the movie's.
    ///
    /// Raises
    /// ------
    /// MovieError
    ///     It is damaged, was made with another ROM, or starts from a missing state.
    ///
    /// Warns
    /// -----
    /// UserWarning
    ///     The ROM is the same game's with other padding, or the movie does not name its ROM.
    #[pyo3(signature = (movie, *, state=None))]
    fn play(
        &self,
        py: Python<'_>,
        movie: &Bound<'_, PyAny>,
        state: Option<PyBackedBytes>,
    ) -> PyResult<()> {
        if let Ok(movie) = movie.cast::<Movie>() {
            let movie = movie.borrow().movie().clone();
            return self.start(py, "movie".to_owned(), movie, state.as_deref());
        }
        let path: PathBuf = movie.extract()?;
        let name = path.display().to_string();
        let bytes = read_file(py, &path, Input::Movie)?;
        let started = (|| {
            let movie = dsm::Movie::parse(&bytes).or_exception()?;
            if state.is_none() && movie.header.starts_from_state().or_exception()? {
                let state = read_file(py, &state_file(&path)?, Input::State)?;
                return self.start(py, name, movie, Some(&state));
            }
            self.start(py, name, movie, state.as_deref())
        })();
        started.map_err(|error| match error.is_instance_of::<MovieError>(py) {
            true => in_file(py, &path, &error),
            false => error,
        })
    }

    /// Switches the console off and on, and records the input from then on, until `stop` writes the file.
    ///
    /// Parameters
    /// ----------
    /// path : path
    ///     The file.
    /// author : str
    ///     The player's name.
    /// battery : bytes, optional
    ///     Battery memory at power-on, which the movie then contains; without it blank memory.
    #[pyo3(signature = (path, author="", *, battery=None))]
    fn record(
        &self,
        py: Python<'_>,
        path: PathBuf,
        author: &str,
        battery: Option<PyBackedBytes>,
    ) -> PyResult<()> {
        let name = path.into_os_string().into_string().map_err(|name| {
            PyValueError::new_err(format!("path: expected UTF-8, found {}", name.display()))
        })?;
        let record = |console: &mut Console| {
            console.leave_movie()?;
            let rom = console.emulator().rom().to_vec();
            let options = console.emulator().options().clone();
            let battery = battery.as_deref().map(battery::without_container);
            let movie = new_movie(&rom, &options, battery, author).or_exception()?;
            let emulator = Emulator::open_with_battery(&rom, &options, battery).or_exception()?;
            let movie = Box::new(movie);
            console.replace(emulator, MovieMode::Recording { name, movie });
            Ok(())
        };
        self.shared.detached(py, record)?
    }

    /// Ends the movie: a recorded movie is written to its file. Without a movie nothing happens.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let take =
            |console: &mut Console| std::mem::replace(&mut console.movie_mode, MovieMode::None);
        let movie_mode = self.shared.with(py, take)?;
        let MovieMode::Recording { name, movie } = movie_mode else {
            return Ok(());
        };
        let bytes = py.detach(|| movie.to_bytes());
        let written = write_file(py, Path::new(&name), Kind::MOVIE, &bytes);
        if written.is_err() {
            // The recording is kept, so that the caller can free space on the disk and call `stop` again.
            let movie_mode = MovieMode::Recording { name, movie };
            self.shared
                .with(py, |console| console.movie_mode = movie_mode)?;
        }
        written
    }

    /// Whether a movie is played, has ended and was not stopped, or is recorded.
    fn is_active(&self, py: Python<'_>) -> PyResult<bool> {
        self.look(py, |movie_mode| !matches!(movie_mode, MovieMode::None))
    }

    /// Whether a movie is played and has frames left.
    fn is_playing(&self, py: Python<'_>) -> PyResult<bool> {
        self.look(py, |movie_mode| match movie_mode {
            MovieMode::Playing { frames, next, .. } => *next < frames.len(),
            MovieMode::None | MovieMode::Recording { .. } => false,
        })
    }

    /// Whether the movie that is played has no frame left.
    fn is_finished(&self, py: Python<'_>) -> PyResult<bool> {
        self.look(py, |movie_mode| match movie_mode {
            MovieMode::Playing { frames, next, .. } => *next >= frames.len(),
            MovieMode::None | MovieMode::Recording { .. } => false,
        })
    }

    /// Whether a movie is recorded.
    fn is_recording(&self, py: Python<'_>) -> PyResult<bool> {
        self.look(py, |movie_mode| {
            matches!(movie_mode, MovieMode::Recording { .. })
        })
    }

    /// The movie's length in frames: of the whole movie if it is played, so far if it is recorded.
    fn get_length(&self, py: Python<'_>) -> PyResult<usize> {
        let length = self.look(py, |movie_mode| match movie_mode {
            MovieMode::Playing { frames, .. } => Some(frames.len()),
            MovieMode::Recording { movie, .. } => Some(movie.frames.len()),
            MovieMode::None => None,
        })?;
        length.ok_or_else(none_active)
    }

    /// The movie's file.
    fn get_name(&self, py: Python<'_>) -> PyResult<String> {
        let name = self.look(py, |movie_mode| match movie_mode {
            MovieMode::Playing { name, .. } | MovieMode::Recording { name, .. } => {
                Some(name.clone())
            }
            MovieMode::None => None,
        })?;
        name.ok_or_else(none_active)
    }
}

impl Movies {
    fn start(
        &self,
        py: Python<'_>,
        name: String,
        movie: dsm::Movie,
        state: Option<&[u8]>,
    ) -> PyResult<()> {
        let start = |console: &mut Console| {
            console.leave_movie()?;
            let rom = console.emulator().rom().to_vec();
            let rom_check = RomCheck::of(&rom, &movie).or_exception()?;
            let emulator = switched_on(&rom, &movie, state)?;
            let movie_mode = MovieMode::Playing {
                name: name.clone(),
                frames: movie.frames,
                next: 0,
            };
            console.replace(emulator, movie_mode);
            Ok::<_, PyErr>(rom_check)
        };
        let rom_check = self.shared.detached(py, start)??;
        warn_of_rom(py, &name, rom_check)
    }
}

fn none_active() -> PyErr {
    MovieError::new_err("no movie is played or recorded")
}

/// DeSmuME's name for the state that a movie starts from.
fn state_file(movie: &Path) -> PyResult<PathBuf> {
    let name = movie.file_name().unwrap_or_default().to_string_lossy();
    let name = dsm::Start::state_file_name(&name).ok_or_else(|| {
        MovieError::new_err(format!("expected a file name ending in .dsm, found {name}"))
    })?;
    Ok(movie.with_file_name(name))
}

/// A console before a movie's first frame.
fn switched_on(rom: &[u8], movie: &dsm::Movie, state: Option<&[u8]>) -> PyResult<Emulator> {
    let header = &movie.header;
    let options = Options::from_movie(movie).or_exception()?;
    if !header.starts_from_state().or_exception()? {
        let sram = header.sram().or_exception()?;
        let battery = sram.as_deref().map(battery::without_container);
        return Emulator::open_with_battery(rom, &options, battery).or_exception();
    }
    let state = state.ok_or_else(|| env_kart::Error::StateNeeded.into_exception())?;
    let state = State::read(state, rom, &options).and_then(|state| state.as_movie_start());
    let state = state.or_exception()?;
    // As in DeSmuME: the battery memory is the movie's, not the state's.
    let mut header = header.clone();
    header.remove("savestate");
    let sram = header.sram().or_exception()?;
    let mut emulator = Emulator::open(rom, &options).or_exception()?;
    emulator.load_state(&state).or_exception()?;
    let battery = sram
        .as_deref()
        .map(battery::without_container)
        .unwrap_or_default();
    emulator.set_battery(battery).or_exception()?;
    Ok(emulator)
}

/// Warns if the ROM may not be the one that the movie was made with.
fn warn_of_rom(py: Python<'_>, movie: &str, rom_check: RomCheck) -> PyResult<()> {
    let Some(warning) = rom_check.warning() else {
        return Ok(());
    };
    let message = CString::new(format!("{movie}: {warning}"))?;
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), &message, 1)
}

/// A movie without frames, for a console with these settings.
fn new_movie(
    rom: &[u8],
    options: &Options,
    battery: Option<&[u8]>,
    author: &str,
) -> env_mkds::Result<dsm::Movie> {
    let mut movie = dsm::Movie::new();
    options.write_to(&mut movie)?;
    describe_rom(rom, &mut movie)?;
    if let Some(battery) = battery {
        let sram = battery::with_footer(battery)?;
        movie.header.set_sram(Some(&sram));
    }
    if !author.is_empty() {
        movie.header.add_comment(&format!("author {author}"));
    }
    Ok(movie)
}
