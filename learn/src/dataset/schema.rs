use serde::{Deserialize, Serialize};

use crate::{Error, Result, atomic};

/// The number type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DType {
    /// True or false.
    Bool,
    /// Signed, 8 bits.
    Int8,
    /// Signed, 32 bits.
    Int32,
    /// Unsigned, 16 bits.
    UInt16,
    /// Unsigned, 32 bits.
    UInt32,
    /// IEEE 754 single precision.
    Float32,
}

/// One column: its name, unit, shape, type and bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// The column's name.
    pub name: String,
    /// The unit of its numbers, for people; empty when there is none.
    pub unit: String,
    /// Empty for one number a row, `[n]` for a list of n.
    pub shape: Vec<usize>,
    /// The number type.
    pub dtype: DType,
    /// The lower bound of all values; `None` for none.
    pub low: Option<f32>,
    /// The upper bound of all values; `None` for none.
    pub high: Option<f32>,
}

impl Field {
    /// A field of an observation; infinite bounds count as none.
    pub fn new(
        name: &str,
        unit: &str,
        shape: &[usize],
        low: Option<f32>,
        high: Option<f32>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            unit: unit.to_owned(),
            shape: shape.to_vec(),
            dtype: DType::Float32,
            low: low.filter(|bound| bound.is_finite()),
            high: high.filter(|bound| bound.is_finite()),
        }
    }

    /// How many numbers the field has in a row.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }

    /// A description of the field in one line, for errors.
    fn describe(&self) -> String {
        let bound = |value: Option<f32>| value.map_or("any".to_owned(), |value| value.to_string());
        format!(
            "{} {:?} {:?} from {} to {} {}",
            self.name,
            self.shape,
            self.dtype,
            bound(self.low),
            bound(self.high),
            self.unit
        )
    }

    /// The length of the list in which the column stores a row; `None` for a single number.
    pub(crate) fn list_length(&self) -> Option<usize> {
        (!self.shape.is_empty()).then(|| self.width())
    }
}

/// The most numbers an observation may have: far above any use, and a limit for allocations
/// whose size a manifest gives.
const MAX_WIDTH: usize = 1 << 20;

/// The fields of an observation, in the order of the flat vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema {
    fields: Vec<Field>,
}

impl Schema {
    /// A schema of `fields`.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are none, a name is empty or double, a field has no
    /// numbers, is not `float32`, or there are too many numbers.
    pub fn new(fields: Vec<Field>) -> Result<Self> {
        let schema = Self::unchecked(fields);
        schema
            .check()
            .map_err(|(place, expected, found)| Error::Argument {
                what: format!("observation field {place}"),
                expected,
                found,
            })?;
        Ok(schema)
    }

    pub(super) fn unchecked(fields: Vec<Field>) -> Self {
        Self { fields }
    }

    /// Returns the first error as place, expected, found.
    pub(crate) fn check(&self) -> Result<(), (String, String, String)> {
        let wrong = |place: &str, expected: &str, found: String| {
            Err((place.to_owned(), expected.to_owned(), found))
        };
        if self.fields.is_empty() {
            return wrong("list", "at least one field", "none".to_owned());
        }
        let mut total: usize = 0;
        for (index, field) in self.fields.iter().enumerate() {
            if field.name.is_empty() {
                return wrong(&index.to_string(), "a name", "an empty one".to_owned());
            }
            if self.fields[..index]
                .iter()
                .any(|earlier| earlier.name == field.name)
            {
                return wrong(&field.name, "a name used once", "it twice".to_owned());
            }
            if field.dtype != DType::Float32 {
                return wrong(&field.name, "dtype float32", format!("{:?}", field.dtype));
            }
            let width = field
                .shape
                .iter()
                .try_fold(1usize, |product, side| product.checked_mul(*side));
            total = match width.and_then(|width| width.checked_add(total)) {
                Some(sum) if sum > total && sum <= MAX_WIDTH => sum,
                _ => {
                    let expected = format!("1 to {MAX_WIDTH} numbers in all");
                    return wrong(&field.name, &expected, format!("shape {:?}", field.shape));
                }
            };
        }
        Ok(())
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many numbers an observation has.
    pub fn width(&self) -> usize {
        self.fields.iter().map(Field::width).sum()
    }

    /// SHA-256 of the schema: equal exactly when names, units, shapes, types, bounds and order are.
    pub fn hash(&self) -> String {
        let text: String = self
            .fields
            .iter()
            .map(|field| field.describe() + "\n")
            .collect();
        atomic::sha256(text.as_bytes())
    }

    /// Names the first difference to another schema, as "expected" (self) and "found" (other).
    pub(crate) fn difference(&self, other: &Self) -> Option<(String, String)> {
        let describe = |field: Option<&Field>| match field {
            Some(field) => field.describe(),
            None => "no further field".to_owned(),
        };
        (0..self.fields.len().max(other.fields.len()))
            .map(|index| (self.fields.get(index), other.fields.get(index)))
            .find(|(mine, theirs)| mine != theirs)
            .map(|(mine, theirs)| (describe(mine), describe(theirs)))
    }
}
