//! The value of a field, without its Rust type.

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeMap;

use crate::layout::{BitField, Integer, Type};
use crate::memory::{ByteOrder, LittleEndian};

/// Units of a fixed-point number's whole.
const FIXED_ONE: f64 = 4096.0;

/// The value of a field. Serialised, it is a number, a list or a map.
#[derive(Debug, Clone)]
pub enum FieldValue {
    /// An integer, an angle in 1/65536 turn, flags, an enumeration's number, an address.
    Integer(i64),
    /// A floating-point number, or a fixed-point number, exact.
    Number(f64),
    /// An array's elements.
    List(Vec<Self>),
    /// A structure's fields, by name.
    Record(Vec<(&'static str, Self)>),
}

/// As numbers are equal, but a NaN equals itself: a field that holds one has not changed.
impl PartialEq for FieldValue {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b || a.is_nan() && b.is_nan(),
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Record(a), Self::Record(b)) => a == b,
            _ => false,
        }
    }
}

impl FieldValue {
    /// The value at `offset`, where `image` holds as many bytes as `ty` takes.
    pub(crate) fn read<O: ByteOrder>(ty: &Type, image: &[u8], offset: usize) -> Self {
        match ty {
            Type::Integer(integer)
            | Type::Angle(integer)
            | Type::Flags(integer, _)
            | Type::Enumeration(integer, _)
            | Type::Bits(integer, _) => Self::Integer(integer.read::<O>(image, offset)),
            Type::Pointer(_) => Self::Integer(Integer::U32.read::<O>(image, offset)),
            Type::Float => Self::Number(f32::from_le_bytes(O::load(image, offset)).into()),
            Type::Fixed(integer) => {
                Self::Number(integer.read::<O>(image, offset) as f64 / FIXED_ONE)
            }
            Type::Array(element, count) => Self::List(
                (0..*count)
                    .map(|index| Self::read::<O>(element, image, offset + index * element.size()))
                    .collect(),
            ),
            Type::Struct(layout) => Self::Record(
                layout()
                    .fields
                    .iter()
                    .map(|field| {
                        let value = Self::read::<O>(&field.ty, image, offset + field.offset);
                        (field.name, value)
                    })
                    .collect(),
            ),
        }
    }

    /// Writes it at `offset`, where `image` has room for as many bytes as `ty` takes. Parts before the
    /// first that does not fit are written: see [`Self::check`].
    ///
    /// # Errors
    ///
    /// A description of what `ty` holds, if that is not this.
    pub(crate) fn write<O: ByteOrder>(
        &self,
        ty: &Type,
        image: &mut [u8],
        offset: usize,
    ) -> Result<(), String> {
        match (ty, self) {
            (
                Type::Integer(integer)
                | Type::Angle(integer)
                | Type::Flags(integer, _)
                | Type::Enumeration(integer, _)
                | Type::Bits(integer, _),
                Self::Integer(value),
            ) => integer.write::<O>(*value, image, offset),
            (Type::Pointer(_), Self::Integer(value)) => {
                Integer::U32.write::<O>(*value, image, offset)
            }
            (Type::Float, Self::Number(value)) => write_float::<O>(*value, image, offset),
            (Type::Float, Self::Integer(value)) => write_float::<O>(*value as f64, image, offset),
            (Type::Fixed(integer), Self::Number(value)) => {
                write_fixed::<O>(*integer, *value, image, offset)
            }
            (Type::Fixed(integer), Self::Integer(value)) => {
                write_fixed::<O>(*integer, *value as f64, image, offset)
            }
            (Type::Array(element, count), Self::List(list)) if list.len() == *count => {
                list.iter().enumerate().try_for_each(|(index, value)| {
                    value.write::<O>(element, image, offset + index * element.size())
                })
            }
            (Type::Struct(layout), Self::Record(record)) => {
                record.iter().try_for_each(|(name, value)| {
                    let expected = || format!("fields of {}", layout().published);
                    let field = layout().field(name).ok_or_else(expected)?;
                    value.write::<O>(&field.ty, image, offset + field.offset)
                })
            }
            _ => Err(ty.to_string()),
        }
    }

    /// Whether `ty` can hold it.
    ///
    /// # Errors
    ///
    /// A description of what `ty` holds, if that is not this.
    pub(crate) fn check(&self, ty: &Type) -> Result<(), String> {
        self.write::<LittleEndian>(ty, &mut vec![0; ty.size()], 0)
    }

    /// The value that `text` writes down: an integer (`12`, `-3`, `0x1F`) or a number (`1.5`).
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

fn write_float<O: ByteOrder>(value: f64, image: &mut [u8], offset: usize) -> Result<(), String> {
    let rounded = value as f32;
    if rounded.is_infinite() && value.is_finite() {
        return Err(format!("a number from {} to {}", f32::MIN, f32::MAX));
    }
    O::store(image, offset, rounded.to_le_bytes());
    Ok(())
}

fn write_fixed<O: ByteOrder>(
    integer: Integer,
    value: f64,
    image: &mut [u8],
    offset: usize,
) -> Result<(), String> {
    let (low, high) = integer.range();
    let (low, high) = (low as f64 / FIXED_ONE, high as f64 / FIXED_ONE);
    if !(low..=high).contains(&value) {
        return Err(format!("a number from {low} to {high}"));
    }
    integer.write::<O>((value * FIXED_ONE).round() as i64, image, offset)
}

impl Integer {
    /// The number at `offset`, where `image` holds as many bytes as it takes.
    pub(crate) fn read<O: ByteOrder>(self, image: &[u8], offset: usize) -> i64 {
        let unsigned: i64 = match self.size {
            1 => u8::from_le_bytes(O::load(image, offset)).into(),
            2 => u16::from_le_bytes(O::load(image, offset)).into(),
            _ => u32::from_le_bytes(O::load(image, offset)).into(),
        };
        let unused = 64 - 8 * self.size as u32;
        if self.signed {
            unsigned << unused >> unused
        } else {
            unsigned
        }
    }

    fn write<O: ByteOrder>(
        self,
        value: i64,
        image: &mut [u8],
        offset: usize,
    ) -> Result<(), String> {
        let (low, high) = self.range();
        if !(low..=high).contains(&value) {
            return Err(format!("an integer from {low} to {high}"));
        }
        match self.size {
            1 => O::store(image, offset, (value as u8).to_le_bytes()),
            2 => O::store(image, offset, (value as u16).to_le_bytes()),
            _ => O::store(image, offset, (value as u32).to_le_bytes()),
        }
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

impl fmt::Display for FieldValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::List(list) => {
                f.write_str("[")?;
                for (index, value) in list.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{value}")?;
                }
                f.write_str("]")
            }
            Self::Record(record) => {
                f.write_str("{")?;
                for (index, (name, value)) in record.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{name}: {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

impl Serialize for FieldValue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::List(list) => serializer.collect_seq(list),
            Self::Record(record) => {
                let mut map = serializer.serialize_map(Some(record.len()))?;
                for (name, value) in record {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}
