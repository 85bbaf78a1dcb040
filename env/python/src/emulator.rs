//! The class `Emulator`.

use std::path::PathBuf;
use std::sync::Arc;

use desmume::{Cpu, MAIN_RAM_SIZE, Options, Picture, Screens};
use nds_formats::dsm::{DateTime, Firmware};
use numpy::ndarray::ArrayView1;
use numpy::{PyArray1, PyArray3, PyArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict};

use crate::console::{Console, EmulatorHandle, Shared};
use crate::errors::{OrException, in_file, read_file};
use crate::input::{Input, pad_of, touch_of};
use crate::memory::{Image, Memory};
use crate::movies::Movies;
use crate::race;
use crate::state::State;

/// Frames between two checks for Ctrl-C: about 20 ms.
const FRAMES_UNINTERRUPTED: u32 = 64;

/// A Nintendo DS with a game in it.
///
/// As many as memory allows (73 MB each), each on any thread; threads that share one take turns.
/// The same ROM, options, battery memory and input give the same RAM in every frame.
///
/// >>> import kartscope
/// >>> with kartscope.Emulator() as emu:
/// ...     emu.open()                     # the bundled game; or the path of a ROM
/// ...     emu.step(frames=60, draw=True)
/// ...     emu.frame_count, emu.screens().shape
/// (60, (384, 256, 3))
#[pyclass(frozen, module = "kartscope", weakref)]
pub(crate) struct Emulator {
    shared: Arc<Shared>,
    input: Py<Input>,
    memory: Py<Memory>,
    movie: Py<Movies>,
}

/// Prevents the reuse of an emulator's memory while an array shows it.
#[pyclass(frozen, module = "kartscope._native")]
struct RamOwner {
    _handle: Arc<EmulatorHandle>,
}

impl Emulator {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Loads the state that `read` returns.
    fn load(
        &self,
        py: Python<'_>,
        read: impl FnOnce(&Console) -> desmume::Result<desmume::State> + Send,
    ) -> PyResult<()> {
        let load = |console: &mut Console| {
            console.leave_movie()?;
            let state = read(console).or_exception()?;
            console.emulator().load_state(&state).or_exception()
        };
        self.shared.detached(py, load)?
    }

    /// Runs `frames` frames with the held input, the last one drawn if `draw`.
    fn run(&self, py: Python<'_>, frames: u32, draw: bool) -> PyResult<()> {
        let mut left = frames;
        while left > 0 {
            let part = left.min(FRAMES_UNINTERRUPTED);
            left -= part;
            let run = |console: &mut Console| {
                for ahead in (0..part).rev() {
                    let last = draw && left == 0 && ahead == 0;
                    console.step(if last { Picture::Draw } else { Picture::Skip })?;
                }
                Ok::<_, desmume::Error>(())
            };
            self.shared.detached(py, run)?.or_exception()?;
            if left > 0 {
                py.check_signals()?;
            }
        }
        Ok(())
    }
}

#[pymethods]
impl Emulator {
    /// An emulator that is switched off: `open` inserts a ROM.
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let shared = Shared::closed();
        Ok(Self {
            input: Py::new(py, Input::new(Arc::clone(&shared)))?,
            memory: Py::new(py, Memory::new(Image::Console(Arc::clone(&shared))))?,
            movie: Py::new(py, Movies::new(Arc::clone(&shared)))?,
            shared,
        })
    }

    /// Inserts a ROM and switches the console on; a running console is closed.
    ///
    /// Parameters
    /// ----------
    /// rom_path : path, optional
    ///     The ROM's file; without it the bundled game.
    /// battery : bytes, optional
    ///     The contents of the game's battery memory, a `.sav` or `.dsv` file's; without it blank memory.
    /// clock : datetime.datetime, optional
    ///     The console's clock at power-on, 2009-01-01 00:00:00 without it. It then counts frames.
    /// jit_block_size : int, optional
    ///     Instructions that the JIT compiles at once, 1 to 100; 0 is the interpreter. By default the fastest mode
    ///     of this processor.
    /// advanced_timing : bool
    ///     Exact timing of bus accesses and caches.
    /// firmware : dict, optional
    ///     The owner's settings: nickname, message (str), favourite_colour, birth_month, birth_day, language (int).
    ///
    /// Raises
    /// ------
    /// OSError
    ///     The file cannot be read.
    /// RomError
    ///     It is no ROM that can be started.
    /// ValueError
    ///     An option is out of its range.
    /// FormatError
    ///     No battery memory has that size.
    #[pyo3(signature = (rom_path=None, *, battery=None, clock=None, jit_block_size=None,
        advanced_timing=true, firmware=None))]
    #[expect(clippy::too_many_arguments, reason = "Python's are named")]
    fn open(
        &self,
        py: Python<'_>,
        rom_path: Option<PathBuf>,
        battery: Option<PyBackedBytes>,
        clock: Option<&Bound<'_, PyAny>>,
        jit_block_size: Option<u8>,
        advanced_timing: bool,
        firmware: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let options = Options {
            cpu: match jit_block_size {
                None => Cpu::default(),
                Some(0) => Cpu::Interpreter,
                Some(block_size) => Cpu::Jit { block_size },
            },
            clock: clock.map_or(Ok(DateTime::default()), date_time)?,
            firmware: firmware.map_or(Ok(Firmware::default()), firmware_of)?,
            advanced_timing,
        };
        let rom = rom_path
            .as_deref()
            .map(|path| read_file(py, path, nds_formats::input::Input::Rom))
            .transpose()?;
        let rom_bytes = rom.as_deref().unwrap_or(homebrew::ROM);
        let battery = battery
            .as_deref()
            .map(nds_formats::battery::without_container);
        let opened =
            py.detach(|| desmume::Emulator::open_with_battery(rom_bytes, &options, battery));
        let emulator = match opened {
            Err(error @ desmume::Error::Option { .. }) => {
                return Err(PyValueError::new_err(error.to_string()));
            }
            other => other.or_exception().map_err(|error| match &rom_path {
                Some(path) => in_file(py, path, &error),
                None => error,
            })?,
        };
        self.shared.open(py, Console::new(emulator))
    }

    /// Switches the console off. The next emulator reuses its memory, once no array from `ram` shows it any more.
    /// Can be called again, and in a forked child, where it does not affect the parent's emulator.
    fn close(&self, py: Python<'_>) {
        self.shared.close(py);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyAny>) {
        self.close(py);
    }

    /// Whether a ROM is inserted.
    #[getter]
    fn is_open(&self) -> bool {
        self.shared.is_open()
    }

    /// Switches the console off and on again, with the battery memory it was opened with. A movie is stopped.
    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        let reset = |console: &mut Console| {
            console.leave_movie()?;
            console.emulator().reset().or_exception()
        };
        self.shared.detached(py, reset)?
    }

    /// Runs video frames (59.8261 make a second) with the same buttons held.
    ///
    /// Parameters
    /// ----------
    /// keys : int
    ///     The buttons: the sum of A 1, B 2, Select 4, Start 8, Right 16, Left 32, Up 64, Down 128, R 256, L 512,
    ///     X 1024, Y 2048. While a movie is played, its own are pressed instead.
    /// draw : bool
    ///     Whether the last frame is drawn, for `screens`. Without it a step takes a fraction of the time.
    /// touch : (int, int), optional
    ///     The touched point of the lower screen, x 0 to 255 and y 0 to 191.
    /// frames : int
    ///     How many frames to run. Ctrl-C ends it early, between frames.
    ///
    /// Raises
    /// ------
    /// ClosedError
    ///     No ROM is inserted.
    /// HaltedError
    ///     The console halted.
    #[pyo3(signature = (keys=0, draw=true, *, touch=None, frames=1))]
    fn step(
        &self,
        py: Python<'_>,
        keys: u32,
        draw: bool,
        touch: Option<(u32, u32)>,
        frames: u32,
    ) -> PyResult<()> {
        let pad = pad_of(keys)?;
        let touch = touch.map(touch_of).transpose()?;
        self.shared.with(py, |console| {
            (console.pad, console.touch) = (pad, touch);
        })?;
        self.run(py, frames, draw)
    }

    /// Runs one drawn frame with the buttons held in `input`, or with those of a played movie.
    ///
    /// `with_joystick` is accepted and ignored: there are no joysticks.
    #[pyo3(signature = (with_joystick=true))]
    fn cycle(&self, py: Python<'_>, with_joystick: bool) -> PyResult<()> {
        let _ = with_joystick;
        self.run(py, 1, true)
    }

    /// Both screens as last drawn, the upper one first: uint8 of shape (384, 256, 3), RGB.
    fn screens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        picture(py, &self.shared, 0..2 * Screens::HEIGHT)
    }

    /// The upper screen as last drawn: uint8 of shape (192, 256, 3), RGB.
    fn top_screen<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        picture(py, &self.shared, 0..Screens::HEIGHT)
    }

    /// The lower screen as last drawn: uint8 of shape (192, 256, 3), RGB.
    fn bottom_screen<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        picture(py, &self.shared, Screens::HEIGHT..2 * Screens::HEIGHT)
    }

    /// The console's whole state, about 7 MB, saved in less than a millisecond. A run that loads it continues exactly as this one.
    fn save_state(&self, py: Python<'_>) -> PyResult<State> {
        let save = |console: &mut Console| console.emulator().save_state();
        let state = self.shared.detached(py, save)?.or_exception()?;
        Ok(State::new(state))
    }

    /// Loads a state of the same ROM with the same options. A movie is stopped; the screens stay
    /// until the next drawn frame.
    ///
    /// Parameters
    /// ----------
    /// state : State, bytes or path
    ///     A state, or the contents or the path of its file: DeSmuME's own (`.dst`, `.ds0` to `.ds9`; of any CPU mode,
    ///     timing and clock, and the frame count is 0 then), or one made by `State.to_bytes`.
    ///
    /// Raises
    /// ------
    /// StateError
    ///     It is no state, is damaged, or is of another ROM, CPU mode, timing or clock; the console is then
    ///     unchanged.
    fn load_state(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(state) = state.cast::<State>() {
            let state = state.get().state().clone();
            return self.load(py, |_| Ok(state));
        }
        if let Ok(bytes) = state.extract::<PyBackedBytes>() {
            return self.load(py, |console| read_state(console, &bytes));
        }
        let path: PathBuf = state.extract()?;
        let bytes = read_file(py, &path, nds_formats::input::Input::State)?;
        let loaded = self.load(py, |console| read_state(console, &bytes));
        loaded.map_err(|error| in_file(py, &path, &error))
    }

    /// The battery memory as it is now, bytes; empty if the game was opened without one and has not used it yet.
    /// Assigning swaps it; most games read it only at power-on, for which `open` has `battery`.
    #[getter]
    fn battery<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let read = |console: &mut Console| console.emulator().battery();
        let battery = self.shared.detached(py, read)?.or_exception()?;
        Ok(PyBytes::new(py, &battery))
    }

    #[setter]
    fn set_battery(&self, py: Python<'_>, battery: PyBackedBytes) -> PyResult<()> {
        let battery = nds_formats::battery::without_container(&battery);
        let write = |console: &mut Console| console.emulator().set_battery(battery);
        self.shared.detached(py, write)?.or_exception()
    }

    /// Video frames since power-on, those before a loaded state included.
    #[getter]
    fn frame_count(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared
            .with(py, |console| console.emulator().frame_count())
    }

    /// The live main RAM: a read-only view without a copy, uint8 of shape (4194304,), the console's
    /// address 0x02000000 first, little-endian.
    ///
    /// Every step changes the view, also in the middle of a frame while another thread steps. `open`,
    /// `movie.play` and `movie.record` start another console: read `ram` again. After that or `close` the old view keeps the
    /// last contents, and as long as it exists no other emulator reuses that memory.
    #[getter]
    fn ram<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u8>>> {
        let (handle, start) = self.shared.with(py, |console| {
            let start = console.emulator().main_ram().as_ptr() as usize;
            (console.handle(), start)
        })?;
        let owner = Bound::new(py, RamOwner { _handle: handle })?;
        // SAFETY: main RAM is a static array of this size in an image that is never unmapped. It
        // changes under the view as C's arrays do under NumPy's; no Rust reference lives on.
        let view = unsafe { ArrayView1::from_shape_ptr(MAIN_RAM_SIZE, start as *const u8) };
        // SAFETY: the owner keeps the image from becoming another emulator's.
        let array = unsafe { PyArray1::borrow_from_array(&view, owner.into_any()) };
        array.readwrite().make_nonwriteable();
        Ok(array)
    }

    /// A 64-bit hash (XXH3) of main RAM, to compare runs.
    fn ram_hash(&self, py: Python<'_>) -> PyResult<u64> {
        self.shared
            .with(py, |console| console.emulator().ram_hash())
    }

    /// Drives the menus from power-on into a time trial, to the first frame of its race. A console that has run already is
    /// switched off and on; a movie that is recorded contains the inputs.
    ///
    /// Parameters
    /// ----------
    /// course : str or int
    ///     The course by its abbreviation or the game's number. The bundled game has F8C, YF, CCB and LM.
    /// character, kart : int
    ///     The game's numbers, 0 to 11 and 0 to 35.
    /// against_ghost : bool
    ///     Whether to race against the battery memory's ghost of the course.
    ///
    /// Raises
    /// ------
    /// RaceError
    ///     The menus have no such character, kart or course, or did not lead to the race.
    #[pyo3(signature = (course, *, character=0, kart=0, against_ghost=false))]
    fn enter_race(
        &self,
        py: Python<'_>,
        course: &Bound<'_, PyAny>,
        character: u8,
        kart: u8,
        against_ghost: bool,
    ) -> PyResult<()> {
        race::enter(py, &self.shared, course, (character, kart), against_ghost)
    }

    /// The buttons and the touched point.
    #[getter]
    fn input(&self, py: Python<'_>) -> Py<Input> {
        self.input.clone_ref(py)
    }

    /// The game's structures by name.
    #[getter]
    fn memory(&self, py: Python<'_>) -> Py<Memory> {
        self.memory.clone_ref(py)
    }

    /// Movies, played and recorded.
    #[getter]
    fn movie(&self, py: Python<'_>) -> Py<Movies> {
        self.movie.clone_ref(py)
    }

    /// A window that shows the screens and takes the keyboard and the mouse; see `kartscope.EmulatorWindow`.
    #[pyo3(signature = (*, scale=2, fps=Some(59.8261)), text_signature = "($self, *, scale=2, fps=59.8261)")]
    fn create_window<'py>(
        slf: &Bound<'py, Self>,
        scale: u32,
        fps: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let module = slf.py().import("kartscope.window")?;
        module.call_method1("EmulatorWindow", (slf, scale, fps))
    }

    /// The same as `create_window`. `auto_pause` and `use_opengl_if_possible` are accepted and ignored.
    #[pyo3(signature = (auto_pause=false, use_opengl_if_possible=true))]
    fn create_sdl_window<'py>(
        slf: &Bound<'py, Self>,
        auto_pause: bool,
        use_opengl_if_possible: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = (auto_pause, use_opengl_if_possible);
        Self::create_window(slf, 2, Some(59.8261))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        match self.frame_count(py) {
            Ok(frames) => format!("<kartscope.Emulator at frame {frames}>"),
            Err(_) => "<kartscope.Emulator, closed>".to_owned(),
        }
    }
}

/// Reads a state's file as one of the console's ROM and options.
fn read_state(console: &Console, file: &[u8]) -> desmume::Result<desmume::State> {
    let emulator = console.emulator();
    desmume::State::read(file, emulator.rom(), emulator.options())
}

/// The RGB of some rows of the screens.
fn picture<'py>(
    py: Python<'py>,
    shared: &Shared,
    rows: std::ops::Range<usize>,
) -> PyResult<Bound<'py, PyArray3<u8>>> {
    let rgb = shared.detached(py, |console| {
        let mut rgba = vec![0; Screens::BYTES];
        console.emulator().draw_screens_into(&mut rgba);
        let (pixels, _) = rgba.as_chunks::<4>();
        let pixels = &pixels[rows.start * Screens::WIDTH..rows.end * Screens::WIDTH];
        let mut rgb = vec![0; 3 * pixels.len()];
        for (rgb, [red, green, blue, _]) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(pixels) {
            *rgb = [*red, *green, *blue];
        }
        rgb
    })?;
    PyArray1::from_vec(py, rgb).reshape([rows.len(), Screens::WIDTH, 3])
}

/// Converts a `datetime.datetime`, or an object with its attributes.
fn date_time(clock: &Bound<'_, PyAny>) -> PyResult<DateTime> {
    Ok(DateTime {
        year: clock.getattr("year")?.extract()?,
        month: clock.getattr("month")?.extract()?,
        day: clock.getattr("day")?.extract()?,
        hour: clock.getattr("hour")?.extract()?,
        minute: clock.getattr("minute")?.extract()?,
        second: clock.getattr("second")?.extract()?,
        millisecond: 0,
    })
}

fn firmware_of(settings: &Bound<'_, PyDict>) -> PyResult<Firmware> {
    let mut firmware = Firmware::default();
    for (key, value) in settings {
        match key.extract::<String>()?.as_str() {
            "nickname" => firmware.nickname = value.extract()?,
            "message" => firmware.message = value.extract()?,
            "favourite_colour" => firmware.favourite_colour = value.extract()?,
            "birth_month" => firmware.birth_month = value.extract()?,
            "birth_day" => firmware.birth_day = value.extract()?,
            "language" => firmware.language = value.extract()?,
            other => {
                return Err(PyTypeError::new_err(format!(
                    "firmware: expected nickname, message, favourite_colour, birth_month, birth_day or language, \
                     found {other:?}"
                )));
            }
        }
    }
    Ok(firmware)
}
