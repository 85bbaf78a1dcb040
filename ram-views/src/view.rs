//! Views: structures where they lie in an image of RAM.
//!
//! The [`view!`](crate::view!) macro declares a structure once: its fields' names, offsets, types,
//! documentation and source. From that come a view with getters, a view with setters, the [`Layout`]
//! that [`crate::path`] walks, and checks at compile time that fields lie inside, are aligned and do
//! not overlap.

use std::marker::PhantomData;

use crate::layout::{FieldInfo, Layout};
use crate::memory::Memory;

/// A view of one structure in RAM.
pub trait View<'a>: Copy {
    /// The memory that it lies in.
    type Memory: Memory;
    /// Its size in bytes.
    const SIZE: usize;
    /// Its alignment in bytes: that of its fields, and the [`UNIT`](crate::ByteOrder::UNIT) of its memory's order.
    const ALIGN: usize;
    /// Its name in the published headers.
    const PUBLISHED: &'static str;
    /// Its fields, in declaration order.
    const FIELDS: &'static [FieldInfo];

    /// All of that, as it is known at run time.
    fn layout() -> &'static Layout;

    /// The structure at the start of `bytes`; `None` if they are too few.
    fn from_prefix(bytes: &'a [u8]) -> Option<Self>;
}

/// Structures of one kind, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a, V> {
    bytes: &'a [u8],
    view: PhantomData<V>,
}

impl<'a, V: View<'a>> Table<'a, V> {
    /// The structures in `bytes`; a rest that is shorter than one is left out.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            view: PhantomData,
        }
    }

    /// How many there are.
    #[inline]
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
    #[inline]
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

/// Declares a structure; see [the module](mod@crate::view).
///
/// `Memory;` comes first: the [`Memory`](crate::Memory) that the structure lies in.
/// `Source name("publishedName") @ offset: Type` declares a field, the published name only where
/// it is not the getter's in camel case; `@ offset in other: Type` one that is a part of another;
/// `@ offset counted_by count: To<Type>` a pointer to as many as the field `count` says.
/// The `structs` block declares structures inside this one: `name @ offset: View, ViewMut` or
/// `name @ offset: [View, ViewMut; count]`, or `[[View, ViewMut; columns]; rows]`.
#[macro_export]
macro_rules! view {
    (
        $memory:ty;
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
            type Memory = $memory;
            const SIZE: usize = $size;
            const ALIGN: usize = $crate::declaration::greatest(&[
                <<$memory as $crate::Memory>::Order as $crate::ByteOrder>::UNIT,
                $(<$ty as $crate::field::FieldType<$memory>>::ALIGN,)*
                $($($crate::__inner_align!($inner_ty),)*)?
            ]);
            const PUBLISHED: &'static str = $published;
            const FIELDS: &'static [$crate::layout::FieldInfo] = &[
                $($crate::layout::FieldInfo {
                    name: stringify!($name),
                    published: $crate::declaration::first(&[$($field_published)?]),
                    offset: $offset,
                    size: <$ty as $crate::field::FieldType<$memory>>::SIZE,
                    ty: <$ty as $crate::field::FieldType<$memory>>::TYPE,
                    count: $crate::declaration::first(&[$(stringify!($count))?]),
                    part_of: $crate::declaration::first(&[$(stringify!($parent))?]),
                    source: $crate::layout::Source::$source,
                    doc: concat!($($doc, "\n"),*),
                },)*
                $($($crate::layout::FieldInfo {
                    name: stringify!($inner),
                    published: $crate::declaration::first(&[$($inner_published)?]),
                    offset: $inner_offset,
                    size: $crate::__inner_size!($inner_ty),
                    ty: $crate::__inner_type!($inner_ty),
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

        impl $crate::pointer::Pointee<$memory> for $view<'static> {
            type At<'a> = $view<'a>;
            const TARGET: $crate::layout::Target = $crate::layout::Target {
                ty: $crate::layout::Type::Struct(
                    <$view<'static> as $crate::view::View<'static>>::layout,
                ),
                size: $size,
                align: <$view<'static> as $crate::view::View<'static>>::ALIGN,
            };

            fn at(image: &[u8], offset: usize) -> Option<$view<'_>> {
                $crate::view::View::from_prefix(image.get(offset..)?)
            }
        }

        impl $crate::pointer::Writable<$memory> for $view<'static> {
            type Mut<'a> = $view_mut<'a>;

            fn at_mut(image: &mut [u8], offset: usize) -> Option<$view_mut<'_>> {
                $view_mut::from_prefix(image.get_mut(offset..)?)
            }
        }

        const _: () = {
            assert!(
                $crate::declaration::layout_is_sound(
                    <$view<'static> as $crate::view::View<'static>>::FIELDS,
                    $size,
                ),
                concat!(stringify!($view), ": a field leaves the structure or overlaps another"),
            );
            assert!(
                $crate::declaration::is_aligned(
                    $size,
                    <<$memory as $crate::Memory>::Order as $crate::ByteOrder>::UNIT,
                ),
                concat!(stringify!($view), ": its size is no multiple of the byte order's unit"),
            );
            $(assert!(
                $crate::declaration::is_aligned($offset, <$ty as $crate::field::FieldType<$memory>>::ALIGN),
                concat!(stringify!($view), ".", stringify!($name), " is misaligned"),
            );)*
            $($(assert!(
                $crate::declaration::is_aligned($inner_offset, $crate::__inner_align!($inner_ty)),
                concat!(stringify!($view), ".", stringify!($inner), " is misaligned"),
            );)*)?
        };

        impl<'a> $view<'a> {
            $(
                $(#[doc = $doc])*
                #[doc = concat!(
                    "\n\nAt `", stringify!($offset), "`, ",
                    $crate::__provenance!($source $(, $field_published)?),
                )]
                #[inline(always)]
                #[must_use]
                pub fn $name(&self) -> $ty {
                    <$ty as $crate::field::FieldType<$memory>>::read(self.bytes, $offset)
                }
            )*

            $($($crate::__inner_getter! {
                $(#[doc = $inner_doc])*
                #[doc = concat!(
                    "\n\nAt `", stringify!($inner_offset), "`, ",
                    $crate::__provenance!($inner_source $(, $inner_published)?),
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

            $crate::pastey::paste! {$(
                #[doc = concat!("Sets [`", stringify!($view), "::", stringify!($name), "`].")]
                #[inline]
                pub fn [<set_ $name>](&mut self, value: $ty) {
                    <$ty as $crate::field::FieldType<$memory>>::write(value, self.bytes, $offset);
                }
            )*}

            $($($crate::__inner_setter! { $view, $inner @ $inner_offset: $inner_ty })*)?
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

/// How a field is known, in words.
#[doc(hidden)]
#[macro_export]
macro_rules! __provenance {
    ($source:ident $(, $published:literal)?) => {
        concat!(
            $("`", $published, "` in the headers, ",)?
            "known by [`", stringify!($source), "`](ram_views::layout::Source::", stringify!($source), ")."
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __inner_size {
    ([$view:ident, $view_mut:ident]) => {
        <$view<'static> as $crate::view::View<'static>>::SIZE
    };
    ([$inner:tt; $count:literal]) => {
        $crate::__inner_size!($inner) * $count
    };
    ([$view:ident, $view_mut:ident; $count:literal]) => {
        $crate::__inner_size!([$view, $view_mut]) * $count
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __inner_align {
    ([$view:ident, $view_mut:ident $(; $count:literal)?]) => {
        <$view<'static> as $crate::view::View<'static>>::ALIGN
    };
    ([$inner:tt; $count:literal]) => {
        $crate::__inner_align!($inner)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __inner_type {
    ([$view:ident, $view_mut:ident]) => {
        $crate::layout::Type::Struct(<$view<'static> as $crate::view::View<'static>>::layout)
    };
    ([$view:ident, $view_mut:ident; $count:literal]) => {
        $crate::layout::Type::Array(&$crate::__inner_type!([$view, $view_mut]), $count)
    };
    ([$inner:tt; $count:literal]) => {
        $crate::layout::Type::Array(&$crate::__inner_type!($inner), $count)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __inner_getter {
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

#[doc(hidden)]
#[macro_export]
macro_rules! __inner_setter {
    ($outer:ident, $name:ident @ $offset:literal: [$view:ident, $view_mut:ident]) => {
        $crate::pastey::paste! {
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
        $crate::pastey::paste! {
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
        $crate::pastey::paste! {
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
