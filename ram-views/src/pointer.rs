//! Pointers, followed only when asked.

use std::marker::PhantomData;

use crate::field::FieldType;
use crate::layout::{Target, Type};
use crate::memory::Memory;

/// A pointer as the console keeps it: an address, null or not, valid or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Pointer(pub u32);

impl Pointer {
    /// Whether it is null.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// Whether it is an address of `M`.
    #[must_use]
    pub const fn is_in<M: Memory>(self) -> bool {
        (self.0.wrapping_sub(M::BASE) as usize) < M::SIZE
    }
}

crate::__wrapped_value!(
    [<M: Memory>] M;
    Pointer: u32, Type::Pointer(None), Pointer, |value| value.0
);

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

impl<M: Memory, T: Pointee<M>> FieldType<M> for To<T> {
    const SIZE: usize = 4;
    const ALIGN: usize = 4;
    const TYPE: Type = Type::Pointer(Some(&T::TARGET));

    #[inline(always)]
    fn read(bytes: &[u8], offset: usize) -> Self {
        Self::new(<u32 as FieldType<M>>::read(bytes, offset))
    }

    #[inline(always)]
    fn write(self, bytes: &mut [u8], offset: usize) {
        <u32 as FieldType<M>>::write(self.address.0, bytes, offset);
    }
}

/// What a [`To`] in the memory `M` can point to: views and values.
pub trait Pointee<M: Memory> {
    /// It, where it lies in an image: a view, or the value.
    type At<'a>;
    /// Its type, size and alignment.
    const TARGET: Target;

    /// It, at this offset of an image; `None` if it leaves that.
    fn at(image: &[u8], offset: usize) -> Option<Self::At<'_>>;
}

impl<M: Memory, T: FieldType<M>> Pointee<M> for T {
    type At<'a> = Self;
    const TARGET: Target = Target {
        ty: T::TYPE,
        size: T::SIZE,
        align: T::ALIGN,
    };

    #[inline]
    fn at(image: &[u8], offset: usize) -> Option<Self> {
        let end = offset.checked_add(T::SIZE)?;
        (end <= image.len()).then(|| T::read(image, offset))
    }
}

/// A [`Pointee`] that has a view with setters.
pub trait Writable<M: Memory>: Pointee<M> {
    /// That view, named for a structure where it lies in an image.
    type Mut<'a>;

    /// It, at this offset of an image; `None` if it leaves that.
    fn at_mut(image: &mut [u8], offset: usize) -> Option<Self::Mut<'_>>;
}
