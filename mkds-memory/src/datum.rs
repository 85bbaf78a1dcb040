//! What is in a field, without its Rust type.

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeMap;

use crate::layout::{BitField, Integer, Type};

/// Units of a fixed-point number's whole.
const FIXED_ONE: f64 = 4096.0;

/// What is in a field. Serialised, it is a number, a list or a map.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// An integer, an angle in 1/65536 turn, flags, an enumeration's number, an address.
    Integer(i64),
    /// A fixed-point number, exact.
    Number(f64),
    /// An array's elements.
    List(Vec<Self>),
    /// A structure's fields, by name.
    Record(Vec<(&'static str, Self)>),
}

impl Datum {
    /// What `bytes`, which are as many as `ty` takes, hold.
    pub(crate) fn read(ty: &Type, bytes: &[u8]) -> Self {
        match ty {
            Type::Integer(integer)
            | Type::Angle(integer)
            | Type::Flags(integer, _)
            | Type::Enumeration(integer, _)
            | Type::Bits(integer, _) => Self::Integer(integer.read(bytes)),
            Type::Pointer(_) => Self::Integer(Integer::U32.read(bytes)),
            Type::Fixed(integer) => Self::Number(integer.read(bytes) as f64 / FIXED_ONE),
            Type::Array(element, _) => Self::List(
                bytes
                    .chunks_exact(element.size().max(1))
                    .map(|bytes| Self::read(element, bytes))
                    .collect(),
            ),
            Type::Struct(layout) => Self::Record(
                layout()
                    .fields
                    .iter()
                    .map(|field| {
                        let bytes = &bytes[field.offset..field.offset + field.size];
                        (field.name, Self::read(&field.ty, bytes))
                    })
                    .collect(),
            ),
        }
    }

    /// Writes it into `bytes`, which are as many as `ty` takes.
    ///
    /// # Errors
    ///
    /// What `ty` holds, in words, if that is not this.
    pub(crate) fn write(&self, ty: &Type, bytes: &mut [u8]) -> Result<(), String> {
        match (ty, self) {
            (
                Type::Integer(integer)
                | Type::Angle(integer)
                | Type::Flags(integer, _)
                | Type::Enumeration(integer, _)
                | Type::Bits(integer, _),
                Self::Integer(value),
            ) => integer.write(*value, bytes),
            (Type::Pointer(_), Self::Integer(value)) => Integer::U32.write(*value, bytes),
            (Type::Fixed(integer), Self::Number(value)) => write_fixed(*integer, *value, bytes),
            (Type::Fixed(integer), Self::Integer(value)) => {
                write_fixed(*integer, *value as f64, bytes)
            }
            (Type::Array(element, count), Self::List(list)) if list.len() == *count => bytes
                .chunks_exact_mut(element.size().max(1))
                .zip(list)
                .try_for_each(|(bytes, datum)| datum.write(element, bytes)),
            (Type::Struct(layout), Self::Record(record)) => {
                record.iter().try_for_each(|(name, datum)| {
                    let expected = || format!("fields of {}", layout().published);
                    let field = layout().field(name).ok_or_else(expected)?;
                    datum.write(
                        &field.ty,
                        &mut bytes[field.offset..field.offset + field.size],
                    )
                })
            }
            _ => Err(ty.to_string()),
        }
    }

    /// The datum that `text` writes down: an integer (`12`, `-3`, `0x1F`) or a number (`1.5`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        if let Some(digits) = digits.strip_prefix("0x") {
            let value = u32::from_str_radix(digits, 16).ok()?;
            return Some(Self::Integer(sign * i64::from(value)));
        }
        if let Ok(value) = text.parse() {
            return Some(Self::Integer(value));
        }
        text.parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Self::Number)
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Number(value) => Some(*value),
            Self::List(_) | Self::Record(_) => None,
        }
    }
}

fn write_fixed(integer: Integer, value: f64, bytes: &mut [u8]) -> Result<(), String> {
    let (low, high) = integer.range();
    let (low, high) = (low as f64 / FIXED_ONE, high as f64 / FIXED_ONE);
    if !(low..=high).contains(&value) {
        return Err(format!("a number from {low} to {high}"));
    }
    integer.write((value * FIXED_ONE).round() as i64, bytes)
}

impl Integer {
    /// What `bytes`, at least as many as it takes, hold.
    pub(crate) fn read(self, bytes: &[u8]) -> i64 {
        let mut raw = [0; 8];
        raw[..self.size].copy_from_slice(&bytes[..self.size]);
        let unsigned = i64::from_le_bytes(raw);
        let unused = 64 - 8 * self.size as u32;
        if self.signed {
            unsigned << unused >> unused
        } else {
            unsigned
        }
    }

    fn write(self, value: i64, bytes: &mut [u8]) -> Result<(), String> {
        let (low, high) = self.range();
        if !(low..=high).contains(&value) {
            return Err(format!("an integer from {low} to {high}"));
        }
        bytes[..self.size].copy_from_slice(&value.to_le_bytes()[..self.size]);
        Ok(())
    }
}

impl BitField {
    /// The greatest number that it holds.
    pub(crate) const fn mask(&self) -> i64 {
        (1 << self.width) - 1
    }

    pub(crate) const fn read(&self, whole: i64) -> i64 {
        whole >> self.first & self.mask()
    }

    /// `whole` with this field `value`; `None` if that is too great.
    pub(crate) fn replaced(&self, whole: i64, value: i64) -> Option<i64> {
        (0..=self.mask())
            .contains(&value)
            .then(|| whole & !(self.mask() << self.first) | value << self.first)
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::List(list) => {
                f.write_str("[")?;
                for (index, datum) in list.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{datum}")?;
                }
                f.write_str("]")
            }
            Self::Record(record) => {
                f.write_str("{")?;
                for (index, (name, datum)) in record.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{name}: {datum}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl Serialize for Datum {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::List(list) => serializer.collect_seq(list),
            Self::Record(record) => {
                let mut map = serializer.serialize_map(Some(record.len()))?;
                for (name, datum) in record {
                    map.serialize_entry(name, datum)?;
                }
                map.end()
            }
        }
    }
}
