//! Typed views of the game's structures.
//!
//! The `view!` macro declares a structure once: its fields' names, offsets, types, documentation
//! and source. From that come a view with getters, a view with setters, the [`FieldInfo`] table,
//! and checks at compile time that fields lie inside, are aligned and do not overlap.

use mkds_formats::fx::{Angle, Fx16, Fx32, VecFx16, VecFx32};

/// How a field's place and meaning are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Several published tools read it and agree on what it means: high confidence.
    Tools,
    /// Named in the HaroohiePals headers: its meaning is taken from that name.
    Headers,
    /// The HaroohiePals headers know its place and type, nobody its meaning.
    Unnamed,
}

/// A field of a structure, as its view declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The getter's name.
    pub name: &'static str,
    /// The name in the HaroohiePals headers, where the getter's is not the same in snake case.
    pub published: Option<&'static str>,
    /// Bytes from the structure's start.
    pub offset: usize,
    /// Bytes it takes.
    pub size: usize,
    /// Its type, in Rust.
    pub ty: &'static str,
    /// The field of the same structure that it is a part of, if any.
    pub part_of: Option<&'static str>,
    /// How it is known.
    pub source: Source,
    /// Its documentation.
    pub doc: &'static str,
}

/// A view of one structure in RAM.
pub trait View<'a>: Copy {
    /// Its size in bytes.
    const SIZE: usize;
    /// Its name in the HaroohiePals headers.
    const PUBLISHED: &'static str;
    /// Its fields, in declaration order.
    const FIELDS: &'static [FieldInfo];

    /// The structure at the start of `bytes`; `None` if they are too few.
    fn from_prefix(bytes: &'a [u8]) -> Option<Self>;
}

/// A type that a field can have: little endian, without padding.
pub trait Value: Sized + Copy {
    /// Its size in bytes.
    const SIZE: usize;
    /// Its alignment in bytes.
    const ALIGN: usize;

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

/// Gives a newtype the layout of the number inside it.
macro_rules! wrapped_value {
    ($ty:ty: $raw:ty, $wrap:expr, $unwrap:expr) => {
        impl $crate::view::Value for $ty {
            const SIZE: usize = <$raw as $crate::view::Value>::SIZE;
            const ALIGN: usize = <$raw as $crate::view::Value>::ALIGN;

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

wrapped_value!(Fx32: i32, Fx32, |value| value.0);
wrapped_value!(Fx16: i16, Fx16, |value| value.0);
wrapped_value!(Angle: u16, Angle, |value| value.0);
wrapped_value!(VecFx32: [Fx32; 3], |[x, y, z]| VecFx32 { x, y, z }, |v| [v.x, v.y, v.z]);
wrapped_value!(VecFx16: [Fx16; 3], |[x, y, z]| VecFx16 { x, y, z }, |v| [v.x, v.y, v.z]);

impl<T: Value, const K: usize> Value for [T; K] {
    const SIZE: usize = T::SIZE * K;
    const ALIGN: usize = T::ALIGN;

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
        self.0.wrapping_sub(crate::RAM_BASE) < crate::RAM_SIZE as u32
    }
}

wrapped_value!(Pointer: u32, Pointer, |value| value.0);

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
    |[x, y, z, w]| Quaternion { x, y, z, w },
    |q| [q.x, q.y, q.z, q.w]
);

/// Structures of one kind, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a, V> {
    bytes: &'a [u8],
    view: std::marker::PhantomData<V>,
}

impl<'a, V: View<'a>> Table<'a, V> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            view: std::marker::PhantomData,
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
/// it is not the getter's in camel case; `@ offset in other: Type` one that is a part of another.
/// The `structs` block declares structures inside this one: `name @ offset: View, ViewMut` or
/// `name @ offset: [View, ViewMut; count]`.
macro_rules! view {
    (
        $(#[doc = $struct_doc:expr])*
        pub struct $view:ident, $view_mut:ident = $published:literal [$size:literal] {
            $(
                $(#[doc = $doc:expr])*
                $source:ident $name:ident $(($field_published:literal))?
                    @ $offset:literal $(in $parent:ident)?: $ty:ty
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
            bytes: &'a [u8; $size],
        }

        #[doc = concat!("[`", stringify!($view), "`], with setters.")]
        pub struct $view_mut<'a> {
            bytes: &'a mut [u8; $size],
        }

        impl<'a> $crate::view::View<'a> for $view<'a> {
            const SIZE: usize = $size;
            const PUBLISHED: &'static str = $published;
            const FIELDS: &'static [$crate::view::FieldInfo] = &[
                $($crate::view::FieldInfo {
                    name: stringify!($name),
                    published: $crate::view::first(&[$($field_published)?]),
                    offset: $offset,
                    size: <$ty as $crate::view::Value>::SIZE,
                    ty: stringify!($ty),
                    part_of: $crate::view::first(&[$(stringify!($parent))?]),
                    source: $crate::view::Source::$source,
                    doc: concat!($($doc, "\n"),*),
                },)*
                $($($crate::view::FieldInfo {
                    name: stringify!($inner),
                    published: $crate::view::first(&[$($inner_published)?]),
                    offset: $inner_offset,
                    size: $crate::view::inner_size!($inner_ty),
                    ty: stringify!($inner_ty),
                    part_of: None,
                    source: $crate::view::Source::$inner_source,
                    doc: concat!($($inner_doc, "\n"),*),
                },)*)?
            ];

            #[inline]
            fn from_prefix(bytes: &'a [u8]) -> Option<Self> {
                Some(Self { bytes: bytes.first_chunk()? })
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
                $crate::view::is_aligned($inner_offset, 2),
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
    ([$view:ident, $view_mut:ident; $count:literal]) => {
        <$view<'static> as $crate::view::View<'static>>::SIZE * $count
    };
}
pub(crate) use inner_size;

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
}
pub(crate) use inner_setter;

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
