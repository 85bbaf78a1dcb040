//! The class `Node`, and the results of names and indices.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use mkds_memory::Ram;
use mkds_memory::layout::Type;
use mkds_memory::path::{FieldValue, Path};
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use rustc_hash::FxHashMap;

use super::access::{Image, nothing_there, read, unless_stale, whether, write};
use super::names;
use super::value::{Numbers, Value};
use crate::errors::ElementError;

/// A structure, an array or a pointer of the game, from which names and indices lead on. It represents a path: it reads
/// RAM only when a field is read, and is false while a pointer on the path is null.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Node {
    image: Image,
    pub(super) path: Path,
    /// The path whose fields are looked up: of several drivers the first.
    base: Path,
    named: LookupCache<Box<str>>,
    indexed: LookupCache<usize>,
}

/// The result of a name or an index.
pub(super) enum Child {
    Leaf(Arc<Leaf>),
    Node(Py<Node>),
}

/// A value.
pub(super) struct Leaf {
    path: Path,
    /// The array type, if it is an array.
    numbers: Option<Numbers>,
}

impl Child {
    pub(super) fn new(py: Python<'_>, image: &Image, path: Path) -> PyResult<Self> {
        let numbers = path.ty().as_ref().and_then(Numbers::of);
        let is_leaf = match path.ty() {
            Some(Type::Array(..) | Type::Struct(_)) => numbers.is_some(),
            Some(Type::Pointer(target)) => target.is_none(),
            Some(Type::Bits(..)) => false,
            Some(_) => true,
            // Some bits; or several elements behind a pointer, which need an index.
            None => names::element(&path, 0).is_err(),
        };
        Ok(match is_leaf {
            true => Self::Leaf(Arc::new(Leaf { path, numbers })),
            false => Self::Node(Py::new(py, Node::new(image.clone(), path))?),
        })
    }

    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Leaf(leaf) => Self::Leaf(Arc::clone(leaf)),
            Self::Node(node) => Self::Node(node.clone_ref(py)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Leaf(leaf) => &leaf.path,
            Self::Node(node) => &node.get().path,
        }
    }

    /// The value, or the node.
    pub(super) fn get<'py>(self, py: Python<'py>, image: &Image) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Node(node) => Ok(node.into_bound(py).into_any()),
            Self::Leaf(leaf) => {
                let value = read(py, image, |ram| leaf.read(ram))?;
                value
                    .ok_or_else(|| nothing_there(&leaf.path))?
                    .into_python(py)
            }
        }
    }
}

impl Leaf {
    pub(super) fn read(&self, ram: &Ram<'_>) -> mkds_memory::Result<Option<Value>> {
        let found = match &self.numbers {
            Some(numbers) => numbers.read(&self.path, ram),
            None => self
                .path
                .read(ram)
                .map(|field_value| field_value.map(Value::Field)),
        };
        unless_stale(ram, found)
    }
}

/// Earlier results of lookups by key.
pub(super) type LookupCache<K> = Mutex<FxHashMap<K, Child>>;

/// The cached result for `key`, which `find` computes the first time.
pub(super) fn cached<K, Q>(
    py: Python<'_>,
    cache: &LookupCache<K>,
    key: &Q,
    find: impl FnOnce() -> PyResult<Child>,
) -> PyResult<Child>
where
    K: Borrow<Q> + Hash + Eq,
    Q: Hash + Eq + ToOwned + ?Sized,
    Q::Owned: Into<K>,
{
    if let Some(child) = look_up(py, cache, key) {
        return Ok(child);
    }
    let child = find()?;
    let mut found = cache.lock().unwrap_or_else(PoisonError::into_inner);
    let before = found.insert(key.to_owned().into(), child.clone_ref(py));
    drop(found);
    // Dropped after the lock is released, since it may release a Python object.
    drop(before);
    Ok(child)
}

pub(super) fn look_up<K, Q>(py: Python<'_>, cache: &LookupCache<K>, key: &Q) -> Option<Child>
where
    K: Borrow<Q> + Hash + Eq,
    Q: Hash + Eq + ?Sized,
{
    let cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    cache.get(key).map(|child| child.clone_ref(py))
}

/// The ordinary attributes of the Python object, including methods.
pub(super) fn own_attribute<'py>(
    object: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are live objects, and the interpreter is attached.
    let found = unsafe { ffi::PyObject_GenericGetAttr(object.as_ptr(), name.as_ptr()) };
    // SAFETY: it is a new reference, or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(object.py(), found) }
}

/// Refuses names with two leading underscores, which Python itself looks up and no field has.
pub(super) fn no_own_attribute(name: &str) -> PyResult<()> {
    match name.starts_with("__") {
        true => Err(PyAttributeError::new_err(name.to_owned())),
        false => Ok(()),
    }
}

impl Node {
    pub(super) fn new(image: Image, path: Path) -> Self {
        Self {
            image,
            base: names::base_of(&path),
            path,
            named: Mutex::default(),
            indexed: Mutex::default(),
        }
    }

    /// Looks up a name.
    fn field(&self, py: Python<'_>, name: &str) -> PyResult<Child> {
        cached(py, &self.named, name, || {
            Child::new(py, &self.image, names::field(&self.base, name)?)
        })
    }

    /// Looks up an index; a negative one counts from the end.
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
        cached(py, &self.indexed, &place, || {
            let path = names::element(&self.path, place).map_err(|_| no_element())?;
            Child::new(py, &self.image, path)
        })
    }

    /// Whether the game stores the number of its elements.
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
            text => node.field(py, text)?.get(py, &node.image),
        }
    }

    /// Called for unknown names: the error lists the fields.
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        no_own_attribute(name)?;
        self.field(py, name)?.get(py, &self.image)
    }

    fn __setattr__(&self, py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.image, self.field(py, name)?.path(), value)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: isize) -> PyResult<Bound<'py, PyAny>> {
        self.element(py, index)?.get(py, &self.image)
    }

    fn __setitem__(&self, py: Python<'_>, index: isize, value: &Bound<'_, PyAny>) -> PyResult<()> {
        write(py, &self.image, self.element(py, index)?.path(), value)
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
        read(py, &self.image, |ram| self.path.count(ram))
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

    /// Whether all pointers on the path are valid now.
    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        let is_pointer = matches!(self.path.ty(), Some(Type::Pointer(_)));
        whether(py, &self.image, |ram| {
            if self.is_counted() {
                return Ok(self.path.count(ram)? > 0);
            }
            match is_pointer {
                true => Ok(!matches!(
                    self.path.read(ram)?,
                    None | Some(FieldValue::Integer(0))
                )),
                false => Ok(self.path.address(ram)?.is_some()),
            }
        })
    }

    /// The whole number of which it is the bits, or the address of its target.
    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyInt>> {
        match read(py, &self.image, |ram| self.path.read(ram))? {
            Some(FieldValue::Integer(value)) => Ok(value.into_pyobject(py)?),
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
