//! The classes `Memory` and `Node`: the game's structures by name.
//!
//! A name is looked up once: what it means stays with the object that it was asked of.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use mkds_memory::layout::{Source, Type};
use mkds_memory::path::{Datum, Path, WriteError};
use mkds_memory::symbols::{self, Confidence};
use mkds_memory::{RAM_BASE, RAM_SIZE, Ram, RamMut};
use pyo3::exceptions::{PyAttributeError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyInt, PyString};
use rustc_hash::FxHashMap;

use crate::console::Shared;
use crate::errors::{ElementError, FieldValueError, NothingThereError, OrException};

mod names;
mod value;

use value::Numbers;
pub(crate) use value::Value;

/// The game's structures by name; `Emulator.memory`.
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
/// `NothingThereError`, and `get` gives a default.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Memory {
    shared: Arc<Shared>,
    symbols: Known<Box<str>>,
    paths: Known<Box<str>>,
}

/// A structure, an array or a pointer of the game's, to walk on from. It is what a path leads to at any time: it reads
/// nothing until a field is asked for, and is false while there is nothing.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Node {
    shared: Arc<Shared>,
    path: Path,
    /// The path that names go on from: of several drivers the first.
    base: Path,
    named: Known<Box<str>>,
    indexed: Known<usize>,
}

/// What a name or an index leads to.
enum Child {
    Leaf(Arc<Leaf>),
    Node(Py<Node>),
}

/// A value.
struct Leaf {
    path: Path,
    /// How it is read if it is an array.
    numbers: Option<Numbers>,
}

impl Child {
    fn new(py: Python<'_>, shared: &Arc<Shared>, path: Path) -> PyResult<Self> {
        let numbers = path.ty().as_ref().and_then(Numbers::of);
        let is_leaf = match path.ty() {
            Some(Type::Array(..) | Type::Struct(_)) => numbers.is_some(),
            Some(Type::Pointer(target)) => target.is_none(),
            Some(Type::Bits(..)) => false,
            Some(_) => true,
            // Some bits; or several things behind a pointer, of which an index takes one.
            None => element(&path, 0).is_err(),
        };
        Ok(match is_leaf {
            true => Self::Leaf(Arc::new(Leaf { path, numbers })),
            false => Self::Node(Py::new(py, Node::new(Arc::clone(shared), path))?),
        })
    }

    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(Arc::clone(leaf)),
            Self::Node(node) => Self::Node(node.clone_ref(py)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Leaf(leaf) => &leaf.path,
            Self::Node(node) => &node.get().path,
        }
    }

    /// The value, or the node.
    fn get<'py>(self, py: Python<'py>, shared: &Shared) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Node(node) => Ok(node.into_bound(py).into_any()),
            Self::Leaf(leaf) => {
                let value = read(py, shared, |ram| leaf.read(ram))?;
                value
                    .ok_or_else(|| nothing_there(&leaf.path))?
                    .into_python(py)
            }
        }
    }
}

impl Leaf {
    fn read(&self, ram: &Ram<'_>) -> mkds_memory::Result<Option<Value>> {
        let found = match &self.numbers {
            Some(numbers) => numbers.read(&self.path, ram),
            None => self.path.read(ram).map(|datum| datum.map(Value::Datum)),
        };
        unless_left_behind(ram, found)
    }
}

/// Looks at RAM.
fn read<T>(
    py: Python<'_>,
    shared: &Shared,
    look: impl FnOnce(&Ram<'_>) -> mkds_memory::Result<T>,
) -> PyResult<T> {
    let looked = shared.with(py, |console| {
        let emulator = console.emulator();
        Ram::new(emulator.main_ram()).and_then(|ram| look(&ram))
    })?;
    looked.or_exception()
}

/// Looks whether something is in RAM, which nothing is in that of another game.
fn whether(
    py: Python<'_>,
    shared: &Shared,
    look: impl FnOnce(&Ram<'_>) -> mkds_memory::Result<bool>,
) -> PyResult<bool> {
    let found = shared.with(py, |console| {
        let emulator = console.emulator();
        match Ram::new(emulator.main_ram()) {
            Err(mkds_memory::Error::UnknownRegion { .. }) => Ok(false),
            ram => {
                let ram = ram?;
                let found = unless_left_behind(&ram, look(&ram).map(Some))?;
                Ok::<_, mkds_memory::Error>(found.unwrap_or(false))
            }
        }
    })?;
    found.or_exception()
}

/// While there is no race, what a wrong pointer leads to is nothing: the game leaves such ones behind.
fn unless_left_behind<T>(
    ram: &Ram<'_>,
    found: mkds_memory::Result<Option<T>>,
) -> mkds_memory::Result<Option<T>> {
    use mkds_memory::Error;
    match found {
        Err(
            Error::DanglingPointer { .. }
            | Error::MisalignedPointer { .. }
            | Error::AbsurdCount { .. }
            | Error::NoSuchElement { .. },
        ) if matches!(ram.race(), Ok(None)) => Ok(None),
        found => found,
    }
}

/// Writes a Python value where a path leads.
fn write(py: Python<'_>, shared: &Shared, path: &Path, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let datum = match path.ty() {
        Some(ty) => value::datum(&ty, value)?,
        None => value.extract().ok().map(Datum::Integer),
    };
    let datum = datum.ok_or_else(|| {
        let (expected, found) = (path.kind(), value.repr());
        let found = found.map_or_else(|_| String::new(), |found| found.to_string());
        FieldValueError::new_err(format!("{path}: expected {expected}, found {found}"))
    })?;
    let written = shared.with(py, |console| {
        let mut emulator = console.emulator();
        let mut ram = RamMut::new(emulator.main_ram_mut()).map_err(WriteError::Memory)?;
        path.write(&mut ram, &datum)
    })?;
    written.or_exception()
}

fn nothing_there(path: &Path) -> PyErr {
    NothingThereError::new_err(format!(
        "{path}: nothing is there now: no race is loaded, or a pointer on the way is null"
    ))
}

/// The path to an element of what `path` leads to.
fn element(path: &Path, index: usize) -> PyResult<Path> {
    Path::parse(&format!("{path}[{index}]")).or_exception()
}

/// The path from which names go on: from a symbol that is several things, of the first.
fn base_of(path: &Path) -> Path {
    let is_root = path.to_string() == path.root().path;
    match element(path, 0) {
        Ok(first) if is_root => first,
        _ => path.clone(),
    }
}

/// The path to a field of what `base` leads to, or to that field's path.
fn field(base: &Path, name: &str) -> PyResult<Path> {
    // What is not known is left as it is, so that the path's error lists what there is.
    let name = names::field(base, name).unwrap_or(name);
    Path::parse(&format!("{base}.{name}")).or_exception()
}

/// The path that `text` writes down, in any of the names.
fn parse(text: &str) -> PyResult<Path> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (root, mut rest) = text.split_at(end);
    let mut path = Path::parse(names::root(root).unwrap_or(root)).or_exception()?;
    while !rest.is_empty() {
        if let Some(name) = rest.strip_prefix('.') {
            let (name, after) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
            (path, rest) = (field(&base_of(&path), name)?, after);
        } else {
            // What is no index either is an error of the path's.
            let end = rest.find(']').map_or(rest.len(), |end| end + 1);
            let (index, after) = rest.split_at(end);
            path = Path::parse(&format!("{path}{index}")).or_exception()?;
            rest = after;
        }
    }
    Ok(path)
}

/// The path that a `str` or a node stands for.
fn path_of(path: &Bound<'_, PyAny>) -> PyResult<Path> {
    if let Ok(node) = path.cast::<Node>() {
        return Ok(node.get().path.clone());
    }
    match path.cast::<PyString>() {
        Ok(text) => parse(text.to_str()?),
        Err(_) => {
            let message = format!("path: expected str or Node, found {}", path.get_type());
            Err(PyTypeError::new_err(message))
        }
    }
}

/// What was looked up before under a key.
type Known<K> = Mutex<FxHashMap<K, Child>>;

/// What `key` leads to, which `find` finds out once.
fn known<K, Q>(
    py: Python<'_>,
    known: &Known<K>,
    key: &Q,
    find: impl FnOnce() -> PyResult<Child>,
) -> PyResult<Child>
where
    K: Borrow<Q> + Hash + Eq,
    Q: Hash + Eq + ToOwned + ?Sized,
    Q::Owned: Into<K>,
{
    if let Some(child) = look_up(py, known, key) {
        return Ok(child);
    }
    let child = find()?;
    let mut found = known.lock().unwrap_or_else(PoisonError::into_inner);
    let before = found.insert(key.to_owned().into(), child.clone_ref(py));
    drop(found);
    // Not under the lock: a Python object may go with it.
    drop(before);
    Ok(child)
}

fn look_up<K, Q>(py: Python<'_>, known: &Known<K>, key: &Q) -> Option<Child>
where
    K: Borrow<Q> + Hash + Eq,
    Q: Hash + Eq + ?Sized,
{
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(key).map(|child| child.clone_ref(py))
}

/// The attributes that every object has, methods among them.
fn own_attribute<'py>(
    object: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are live objects, and the interpreter is attached.
    let found = unsafe { ffi::PyObject_GenericGetAttr(object.as_ptr(), name.as_ptr()) };
    // SAFETY: it is a new reference, or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(object.py(), found) }
}

/// Fields do not begin with two lines; what Python looks for under such names is not there.
fn no_own_attribute(name: &str) -> PyResult<()> {
    match name.starts_with("__") {
        true => Err(PyAttributeError::new_err(name.to_owned())),
        false => Ok(()),
    }
}

impl Memory {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            symbols: Mutex::default(),
            paths: Mutex::default(),
        }
    }

    /// What a path in brackets leads to.
    fn at(&self, py: Python<'_>, text: &str) -> PyResult<Child> {
        known(py, &self.paths, text, || {
            Child::new(py, &self.shared, parse(text)?)
        })
    }

    /// What a symbol leads to.
    fn symbol(&self, py: Python<'_>, name: &str) -> PyResult<Child> {
        known(py, &self.symbols, name, || {
            let root = names::root(name).unwrap_or(name);
            let path = Path::parse(root).or_exception()?;
            Child::new(py, &self.shared, path)
        })
    }
}

#[pymethods]
impl Memory {
    fn __getattribute__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, memory) = (slf.py(), slf.get());
        let text = name.to_str()?;
        if let Some(child) = look_up(py, &memory.symbols, text) {
            return child.get(py, &memory.shared);
        }
        match names::root(text) {
            Some(_) => memory.symbol(py, text)?.get(py, &memory.shared),
            None => own_attribute(slf.as_any(), name),
        }
    }

    /// What is neither a symbol nor an own attribute: the error lists the symbols.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        no_own_attribute(name)?;
        self.symbol(py, name)?.get(py, &self.shared)
    }

    fn __setattr__(&self, py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.shared, self.symbol(py, name)?.path(), value)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        self.at(py, path)?.get(py, &self.shared)
    }

    fn __setitem__(&self, py: Python<'_>, path: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.shared, self.at(py, path)?.path(), value)
    }

    fn __dir__(slf: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        let mut names: Vec<String> = slf.get_type().dir()?.extract()?;
        names.extend(symbols::ALL.iter().map(|symbol| symbol.path.to_owned()));
        Ok(names)
    }

    /// Whether a race is loaded and its frames are being counted: then all of it is in place.
    #[getter]
    fn race_ready(&self, py: Python<'_>) -> PyResult<bool> {
        whether(py, &self.shared, |ram| {
            Ok(ram.race()?.is_some_and(|race| race.is_ready()))
        })
    }

    /// What is at a path, or at a node: numbers and arrays as elsewhere, a structure as a dict, several things as a
    /// list. `default` where nothing is, as outside a race.
    #[pyo3(signature = (path, default=None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let child = match path.cast::<PyString>() {
            Ok(text) => self.at(py, text.to_str()?)?,
            Err(_) => Child::new(py, &self.shared, path_of(path)?)?,
        };
        let value = read(py, &self.shared, |ram| match &child {
            Child::Leaf(leaf) => leaf.read(ram),
            Child::Node(node) => {
                let datum = node.get().path.read(ram);
                unless_left_behind(ram, datum.map(|datum| datum.map(Value::Datum)))
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
    ///     A pointer on the way is null.
    fn set(
        &self,
        py: Python<'_>,
        path: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        write(py, &self.shared, &path_of(path)?, value)
    }

    /// The console's address of what is at a path or a node; None where nothing is.
    fn address(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Option<u32>> {
        let path = path_of(path)?;
        read(py, &self.shared, |ram| {
            unless_left_behind(ram, path.address(ram))
        })
    }

    /// The paths one step on from a path or a node: to its fields, its bits or its elements; without one all symbols'.
    #[pyo3(signature = (path=None))]
    fn paths(&self, py: Python<'_>, path: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
        let paths = match path {
            None => Path::roots().collect(),
            Some(path) => {
                let path = path_of(path)?;
                read(py, &self.shared, |ram| path.children(ram))?
            }
        };
        Ok(paths.iter().map(Path::to_string).collect())
    }

    /// What is known about a path or a node, a dict: path, type, doc, published (the headers' name where it is another),
    /// offset (bytes from the structure's start; None for a symbol), source, confidence, values (the names of
    /// an enumeration's or of flags' values).
    fn describe<'py>(
        &self,
        py: Python<'py>,
        path: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let path = path_of(path)?;
        let (source, confidence) = match path.field() {
            Some(field) => known_by(field.source),
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
        let bytes = self
            .shared
            .with(py, |console| console.emulator().main_ram()[range].to_vec())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes bytes into main RAM from the console's address on. Data is seen by the game at once; code may still run as it
    /// was compiled.
    fn write_bytes(&self, py: Python<'_>, address: u32, data: &[u8]) -> PyResult<()> {
        let range = range(address, data.len())?;
        self.shared.with(py, |console| {
            console.emulator().main_ram_mut()[range].copy_from_slice(data);
        })
    }

    fn __repr__(&self) -> &'static str {
        "<kartscope.Memory>"
    }
}

/// Where bytes lie in main RAM.
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

/// Who knows a field, and how sure that is.
fn known_by(source: Source) -> (&'static str, &'static str) {
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

impl Node {
    fn new(shared: Arc<Shared>, path: Path) -> Self {
        Self {
            shared,
            base: base_of(&path),
            path,
            named: Mutex::default(),
            indexed: Mutex::default(),
        }
    }

    /// What a name leads to.
    fn field(&self, py: Python<'_>, name: &str) -> PyResult<Child> {
        known(py, &self.named, name, || {
            Child::new(py, &self.shared, field(&self.base, name)?)
        })
    }

    /// What an index leads to; a negative one counts from the end.
    fn element(&self, py: Python<'_>, index: isize) -> PyResult<Child> {
        let no_element = || {
            let message = format!(
                "{}: expected an index into {}, found {index}",
                self.path,
                self.path.kind()
            );
            ElementError::new_err(message)
        };
        let place = match usize::try_from(index) {
            Ok(place) => place,
            Err(_) => self
                .__len__(py)?
                .checked_add_signed(index)
                .ok_or_else(no_element)?,
        };
        known(py, &self.indexed, &place, || {
            let path = element(&self.path, place).map_err(|_| no_element())?;
            Child::new(py, &self.shared, path)
        })
    }

    /// Whether it has elements that the game counts.
    fn is_counted(&self) -> bool {
        match self.path.ty() {
            Some(ty) => matches!(ty, Type::Array(..)),
            None => true,
        }
    }
}

#[pymethods]
impl Node {
    fn __getattribute__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, node) = (slf.py(), slf.get());
        match name.to_str()? {
            text if text.starts_with("__") => own_attribute(slf.as_any(), name),
            text => node.field(py, text)?.get(py, &node.shared),
        }
    }

    /// What is no field: the error lists those that there are.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        no_own_attribute(name)?;
        self.field(py, name)?.get(py, &self.shared)
    }

    fn __setattr__(&self, py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.shared, self.field(py, name)?.path(), value)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        self.element(py, index)?.get(py, &self.shared)
    }

    fn __setitem__(&self, py: Python<'_>, index: isize, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.shared, self.element(py, index)?.path(), value)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        if !self.is_counted() {
            let message = format!(
                "{}: {} has no elements that are counted",
                self.path,
                self.path.kind()
            );
            return Err(PyTypeError::new_err(message));
        }
        read(py, &self.shared, |ram| self.path.count(ram))
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, node) = (slf.py(), slf.get());
        let elements = (0..node.__len__(py)?).map(|index| {
            let index = isize::try_from(index).unwrap_or(isize::MAX);
            node.__getitem__(py, index)
        });
        let elements = elements.collect::<PyResult<Vec<_>>>()?;
        Ok(elements.into_pyobject(py)?.try_iter()?.into_any())
    }

    /// Whether there is something now.
    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        let is_pointer = matches!(self.path.ty(), Some(Type::Pointer(_)));
        whether(py, &self.shared, |ram| {
            if self.is_counted() {
                return Ok(self.path.count(ram)? > 0);
            }
            match is_pointer {
                true => Ok(!matches!(
                    self.path.read(ram)?,
                    None | Some(Datum::Integer(0))
                )),
                false => Ok(self.path.address(ram)?.is_some()),
            }
        })
    }

    /// The whole number of which it is the bits, or the address that it points to.
    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyInt>> {
        match read(py, &self.shared, |ram| self.path.read(ram))? {
            Some(Datum::Integer(value)) => Ok(value.into_pyobject(py)?),
            Some(_) => {
                let message = format!("{}: {} is no number", self.path, self.path.kind());
                Err(PyTypeError::new_err(message))
            }
            None => Err(nothing_there(&self.path)),
        }
    }

    fn __dir__(slf: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        let mut names: Vec<String> = slf.get_type().dir()?.extract()?;
        let fields = names::fields(&slf.get().base);
        names.extend(fields.into_iter().map(|(name, _)| name.to_owned()));
        Ok(names)
    }

    fn __repr__(&self) -> String {
        format!("<kartscope.Node {}: {}>", self.path, self.path.kind())
    }
}
