//! The types that fields can have.

use std::marker::PhantomData;

use crate::layout::{Integer, Type};
use crate::memory::{ByteOrder, Memory};

/// A type that a field in the memory `M` can have. It has no padding.
pub trait FieldType<M: Memory>: Sized + Copy {
    /// Its size in bytes.
    const SIZE: usize;
    /// Its alignment in bytes.
    const ALIGN: usize;
    /// Its type, as it is known at run time.
    const TYPE: Type;

    /// Reads it at `offset`, which the caller has proved to lie inside.
    #[doc(hidden)]
    fn read(bytes: &[u8], offset: usize) -> Self;

    /// Writes it at `offset`, which the caller has proved to lie inside.
    #[doc(hidden)]
    fn write(self, bytes: &mut [u8], offset: usize);
}

macro_rules! numbers {
    ($($ty:ty: $type:expr),* $(,)?) => {$(
        impl<M: Memory> FieldType<M> for $ty {
            const SIZE: usize = size_of::<$ty>();
            const ALIGN: usize = size_of::<$ty>();
            const TYPE: Type = $type;

            #[inline(always)]
            fn read(bytes: &[u8], offset: usize) -> Self {
                Self::from_le_bytes(M::Order::load(bytes, offset))
            }

            #[inline(always)]
            fn write(self, bytes: &mut [u8], offset: usize) {
                M::Order::store(bytes, offset, self.to_le_bytes());
            }
        }
    )*};
}

numbers!(
    u8: Type::Integer(Integer::U8),
    i8: Type::Integer(Integer::S8),
    u16: Type::Integer(Integer::U16),
    i16: Type::Integer(Integer::S16),
    u32: Type::Integer(Integer::U32),
    i32: Type::Integer(Integer::S32),
    f32: Type::Float,
);

impl<M: Memory, T: FieldType<M>, const K: usize> FieldType<M> for [T; K] {
    const SIZE: usize = T::SIZE * K;
    const ALIGN: usize = T::ALIGN;
    const TYPE: Type = Type::Array(&T::TYPE, K);

    #[inline(always)]
    fn read(bytes: &[u8], offset: usize) -> Self {
        const { assert!(K > 0, "an array has elements") }
        // A loop, and no `from_fn`: its closure would not be inlined where bytes are swapped.
        let mut values = [T::read(bytes, offset); K];
        for (index, value) in values.iter_mut().enumerate().skip(1) {
            *value = T::read(bytes, offset + index * T::SIZE);
        }
        values
    }

    #[inline(always)]
    fn write(self, bytes: &mut [u8], offset: usize) {
        for (index, value) in self.into_iter().enumerate() {
            value.write(bytes, offset + index * T::SIZE);
        }
    }
}

/// Makes a newtype a [`FieldType`] of a memory: `Memory; Type: Raw, its type at run time, from raw, to raw`.
#[macro_export]
macro_rules! wrapped_value {
    ($memory:ty; $($wrapped:tt)*) => {
        $crate::__wrapped_value!([] $memory; $($wrapped)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __wrapped_value {
    (
        [$($generics:tt)*] $memory:ty;
        $ty:ty: $raw:ty, $type:expr, $wrap:expr, $unwrap:expr $(,)?
    ) => {
        impl $($generics)* $crate::field::FieldType<$memory> for $ty {
            const SIZE: usize = <$raw as $crate::field::FieldType<$memory>>::SIZE;
            const ALIGN: usize = <$raw as $crate::field::FieldType<$memory>>::ALIGN;
            const TYPE: $crate::layout::Type = $type;

            #[inline(always)]
            fn read(bytes: &[u8], offset: usize) -> Self {
                let wrap: fn($raw) -> $ty = $wrap;
                wrap(<$raw as $crate::field::FieldType<$memory>>::read(bytes, offset))
            }

            #[inline(always)]
            fn write(self, bytes: &mut [u8], offset: usize) {
                let unwrap: fn($ty) -> $raw = $unwrap;
                <$raw as $crate::field::FieldType<$memory>>::write(unwrap(self), bytes, offset);
            }
        }
    };
}

/// The layout of a value that has parts: `Memory;`, then `"name" @ offset: Type, "documentation";` each.
#[macro_export]
macro_rules! parts {
    ($memory:ty; $name:literal = $published:literal, $doc:literal {
        $($part:literal @ $offset:literal: $ty:ty, $part_doc:literal;)*
    }) => {
        $crate::layout::Layout {
            name: $name,
            published: $published,
            size: {
                let parts = &[$($offset + <$ty as $crate::field::FieldType<$memory>>::SIZE),*];
                parts[parts.len() - 1]
            },
            doc: $doc,
            fields: &[$($crate::layout::FieldInfo {
                name: $part,
                published: None,
                offset: $offset,
                size: <$ty as $crate::field::FieldType<$memory>>::SIZE,
                ty: <$ty as $crate::field::FieldType<$memory>>::TYPE,
                count: None,
                part_of: None,
                source: $crate::layout::Source::Tools,
                doc: $part_doc,
            }),*],
        }
    };
}

/// Declares a number whose values have names; others keep their number.
///
/// `Type: u32 { CONSTANT = 0, "documentation"; }`
#[macro_export]
macro_rules! enumeration {
    (
        $(#[doc = $doc:expr])*
        pub struct $name:ident: $raw:ident {
            $($constant:ident = $number:literal, $constant_doc:literal;)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub $raw);

        impl $name {
            $(#[doc = $constant_doc] pub const $constant: Self = Self($number);)*

            /// The value's name, if it has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                let names = <Self as $crate::field::Enumeration>::NAMES;
                $crate::layout::name_of(names, self.0.into())
            }
        }

        impl $crate::field::Enumeration for $name {
            const NAMES: &'static [(&'static str, i64)] = &[$((stringify!($constant), $number)),*];

            fn of(number: i64) -> Self {
                Self(number as $raw)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{}({name})", self.0),
                    None => write!(f, "{}", self.0),
                }
            }
        }

        $crate::__wrapped_value!(
            [<M: $crate::Memory>] M;
            $name: $raw,
            $crate::layout::Type::Enumeration(
                match <$raw as $crate::field::FieldType<M>>::TYPE {
                    $crate::layout::Type::Integer(integer) => integer,
                    _ => panic!("an enumeration is an integer"),
                },
                <$name as $crate::field::Enumeration>::NAMES,
            ),
            $name,
            |value| value.0
        );
    };
}

/// A number whose values have names.
pub trait Enumeration: std::fmt::Debug {
    /// The names of its values.
    const NAMES: &'static [(&'static str, i64)];

    /// The value whose number is `number`.
    fn of(number: i64) -> Self;
}

/// An `E` that the program keeps in an `R` here, narrower than elsewhere.
pub struct Narrow<R, E> {
    /// Its number.
    pub number: R,
    value: PhantomData<fn() -> E>,
}

impl<R: Into<i64>, E: Enumeration> Narrow<R, E> {
    /// The one with this number.
    #[must_use]
    pub const fn new(number: R) -> Self {
        Self {
            number,
            value: PhantomData,
        }
    }

    /// It, as wide as elsewhere.
    #[must_use]
    pub fn get(self) -> E {
        E::of(self.number.into())
    }
}

impl<R: Copy, E> Clone for Narrow<R, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Copy, E> Copy for Narrow<R, E> {}

impl<R: Copy + Into<i64>, E: Enumeration> std::fmt::Debug for Narrow<R, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

impl<M: Memory, R: FieldType<M> + Into<i64>, E: Enumeration> FieldType<M> for Narrow<R, E> {
    const SIZE: usize = R::SIZE;
    const ALIGN: usize = R::ALIGN;
    const TYPE: Type = match R::TYPE {
        Type::Integer(integer) => Type::Enumeration(integer, E::NAMES),
        _ => panic!("an enumeration is an integer"),
    };

    #[inline(always)]
    fn read(bytes: &[u8], offset: usize) -> Self {
        Self::new(R::read(bytes, offset))
    }

    #[inline(always)]
    fn write(self, bytes: &mut [u8], offset: usize) {
        self.number.write(bytes, offset);
    }
}

/// Declares an integer that holds several numbers: `name: first bit, width, "documentation";` each.
#[macro_export]
macro_rules! bit_fields {
    (
        $(#[doc = $doc:expr])*
        pub struct $name:ident: $raw:ident {
            $($field:ident $(($published:literal))?: $first:literal, $width:literal, $field_doc:literal;)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name(pub $raw);

        impl $name {
            $(
                #[doc = $field_doc]
                #[must_use]
                pub const fn $field(self) -> $raw {
                    self.0 >> $first & (((1 as $raw) << $width) - 1)
                }
            )*
        }

        $crate::__wrapped_value!(
            [<M: $crate::Memory>] M;
            $name: $raw,
            $crate::layout::Type::Bits(
                match <$raw as $crate::field::FieldType<M>>::TYPE {
                    $crate::layout::Type::Integer(integer) => integer,
                    _ => panic!("bit fields are an integer's"),
                },
                &[$($crate::layout::BitField {
                    name: stringify!($field),
                    published: $crate::declaration::first(&[$($published)?]),
                    first: $first,
                    width: $width,
                    doc: $field_doc,
                }),*],
            ),
            $name,
            |value| value.0
        );
    };
}

/// Gives a type made by `bitflags!` the layout of its bits, and their names at run time.
#[macro_export]
macro_rules! flags_value {
    ($name:ident: $raw:ident) => {
        $crate::__wrapped_value!(
            [<M: $crate::Memory>] M;
            $name: $raw,
            {
                const FLAGS: &[$crate::bitflags::Flag<$name>] = <$name as $crate::bitflags::Flags>::FLAGS;
                const NAMES: [(&str, i64); FLAGS.len()] = {
                    let mut names = [("", 0); FLAGS.len()];
                    let mut index = 0;
                    while index < names.len() {
                        names[index] = (FLAGS[index].name(), FLAGS[index].value().bits() as i64);
                        index += 1;
                    }
                    names
                };
                match <$raw as $crate::field::FieldType<M>>::TYPE {
                    $crate::layout::Type::Integer(integer) => {
                        $crate::layout::Type::Flags(integer, &NAMES)
                    }
                    _ => panic!("flags are an integer's"),
                }
            },
            $name::from_bits_retain,
            |flags| flags.bits()
        );
    };
}
