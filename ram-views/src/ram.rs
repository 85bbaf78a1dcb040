//! An image of RAM, and pointers followed inside it.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use crate::error::{Error, Result};
use crate::field::FieldType;
use crate::layout::Target;
use crate::memory::{ByteOrder, Memory};
use crate::pointer::{Pointee, Pointer, To};
use crate::view::{Table, View};

/// Consoles' allocators and files align structures to words.
const POINTER_ALIGN: usize = 4;

/// An image of all of a console's RAM.
pub struct Ram<'a, M> {
    bytes: &'a [u8],
    memory: PhantomData<M>,
}

impl<M> Clone for Ram<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Ram<'_, M> {}

impl<M> fmt::Debug for Ram<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ram").finish_non_exhaustive()
    }
}

impl<'a, M: Memory> Ram<'a, M> {
    /// The image `bytes` of all of RAM.
    ///
    /// # Errors
    ///
    /// [`Error::ImageSize`] unless there are [`Memory::SIZE`] bytes.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        check_size::<M>(bytes)?;
        Ok(Self {
            bytes,
            memory: PhantomData,
        })
    }

    /// The image.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes from RAM's start to an address; `None` outside RAM.
    #[must_use]
    pub const fn offset(&self, address: u32) -> Option<usize> {
        let offset = address.wrapping_sub(M::BASE) as usize;
        if offset < M::SIZE { Some(offset) } else { None }
    }

    /// The value at an address; `None` outside RAM.
    #[must_use]
    pub fn value<T: FieldType<M>>(&self, address: u32) -> Option<T> {
        <T as Pointee<M>>::at(self.bytes, self.offset(address)?)
    }

    /// The structure at an address.
    ///
    /// # Errors
    ///
    /// [`Error::DanglingTarget`] if it leaves RAM, [`Error::MisalignedTarget`] if the address is none of a `V`.
    pub fn at<V: View<'a, Memory = M>>(&self, address: u32) -> Result<V> {
        let target = Target {
            ty: crate::layout::Type::Struct(V::layout),
            size: V::SIZE,
            align: V::ALIGN,
        };
        let offset = self.target(Pointer(address), target, 1)?;
        Ok(V::from_prefix(&self.bytes[offset..]).expect("a structure of its size"))
    }

    /// `count` structures from `pointer` on, which was read at `address`.
    ///
    /// # Errors
    ///
    /// As [`Ram::follow`].
    pub fn table<V: View<'a, Memory = M>>(
        &self,
        symbol: &'static str,
        address: u32,
        pointer: Pointer,
        count: usize,
    ) -> Result<Table<'a, V>> {
        if count == 0 {
            return Ok(Table::new(&[]));
        }
        let size = V::SIZE.saturating_mul(count);
        self.follow(symbol, address, pointer, size).map(Table::new)
    }

    /// The part of the image that holds the `size` bytes from `pointer` on, which was read at `address`; its bytes are
    /// in the image's order.
    ///
    /// # Errors
    ///
    /// [`Error::NullPointer`], [`Error::MisalignedPointer`] or [`Error::DanglingPointer`].
    pub fn follow(
        &self,
        symbol: &'static str,
        address: u32,
        pointer: Pointer,
        size: usize,
    ) -> Result<&'a [u8]> {
        if pointer.is_null() {
            return Err(Error::NullPointer { symbol, address });
        }
        self.aligned(symbol, address, pointer, POINTER_ALIGN)?;
        let range = self.range(symbol, address, pointer, size)?;
        Ok(&self.bytes[range])
    }

    /// Refuses a `pointer`, which was read at `address`, that is no multiple of `align`.
    pub(crate) fn aligned(
        &self,
        symbol: &'static str,
        address: u32,
        pointer: Pointer,
        align: usize,
    ) -> Result<()> {
        let found = pointer.0;
        if (found as usize).is_multiple_of(align) {
            return Ok(());
        }
        Err(Error::MisalignedPointer {
            symbol,
            address,
            found,
            align,
        })
    }

    /// The offsets of the `size` bytes from `pointer` on, which was read at `address`.
    ///
    /// # Errors
    ///
    /// [`Error::DanglingPointer`] if they leave RAM.
    pub fn range(
        &self,
        symbol: &'static str,
        address: u32,
        pointer: Pointer,
        size: usize,
    ) -> Result<Range<usize>> {
        range::<M>(pointer.0, size).ok_or_else(|| {
            let Range { start, end } = span::<M>();
            Error::DanglingPointer {
                symbol,
                address,
                found: pointer.0,
                size,
                start,
                end,
            }
        })
    }

    /// The offset of the first of `count` targets from `pointer` on.
    fn target(&self, pointer: Pointer, target: Target, count: usize) -> Result<usize> {
        let found = pointer.0;
        if !(found as usize).is_multiple_of(target.align) {
            return Err(Error::MisalignedTarget {
                target: target.ty.to_string(),
                found,
                align: target.align,
            });
        }
        let size = target.size.saturating_mul(count);
        let range = range::<M>(found, size).ok_or_else(|| {
            let Range { start, end } = span::<M>();
            Error::DanglingTarget {
                target: target.ty.to_string(),
                found,
                size,
                start,
                end,
            }
        })?;
        Ok(range.start)
    }
}

fn check_size<M: Memory>(bytes: &[u8]) -> Result<()> {
    const {
        assert!(
            M::SIZE.is_multiple_of(M::Order::UNIT)
                && M::BASE as usize + M::SIZE <= u32::MAX as usize,
            "a memory is whole units and its end has an address"
        );
    }
    match bytes.len() == M::SIZE {
        true => Ok(()),
        false => Err(Error::ImageSize {
            expected: M::SIZE,
            found: bytes.len(),
        }),
    }
}

/// The offsets of the `size` bytes at an address; `None` if they leave RAM.
fn range<M: Memory>(address: u32, size: usize) -> Option<Range<usize>> {
    let start = address.wrapping_sub(M::BASE) as usize;
    let end = start.saturating_add(size);
    (end <= M::SIZE).then_some(start..end)
}

/// The addresses of RAM.
const fn span<M: Memory>() -> Range<u32> {
    M::BASE..M::BASE + M::SIZE as u32
}

impl<T> To<T> {
    /// What it points to; `None` if it is null.
    ///
    /// # Errors
    ///
    /// [`Error::DanglingTarget`] if that leaves RAM, [`Error::MisalignedTarget`] if its address is none of a `T`.
    pub fn follow<'a, M: Memory>(self, ram: &Ram<'a, M>) -> Result<Option<T::At<'a>>>
    where
        T: Pointee<M>,
    {
        Ok(self.follow_many(ram, 1)?.next())
    }

    /// The `count` things that it points to, one after the other; none if it is null.
    ///
    /// # Errors
    ///
    /// As [`To::follow`].
    pub fn follow_many<'a, M: Memory>(
        self,
        ram: &Ram<'a, M>,
        count: usize,
    ) -> Result<impl ExactSizeIterator<Item = T::At<'a>> + use<'a, T, M>>
    where
        T: Pointee<M>,
    {
        let (start, count) = match self.pointer() {
            Pointer(0) => (0, 0),
            pointer => (ram.target(pointer, T::TARGET, count)?, count),
        };
        let bytes = ram.bytes;
        Ok((0..count).map(move |index| {
            T::at(bytes, start + index * T::TARGET.size).expect("a target inside RAM")
        }))
    }
}

/// An image of RAM that can be written to, by the same structures.
pub struct RamMut<'a, M> {
    bytes: &'a mut [u8],
    memory: PhantomData<M>,
}

impl<'a, M: Memory> RamMut<'a, M> {
    /// The image `bytes` of all of RAM.
    ///
    /// # Errors
    ///
    /// As [`Ram::new`].
    pub fn new(bytes: &'a mut [u8]) -> Result<Self> {
        check_size::<M>(bytes)?;
        Ok(Self {
            bytes,
            memory: PhantomData,
        })
    }

    /// The same image, for reading.
    #[must_use]
    pub fn ram(&self) -> Ram<'_, M> {
        Ram {
            bytes: self.bytes,
            memory: PhantomData,
        }
    }

    /// The image.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.bytes
    }
}

impl<M> fmt::Debug for RamMut<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RamMut").finish_non_exhaustive()
    }
}
