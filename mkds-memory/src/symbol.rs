//! What is known of a structure's place in RAM, and how the builds of the game differ in it.

use crate::error::{Error, Result};
use crate::layout::Target;

/// A structure, or a pointer to one, at a fixed address of the program.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Symbol {
    /// What errors call it.
    pub name: &'static str,
    /// What a [`crate::path::Path`] to it begins with.
    pub path: &'static str,
    /// Its address in the US game.
    pub address: u32,
    /// Whether it lies there itself.
    pub holds: Holds,
    /// Its type's name in the HaroohiePals headers.
    pub ty: &'static str,
    /// Its type.
    pub target: Target,
    /// How many there are, one after the other.
    pub count: Count,
    /// The symbol that it is a part of, if any.
    pub inside: Option<&'static str>,
    /// Game codes of the builds that keep it elsewhere.
    pub unknown_in: &'static [&'static str],
    /// What it is for.
    pub description: &'static str,
    /// Who published it.
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

/// The build of the game, by how far its structures lie from the US game's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    delta: i32,
    code: [u8; 4],
}

impl Region {
    /// The US game (AMCE).
    pub const US: Self = Self {
        delta: 0,
        code: *b"AMCE",
    };

    /// The region of the game `code` whose structures lie `delta` bytes from the US game's.
    pub(crate) const fn at(delta: i32, code: [u8; 4]) -> Self {
        Self { delta, code }
    }

    /// Bytes from the US game's structures to this region's.
    #[must_use]
    pub const fn delta(self) -> i32 {
        self.delta
    }

    /// The code of the game in the header that the console keeps, e.g. `AMCE`; zeros if it keeps
    /// none.
    #[must_use]
    pub const fn game_code(self) -> [u8; 4] {
        self.code
    }

    /// Where `symbol` lies in this region.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownSymbol`] if this build keeps it elsewhere.
    pub fn address(self, symbol: &Symbol) -> Result<u32> {
        let unknown = symbol
            .unknown_in
            .iter()
            .find(|code| code.as_bytes() == self.code);
        match unknown {
            Some(code) => Err(Error::UnknownSymbol {
                symbol: symbol.name,
                code,
            }),
            None => Ok(symbol.address.wrapping_add_signed(self.delta)),
        }
    }
}
