//! The class `Memory`: the game's structures by name.
//!
//! A name is looked up once: each object caches the results of its lookups.

use std::sync::Mutex;

use mkds_memory::layout::{Source, Type};
use mkds_memory::path::Path;
use mkds_memory::symbols::{self, Confidence};
use mkds_memory::{RAM_BASE, RAM_SIZE};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::errors::OrException;

mod access;
mod names;
mod node;
mod value;

pub(crate) use access::Image;
use access::{read, unless_stale, whether, write};
pub(crate) use node::Node;
use node::{Child, LookupCache, cached, look_up, no_own_attribute, own_attribute};
pub(crate) use value::Value;

/// The game's structures by name: `Emulator.memory`, or those of a dump, `Memory.from_bytes`.
///
/// Attributes are symbols, and from there on fields, as far as structures and pointers go:
/// `memory.driver.position`, `memory.race_status.driver_status[0].race_progress`. A path in brackets is the same:
/// `memory["map.cpoi[3].key_id"]`. Names may be kartscope's or those of the published headers, each in snake_case or
/// camelCase. `memory.driver` is also the first of the drivers, `memory.driver[0]`.
///
/// Single numbers are int, or float where the game keeps fixed-point numbers; vectors, matrices and arrays of numbers
/// are new NumPy arrays: float64, which holds the game's numbers exactly, or the integer type of the same size. Lengths
/// are in units, angles in 1/65536 turn. Everything else is a `Node` to walk on from. Assigning writes.
///
/// Outside a race pointers are null: nodes can still be walked and are false, reading a field raises
/// `NothingThereError`, and `get` returns a default.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Memory {
    image: Image,
    symbols: LookupCache<Box<str>>,
    paths: LookupCache<Box<str>>,
}

impl Memory {
    pub(crate) fn new(image: Image) -> Self {
        Self {
            image,
            symbols: Mutex::default(),
            paths: Mutex::default(),
        }
    }

    /// Looks up a path in brackets.
    fn at(&self, py: Python<'_>, text: &str) -> PyResult<Child> {
        cached(py, &self.paths, text, || {
            Child::new(py, &self.image, names::parse(text)?)
        })
    }

    /// Looks up a symbol.
    fn symbol(&self, py: Python<'_>, name: &str) -> PyResult<Child> {
        cached(py, &self.symbols, name, || {
            let root = names::root(name).unwrap_or(name);
            let path = Path::parse(root).or_exception()?;
            Child::new(py, &self.image, path)
        })
    }
}

#[pymethods]
impl Memory {
    /// The structures in a dump of main RAM: of 4 MiB, or of 16 MiB as some emulators write, of which the first 4 are used.
    /// Assignments change this object's copy.
    ///
    /// Raises
    /// ------
    /// RamError
    ///     It is of another size. Memory of another game is detected when a name is looked up.
    #[staticmethod]
    fn from_bytes(dump: &[u8]) -> PyResult<Self> {
        Image::of_dump(dump).or_exception().map(Self::new)
    }

    fn __getattribute__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, memory) = (slf.py(), slf.get());
        let text = name.to_str()?;
        if let Some(child) = look_up(py, &memory.symbols, text) {
            return child.get(py, &memory.image);
        }
        match names::root(text) {
            Some(_) => memory.symbol(py, text)?.get(py, &memory.image),
            None => own_attribute(slf.as_any(), name),
        }
    }

    /// Called for unknown names: the error lists the symbols.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        no_own_attribute(name)?;
        self.symbol(py, name)?.get(py, &self.image)
    }

    fn __setattr__(&self, py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.image, self.symbol(py, name)?.path(), value)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        self.at(py, path)?.get(py, &self.image)
    }

    fn __setitem__(&self, py: Python<'_>, path: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.image, self.at(py, path)?.path(), value)
    }

    fn __dir__(slf: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        let mut names: Vec<String> = slf.get_type().dir()?.extract()?;
        names.extend(symbols::ALL.iter().map(|symbol| symbol.path.to_owned()));
        Ok(names)
    }

    /// Whether there is a race: loaded, with its frames being counted.
    #[getter]
    fn race_ready(&self, py: Python<'_>) -> PyResult<bool> {
        whether(py, &self.image, |ram| Ok(ram.race()?.is_some()))
    }

    /// The value at a path or a node: numbers and arrays as elsewhere, a structure as a dict, several values as a
    /// list. `default` if a pointer is null, as outside a race.
    #[pyo3(signature = (path, default=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let child = match path.cast::<PyString>() {
            Ok(text) => self.at(py, text.to_str()?)?,
            Err(_) => Child::new(py, &self.image, path_of(path)?)?,
        };
        let value = read(py, &self.image, |ram| match &child {
            Child::Leaf(leaf) => leaf.read(ram),
            Child::Node(node) => {
                let field_value = node.get().path.read(ram);
                unless_stale(
                    ram,
                    field_value.map(|field_value| field_value.map(Value::Field)),
                )
            }
        })?;
        match value {
            Some(value) => value.into_python(py).map(Some),
            None => Ok(default),
        }
    }

    /// Writes a value at a path or a node: a number, numbers in the field's shape, or a dict of a structure's fields.
    ///
    /// Raises
    /// ------
    /// FieldValueError
    ///     The field cannot hold it; nothing was written.
    /// NothingThereError
    ///     A pointer on the path is null.
    fn set(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        write(py, &self.image, &path_of(path)?, value)
    }

    /// The console's address of a path or a node; None if a pointer is null.
    fn address(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Option<u32>> {
        let path = path_of(path)?;
        read(py, &self.image, |ram| unless_stale(ram, path.address(ram)))
    }

    /// The paths one level below a path or a node: its fields, its bits or its elements; without one, all symbols.
    #[pyo3(signature = (path=None))]
    fn paths(&self, py: Python<'_>, path: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
        let paths = match path {
            None => Path::roots().collect(),
            Some(path) => {
                let path = path_of(path)?;
                read(py, &self.image, |ram| path.children(ram))?
            }
        };
        Ok(paths.iter().map(Path::to_string).collect())
    }

    /// A description of a path or a node, a dict: path, type, doc, published (the headers' name, if different),
    /// offset (bytes from the structure's start; None for a symbol), source, confidence, values (the names of
    /// an enumeration's or of flags' values).
    fn describe<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let path = path_of(path)?;
        let (source, confidence) = match path.field() {
            Some(field) => provenance(field.source),
            None => (
                path.root().source,
                match path.root().confidence {
                    Confidence::High => "high",
                    _ => "published",
                },
            ),
        };
        let values = PyDict::new(py);
        if let Some(Type::Flags(_, names) | Type::Enumeration(_, names)) = path.ty() {
            for (name, value) in names.iter().filter(|(name, _)| !name.is_empty()) {
                values.set_item(name, value)?;
            }
        }
        let described = PyDict::new(py);
        described.set_item("path", path.to_string())?;
        described.set_item("type", path.kind())?;
        described.set_item("doc", path.doc())?;
        described.set_item("published", path.field().and_then(|field| field.published))?;
        described.set_item("offset", path.field().map(|field| field.offset))?;
        described.set_item("source", source)?;
        described.set_item("confidence", confidence)?;
        described.set_item("values", values)?;
        Ok(described)
    }

    /// `size` bytes of main RAM from the console's address on.
    fn read_bytes<'py>(
        &self,
        py: Python<'py>,
        address: u32,
        size: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let range = range(address, size)?;
        let bytes = self.image.look(py, |ram| ram[range].to_vec())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes bytes into main RAM from the console's address on. The game sees data at once; of overwritten code it may
    /// still run the compiled old version.
    fn write_bytes(&self, py: Python<'_>, address: u32, data: &[u8]) -> PyResult<()> {
        let range = range(address, data.len())?;
        self.image
            .change(py, |ram| ram[range].copy_from_slice(data))
    }

    fn __repr__(&self) -> &'static str {
        "<kartscope.Memory>"
    }
}

/// The offsets of bytes in main RAM.
fn range(address: u32, size: usize) -> PyResult<std::ops::Range<usize>> {
    let start = address.wrapping_sub(RAM_BASE) as usize;
    match start.checked_add(size) {
        Some(end) if end <= RAM_SIZE => Ok(start..end),
        _ => Err(PyValueError::new_err(format!(
            "expected bytes inside {RAM_BASE:#010X}..{:#010X}, found {size} at {address:#010X}",
            RAM_BASE as usize + RAM_SIZE
        ))),
    }
}

/// The source of a field's meaning, and the confidence in it.
fn provenance(source: Source) -> (&'static str, &'static str) {
    match source {
        Source::Tools => ("several published tools, which agree", "high"),
        Source::Published => ("one published tool or write-up", "published"),
        Source::Headers => ("the name in the HaroohiePals headers", "by its name"),
        _ => (
            "place and type in the HaroohiePals headers",
            "meaning unknown",
        ),
    }
}

/// The path of a `str` or a node.
fn path_of(path: &Bound<'_, PyAny>) -> PyResult<Path> {
    if let Ok(node) = path.cast::<Node>() {
        return Ok(node.get().path.clone());
    }
    match path.cast::<PyString>() {
        Ok(text) => names::parse(text.to_str()?),
        Err(_) => {
            let message = format!("path: expected str or Node, found {}", path.get_type());
            Err(PyTypeError::new_err(message))
        }
    }
}
