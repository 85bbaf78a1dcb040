//! What is known of each vector: typed values under the names of fields, by which a search can be filtered.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Description, Error, Result};

/// The kind of a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Whole numbers, such as a row's number.
    Integer,
    /// Texts of which many vectors have the same, such as a course's name. Each text is stored once.
    Text,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "an integer",
            Self::Text => "a text",
        })
    }
}

/// A field of every payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name, which no other field has.
    pub name: String,
    /// The kind of its values.
    pub kind: Kind,
}

impl Field {
    /// A field of this name and kind.
    pub fn new(name: impl Into<String>, kind: Kind) -> Self {
        let name = name.into();
        Self { name, kind }
    }

    /// Fails unless `value` is of the field's kind; `what` names its payload or condition in the error.
    pub(crate) fn check(&self, what: &str, value: &Value) -> Result<()> {
        if value.kind() != self.kind {
            let place = format!("{what}, {}", self.name);
            return Err(Error::argument(place, self.kind, value.kind()));
        }
        Ok(())
    }
}

/// The most fields that an index may have.
const MOST_FIELDS: usize = 64;

pub(crate) fn check_fields(fields: &[Field]) -> Result<()> {
    if fields.len() > MOST_FIELDS {
        let expected = format!("at most {MOST_FIELDS}");
        return Err(Error::argument("fields", expected, fields.len()));
    }
    for (at, field) in fields.iter().enumerate() {
        if fields[..at].iter().any(|other| other.name == field.name) {
            let found = format!("{} twice", field.name);
            return Err(Error::argument("fields", "different names", found));
        }
    }
    Ok(())
}

/// A value of a payload.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
}

impl Value {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Integer(_) => Kind::Integer,
            Self::Text(_) => Kind::Text,
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

/// A condition on payloads: the field has one of some values. A search considers the vectors that meet all its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The field's name.
    pub field: String,
    /// The values that it may have.
    pub any_of: Vec<Value>,
}

impl Condition {
    /// The condition that the field has one of these values.
    pub fn new(
        field: impl Into<String>,
        any_of: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        Self {
            field: field.into(),
            any_of: any_of.into_iter().map(Into::into).collect(),
        }
    }

    /// The place of its field in payloads.
    ///
    /// # Errors
    /// [`Error::Argument`] when there is no such field, or a value is not of its kind.
    pub(crate) fn resolve(&self, description: &Description) -> Result<usize> {
        let Some(at) = description.field(&self.field) else {
            let names = description.fields.iter().map(|field| field.name.as_str());
            let expected = format!("a field of {}", names.collect::<Vec<_>>().join(", "));
            return Err(Error::argument("condition", expected, &self.field));
        };
        for value in &self.any_of {
            description.fields[at].check("condition", value)?;
        }
        Ok(at)
    }
}

/// The values of one field, a row each.
#[derive(Clone, Debug)]
pub(crate) enum Column {
    Integers(Vec<i64>),
    Texts {
        /// Every text of the column.
        texts: Vec<String>,
        /// For each row the place of its text.
        codes: Vec<u32>,
    },
}

impl Column {
    pub(crate) fn value(&self, row: usize) -> Value {
        match self {
            Self::Integers(values) => Value::Integer(values[row]),
            Self::Texts { texts, codes } => Value::Text(texts[codes[row] as usize].clone()),
        }
    }
}

/// A column that grows.
#[derive(Debug)]
pub(crate) enum GrowingColumn {
    Integers(Vec<i64>),
    Texts {
        places: HashMap<String, u32>,
        codes: Vec<u32>,
    },
}

impl GrowingColumn {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Integer => Self::Integers(Vec::new()),
            Kind::Text => Self::Texts {
                places: HashMap::new(),
                codes: Vec::new(),
            },
        }
    }

    /// Adds a value, which is of the column's kind; another is ignored.
    pub(crate) fn push(&mut self, value: &Value) {
        match (self, value) {
            (Self::Integers(values), Value::Integer(value)) => values.push(*value),
            (Self::Texts { places, codes }, Value::Text(text)) => {
                // There are no more texts than rows, whose number fits.
                let next = places.len() as u32;
                codes.push(*places.entry(text.clone()).or_insert(next));
            }
            _ => debug_assert!(false, "the payload was checked"),
        }
    }

    pub(crate) fn finish(self) -> Column {
        match self {
            Self::Integers(values) => Column::Integers(values),
            Self::Texts { places, codes } => {
                let mut texts: Vec<(String, u32)> = places.into_iter().collect();
                texts.sort_by_key(|(_, place)| *place);
                let texts = texts.into_iter().map(|(text, _)| text).collect();
                Column::Texts { texts, codes }
            }
        }
    }
}

/// The conditions of a search, made fast for columns.
pub(crate) struct Filter<'a>(Vec<Allowed<'a>>);

enum Allowed<'a> {
    Integers(&'a [i64], Vec<i64>),
    /// For each text of the column whether it is allowed.
    Texts(&'a [u32], Vec<bool>),
}

impl<'a> Filter<'a> {
    /// # Errors
    /// Those of [`Condition::resolve`].
    pub(crate) fn new(
        conditions: &[Condition],
        description: &Description,
        columns: &'a [Column],
    ) -> Result<Self> {
        let allowed = conditions.iter().map(|condition| {
            let column = &columns[condition.resolve(description)?];
            Ok(Allowed::new(column, &condition.any_of))
        });
        allowed.collect::<Result<_>>().map(Self)
    }

    /// Whether a row meets all conditions.
    #[inline]
    pub(crate) fn allows(&self, row: usize) -> bool {
        self.0.iter().all(|allowed| match allowed {
            Allowed::Integers(values, allowed) => allowed.contains(&values[row]),
            Allowed::Texts(codes, allowed) => allowed[codes[row] as usize],
        })
    }
}

impl<'a> Allowed<'a> {
    fn new(column: &'a Column, any_of: &[Value]) -> Self {
        match column {
            Column::Integers(values) => {
                let allowed = any_of.iter().filter_map(|value| match value {
                    Value::Integer(value) => Some(*value),
                    Value::Text(_) => None,
                });
                Self::Integers(values, allowed.collect())
            }
            Column::Texts { texts, codes } => {
                let is_allowed = |text: &String| {
                    let mut values = any_of.iter();
                    values.any(|value| matches!(value, Value::Text(value) if value == text))
                };
                Self::Texts(codes, texts.iter().map(is_allowed).collect())
            }
        }
    }
}
