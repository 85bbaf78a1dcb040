//! Typed views of the game's structures.
//!
//! The `view!` macro declares a structure once: its fields' names, offsets, types, documentation
//! and source. From that come a view with getters, a view with setters, the [`Layout`] that
//! [`crate::path`] walks, and checks at compile time that fields lie inside, are aligned and do not
//! overlap.

use std::marker::PhantomData;

use nds_formats::fx::{Angle, Fx16, Fx32, VecFx16, VecFx32};

use crate::layout::{FieldInfo, Integer, Layout, Target, Type};
use crate::main_ram::{RAM_BASE, RAM_SIZE};

/// A view of one structure in RAM.
pub trait View<'a>: Copy {
    /// Its size in bytes.
    const SIZE: usize;
    /// Its alignment in bytes: that of its fields.
    const ALIGN: usize;
    /// Its name in the HaroohiePals headers.
    const PUBLISHED: &'static str;
    /// Its fields, in declaration order.
    const FIELDS: &'static [FieldInfo];

    /// All of that, as it is known at run time.
    fn layout() -> &'static Layout;

    /// The structure at the start of `bytes`; `None` if they are too few.
    fn from_prefix(bytes: &'a [u8]) -> Option<Self>;
}

/// A type that a field can have: little endian, without padding.
pub trait Value: Sized + Copy {
    /// Its size in bytes.
    const SIZE: usize;
    /// Its alignment in bytes.
    const ALIGN: usize;
    /// Its type, as it is known at run time.
    const TYPE: Type;

    /// Reads it at `offset`, which the caller has proved to lie inside.
    #[doc(hidden)]
    fn read<const N: usize>(bytes: &[u8; N], offset: usize) -> Self;

    /// Writes it at `offset`, which the caller has proved to lie inside.
    #[doc(hidden)]
    fn write<const N: usize>(self, bytes: &mut [u8; N], offset: usize);
}

macro_rules! integer_values {
    ($($ty:ty),*) => {$(
        impl Value for $ty {
            const SIZE: usize = size_of::<$ty>();
            const ALIGN: usize = size_of::<$ty>();
            const TYPE: Type = Type::Integer(Integer {
                size: size_of::<$ty>(),
                signed: <$ty>::MIN != 0,
            });

            #[inline(always)]
            fn read<const N: usize>(bytes: &[u8; N], offset: usize) -> Self {
                let mut raw = [0; size_of::<$ty>()];
                raw.copy_from_slice(&bytes[offset..offset + size_of::<$ty>()]);
                Self::from_le_bytes(raw)
            }

            #[inline(always)]
            fn write<const N: usize>(self, bytes: &mut [u8; N], offset: usize) {
                bytes[offset..offset + size_of::<$ty>()].copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

integer_values!(u8, i8, u16, i16, u32, i32);

/// Gives a newtype the layout of what is inside it, and its type at run time.
macro_rules! wrapped_value {
    ($ty:ty: $raw:ty, $type:expr, $wrap:expr, $unwrap:expr) => {
        impl $crate::view::Value for $ty {
            const SIZE: usize = <$raw as $crate::view::Value>::SIZE;
            const ALIGN: usize = <$raw as $crate::view::Value>::ALIGN;
            const TYPE: $crate::layout::Type = $type;

            #[inline(always)]
            fn read<const N: usize>(bytes: &[u8; N], offset: usize) -> Self {
                let wrap: fn($raw) -> $ty = $wrap;
                wrap(<$raw as $crate::view::Value>::read(bytes, offset))
            }

            #[inline(always)]
            fn write<const N: usize>(self, bytes: &mut [u8; N], offset: usize) {
                let unwrap: fn($ty) -> $raw = $unwrap;
                $crate::view::Value::write(unwrap(self), bytes, offset);
            }
        }
    };
}
pub(crate) use wrapped_value;

wrapped_value!(Fx32: i32, Type::Fixed(Integer::S32), Fx32, |value| value.0);
wrapped_value!(Fx16: i16, Type::Fixed(Integer::S16), Fx16, |value| value.0);
wrapped_value!(Angle: u16, Type::Angle(Integer::U16), Angle, |value| value.0);
wrapped_value!(
    VecFx32: [Fx32; 3],
    Type::Struct(|| &VEC_FX32),
    |[x, y, z]| VecFx32 { x, y, z },
    |v| [v.x, v.y, v.z]
);
wrapped_value!(
    VecFx16: [Fx16; 3],
    Type::Struct(|| &VEC_FX16),
    |[x, y, z]| VecFx16 { x, y, z },
    |v| [v.x, v.y, v.z]
);

impl<T: Value, const K: usize> Value for [T; K] {
    const SIZE: usize = T::SIZE * K;
    const ALIGN: usize = T::ALIGN;
    const TYPE: Type = Type::Array(&T::TYPE, K);

    #[inline(always)]
    fn read<const N: usize>(bytes: &[u8; N], offset: usize) -> Self {
        std::array::from_fn(|index| T::read(bytes, offset + index * T::SIZE))
    }

    #[inline(always)]
    fn write<const N: usize>(self, bytes: &mut [u8; N], offset: usize) {
        for (index, value) in self.into_iter().enumerate() {
            value.write(bytes, offset + index * T::SIZE);
        }
    }
}

/// A pointer as the game keeps it: a console address, null or not, valid or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Pointer(pub u32);

impl Pointer {
    /// Whether it is null.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// Whether it is an address of main RAM.
    #[must_use]
    pub const fn is_main_ram(self) -> bool {
        self.0.wrapping_sub(RAM_BASE) < RAM_SIZE as u32
    }
}

wrapped_value!(Pointer: u32, Type::Pointer(None), Pointer, |value| value.0);

/// A pointer to a `T`, followed only when asked: null, or an address that may be wrong.
///
/// `T` is a view, named with the lifetime `'static`, or a value.
pub struct To<T> {
    address: Pointer,
    target: PhantomData<fn() -> T>,
}

impl<T> To<T> {
    /// The pointer that holds `address`.
    #[must_use]
    pub const fn new(address: u32) -> Self {
        Self {
            address: Pointer(address),
            target: PhantomData,
        }
    }

    /// The address.
    #[must_use]
    pub const fn pointer(self) -> Pointer {
        self.address
    }

    /// Whether it is null.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.address.is_null()
    }
}

impl<T> Clone for To<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for To<T> {}

impl<T> std::fmt::Debug for To<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#010X}", self.address.0)
    }
}

impl<T> PartialEq for To<T> {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl<T> Eq for To<T> {}

impl<T: Pointee> Value for To<T> {
    const SIZE: usize = 4;
    const ALIGN: usize = 4;
    const TYPE: Type = Type::Pointer(Some(&T::TARGET));

    #[inline(always)]
    fn read<const N: usize>(bytes: &[u8; N], offset: usize) -> Self {
        Self::new(u32::read(bytes, offset))
    }

    #[inline(always)]
    fn write<const N: usize>(self, bytes: &mut [u8; N], offset: usize) {
        self.address.0.write(bytes, offset);
    }
}

/// What a [`To`] can point to: views and values.
pub trait Pointee {
    /// It, where it lies in an image.
    type At<'a>;
    /// Its type, size and alignment.
    const TARGET: Target;

    /// It, at the start of `bytes`; `None` if they are too few.
    fn at(bytes: &[u8]) -> Option<Self::At<'_>>;
}

macro_rules! pointed_at_values {
    ($($ty:ty),*) => {$(
        impl Pointee for $ty {
            type At<'a> = Self;
            const TARGET: Target = Target {
                ty: <$ty as Value>::TYPE,
                size: <$ty as Value>::SIZE,
                align: <$ty as Value>::ALIGN,
            };

            fn at(bytes: &[u8]) -> Option<Self> {
                bytes.first_chunk::<{ <$ty as Value>::SIZE }>().map(|bytes| Self::read(bytes, 0))
            }
        }
    )*};
}

pointed_at_values!(
    u8, i8, u16, i16, u32, i32, Fx32, VecFx32, VecFx16, Matrix43, Quaternion
);

impl<T: Pointee> Pointee for To<T> {
    type At<'a> = Self;
    const TARGET: Target = Target {
        ty: Self::TYPE,
        size: 4,
        align: 4,
    };

    fn at(bytes: &[u8]) -> Option<Self> {
        bytes.first_chunk::<4>().map(|bytes| Self::read(bytes, 0))
    }
}

/// A [`Pointee`] that has a view with setters.
pub trait Writable: Pointee {
    /// That view, named for a structure where it lies in an image.
    type Mut<'a>;

    /// It, at the start of `bytes`; `None` if they are too few.
    fn at_mut(bytes: &mut [u8]) -> Option<Self::Mut<'_>>;
}

/// A rotation, one row after the other (`MtxFx33`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Matrix33 {
    /// The images of the axes.
    pub rows: [VecFx32; 3],
}

wrapped_value!(
    Matrix33: [VecFx32; 3],
    Type::Struct(|| &MATRIX33),
    |rows| Matrix33 { rows },
    |m| m.rows
);

/// A rotation and translation, one row after the other (`MtxFx43`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Matrix43 {
    /// The first three rows: the images of the axes.
    pub rows: [VecFx32; 3],
    /// The fourth row.
    pub translation: VecFx32,
}

wrapped_value!(
    Matrix43: [VecFx32; 4],
    Type::Struct(|| &MATRIX43),
    |[a, b, c, translation]| Matrix43 { rows: [a, b, c], translation },
    |m| [m.rows[0], m.rows[1], m.rows[2], m.translation]
);

/// A rotation (`quaternion_t`), parts in 1/4096.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Quaternion {
    /// The part along x.
    pub x: Fx32,
    /// The part along y.
    pub y: Fx32,
    /// The part along z.
    pub z: Fx32,
    /// The real part.
    pub w: Fx32,
}

wrapped_value!(
    Quaternion: [Fx32; 4],
    Type::Struct(|| &QUATERNION),
    |[x, y, z, w]| Quaternion { x, y, z, w },
    |q| [q.x, q.y, q.z, q.w]
);

/// The layout of a value that has parts: `(name, offset, type, documentation)` each.
macro_rules! parts {
    ($name:literal = $published:literal, $doc:literal {
        $($part:literal @ $offset:literal: $ty:ty, $part_doc:literal;)*
    }) => {
        $crate::layout::Layout {
            name: $name,
            published: $published,
            size: {
                let parts = &[$($offset + <$ty as $crate::view::Value>::SIZE),*];
                parts[parts.len() - 1]
            },
            doc: $doc,
            fields: &[$($crate::layout::FieldInfo {
                name: $part,
                published: None,
                offset: $offset,
                size: <$ty as $crate::view::Value>::SIZE,
                ty: <$ty as $crate::view::Value>::TYPE,
                count: None,
                part_of: None,
                source: $crate::layout::Source::Tools,
                doc: $part_doc,
            }),*],
        }
    };
}
pub(crate) use parts;

static VEC_FX32: Layout = parts!("VecFx32" = "VecFx32", "A place or a direction." {
    "x" @ 0: Fx32, "Along x."; "y" @ 4: Fx32, "Up."; "z" @ 8: Fx32, "Along z.";
});

static VEC_FX16: Layout = parts!("VecFx16" = "VecFx16", "A direction." {
    "x" @ 0: Fx16, "Along x."; "y" @ 2: Fx16, "Up."; "z" @ 4: Fx16, "Along z.";
});

static MATRIX33: Layout = parts!("Matrix33" = "MtxFx33", "A rotation." {
    "rows" @ 0: [VecFx32; 3], "The images of the axes.";
});

static MATRIX43: Layout = parts!("Matrix43" = "MtxFx43", "A rotation and translation." {
    "rows" @ 0: [VecFx32; 3], "The images of the axes.";
    "translation" @ 36: VecFx32, "The fourth row.";
});

static QUATERNION: Layout = parts!("Quaternion" = "quaternion_t", "A rotation." {
    "x" @ 0: Fx32, "The part along x."; "y" @ 4: Fx32, "The part along y.";
    "z" @ 8: Fx32, "The part along z."; "w" @ 12: Fx32, "The real part.";
});

/// Declares a number whose values have names; others keep their number.
///
/// `Type: u32 { CONSTANT = 0, "documentation"; }`
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
                let names = <Self as $crate::view::Enumeration>::NAMES;
                $crate::layout::name_of(names, self.0.into())
            }
        }

        impl $crate::view::Enumeration for $name {
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

        $crate::view::wrapped_value!(
            $name: $raw,
            $crate::layout::Type::Enumeration(
                match <$raw as $crate::view::Value>::TYPE {
                    $crate::layout::Type::Integer(integer) => integer,
                    _ => panic!("an enumeration is an integer"),
                },
                <$name as $crate::view::Enumeration>::NAMES,
            ),
            $name,
            |value| value.0
        );
    };
}
pub(crate) use enumeration;

/// A number whose values have names.
pub trait Enumeration: std::fmt::Debug {
    /// The names of its values.
    const NAMES: &'static [(&'static str, i64)];

    /// The value whose number is `number`.
    fn of(number: i64) -> Self;
}

/// An `E` that the game keeps in an `R` here, narrower than elsewhere.
pub struct Narrow<R, E> {
    /// Its number.
    pub number: R,
    value: PhantomData<fn() -> E>,
}

impl<R: Value + Into<i64>, E: Enumeration> Narrow<R, E> {
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

impl<R: Value + Into<i64>, E: Enumeration> std::fmt::Debug for Narrow<R, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

impl<R: Value + Into<i64>, E: Enumeration> Value for Narrow<R, E> {
    const SIZE: usize = R::SIZE;
    const ALIGN: usize = R::ALIGN;
    const TYPE: Type = match R::TYPE {
        Type::Integer(integer) => Type::Enumeration(integer, E::NAMES),
        _ => panic!("an enumeration is an integer"),
    };

    #[inline(always)]
    fn read<const N: usize>(bytes: &[u8; N], offset: usize) -> Self {
        Self::new(R::read(bytes, offset))
    }

    #[inline(always)]
    fn write<const N: usize>(self, bytes: &mut [u8; N], offset: usize) {
        self.number.write(bytes, offset);
    }
}

/// Declares an integer that holds several numbers: `name: first bit, width, "documentation";` each.
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

        $crate::view::wrapped_value!(
            $name: $raw,
            $crate::layout::Type::Bits(
                match <$raw as $crate::view::Value>::TYPE {
                    $crate::layout::Type::Integer(integer) => integer,
                    _ => panic!("bit fields are an integer's"),
                },
                &[$($crate::layout::BitField {
                    name: stringify!($field),
                    published: $crate::view::first(&[$($published)?]),
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
pub(crate) use bit_fields;

/// Gives a type made by `bitflags!` the layout of its bits, and their names at run time.
macro_rules! flags_value {
    ($name:ident: $raw:ident) => {
        $crate::view::wrapped_value!(
            $name: $raw,
            {
                const FLAGS: &[bitflags::Flag<$name>] = <$name as bitflags::Flags>::FLAGS;
                const NAMES: [(&str, i64); FLAGS.len()] = {
                    let mut names = [("", 0); FLAGS.len()];
                    let mut index = 0;
                    while index < names.len() {
                        names[index] = (FLAGS[index].name(), FLAGS[index].value().bits() as i64);
                        index += 1;
                    }
                    names
                };
                match <$raw as $crate::view::Value>::TYPE {
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
pub(crate) use flags_value;

/// Structures of one kind, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a, V> {
    bytes: &'a [u8],
    view: PhantomData<V>,
}

impl<'a, V: View<'a>> Table<'a, V> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            view: PhantomData,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / V::SIZE
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at `index`, if there is one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<V> {
        V::from_prefix(self.bytes.get(index.checked_mul(V::SIZE)?..)?)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = V> + use<'a, V> {
        let table = *self;
        (0..table.len()).map(move |index| {
            // The index is below the length, so the bytes are there.
            V::from_prefix(&table.bytes[index * V::SIZE..]).expect("a whole structure")
        })
    }
}

/// Whether every field lies inside `size` bytes and overlaps no other but the one it is part of.
#[doc(hidden)]
#[must_use]
pub const fn layout_is_sound(fields: &[FieldInfo], size: usize) -> bool {
    let mut i = 0;
    while i < fields.len() {
        let field = &fields[i];
        if field.offset + field.size > size {
            return false;
        }
        if field.part_of.is_none() {
            let mut j = i + 1;
            while j < fields.len() {
                let other = &fields[j];
                let apart = field.offset + field.size <= other.offset
                    || other.offset + other.size <= field.offset;
                if other.part_of.is_none() && !apart {
                    return false;
                }
                j += 1;
            }
        }
        i += 1;
    }
    true
}

/// Declares a structure; see the module's documentation.
///
/// `Source name("publishedName") @ offset: Type` declares a field, the published name only where
/// it is not the getter's in camel case; `@ offset in other: Type` one that is a part of another;
/// `@ offset counted_by count: To<Type>` a pointer to as many as the field `count` says.
/// The `structs` block declares structures inside this one: `name @ offset: View, ViewMut` or
/// `name @ offset: [View, ViewMut; count]`, or `[[View, ViewMut; columns]; rows]`.
macro_rules! view {
    (
        $(#[doc = $struct_doc:expr])*
        pub struct $view:ident, $view_mut:ident = $published:literal [$size:literal] {
            $(
                $(#[doc = $doc:expr])*
                $source:ident $name:ident $(($field_published:literal))?
                    @ $offset:literal $(in $parent:ident)? $(counted_by $count:ident)?: $ty:ty
            ),* $(,)?
        }
        $(structs {
            $(
                $(#[doc = $inner_doc:expr])*
                $inner_source:ident $inner:ident $(($inner_published:literal))?
                    @ $inner_offset:literal: $inner_ty:tt
            ),* $(,)?
        })?
    ) => {
        $(#[doc = $struct_doc])*
        #[derive(Clone, Copy)]
        pub struct $view<'a> {
            pub(crate) bytes: &'a [u8; $size],
        }

        #[doc = concat!("[`", stringify!($view), "`], with setters.")]
        pub struct $view_mut<'a> {
            pub(crate) bytes: &'a mut [u8; $size],
        }

        impl<'a> $crate::view::View<'a> for $view<'a> {
            const SIZE: usize = $size;
            const ALIGN: usize = $crate::view::greatest(&[
                1,
                $(<$ty as $crate::view::Value>::ALIGN,)*
                $($($crate::view::inner_align!($inner_ty),)*)?
            ]);
            const PUBLISHED: &'static str = $published;
            const FIELDS: &'static [$crate::layout::FieldInfo] = &[
                $($crate::layout::FieldInfo {
                    name: stringify!($name),
                    published: $crate::view::first(&[$($field_published)?]),
                    offset: $offset,
                    size: <$ty as $crate::view::Value>::SIZE,
                    ty: <$ty as $crate::view::Value>::TYPE,
                    count: $crate::view::first(&[$(stringify!($count))?]),
                    part_of: $crate::view::first(&[$(stringify!($parent))?]),
                    source: $crate::layout::Source::$source,
                    doc: concat!($($doc, "\n"),*),
                },)*
                $($($crate::layout::FieldInfo {
                    name: stringify!($inner),
                    published: $crate::view::first(&[$($inner_published)?]),
                    offset: $inner_offset,
                    size: $crate::view::inner_size!($inner_ty),
                    ty: $crate::view::inner_type!($inner_ty),
                    count: None,
                    part_of: None,
                    source: $crate::layout::Source::$inner_source,
                    doc: concat!($($inner_doc, "\n"),*),
                },)*)?
            ];

            fn layout() -> &'static $crate::layout::Layout {
                static LAYOUT: $crate::layout::Layout = $crate::layout::Layout {
                    name: stringify!($view),
                    published: $published,
                    size: $size,
                    doc: concat!($($struct_doc, "\n"),*),
                    fields: <$view<'static> as $crate::view::View<'static>>::FIELDS,
                };
                &LAYOUT
            }

            #[inline]
            fn from_prefix(bytes: &'a [u8]) -> Option<Self> {
                Some(Self { bytes: bytes.first_chunk()? })
            }
        }

        impl $crate::view::Pointee for $view<'static> {
            type At<'a> = $view<'a>;
            const TARGET: $crate::layout::Target = $crate::layout::Target {
                ty: $crate::layout::Type::Struct(
                    <$view<'static> as $crate::view::View<'static>>::layout,
                ),
                size: $size,
                align: <$view<'static> as $crate::view::View<'static>>::ALIGN,
            };

            fn at(bytes: &[u8]) -> Option<$view<'_>> {
                $crate::view::View::from_prefix(bytes)
            }
        }

        impl $crate::view::Writable for $view<'static> {
            type Mut<'a> = $view_mut<'a>;

            fn at_mut(bytes: &mut [u8]) -> Option<$view_mut<'_>> {
                $view_mut::from_prefix(bytes)
            }
        }

        const _: () = {
            assert!(
                $crate::view::layout_is_sound(
                    <$view<'static> as $crate::view::View<'static>>::FIELDS,
                    $size,
                ),
                concat!(stringify!($view), ": a field leaves the structure or overlaps another"),
            );
            $(assert!(
                $crate::view::is_aligned($offset, <$ty as $crate::view::Value>::ALIGN),
                concat!(stringify!($view), ".", stringify!($name), " is misaligned"),
            );)*
            $($(assert!(
                $crate::view::is_aligned($inner_offset, $crate::view::inner_align!($inner_ty)),
                concat!(stringify!($view), ".", stringify!($inner), " is misaligned"),
            );)*)?
        };

        impl<'a> $view<'a> {
            $(
                $(#[doc = $doc])*
                #[doc = concat!(
                    "\n\nAt `", stringify!($offset), "`, ",
                    $crate::view::provenance!($source, $name $(, $field_published)?),
                )]
                #[inline(always)]
                #[must_use]
                pub fn $name(&self) -> $ty {
                    <$ty as $crate::view::Value>::read(self.bytes, $offset)
                }
            )*

            $($($crate::view::inner_getter! {
                $(#[doc = $inner_doc])*
                #[doc = concat!(
                    "\n\nAt `", stringify!($inner_offset), "`, ",
                    $crate::view::provenance!($inner_source, $inner $(, $inner_published)?),
                )]
                $inner @ $inner_offset: $inner_ty
            })*)?
        }

        impl<'a> $view_mut<'a> {
            /// The structure at the start of `bytes`; `None` if they are too few.
            #[inline]
            pub fn from_prefix(bytes: &'a mut [u8]) -> Option<Self> {
                Some(Self { bytes: bytes.first_chunk_mut()? })
            }

            /// The same structure, for reading.
            #[inline]
            #[must_use]
            pub fn view(&self) -> $view<'_> {
                $view { bytes: self.bytes }
            }

            pastey::paste! {$(
                #[doc = concat!("Sets [`", stringify!($view), "::", stringify!($name), "`].")]
                #[inline]
                pub fn [<set_ $name>](&mut self, value: $ty) {
                    $crate::view::Value::write(value, self.bytes, $offset);
                }
            )*}

            $($($crate::view::inner_setter! { $view, $inner @ $inner_offset: $inner_ty })*)?
        }

        impl std::fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($view))
                    $(.field(stringify!($name), &self.$name()))*
                    .finish_non_exhaustive()
            }
        }

        impl std::fmt::Debug for $view_mut<'_> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.view().fmt(f)
            }
        }
    };
}
pub(crate) use view;

/// How a field is known, in words.
macro_rules! provenance {
    (Tools, $name:ident $(, $published:literal)?) => {
        concat!(
            $("`", $published, "` in the headers, ",)?
            "confidence: high (source: published tools and the HaroohiePals headers)."
        )
    };
    (Published, $name:ident $(, $published:literal)?) => {
        concat!(
            $("`", $published, "` in the headers, ",)?
            "confidence: published, unconfirmed (source: a published tool or write-up)."
        )
    };
    (Headers, $name:ident $(, $published:literal)?) => {
        concat!(
            $("`", $published, "` in the headers, ",)?
            "confidence: by its name (source: HaroohiePals headers)."
        )
    };
    (Unnamed, $name:ident $(, $published:literal)?) => {
        "confidence: place and type only (source: HaroohiePals headers)."
    };
}
pub(crate) use provenance;

macro_rules! inner_size {
    ([$view:ident, $view_mut:ident]) => {
        <$view<'static> as $crate::view::View<'static>>::SIZE
    };
    ([$inner:tt; $count:literal]) => {
        $crate::view::inner_size!($inner) * $count
    };
    ([$view:ident, $view_mut:ident; $count:literal]) => {
        $crate::view::inner_size!([$view, $view_mut]) * $count
    };
}
pub(crate) use inner_size;

macro_rules! inner_align {
    ([$view:ident, $view_mut:ident $(; $count:literal)?]) => {
        <$view<'static> as $crate::view::View<'static>>::ALIGN
    };
    ([$inner:tt; $count:literal]) => {
        $crate::view::inner_align!($inner)
    };
}
pub(crate) use inner_align;

macro_rules! inner_type {
    ([$view:ident, $view_mut:ident]) => {
        $crate::layout::Type::Struct(<$view<'static> as $crate::view::View<'static>>::layout)
    };
    ([$view:ident, $view_mut:ident; $count:literal]) => {
        $crate::layout::Type::Array(&$crate::view::inner_type!([$view, $view_mut]), $count)
    };
    ([$inner:tt; $count:literal]) => {
        $crate::layout::Type::Array(&$crate::view::inner_type!($inner), $count)
    };
}
pub(crate) use inner_type;

macro_rules! inner_getter {
    ($(#[$meta:meta])* $name:ident @ $offset:literal: [$view:ident, $view_mut:ident]) => {
        $(#[$meta])*
        #[inline]
        #[must_use]
        pub fn $name(&self) -> $view<'a> {
            const SIZE: usize = <$view<'static> as $crate::view::View<'static>>::SIZE;
            let bytes = self.bytes[$offset..].first_chunk::<SIZE>();
            $view { bytes: bytes.expect("the layout is checked at compile time") }
        }
    };
    (
        $(#[$meta:meta])*
        $name:ident @ $offset:literal: [$view:ident, $view_mut:ident; $count:literal]
    ) => {
        $(#[$meta])*
        #[doc = concat!("`None` from `index` ", stringify!($count), " on.")]
        #[inline]
        #[must_use]
        pub fn $name(&self, index: usize) -> Option<$view<'a>> {
            const SIZE: usize = <$view<'static> as $crate::view::View<'static>>::SIZE;
            let bytes = self.bytes[$offset..$offset + SIZE * $count].get(SIZE.checked_mul(index)?..)?;
            Some($view { bytes: bytes.first_chunk()? })
        }
    };
    (
        $(#[$meta:meta])*
        $name:ident @ $offset:literal: [[$view:ident, $view_mut:ident; $columns:literal]; $rows:literal]
    ) => {
        $(#[$meta])*
        #[doc = concat!(
            "`None` from `row` ", stringify!($rows), " or `column` ", stringify!($columns), " on.",
        )]
        #[inline]
        #[must_use]
        pub fn $name(&self, row: usize, column: usize) -> Option<$view<'a>> {
            const SIZE: usize = <$view<'static> as $crate::view::View<'static>>::SIZE;
            let rows = self.bytes[$offset..].as_chunks::<{ SIZE * $columns }>().0;
            let columns = rows[..$rows].get(row)?.as_chunks::<SIZE>().0;
            Some($view { bytes: columns.get(column)? })
        }
    };
}
pub(crate) use inner_getter;

macro_rules! inner_setter {
    ($outer:ident, $name:ident @ $offset:literal: [$view:ident, $view_mut:ident]) => {
        pastey::paste! {
            #[doc = concat!("[`", stringify!($outer), "::", stringify!($name), "`], for writing.")]
            #[inline]
            pub fn [<$name _mut>](&mut self) -> $view_mut<'_> {
                const SIZE: usize = <$view<'static> as $crate::view::View<'static>>::SIZE;
                let bytes = self.bytes[$offset..].first_chunk_mut::<SIZE>();
                $view_mut { bytes: bytes.expect("the layout is checked at compile time") }
            }
        }
    };
    ($outer:ident, $name:ident @ $offset:literal: [$view:ident, $view_mut:ident; $count:literal]) => {
        pastey::paste! {
            #[doc = concat!("[`", stringify!($outer), "::", stringify!($name), "`], for writing.")]
            #[inline]
            pub fn [<$name _mut>](&mut self, index: usize) -> Option<$view_mut<'_>> {
                const SIZE: usize = <$view<'static> as $crate::view::View<'static>>::SIZE;
                let all = &mut self.bytes[$offset..$offset + SIZE * $count];
                let bytes = all.get_mut(SIZE.checked_mul(index)?..)?;
                Some($view_mut { bytes: bytes.first_chunk_mut()? })
            }
        }
    };
    (
        $outer:ident,
        $name:ident @ $offset:literal: [[$view:ident, $view_mut:ident; $columns:literal]; $rows:literal]
    ) => {
        pastey::paste! {
            #[doc = concat!("[`", stringify!($outer), "::", stringify!($name), "`], for writing.")]
            #[inline]
            pub fn [<$name _mut>](&mut self, row: usize, column: usize) -> Option<$view_mut<'_>> {
                const SIZE: usize = <$view<'static> as $crate::view::View<'static>>::SIZE;
                let rows = self.bytes[$offset..].as_chunks_mut::<{ SIZE * $columns }>().0;
                let columns = rows[..$rows].get_mut(row)?.as_chunks_mut::<SIZE>().0;
                Some($view_mut { bytes: columns.get_mut(column)? })
            }
        }
    };
}
pub(crate) use inner_setter;

pub(crate) const fn greatest(numbers: &[usize]) -> usize {
    let (mut greatest, mut index) = (0, 0);
    while index < numbers.len() {
        if numbers[index] > greatest {
            greatest = numbers[index];
        }
        index += 1;
    }
    greatest
}

pub(crate) const fn is_aligned(offset: usize, align: usize) -> bool {
    offset.is_multiple_of(align)
}

/// The only element, if there is one: what an optional repetition of a macro leaves.
pub(crate) const fn first(names: &[&'static str]) -> Option<&'static str> {
    match names {
        [] => None,
        [name, ..] => Some(name),
    }
}
