//! What is known at run time about structures and their fields.
//!
//! The views declare it; [`crate::path`] walks it, and so do lists and trees of fields.

use std::fmt;

/// A structure.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Its name here.
    pub name: &'static str,
    /// Its name in the published headers.
    pub published: &'static str,
    /// Its size in bytes.
    pub size: usize,
    /// Its documentation.
    pub doc: &'static str,
    /// Its fields, in declaration order.
    pub fields: &'static [FieldInfo],
}

impl Layout {
    /// The field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldInfo> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A field of a structure.
#[derive(Debug, Clone, Copy)]
pub struct FieldInfo {
    /// The getter's name.
    pub name: &'static str,
    /// The name in the published headers, where the getter's is not the same in snake case.
    pub published: Option<&'static str>,
    /// Bytes from the structure's start.
    pub offset: usize,
    /// Bytes it takes.
    pub size: usize,
    /// Its type.
    pub ty: Type,
    /// The field of the same structure that tells how many there are where this one points.
    pub count: Option<&'static str>,
    /// The field of the same structure that it is a part of, if any.
    pub part_of: Option<&'static str>,
    /// How it is known.
    pub source: Source,
    /// Its documentation.
    pub doc: &'static str,
}

/// How a field's place and meaning are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Several published tools read it and agree on what it means: high confidence.
    Tools,
    /// One published tool or write-up tells what it means, nothing confirms it; the published
    /// headers know its place and type.
    Published,
    /// Named in the published headers: its meaning is taken from that name.
    Headers,
    /// The published headers have its place and type; its meaning is unknown.
    Unnamed,
}

impl Source {
    /// How sure that is.
    #[must_use]
    pub const fn confidence(self) -> &'static str {
        match self {
            Self::Tools => "high",
            Self::Published => "published, unconfirmed",
            Self::Headers => "by its name",
            Self::Unnamed => "place and type only",
        }
    }
}

/// The type of a field.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Type {
    /// A number.
    Integer(Integer),
    /// A floating-point number of 32 bits.
    Float,
    /// A number in units of 1/4096 (`fx32`, `fx16`).
    Fixed(Integer),
    /// An angle in units of 1/65536 turn.
    Angle(Integer),
    /// Bits, some of which have names.
    Flags(Integer, &'static [(&'static str, i64)]),
    /// A number, some of whose values have names.
    Enumeration(Integer, &'static [(&'static str, i64)]),
    /// A number that holds several.
    Bits(Integer, &'static [BitField]),
    /// The console's address of something known, or unknown.
    Pointer(Option<&'static Target>),
    /// So many of the same.
    Array(&'static Type, usize),
    /// A structure, or a value with parts.
    Struct(fn() -> &'static Layout),
}

/// An integer's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integer {
    /// Its size in bytes: 1, 2 or 4.
    pub size: usize,
    /// Whether it may be negative.
    pub signed: bool,
}

impl Integer {
    /// `u8`.
    pub const U8: Self = Self {
        size: 1,
        signed: false,
    };
    /// `i8`.
    pub const S8: Self = Self {
        size: 1,
        signed: true,
    };
    /// `i16`.
    pub const S16: Self = Self {
        size: 2,
        signed: true,
    };
    /// `i32`.
    pub const S32: Self = Self {
        size: 4,
        signed: true,
    };
    /// `u32`.
    pub const U32: Self = Self {
        size: 4,
        signed: false,
    };
    /// `u16`.
    pub const U16: Self = Self {
        size: 2,
        signed: false,
    };

    /// The least and the greatest that it holds.
    #[must_use]
    pub const fn range(self) -> (i64, i64) {
        let bits = 8 * self.size as u32;
        if self.signed {
            (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        } else {
            (0, (1 << bits) - 1)
        }
    }
}

/// A number inside an integer.
#[derive(Debug, Clone, Copy)]
pub struct BitField {
    /// Its name.
    pub name: &'static str,
    /// The name in the published headers, where it is not the same in snake case.
    pub published: Option<&'static str>,
    /// Its first bit, from the lowest.
    pub first: u32,
    /// How many bits it takes.
    pub width: u32,
    /// Its documentation.
    pub doc: &'static str,
}

/// What a pointer points to.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its type.
    pub ty: Type,
    /// Its size in bytes.
    pub size: usize,
    /// What its address is a multiple of.
    pub align: usize,
}

impl BitField {
    /// A number called `name` in `width` bits from the bit `first` on.
    #[must_use]
    pub const fn new(name: &'static str, first: u32, width: u32, doc: &'static str) -> Self {
        Self {
            name,
            published: None,
            first,
            width,
            doc,
        }
    }
}

impl Type {
    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Integer(integer)
            | Self::Fixed(integer)
            | Self::Angle(integer)
            | Self::Flags(integer, _)
            | Self::Enumeration(integer, _)
            | Self::Bits(integer, _) => integer.size,
            Self::Float | Self::Pointer(_) => 4,
            Self::Array(element, count) => element.size() * count,
            Self::Struct(layout) => layout().size,
        }
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            if self.signed { "s" } else { "u" },
            8 * self.size
        )
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Float => f.write_str("f32"),
            Self::Fixed(integer) => write!(f, "fx{}", 8 * integer.size),
            Self::Angle(integer) => write!(f, "angle {integer}"),
            Self::Flags(integer, _) => write!(f, "flags {integer}"),
            Self::Enumeration(integer, _) => write!(f, "enum {integer}"),
            Self::Bits(integer, _) => write!(f, "bits {integer}"),
            Self::Pointer(None) => f.write_str("ptr"),
            Self::Pointer(Some(target)) => write!(f, "ptr<{}>", target.ty),
            Self::Array(element, count) => write!(f, "{element}[{count}]"),
            Self::Struct(layout) => f.write_str(layout().published),
        }
    }
}

/// The name of a value among `names`.
#[must_use]
pub fn name_of(names: &'static [(&'static str, i64)], value: i64) -> Option<&'static str> {
    names
        .iter()
        .find(|(_, number)| *number == value)
        .map(|(name, _)| *name)
}

/// Bytes from the structure's start to the field called `name`.
///
/// # Panics
///
/// There is no such field.
#[must_use]
pub const fn offset_of(fields: &[FieldInfo], name: &str) -> usize {
    let mut index = 0;
    while index < fields.len() {
        if same(fields[index].name.as_bytes(), name.as_bytes()) {
            return fields[index].offset;
        }
        index += 1;
    }
    panic!("no such field")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}
