//! The classes `Save` and `Ghost`: save files and their ghosts.

use std::path::PathBuf;

use mkds_formats::ghost::{self, Combo, RaceTime, SLOT_SIZE};
use mkds_formats::names::{CHARACTERS, COURSE_SLOTS, Course, KARTS};
use mkds_formats::sav::{self, SLOT_COUNT};
use nds_formats::input::Input;
use numpy::PyArray1;
use outputs::Kind;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::course_name::course_of;
use crate::errors::{FormatError, OrException, in_file, read_file, write_file};
use crate::movie::{Movie, masks_of, pad};
use crate::race;

/// The kind of file that a save may replace.
const SAVE: Kind = Kind {
    name: "a save file",
    is_one: |bytes| sav::Save::parse(bytes).is_ok(),
};

/// A save file of Mario Kart DS (`.sav`, or `.dsv` with DeSmuME's footer): a mapping from courses to their ghosts.
///
/// Courses are keyed by abbreviation, in any case ("F8C", "rmc1"). An unchanged save is written back byte for byte.
///
/// >>> import kartscope
/// >>> save = kartscope.Save()                             # as a new cartridge has it
/// >>> save["F8C"] = kartscope.Ghost("F8C", keys=[1] * 600, time_ms=10_000)
/// >>> list(save), save["F8C"].course_name
/// (['F8C'], 'Figure-8 Circuit')
#[pyclass(mapping, module = "kartscope")]
pub(crate) struct Save {
    save: sav::Save,
}

/// The slot of a course given as a key.
fn slot_of(course: &Bound<'_, PyAny>) -> PyResult<usize> {
    let entry = course_of(course).map_err(|_| PyKeyError::new_err(course.clone().unbind()))?;
    Ok(entry.slot.into())
}

impl Save {
    /// The courses whose slots are not empty, damaged ones too, in cup order.
    fn courses(&self) -> impl Iterator<Item = &'static str> {
        let filled = |slot: &usize| !matches!(self.save.ghost(*slot), Ok(None));
        (0..SLOT_COUNT)
            .filter(filled)
            .map(|slot| COURSE_SLOTS[slot].abbreviation)
    }
}

#[pymethods]
impl Save {
    /// A save as a new cartridge has it, without ghosts.
    #[new]
    fn new() -> Self {
        Self {
            save: sav::Save::blank(),
        }
    }

    /// Reads a save file.
    ///
    /// Raises
    /// ------
    /// FormatError
    ///     It does not have the size of Mario Kart DS's battery memory. The contents are checked when they are read.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let bytes = read_file(py, &path, Input::Save)?;
        Self::from_bytes(&bytes).map_err(|error| in_file(py, &path, &error))
    }

    /// Reads a save file's bytes, or an emulator's `battery`.
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        let save = sav::Save::parse(data).or_exception()?;
        Ok(Self { save })
    }

    /// Writes the save file, atomically.
    ///
    /// Raises
    /// ------
    /// FileExistsError
    ///     A file that is no save exists there.
    fn write(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        write_file(py, &path, SAVE, &self.save.to_bytes())
    }

    /// The save file's bytes, for `Emulator.open`'s `battery` too.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.save.to_bytes())
    }

    /// Verifies every block that the game needs to start with this save, ghosts aside.
    ///
    /// Raises
    /// ------
    /// FormatError
    ///     The first damaged block, with its offset. The game would erase such a save.
    fn check(&self) -> PyResult<()> {
        self.save.check().or_exception()
    }

    /// The player's name; None in a save that the game never wrote.
    #[getter]
    fn nickname(&self) -> PyResult<Option<String>> {
        let system = self.save.system().or_exception()?;
        Ok(system.map(|system| system.nickname))
    }

    fn __len__(&self) -> usize {
        self.courses().count()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let courses: Vec<_> = self.courses().collect();
        Ok(courses.into_pyobject(py)?.try_iter()?.into_any())
    }

    fn __contains__(&self, course: &Bound<'_, PyAny>) -> bool {
        slot_of(course).is_ok_and(|slot| !matches!(self.save.ghost(slot), Ok(None)))
    }

    fn __getitem__(&self, course: &Bound<'_, PyAny>) -> PyResult<Ghost> {
        let ghost = self.save.ghost(slot_of(course)?).or_exception()?;
        let ghost = ghost.ok_or_else(|| PyKeyError::new_err(course.clone().unbind()))?;
        Ok(Ghost { ghost })
    }

    fn __setitem__(&mut self, course: &Bound<'_, PyAny>, ghost: &Ghost) -> PyResult<()> {
        self.save
            .set_ghost(course_of(course)?.slot.into(), &ghost.ghost)
            .or_exception()
    }

    fn __delitem__(&mut self, course: &Bound<'_, PyAny>) -> PyResult<()> {
        if !self.__contains__(course) {
            return Err(PyKeyError::new_err(course.clone().unbind()));
        }
        self.save.clear_ghost(slot_of(course)?).or_exception()
    }

    /// The courses that have ghosts, by abbreviation, in cup order.
    fn keys(&self) -> Vec<&'static str> {
        self.courses().collect()
    }

    /// The ghosts, in cup order.
    ///
    /// Raises
    /// ------
    /// FormatError
    ///     One is damaged. Read the others individually.
    fn values(&self) -> PyResult<Vec<Ghost>> {
        let ghosts = self.save.ghosts().into_iter();
        ghosts
            .map(|(_, ghost)| {
                Ok(Ghost {
                    ghost: ghost.or_exception()?,
                })
            })
            .collect()
    }

    /// Courses and ghosts, in cup order; raises as `values`.
    fn items(&self) -> PyResult<Vec<(&'static str, Ghost)>> {
        Ok(self.courses().zip(self.values()?).collect())
    }

    /// The course's ghost, or `default` if there is none; raises if it is damaged.
    #[pyo3(signature = (course, default=None))]
    fn get(
        &self,
        py: Python<'_>,
        course: &Bound<'_, PyAny>,
        default: Option<Py<PyAny>>,
    ) -> PyResult<Option<Py<PyAny>>> {
        match self.__getitem__(course) {
            Ok(ghost) => Ok(Some(Py::new(py, ghost)?.into_any())),
            Err(error) if error.is_instance_of::<PyKeyError>(py) => Ok(default),
            Err(error) => Err(error),
        }
    }

    fn __repr__(&self) -> String {
        let courses: Vec<_> = self.courses().collect();
        format!(
            "<kartscope.Save with {} ghosts: {}>",
            courses.len(),
            courses.join(" ")
        )
    }
}

/// A time trial's ghost: character, kart, course, times, and the buttons of every frame.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Ghost {
    ghost: ghost::Ghost,
}

#[pymethods]
impl Ghost {
    /// A new ghost.
    ///
    /// Parameters
    /// ----------
    /// course : str or int
    ///     The course, by abbreviation or by the game's number.
    /// keys : array of int, shape (frames,)
    ///     The button masks of the frames, the first one 120 frames after the race began. X and L become the item
    ///     button.
    /// time_ms : int
    ///     The race's time.
    /// lap_ms : list of int
    ///     The laps' times, at most 5.
    /// character, kart : int
    ///     The game's numbers.
    /// nickname : str
    ///     At most 10 characters.
    ///
    /// Raises
    /// ------
    /// FormatError
    ///     A ghost cannot hold it: too many changes of buttons, too long a time.
    #[new]
    #[pyo3(signature = (course, *, keys, time_ms, lap_ms=Vec::new(), character=0, kart=0, nickname=""))]
    fn new(
        course: &Bound<'_, PyAny>,
        keys: &Bound<'_, PyAny>,
        time_ms: u32,
        lap_ms: Vec<u32>,
        character: u8,
        kart: u8,
        nickname: &str,
    ) -> PyResult<Self> {
        let combo = Combo {
            character,
            kart,
            course: course_of(course)?.id,
        };
        let numpy = course.py().import("numpy")?;
        let keys = masks_of(&numpy.call_method1("asarray", (keys,))?, "keys")?;
        let pads = keys.into_iter().enumerate();
        let pads = pads
            .map(|(index, keys)| pad(keys, index))
            .collect::<PyResult<Vec<_>>>()?;
        let laps = lap_ms.into_iter().map(RaceTime).collect();
        let ghost = ghost::Ghost::from_pads(combo, RaceTime(time_ms), laps, nickname, pads);
        ghost.to_slot().or_exception()?;
        Ok(Self { ghost })
    }

    /// Plays a movie to the finish of its race and makes the ghost that the game would have saved.
    ///
    /// Parameters
    /// ----------
    /// movie : Movie
    ///     A whole race, from power-on.
    /// rom_path : path, optional
    ///     The ROM that it was made with; without it the bundled game.
    /// nickname : str
    ///     At most 10 characters.
    ///
    /// Raises
    /// ------
    /// RaceError
    ///     No race of the movie finishes.
    /// FormatError
    ///     A ghost cannot hold the inputs.
    #[staticmethod]
    #[pyo3(signature = (movie, rom_path=None, *, nickname=""))]
    fn from_movie(
        py: Python<'_>,
        movie: &Movie,
        rom_path: Option<PathBuf>,
        nickname: &str,
    ) -> PyResult<Self> {
        let ghost = race::ghost_of(py, movie.movie(), rom_path, nickname)?;
        Ok(Self { ghost })
    }

    /// Drives the menus to the ghost's race, plays it, and returns all as a movie from power-on.
    ///
    /// Parameters
    /// ----------
    /// rom_path : path, optional
    ///     The ROM; without it the bundled game.
    /// battery : bytes, optional
    ///     Battery memory at power-on, which the movie contains: a save that has unlocked the ghost's kart and course.
    ///
    /// Raises
    /// ------
    /// RaceError
    ///     The menus do not lead to the race, or it does not finish in the ghost's time.
    #[pyo3(signature = (rom_path=None, *, battery=None))]
    fn to_movie(
        &self,
        py: Python<'_>,
        rom_path: Option<PathBuf>,
        battery: Option<PyBackedBytes>,
    ) -> PyResult<Movie> {
        let movie = race::movie_of(py, &self.ghost, rom_path, battery.as_deref())?;
        Ok(Movie::new_of(movie))
    }

    /// Reads an extracted ghost: the 3,584 bytes of its slot.
    #[staticmethod]
    fn from_bytes(data: &[u8]) -> PyResult<Self> {
        let slot: &[u8; SLOT_SIZE] = data.try_into().map_err(|_| {
            let found = data.len();
            FormatError::new_err(format!("ghost: expected {SLOT_SIZE} bytes, found {found}"))
        })?;
        let ghost = ghost::Ghost::from_slot(slot, 0).or_exception()?;
        let empty = || FormatError::new_err("ghost: expected a ghost, found an empty slot");
        Ok(Self {
            ghost: ghost.ok_or_else(empty)?,
        })
    }

    /// The 3,584 bytes of the ghost's slot in a save, for `from_bytes`.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let slot = self.ghost.to_slot().or_exception()?;
        Ok(PyBytes::new(py, &slot))
    }

    /// The course's abbreviation, "?" for one that has none.
    #[getter]
    fn course(&self) -> &'static str {
        Course::by_id(self.ghost.combo.course).map_or("?", |course| course.abbreviation)
    }

    /// The game's number of the course.
    #[getter]
    fn course_id(&self) -> u8 {
        self.ghost.combo.course
    }

    /// The course's name in Mario Kart DS, "?" for one that has none.
    #[getter]
    fn course_name(&self) -> &'static str {
        Course::by_id(self.ghost.combo.course).map_or("?", |course| course.name)
    }

    /// The game's number of the character.
    #[getter]
    fn character(&self) -> u8 {
        self.ghost.combo.character
    }

    /// The character's name in Mario Kart DS.
    #[getter]
    fn character_name(&self) -> &'static str {
        name(&CHARACTERS, self.ghost.combo.character)
    }

    /// The game's number of the kart.
    #[getter]
    fn kart(&self) -> u8 {
        self.ghost.combo.kart
    }

    /// The kart's name in Mario Kart DS.
    #[getter]
    fn kart_name(&self) -> &'static str {
        name(&KARTS, self.ghost.combo.kart)
    }

    /// The race's time, milliseconds.
    #[getter]
    fn time_ms(&self) -> u32 {
        self.ghost.time.0
    }

    /// The laps' times, milliseconds.
    #[getter]
    fn lap_ms(&self) -> Vec<u32> {
        self.ghost.laps.iter().map(|lap| lap.0).collect()
    }

    /// The driver's name.
    #[getter]
    fn nickname(&self) -> &str {
        &self.ghost.nickname
    }

    /// The button mask of every frame, uint16 of shape (frames,): the first one is 120 frames after the race began.
    /// The item button is X.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u16>> {
        PyArray1::from_iter(py, self.ghost.frames().map(|pad| pad.bits()))
    }

    fn __repr__(&self) -> String {
        format!(
            "<kartscope.Ghost on {} in {} by {:?}>",
            self.course(),
            self.ghost.time,
            self.ghost.nickname
        )
    }
}

fn name(names: &[&'static str], number: u8) -> &'static str {
    names.get(usize::from(number)).copied().unwrap_or("?")
}
