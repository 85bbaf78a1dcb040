//! A RAM image, and pointers followed inside it.

use crate::driver::DriverMut;
use crate::layout::Target;
use crate::race::{MultiConfig, Race, RaceConfig, Scene};
use crate::symbols::{self, Count, Region, Symbol};
use crate::view::{Pointer, Table, View};
use crate::{Error, Result};

/// The console's address of main RAM.
pub const RAM_BASE: u32 = 0x0200_0000;

/// Main RAM's size in bytes.
pub const RAM_SIZE: usize = 0x40_0000;
/// The size of the dumps of programs that write main RAM with room for a developer's console, bytes.
const LARGE_DUMP_SIZE: usize = 4 * RAM_SIZE;

/// Main RAM in a dump: all of [`RAM_SIZE`] bytes, or the first of 16 MiB as some emulators write. `None`
/// for other sizes.
#[must_use]
pub fn main_ram_of(dump: &[u8]) -> Option<&[u8]> {
    match dump.len() {
        RAM_SIZE | LARGE_DUMP_SIZE => Some(&dump[..RAM_SIZE]),
        _ => None,
    }
}

/// An image of the console's main RAM that holds the game.
#[derive(Clone, Copy)]
pub struct Ram<'a> {
    bytes: &'a [u8],
    region: Region,
}

impl<'a> Ram<'a> {
    /// The game in `bytes`, the console's whole main RAM.
    ///
    /// # Errors
    ///
    /// [`Error::ImageSize`] unless there are [`RAM_SIZE`] bytes; [`Error::UnknownRegion`] if the
    /// program in it is no known build.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() != RAM_SIZE {
            return Err(Error::ImageSize { found: bytes.len() });
        }
        Ok(Self {
            bytes,
            region: Region::of(bytes)?,
        })
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

    /// The race, from its first frame until the game leaves it; `None` at all other times.
    ///
    /// # Errors
    ///
    /// A structure that the race needs lies outside main RAM, or there are absurdly many drivers.
    pub fn race(&self) -> Result<Option<Race<'a>>> {
        Race::find(*self)
    }

    /// What the menus have chosen so far; `None` before they have been there.
    ///
    /// # Errors
    ///
    /// The configuration lies outside main RAM.
    pub fn race_config(&self) -> Result<Option<RaceConfig<'a>>> {
        self.root(&symbols::RACE_CONFIG)
    }

    /// What the menus have chosen so far, for this race and the next; `None` before they have been
    /// there.
    ///
    /// # Errors
    ///
    /// It lies outside main RAM.
    pub fn multi_config(&self) -> Result<Option<MultiConfig<'a>>> {
        self.root(&symbols::RACE_CONFIG)
    }

    /// The id of the course loaded last.
    ///
    /// # Errors
    ///
    /// This build of the game keeps it elsewhere.
    pub fn course_id(&self) -> Result<u32> {
        self.symbol_word(&symbols::COURSE_ID)
    }

    /// What the running scene is doing, 2 being a race; `None` while no scene runs.
    ///
    /// # Errors
    ///
    /// The scene lies outside main RAM.
    pub fn scene_state(&self) -> Result<Option<u32>> {
        let scene: Option<Scene<'_>> = self.root(&symbols::SCENE)?;
        Ok(scene.map(|scene| scene.state()))
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
    /// The game in `bytes`; see [`Ram::new`].
    ///
    /// # Errors
    ///
    /// As [`Ram::new`].
    pub fn new(bytes: &'a mut [u8]) -> Result<Self> {
        let region = Ram::new(bytes)?.region();
        Ok(Self { bytes, region })
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

    /// The `index`th driver of the race, for writing.
    ///
    /// # Errors
    ///
    /// As [`Ram::race`] and [`Race::driver`]; [`Error::NoRace`] while there is none.
    pub fn driver_mut(&mut self, index: usize) -> Result<DriverMut<'_>> {
        let symbol = &symbols::DRIVERS;
        let address = self.region.address(symbol)?;
        let no_race = || Error::NoRace {
            symbol: symbol.name,
            address,
        };
        self.ram().race()?.ok_or_else(no_race)?.driver(index)?;
        // The driver's bytes were just found there, for reading.
        let drivers = self.ram().symbol_word(symbol)?.wrapping_sub(RAM_BASE) as usize;
        let start = drivers + index * <crate::Driver<'_> as View<'_>>::SIZE;
        self.bytes
            .get_mut(start..)
            .and_then(DriverMut::from_prefix)
            .ok_or_else(no_race)
    }
}

impl std::fmt::Debug for RamMut<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.ram().fmt(f)
    }
}
