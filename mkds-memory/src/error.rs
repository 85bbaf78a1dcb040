//! What can be wrong with a RAM image.

use crate::main_ram::{RAM_BASE, RAM_SIZE, REGION_WORD, US_REGION_WORD};

/// The result of reading a RAM image.
pub type Result<T> = std::result::Result<T, Error>;

/// A RAM image that cannot be read as asked. Addresses are the console's.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The image is not the whole main RAM.
    #[error("RAM image: expected {RAM_SIZE} bytes of main RAM, found {found}")]
    ImageSize {
        /// Its length in bytes.
        found: usize,
    },
    /// The word that tells the regions apart says that this is none of them.
    #[error(
        "RAM image: the region word at {:#010X} is {found:#010X}, expected {:#010X} (US game) or a \
         value near it: this is no known build of Mario Kart DS, or it has not started yet",
        REGION_WORD,
        US_REGION_WORD
    )]
    UnknownRegion {
        /// The word.
        found: u32,
    },
    /// This build of the game keeps a structure elsewhere.
    #[error("{symbol}: nobody knows where the game {code} keeps it")]
    UnknownSymbol {
        /// What was asked for.
        symbol: &'static str,
        /// The build's game code.
        code: &'static str,
    },
    /// A structure that a race needs is not there.
    #[error("{symbol} at {address:#010X} is null: no race is loaded")]
    NoRace {
        /// What was asked for.
        symbol: &'static str,
        /// Where its pointer lies.
        address: u32,
    },
    /// A pointer is null where the game never leaves one.
    #[error("{symbol}: the pointer at {address:#010X} is null")]
    NullPointer {
        /// What it should point to.
        symbol: &'static str,
        /// Where the pointer lies.
        address: u32,
    },
    /// A pointer, or the structure it points to, leaves main RAM.
    #[error(
        "{symbol}: the pointer at {address:#010X} holds {found:#010X}, expected {size} bytes \
         inside {RAM_BASE:#010X}..{:#010X}",
        RAM_BASE as usize + RAM_SIZE
    )]
    DanglingPointer {
        /// What it should point to.
        symbol: &'static str,
        /// Where the pointer lies.
        address: u32,
        /// The pointer.
        found: u32,
        /// How many bytes it should point to.
        size: usize,
    },
    /// A pointer is not a multiple of its target's alignment.
    #[error(
        "{symbol}: the pointer at {address:#010X} holds {found:#010X}, expected a multiple of {align}"
    )]
    MisalignedPointer {
        /// What it should point to.
        symbol: &'static str,
        /// Where the pointer lies.
        address: u32,
        /// The pointer.
        found: u32,
        /// The alignment in bytes.
        align: usize,
    },
    /// A pointer, or what it points to, leaves main RAM.
    #[error(
        "pointer to {target}: expected {size} bytes inside {RAM_BASE:#010X}..{:#010X}, found the \
         address {found:#010X}",
        RAM_BASE as usize + RAM_SIZE
    )]
    DanglingTarget {
        /// What it should point to.
        target: String,
        /// The pointer.
        found: u32,
        /// How many bytes it should point to.
        size: usize,
    },
    /// A pointer is not a multiple of its target's alignment.
    #[error("pointer to {target}: expected a multiple of {align}, found the address {found:#010X}")]
    MisalignedTarget {
        /// What it should point to.
        target: String,
        /// The pointer.
        found: u32,
        /// The alignment in bytes.
        align: usize,
    },
    /// A count that the game cannot have.
    #[error("{symbol} at {address:#010X}: expected a count of at most {limit}, found {found}")]
    AbsurdCount {
        /// What is counted.
        symbol: &'static str,
        /// Where the count lies, or where the counted things begin.
        address: u32,
        /// The count.
        found: u32,
        /// The most there can be.
        limit: u32,
    },
    /// The octree of the course's collision is none that the game could follow. Places are addresses, offsets in a file.
    #[error("collision_header.octree: {0}")]
    Octree(mkds_formats::Error),
    /// There is no such element.
    #[error("{symbol}: expected an index below {count}, found {index}")]
    NoSuchElement {
        /// What was asked for.
        symbol: &'static str,
        /// The index asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
}
