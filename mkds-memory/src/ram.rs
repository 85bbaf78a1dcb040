//! A RAM image, and pointers followed inside it.

use crate::error::{Error, Result};
use crate::layout::Target;
use crate::main_ram::RAM_BASE;
use crate::symbol::{Count, Region, Symbol};
use crate::view::{Pointee, Pointer, Table, To, View};

/// An image of the console's main RAM that holds the game.
#[derive(Clone, Copy)]
pub struct Ram<'a> {
    bytes: &'a [u8],
    region: Region,
}

impl<'a> Ram<'a> {
    /// The image `bytes` of all of main RAM, with the game as it is in `region`.
    pub(crate) const fn of(bytes: &'a [u8], region: Region) -> Self {
        Self { bytes, region }
    }

    /// The build of the game.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.region
    }

    /// The image.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The word at a symbol. Symbols lie inside main RAM in every region.
    pub(crate) fn symbol_word(&self, symbol: &Symbol) -> Result<u32> {
        let address = self.region.address(symbol)?;
        Ok(self.word(address).unwrap_or_default())
    }

    /// The structures, a fixed number of them, that a symbol points to; none if the pointer is null.
    pub(crate) fn fixed<V: View<'a>>(&self, symbol: &Symbol) -> Result<Table<'a, V>> {
        let address = self.region.address(symbol)?;
        let pointer = Pointer(self.symbol_word(symbol)?);
        let count = match symbol.count {
            Count::Fixed(count) if !pointer.is_null() => count,
            _ => 0,
        };
        self.table(symbol.name, address, pointer, count)
    }

    /// The halfword at a symbol.
    pub(crate) fn symbol_half(&self, symbol: &Symbol) -> Result<u16> {
        Ok(self.symbol_word(symbol)? as u16)
    }

    /// The word at an address; `None` outside main RAM.
    fn word(&self, address: u32) -> Option<u32> {
        let offset = address.checked_sub(RAM_BASE)? as usize;
        self.bytes
            .get(offset..)?
            .first_chunk()
            .copied()
            .map(u32::from_le_bytes)
    }

    /// The structure at a symbol itself.
    pub(crate) fn in_place<V: View<'a>>(&self, symbol: &Symbol) -> Result<V> {
        let address = self.region.address(symbol)?;
        let bytes = self.follow(symbol.name, address, Pointer(address), V::SIZE)?;
        V::from_prefix(bytes).ok_or_else(|| dangling(symbol.name, address, address, V::SIZE))
    }

    /// The structure that a symbol points to; `None` if the pointer is null.
    pub(crate) fn root<V: View<'a>>(&self, symbol: &Symbol) -> Result<Option<V>> {
        let pointer = Pointer(self.symbol_word(symbol)?);
        if pointer.is_null() {
            return Ok(None);
        }
        let table = self.table(symbol.name, self.region.address(symbol)?, pointer, 1)?;
        Ok(table.get(0))
    }

    /// `count` structures from `pointer` on, which was read at `address`.
    pub(crate) fn table<V: View<'a>>(
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

    /// The bytes of `count` targets from `pointer` on.
    pub(crate) fn target(
        &self,
        pointer: Pointer,
        target: Target,
        count: usize,
    ) -> Result<&'a [u8]> {
        let found = pointer.0;
        if !(found as usize).is_multiple_of(target.align) {
            return Err(Error::MisalignedTarget {
                target: target.ty.to_string(),
                found,
                align: target.align,
            });
        }
        let start = found.wrapping_sub(RAM_BASE) as usize;
        let size = target.size.saturating_mul(count);
        self.bytes
            .get(start..start.saturating_add(size))
            .ok_or_else(|| Error::DanglingTarget {
                target: target.ty.to_string(),
                found,
                size,
            })
    }

    /// The `size` bytes from `pointer` on, which was read at `address`.
    pub(crate) fn follow(
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
        self.pointed_at(symbol, address, pointer, size)
    }

    /// Whether `pointer`, which was read at `address`, is a multiple of `align`.
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

    /// The `size` bytes from `pointer` on, wherever it points, which was read at `address`.
    pub(crate) fn pointed_at(
        &self,
        symbol: &'static str,
        address: u32,
        pointer: Pointer,
        size: usize,
    ) -> Result<&'a [u8]> {
        let start = pointer.0.wrapping_sub(RAM_BASE) as usize;
        self.bytes
            .get(start..start.saturating_add(size))
            .ok_or_else(|| dangling(symbol, address, pointer.0, size))
    }

    /// The `size` bytes at `address`, which belong to `symbol`.
    pub(crate) fn bytes_at(
        &self,
        symbol: &'static str,
        address: u32,
        size: usize,
    ) -> Result<&'a [u8]> {
        self.pointed_at(symbol, address, Pointer(address), size)
    }
}

impl<T: Pointee> To<T> {
    /// What it points to; `None` if it is null.
    ///
    /// # Errors
    ///
    /// [`Error::DanglingTarget`] if that leaves main RAM, [`Error::MisalignedTarget`] if its address is
    /// none of a `T`.
    pub fn follow<'a>(self, ram: &Ram<'a>) -> Result<Option<T::At<'a>>> {
        Ok(self.follow_many(ram, 1)?.next())
    }

    /// The `count` things that it points to, one after the other; none if it is null.
    ///
    /// # Errors
    ///
    /// As [`To::follow`].
    pub fn follow_many<'a>(
        self,
        ram: &Ram<'a>,
        count: usize,
    ) -> Result<impl ExactSizeIterator<Item = T::At<'a>> + use<'a, T>> {
        let bytes = match self.pointer() {
            Pointer(0) => &[],
            pointer => ram.target(pointer, T::TARGET, count)?,
        };
        Ok(bytes
            .chunks_exact(T::TARGET.size)
            .map(|bytes| T::at(bytes).expect("a chunk of its size")))
    }
}

/// The game's allocator and its course files align everything to words, but for the odd array of
/// halfwords, which those files pad.
const POINTER_ALIGN: usize = 4;

fn dangling(symbol: &'static str, address: u32, found: u32, size: usize) -> Error {
    Error::DanglingPointer {
        symbol,
        address,
        found,
        size,
    }
}

impl std::fmt::Debug for Ram<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ram")
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// An image of main RAM that can be written to, by the same structures.
pub struct RamMut<'a> {
    bytes: &'a mut [u8],
    region: Region,
}

impl<'a> RamMut<'a> {
    /// The image `bytes` of all of main RAM, with the game as it is in `region`.
    pub(crate) const fn of(bytes: &'a mut [u8], region: Region) -> Self {
        Self { bytes, region }
    }

    /// The same image, for reading.
    #[must_use]
    pub fn ram(&self) -> Ram<'_> {
        Ram {
            bytes: self.bytes,
            region: self.region,
        }
    }

    /// The `size` bytes at `address`, which belong to `symbol`, for writing.
    pub(crate) fn bytes_at_mut(
        &mut self,
        symbol: &'static str,
        address: u32,
        size: usize,
    ) -> Result<&mut [u8]> {
        let start = address.wrapping_sub(RAM_BASE) as usize;
        self.bytes
            .get_mut(start..start.saturating_add(size))
            .ok_or_else(|| dangling(symbol, address, address, size))
    }
}

impl std::fmt::Debug for RamMut<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.ram().fmt(f)
    }
}
