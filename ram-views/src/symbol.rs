//! The fixed addresses at which a program keeps its structures.

use std::fmt;
use std::ops::Deref;

use crate::error::Result;
use crate::layout::{Source, Target};
use crate::memory::Memory;
use crate::pointer::Pointer;
use crate::ram::{Ram, RamMut};
use crate::view::{Table, View};

/// A structure, or a pointer to one, at a fixed address of the program.
#[derive(Debug, Clone, Copy)]
pub struct Symbol {
    /// Its name in errors.
    pub name: &'static str,
    /// Its name in a [`crate::path::Path`], which begins with it.
    pub path: &'static str,
    /// Its address in the build that the table is of.
    pub address: u32,
    /// Whether it lies there itself.
    pub holds: Holds,
    /// Its type's name in the published headers.
    pub ty: &'static str,
    /// Its type.
    pub target: Target,
    /// How many there are, one after the other.
    pub count: Count,
    /// The symbol that it is a part of, if any.
    pub inside: Option<&'static str>,
    /// Codes of the builds in which its address is unknown.
    pub unknown_in: &'static [&'static str],
    /// What it is for.
    pub description: &'static str,
    /// The publications that have it.
    pub source: &'static str,
    /// How sure that is.
    pub confidence: Confidence,
}

impl Symbol {
    /// Bytes at its address that belong to it.
    #[must_use]
    pub const fn size(&self) -> usize {
        match (self.holds, self.count) {
            (Holds::Pointer, _) => 4,
            (Holds::Value, Count::Fixed(count)) => count * self.target.size,
            (Holds::Value, Count::Symbol(_)) => self.target.size,
        }
    }
}

/// What lies at a symbol's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A pointer to what the symbol is about.
    Pointer,
    /// What the symbol is about.
    Value,
}

/// How many of a thing there are.
#[derive(Debug, Clone, Copy)]
pub enum Count {
    /// Always so many.
    Fixed(usize),
    /// As many as the integer at this symbol says.
    Symbol(&'static Symbol),
}

/// How sure a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Confidence {
    /// Several tools read it and agree.
    High,
    /// One source has it; nothing confirms it.
    Published,
}

/// A build of a program, which knows the addresses of its symbols.
pub trait Program: Copy + fmt::Debug + 'static {
    /// The memory that the program runs in.
    type Memory: Memory;
    /// Why an image holds no build of the program.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The build of the program in `bytes`, the whole memory.
    ///
    /// # Errors
    ///
    /// The size is not the memory's, or no known build is in it.
    fn image(bytes: &[u8]) -> std::result::Result<Image<'_, Self>, Self::Error>;

    /// The same, to be written to.
    ///
    /// # Errors
    ///
    /// As [`Program::image`].
    fn image_mut(bytes: &mut [u8]) -> std::result::Result<ImageMut<'_, Self>, Self::Error>;

    /// Every symbol of the program.
    fn symbols() -> &'static [Symbol];

    /// The address of a symbol in this build.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSymbol`](crate::Error::UnknownSymbol) if it is not known.
    fn address(self, symbol: &Symbol) -> Result<u32>;

    /// The publications that a field is known from.
    fn publishers(source: Source) -> &'static str;
}

/// An image of RAM that holds a program.
pub struct Image<'a, P: Program> {
    ram: Ram<'a, P::Memory>,
    program: P,
}

impl<P: Program> Clone for Image<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Program> Copy for Image<'_, P> {}

impl<'a, P: Program> Deref for Image<'a, P> {
    type Target = Ram<'a, P::Memory>;

    fn deref(&self) -> &Self::Target {
        &self.ram
    }
}

impl<P: Program> fmt::Debug for Image<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

impl<'a, P: Program> Image<'a, P> {
    /// The image `ram` with `program` in it.
    #[must_use]
    pub const fn new(ram: Ram<'a, P::Memory>, program: P) -> Self {
        Self { ram, program }
    }

    /// The build of the program.
    #[must_use]
    pub const fn program(&self) -> P {
        self.program
    }

    /// The address of a symbol.
    ///
    /// # Errors
    ///
    /// As [`Program::address`].
    pub fn address(&self, symbol: &Symbol) -> Result<u32> {
        self.program.address(symbol)
    }

    /// The word at a symbol, or 0 if the symbol lies outside RAM.
    ///
    /// # Errors
    ///
    /// As [`Program::address`].
    pub fn symbol_word(&self, symbol: &Symbol) -> Result<u32> {
        Ok(self.value(self.address(symbol)?).unwrap_or_default())
    }

    /// The halfword at a symbol, or 0 if the symbol lies outside RAM.
    ///
    /// # Errors
    ///
    /// As [`Program::address`].
    pub fn symbol_half(&self, symbol: &Symbol) -> Result<u16> {
        Ok(self.value(self.address(symbol)?).unwrap_or_default())
    }

    /// The structure at a symbol itself.
    ///
    /// # Errors
    ///
    /// As [`Program::address`] and [`Ram::follow`].
    pub fn in_place<V: View<'a, Memory = P::Memory>>(&self, symbol: &Symbol) -> Result<V> {
        let address = self.address(symbol)?;
        self.one(symbol, address, Pointer(address))
    }

    /// The structure that a symbol points to; `None` if the pointer is null.
    ///
    /// # Errors
    ///
    /// As [`Program::address`] and [`Ram::follow`].
    pub fn root<V: View<'a, Memory = P::Memory>>(&self, symbol: &Symbol) -> Result<Option<V>> {
        let pointer = Pointer(self.symbol_word(symbol)?);
        if pointer.is_null() {
            return Ok(None);
        }
        self.one(symbol, self.address(symbol)?, pointer).map(Some)
    }

    /// The structures, a fixed number of them, that a symbol points to; none if the pointer is null.
    ///
    /// # Errors
    ///
    /// As [`Program::address`] and [`Ram::follow`].
    pub fn fixed<V: View<'a, Memory = P::Memory>>(&self, symbol: &Symbol) -> Result<Table<'a, V>> {
        let pointer = Pointer(self.symbol_word(symbol)?);
        let count = match symbol.count {
            Count::Fixed(count) if !pointer.is_null() => count,
            _ => 0,
        };
        self.table(symbol.name, self.address(symbol)?, pointer, count)
    }

    fn one<V: View<'a, Memory = P::Memory>>(
        &self,
        symbol: &Symbol,
        address: u32,
        pointer: Pointer,
    ) -> Result<V> {
        let bytes = self.follow(symbol.name, address, pointer, V::SIZE)?;
        Ok(V::from_prefix(bytes).expect("as many bytes as were asked for"))
    }
}

/// An image of RAM that holds a program and can be written to.
pub struct ImageMut<'a, P: Program> {
    ram: RamMut<'a, P::Memory>,
    program: P,
}

impl<'a, P: Program> ImageMut<'a, P> {
    /// The image `ram` with `program` in it.
    #[must_use]
    pub const fn new(ram: RamMut<'a, P::Memory>, program: P) -> Self {
        Self { ram, program }
    }

    /// The same image, for reading.
    #[must_use]
    pub fn image(&self) -> Image<'_, P> {
        Image::new(self.ram.ram(), self.program)
    }

    /// The bytes of the image.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.ram.bytes()
    }
}

impl<P: Program> fmt::Debug for ImageMut<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.image().fmt(f)
    }
}
