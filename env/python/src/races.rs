//! The class `Races`: environments, one or many, behind the package's Gymnasium classes.
//!
//! Actions are passed as integers, one row for each environment; observations are returned as one new array for each
//! field, so that later steps do not change returned arrays.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use env_core::columns::Cells;
use env_core::vector::{Autoreset, VectorError, VectorOptions, VectorStep};
use env_kart::beginning::StartVariation;
use env_kart::control::{ActionSpace, RaceAction};
use env_kart::race_env::{Info, ResetOptions};
use numpy::{
    Element, PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::batch::Batch;
use crate::errors::{
    ActionError, ClosedError, ConfigError, EpisodeError, ForkError, ResetNeededError,
};
use crate::fork;
use crate::games::{self, Backend, Opening};
use crate::memory::Value;
use crate::race::rom_of;

/// Environments that are stepped together; the base of `kartscope.RaceEnv` and `kartscope.RaceVectorEnv`.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Races {
    envs: Mutex<Option<Box<dyn Batch>>>,
    generation: u32,
    rewards: Vec<&'static str>,
}

impl Drop for Races {
    fn drop(&mut self) {
        if self.generation != fork::generation() {
            // In a forked child they belong to the parent, whose threads do not exist here.
            let envs = self.envs.get_mut().unwrap_or_else(PoisonError::into_inner);
            std::mem::forget(envs.take());
        }
    }
}

impl Races {
    fn lock(&self) -> PyResult<MutexGuard<'_, Option<Box<dyn Batch>>>> {
        if self.generation != fork::generation() {
            return Err(ForkError::new_err(format!(
                "this environment was made before process {} was forked: it belongs to the parent. Make one in this \
                 process",
                std::process::id()
            )));
        }
        Ok(self.envs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does long work with the environments; other Python threads run meanwhile.
    fn detached<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut dyn Batch) -> T + Send,
    ) -> PyResult<T> {
        py.detach(|| match self.lock()?.as_mut() {
            Some(envs) => Ok(work(envs.as_mut())),
            None => Err(ClosedError::new_err("the environment is closed")),
        })
    }

    /// Does short work with the environments.
    fn with<T>(&self, work: impl FnOnce(&mut dyn Batch) -> PyResult<T>) -> PyResult<T> {
        match self.lock()?.as_mut() {
            Some(envs) => work(envs.as_mut()),
            None => Err(ClosedError::new_err("the environment is closed")),
        }
    }
}

#[pymethods]
impl Races {
    /// Environments of a configuration (JSON), each with its own emulator, or its own native race.
    #[new]
    #[pyo3(signature = (config, *, backend="emulator", rom_path=None, battery=None, count=1, threads=0, autoreset="disabled", deadline=None, render=false))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        py: Python<'_>,
        config: &str,
        backend: &str,
        rom_path: Option<PathBuf>,
        battery: Option<&[u8]>,
        count: usize,
        threads: usize,
        autoreset: &str,
        deadline: Option<f64>,
        render: bool,
    ) -> PyResult<Self> {
        let options = VectorOptions {
            threads,
            autoreset: autoreset_of(autoreset)?,
            deadline: deadline.map(deadline_of).transpose()?,
        };
        let opening = Opening {
            backend: Backend::named(backend)?,
            rom: rom_of(py, rom_path)?,
            saved: battery.map(<[u8]>::to_vec),
            render,
            count,
            options,
        };
        py.detach(|| {
            let envs = games::open(config, opening)?;
            Ok(Self {
                rewards: envs.reward_names(),
                envs: Mutex::new(Some(envs)),
                generation: fork::generation(),
            })
        })
    }

    /// The fields of an observation: dictionaries of name, unit, dtype, shape, low, high and doc.
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.with(|envs| {
            let list = PyList::empty(py);
            for column in envs.columns() {
                let entry = PyDict::new(py);
                let (low, high) = column.range();
                entry.set_item("name", column.name)?;
                entry.set_item("unit", column.unit)?;
                entry.set_item("dtype", column.dtype.numpy())?;
                entry.set_item("shape", array_shape(&column.shape))?;
                entry.set_item("low", low)?;
                entry.set_item("high", high)?;
                entry.set_item("doc", column.doc)?;
                list.append(entry)?;
            }
            Ok(list)
        })
    }

    /// The space of actions: "discrete" and how many, "multi_discrete" and how many of each, or "multi_binary" and of
    /// how many.
    fn actions(&self) -> PyResult<(&'static str, Vec<u32>)> {
        self.with(|envs| {
            Ok(match envs.action_space() {
                ActionSpace::Index(space) => ("discrete", vec![space.n()]),
                ActionSpace::Choices(space) => ("multi_discrete", space.nvec().to_vec()),
                ActionSpace::Buttons(space) => ("multi_binary", vec![space.n() as u32]),
            })
        })
    }

    /// How many environments there are.
    fn __len__(&self) -> PyResult<usize> {
        self.with(|envs| Ok(envs.len()))
    }

    /// Seconds that one environment may take for a step or reset.
    #[getter]
    fn deadline(&self) -> PyResult<Option<f64>> {
        self.with(|envs| Ok(envs.deadline().map(|deadline| deadline.as_secs_f64())))
    }

    #[setter]
    fn set_deadline(&self, seconds: Option<f64>) -> PyResult<()> {
        let deadline = seconds.map(deadline_of).transpose()?;
        self.with(|envs| {
            let set = envs.set_deadline(deadline);
            set.map_err(|error| vector_error(&error))
        })
    }

    /// Resets the environments that `mask` marks, or all.
    #[pyo3(signature = (seeds, *, start=None, vary=None, mask=None))]
    fn reset(
        &self,
        py: Python<'_>,
        seeds: Vec<Option<u64>>,
        start: Option<usize>,
        vary: Option<(f32, f32, u32)>,
        mask: Option<PyReadonlyArray1<'_, bool>>,
    ) -> PyResult<()> {
        let options = ResetOptions {
            start,
            variation: vary.map(|(lateral, heading, wait_frames)| StartVariation {
                lateral,
                heading,
                wait_frames,
            }),
        };
        let mask = mask.map(|mask| mask.as_array().to_vec());
        let reset = self.detached(py, |envs| envs.reset(&seeds, &options, mask.as_deref()))?;
        reset.map_err(|error| vector_error(&error))
    }

    /// Steps all environments: integers, one row an environment.
    fn step(&self, py: Python<'_>, actions: PyReadonlyArray2<'_, i64>) -> PyResult<()> {
        let rows = rows_of(&actions)?;
        let stepped = self.detached(py, |envs| {
            let actions = rows.actions(envs.action_space());
            envs.step(&actions)
        })?;
        stepped.map_err(|error| vector_error(&error))
    }

    /// Sends actions to some environments, without waiting for the results.
    fn send(
        &self,
        py: Python<'_>,
        indices: Vec<usize>,
        actions: PyReadonlyArray2<'_, i64>,
    ) -> PyResult<()> {
        let rows = rows_of(&actions)?;
        let sent = self.detached(py, |envs| {
            let actions = rows.actions(envs.action_space());
            envs.send(&indices, &actions)
        })?;
        sent.map_err(|error| vector_error(&error))
    }

    /// Waits for at least `count` of the environments with pending actions; returns their numbers.
    fn receive(&self, py: Python<'_>, count: usize) -> PyResult<Vec<usize>> {
        self.detached(py, |envs| envs.receive(count))
    }

    /// The observations: an array a field, with one row for each of `indices` or of all environments.
    #[pyo3(signature = (indices=None))]
    fn observations<'py>(
        &self,
        py: Python<'py>,
        indices: Option<Vec<usize>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.with(|envs| {
            let batch = &envs.last().observations;
            let rows: Vec<usize> = indices.unwrap_or_else(|| (0..batch.rows()).collect());
            (0..batch.columns().len())
                .map(|column| {
                    let shape = array_shape(&batch.columns()[column].shape);
                    let cells = rows.iter().map(|row| batch.row(column, *row));
                    array_of(py, cells, &[&[rows.len()], shape.as_slice()].concat())
                })
                .collect()
        })
    }

    /// The observation of one environment: an array a field.
    fn observation<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.with(|envs| {
            let batch = &envs.last().observations;
            batch
                .columns()
                .iter()
                .enumerate()
                .map(|(column, about)| {
                    let shape = array_shape(&about.shape);
                    array_of(py, std::iter::once(batch.row(column, index)), &shape)
                })
                .collect()
        })
    }

    /// The last observation of an episode that ended in the step that began another; `None` if none did.
    fn final_observation<'py>(
        &self,
        py: Python<'py>,
        index: usize,
    ) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
        self.with(|envs| {
            let step = envs.last();
            if !step.has_final[index] {
                return Ok(None);
            }
            let batch = &step.final_observations;
            let columns = batch.columns().iter().enumerate();
            columns
                .map(|(column, about)| {
                    let shape = array_shape(&about.shape);
                    array_of(py, std::iter::once(batch.row(column, index)), &shape)
                })
                .collect::<PyResult<_>>()
                .map(Some)
        })
    }

    /// Rewards (float64), terminations and truncations (bool) of all environments.
    #[expect(clippy::type_complexity, reason = "a tuple in Python")]
    fn outcomes<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(
        Bound<'py, PyArray1<f64>>,
        Bound<'py, PyArray1<bool>>,
        Bound<'py, PyArray1<bool>>,
    )> {
        self.with(|envs| {
            let step = envs.last();
            Ok((
                PyArray1::from_slice(py, &step.rewards),
                PyArray1::from_slice(py, &step.terminated),
                PyArray1::from_slice(py, &step.truncated),
            ))
        })
    }

    /// Reward, termination and truncation of one environment.
    fn outcome(&self, index: usize) -> PyResult<(f64, bool, bool)> {
        self.with(|envs| {
            let step = envs.last();
            Ok((
                step.rewards[index],
                step.terminated[index],
                step.truncated[index],
            ))
        })
    }

    /// The info of one environment; raises its error if it failed.
    fn info<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyDict>> {
        self.with(|envs| {
            let step = envs.last();
            if let Some(error) = &step.errors[index] {
                return Err(EpisodeError::new_err(error.clone()));
            }
            let dict = PyDict::new(py);
            if let Some(info) = &step.infos[index] {
                self.fill(py, &dict, info)?;
            }
            Ok(dict)
        })
    }

    /// The infos of all environments, a dictionary for each; those that failed have an `error`.
    fn infos<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.with(|envs| {
            let step = envs.last();
            (0..step.infos.len())
                .map(|index| self.info_of(py, step, step.infos[index].as_ref(), index))
                .collect()
        })
    }

    /// The info of the last step of an episode that ended in the step that began another.
    fn final_info<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyDict>> {
        self.with(|envs| {
            let step = envs.last();
            self.info_of(py, step, step.final_infos[index].as_ref(), index)
        })
    }

    /// The infos of all environments as columns: an array for each key.
    fn info_columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.with(|envs| self.columns(py, envs.last()))
    }

    /// The console's picture of one environment as last drawn, with overlays: uint8 (height, width, 3), of the DS both
    /// screens (384, 256, 3). `None` where nothing is drawn.
    #[pyo3(signature = (index, overlays=Vec::new()))]
    fn render<'py>(
        &self,
        py: Python<'py>,
        index: usize,
        overlays: Vec<String>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let frame = self.detached(py, |envs| envs.render(index, &overlays))??;
        let Some(frame) = frame else {
            return Ok(None);
        };
        let rgb: Vec<u8> = frame
            .rgba
            .chunks_exact(4)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect();
        let array = PyArray1::from_vec(py, rgb).reshape([frame.height, frame.width, 3])?;
        Ok(Some(array.into_any()))
    }

    /// Width and height of a picture, pixels.
    fn picture_size(&self) -> PyResult<(u32, u32)> {
        self.with(|envs| Ok(envs.picture_size()))
    }

    /// Sets whether the following steps draw pictures.
    fn set_render(&self, render: bool) -> PyResult<()> {
        self.with(|envs| {
            envs.set_render(render);
            Ok(())
        })
    }

    /// The value of a field of one environment's game, by its path; `None` if a pointer is null. See `Memory`.
    fn read<'py>(
        &self,
        py: Python<'py>,
        index: usize,
        path: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = self.with(|envs| envs.read(index, path))?;
        value
            .map(|value| Value::Field(value).into_python(py))
            .transpose()
    }

    /// A 64-bit hash (XXH3) of one environment's RAM, to compare runs.
    fn ram_hash(&self, index: usize) -> PyResult<Option<u64>> {
        self.with(|envs| Ok(envs.ram_hash(index)))
    }

    /// The state of one environment's console, for `StartFrom.States` and emulators.
    fn save_state<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyBytes>> {
        let state = self.detached(py, |envs| envs.save_state(index))??;
        let state = state.ok_or_else(|| EpisodeError::new_err("the environment failed"))?;
        Ok(PyBytes::new(py, &state))
    }

    /// Closes the environments. Closing again does nothing.
    fn close(&self, py: Python<'_>) {
        if self.generation == fork::generation() {
            let envs = self
                .envs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            py.detach(|| drop(envs));
        }
    }
}

impl Races {
    fn fill(&self, py: Python<'_>, dict: &Bound<'_, PyDict>, info: &Info) -> PyResult<()> {
        dict.set_item("race_started", info.race_started)?;
        dict.set_item("race_progress", f64::from(info.race_progress))?;
        dict.set_item("lap_progress", f64::from(info.lap_progress))?;
        dict.set_item("lap", info.lap)?;
        dict.set_item("total_ms", info.total_ms)?;
        dict.set_item("frame", info.frame)?;
        dict.set_item("finished", info.finished)?;
        let rewards = PyDict::new(py);
        for (name, worth) in self.rewards.iter().zip(&info.rewards) {
            rewards.set_item(name, worth)?;
        }
        dict.set_item("rewards", rewards)?;
        if let Some(event) = info.ended_by {
            dict.set_item("ended_by", event)?;
        }
        Ok(())
    }

    fn info_of<'py>(
        &self,
        py: Python<'py>,
        step: &VectorStep<Info>,
        info: Option<&Info>,
        index: usize,
    ) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        if let Some(info) = info {
            self.fill(py, &dict, info)?;
        }
        if let Some(error) = &step.errors[index] {
            dict.set_item("error", error)?;
        }
        Ok(dict)
    }

    /// The keys that every environment has in every step.
    fn columns<'py>(
        &self,
        py: Python<'py>,
        step: &VectorStep<Info>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let infos = || step.infos.iter().map(Option::as_ref);
        column(
            &dict,
            "race_started",
            infos().map(|info| info.is_some_and(|info| info.race_started)),
        )?;
        column(
            &dict,
            "race_progress",
            infos().map(|info| f64::from(info.map_or(0.0, |info| info.race_progress))),
        )?;
        column(
            &dict,
            "lap_progress",
            infos().map(|info| f64::from(info.map_or(0.0, |info| info.lap_progress))),
        )?;
        column(
            &dict,
            "lap",
            infos().map(|info| info.map_or(0, |info| i64::from(info.lap))),
        )?;
        column(
            &dict,
            "total_ms",
            infos().map(|info| info.map_or(0, |info| i64::from(info.total_ms))),
        )?;
        column(
            &dict,
            "frame",
            infos().map(|info| info.map_or(0, |info| i64::from(info.frame))),
        )?;
        column(
            &dict,
            "finished",
            infos().map(|info| info.is_some_and(|info| info.finished)),
        )?;
        let rewards = PyDict::new(py);
        for (index, name) in self.rewards.iter().enumerate() {
            let worth = |info: &Info| info.rewards.get(index).copied();
            column(
                &rewards,
                name,
                infos().map(|info| info.and_then(worth).unwrap_or(0.0)),
            )?;
        }
        dict.set_item("rewards", rewards)?;
        Ok(dict)
    }
}

fn column<T: Element>(
    dict: &Bound<'_, PyDict>,
    name: &str,
    values: impl Iterator<Item = T>,
) -> PyResult<()> {
    dict.set_item(name, PyArray1::from_iter(dict.py(), values))
}

/// The shape of a field's array: single numbers are arrays of one, which learners' libraries expect.
fn array_shape(shape: &[usize]) -> Vec<usize> {
    if shape.is_empty() {
        vec![1]
    } else {
        shape.to_vec()
    }
}

/// A new array of the numbers of some rows.
fn array_of<'a, 'py>(
    py: Python<'py>,
    rows: impl Iterator<Item = Cells<'a>>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    /// Copies the rows of a column, which are all of one type.
    macro_rules! copied {
        ($first:expr, $rest:expr, $variant:ident) => {{
            let mut numbers = $first.to_vec();
            for row in $rest {
                if let Cells::$variant(cells) = row {
                    numbers.extend_from_slice(cells);
                }
            }
            shaped(py, numbers, shape)
        }};
    }
    let mut rows = rows;
    match rows.next() {
        Some(Cells::F32(first)) => copied!(first, rows, F32),
        Some(Cells::U16(first)) => copied!(first, rows, U16),
        Some(Cells::U8(first)) => copied!(first, rows, U8),
        Some(other) => Err(PyValueError::new_err(format!(
            "no observation has numbers of {:?}",
            other.dtype()
        ))),
        None => Err(PyValueError::new_err("observations of no environment")),
    }
}

/// An array of these numbers.
pub(crate) fn shaped<'py, T: Element>(
    py: Python<'py>,
    numbers: Vec<T>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    let array = PyArray1::from_vec(py, numbers);
    let array: Bound<'py, PyArrayDyn<T>> = array.reshape(shape)?;
    Ok(array.into_any())
}

/// Actions as passed from Python.
struct Rows {
    numbers: Vec<i64>,
    width: usize,
}

fn rows_of(actions: &PyReadonlyArray2<'_, i64>) -> PyResult<Rows> {
    let width = actions.shape()[1];
    if width == 0 {
        return Err(ActionError::new_err("actions of no numbers"));
    }
    Ok(Rows {
        numbers: actions.as_array().iter().copied().collect(),
        width,
    })
}

impl Rows {
    /// Converts the rows to actions of `space`. Values outside the space are kept, for its check.
    fn actions(&self, space: &ActionSpace) -> Vec<RaceAction> {
        let action = |row: &[i64]| match space {
            ActionSpace::Index(_) => RaceAction::Index(row[0]),
            ActionSpace::Choices(_) => RaceAction::Choices(
                row.iter()
                    .map(|choice| u32::try_from(*choice).unwrap_or(u32::MAX))
                    .collect(),
            ),
            ActionSpace::Buttons(_) => {
                RaceAction::Buttons(row.iter().map(|pressed| *pressed != 0).collect())
            }
        };
        self.numbers.chunks_exact(self.width).map(action).collect()
    }
}

fn autoreset_of(text: &str) -> PyResult<Autoreset> {
    match text {
        "next_step" => Ok(Autoreset::NextStep),
        "same_step" => Ok(Autoreset::SameStep),
        "disabled" => Ok(Autoreset::Disabled),
        other => Err(PyValueError::new_err(format!(
            "autoreset: expected 'next_step', 'same_step' or 'disabled', found {other:?}"
        ))),
    }
}

fn deadline_of(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|deadline| !deadline.is_zero())
        .ok_or_else(|| {
            PyValueError::new_err(format!(
                "deadline: expected seconds above 0, found {seconds}"
            ))
        })
}

pub(crate) fn vector_error(error: &VectorError) -> PyErr {
    let message = error.to_string();
    match error {
        VectorError::NeedsReset { .. } => ResetNeededError::new_err(message),
        VectorError::Action { .. } => ActionError::new_err(message),
        VectorError::Make { .. } => EpisodeError::new_err(message),
        _ => PyValueError::new_err(message),
    }
}

/// The configuration of a preset, as JSON.
///
/// Parameters
/// ----------
/// name : str
///     "MarioKartDS-v0", "TimeTrial-v1", "Pixels-v0" or "Driving-v0", "MarioKart64-v0", "MarioKart64Driving-v0",
///     "MarioKart64Pixels-v0" or "MarioKart64Both-v0".
/// ray_max_dist : float
///     The length of the rays of MarioKartDS-v0, units.
/// ray_count : int
///     How many rays it has.
#[pyfunction]
#[pyo3(signature = (name, *, ray_max_dist=3000.0, ray_count=20))]
pub(crate) fn preset(name: &str, ray_max_dist: f32, ray_count: usize) -> PyResult<String> {
    games::preset(name, ray_max_dist, ray_count).ok_or_else(|| {
        ConfigError::new_err(format!(
            "preset: expected MarioKartDS-v0, TimeTrial-v1, Pixels-v0, Driving-v0, MarioKart64-v0, \
             MarioKart64Driving-v0, MarioKart64Pixels-v0 or MarioKart64Both-v0, found {name:?}"
        ))
    })
}

/// A configuration of a TOML file's text, as JSON; checked.
#[pyfunction]
pub(crate) fn config_from_toml(text: &str) -> PyResult<String> {
    games::json_of_toml(text)
}
