//! Values of fields in Python: numbers, and arrays of numbers.

use mkds_memory::layout::{Integer, Type};
use mkds_memory::path::{FieldValue, Path};
use mkds_memory::{RAM_BASE, Ram, RamError};
use numpy::{Element, PyArray1, PyArrayMethods};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// The raw value of 1.0 as a fixed-point number.
const FIXED_ONE: f64 = 4096.0;

/// An array of numbers in RAM.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    /// The type of the elements in RAM, and whether they are fixed-point numbers.
    integer: Integer,
    fixed: bool,
    /// One or two axes.
    shape: Vec<usize>,
}

impl Numbers {
    /// The array for a type; `None` for single numbers and for structures other than vectors and
    /// matrices.
    pub(super) fn of(ty: &Type) -> Option<Self> {
        let fixed = |integer, shape: &[usize]| Self {
            integer,
            fixed: true,
            shape: shape.to_vec(),
        };
        match ty {
            Type::Struct(layout) => Some(match layout().published {
                "VecFx16" => fixed(Integer::S16, &[3]),
                "VecFx32" => fixed(Integer::S32, &[3]),
                "quaternion_t" => fixed(Integer::S32, &[4]),
                "MtxFx33" => fixed(Integer::S32, &[3, 3]),
                "MtxFx43" => fixed(Integer::S32, &[4, 3]),
                _ => return None,
            }),
            Type::Array(element, count) => {
                let mut numbers = Self::of(element).or_else(|| Self::single(element))?;
                numbers.shape.insert(0, *count);
                Some(numbers)
            }
            _ => None,
        }
    }

    fn single(ty: &Type) -> Option<Self> {
        let (integer, fixed) = match ty {
            Type::Fixed(integer) => (*integer, true),
            Type::Integer(integer)
            | Type::Angle(integer)
            | Type::Flags(integer, _)
            | Type::Enumeration(integer, _) => (*integer, false),
            _ => return None,
        };
        let shape = Vec::new();
        Some(Self {
            integer,
            fixed,
            shape,
        })
    }

    /// The value in RAM at `path`; `None` if a pointer on the path is null.
    pub(super) fn read(&self, path: &Path, ram: &Ram<'_>) -> Result<Option<Value>, RamError> {
        let Some(address) = path.address(ram)? else {
            return Ok(None);
        };
        let count: usize = self.shape.iter().product();
        let start = address.wrapping_sub(RAM_BASE) as usize;
        let end = start.saturating_add(count * self.integer.size);
        let Some(bytes) = ram.bytes().get(start..end) else {
            // Its error describes the problem.
            return path
                .read(ram)
                .map(|field_value| field_value.map(Value::Field));
        };
        let shape = self.shape.clone();
        Ok(Some(
            match (self.fixed, self.integer.size, self.integer.signed) {
                (true, 2, _) => {
                    let units =
                        numbers(bytes, |two| f64::from(i16::from_le_bytes(two)) / FIXED_ONE);
                    Value::F64(units, shape)
                }
                (true, _, _) => {
                    let units = numbers(bytes, |four| {
                        f64::from(i32::from_le_bytes(four)) / FIXED_ONE
                    });
                    Value::F64(units, shape)
                }
                (false, 1, false) => Value::U8(bytes.to_vec(), shape),
                (false, 1, true) => Value::I8(numbers(bytes, i8::from_le_bytes), shape),
                (false, 2, false) => Value::U16(numbers(bytes, u16::from_le_bytes), shape),
                (false, 2, true) => Value::I16(numbers(bytes, i16::from_le_bytes), shape),
                (false, _, false) => Value::U32(numbers(bytes, u32::from_le_bytes), shape),
                (false, _, true) => Value::I32(numbers(bytes, i32::from_le_bytes), shape),
            },
        ))
    }
}

fn numbers<const N: usize, T>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
    let (numbers, _) = bytes.as_chunks::<N>();
    numbers.iter().map(|bytes| number(*bytes)).collect()
}

/// A value that was read.
pub(crate) enum Value {
    F64(Vec<f64>, Vec<usize>),
    U8(Vec<u8>, Vec<usize>),
    I8(Vec<i8>, Vec<usize>),
    U16(Vec<u16>, Vec<usize>),
    I16(Vec<i16>, Vec<usize>),
    U32(Vec<u32>, Vec<usize>),
    I32(Vec<i32>, Vec<usize>),
    Field(FieldValue),
}

impl Value {
    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Self::F64(numbers, shape) => array(py, numbers, &shape),
            Self::U8(numbers, shape) => array(py, numbers, &shape),
            Self::I8(numbers, shape) => array(py, numbers, &shape),
            Self::U16(numbers, shape) => array(py, numbers, &shape),
            Self::I16(numbers, shape) => array(py, numbers, &shape),
            Self::U32(numbers, shape) => array(py, numbers, &shape),
            Self::I32(numbers, shape) => array(py, numbers, &shape),
            Self::Field(field_value) => to_python(py, &field_value),
        }
    }
}

fn array<'py, T: Element>(
    py: Python<'py>,
    numbers: Vec<T>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    let array = PyArray1::from_slice(py, &numbers);
    match shape {
        [_] => Ok(array.into_any()),
        _ => Ok(array.reshape(shape)?.into_any()),
    }
}

/// A field_value as numbers, lists and dicts.
pub(super) fn to_python<'py>(
    py: Python<'py>,
    field_value: &FieldValue,
) -> PyResult<Bound<'py, PyAny>> {
    match field_value {
        FieldValue::Integer(value) => value.into_bound_py_any(py),
        FieldValue::Number(value) => value.into_bound_py_any(py),
        FieldValue::List(list) => {
            let items: Vec<_> = list
                .iter()
                .map(|field_value| to_python(py, field_value))
                .collect::<PyResult<_>>()?;
            Ok(PyList::new(py, items)?.into_any())
        }
        FieldValue::Record(record) => {
            let dict = PyDict::new(py);
            for (name, field_value) in record {
                dict.set_item(name, to_python(py, field_value)?)?;
            }
            Ok(dict.into_any())
        }
    }
}

/// Converts a Python value for writing to a field of this type: a number, lists or arrays of the type's shape, or a
/// dict of fields. `None` if the value does not fit the type.
pub(super) fn field_value(ty: &Type, value: &Bound<'_, PyAny>) -> PyResult<Option<FieldValue>> {
    match ty {
        Type::Fixed(_) => Ok(value.extract().ok().map(FieldValue::Number)),
        Type::Array(element, count) => elements(value, &vec![**element; *count]),
        Type::Struct(layout) => {
            let fields = layout().fields;
            if let Ok(dict) = value.cast::<PyDict>() {
                return record(fields, dict);
            }
            let Some(Numbers { shape, .. }) = Numbers::of(ty) else {
                return Ok(None);
            };
            let parts: Vec<Type> = fields.iter().map(|field| field.ty).collect();
            let list = match (shape.as_slice(), parts.as_slice()) {
                // Both are written as rows, as they are read.
                ([rows, 3], [Type::Array(row, _), ..]) => elements(value, &vec![**row; *rows])?,
                _ => elements(value, &parts)?,
            };
            let Some(FieldValue::List(mut list)) = list else {
                return Ok(None);
            };
            if let [_, 3] = shape.as_slice() {
                let rest = list.split_off(3);
                list = std::iter::once(FieldValue::List(list))
                    .chain(rest)
                    .collect();
            }
            let names = fields.iter().map(|field| field.name);
            Ok(Some(FieldValue::Record(names.zip(list).collect())))
        }
        _ => Ok(value.extract().ok().map(FieldValue::Integer)),
    }
}

/// Converts a sequence with as many elements as there are types.
fn elements(value: &Bound<'_, PyAny>, types: &[Type]) -> PyResult<Option<FieldValue>> {
    if value.len().ok() != Some(types.len()) {
        return Ok(None);
    }
    let mut list = Vec::with_capacity(types.len());
    for (index, ty) in types.iter().enumerate() {
        match field_value(ty, &value.get_item(index)?)? {
            Some(field_value) => list.push(field_value),
            None => return Ok(None),
        }
    }
    Ok(Some(FieldValue::List(list)))
}

fn record(
    fields: &'static [mkds_memory::layout::FieldInfo],
    dict: &Bound<'_, PyDict>,
) -> PyResult<Option<FieldValue>> {
    let mut record = Vec::with_capacity(dict.len());
    for (key, value) in dict {
        let key: String = key.extract()?;
        let Some(field) = fields.iter().find(|field| field.name == key) else {
            return Ok(None);
        };
        match field_value(&field.ty, &value)? {
            Some(field_value) => record.push((field.name, field_value)),
            None => return Ok(None),
        }
    }
    Ok(Some(FieldValue::Record(record)))
}
