//! Errors of reading the game's RAM.

use crate::main_ram::{REGION_WORD, US_REGION_WORD};

/// The result of reading the game's RAM.
pub type Result<T> = std::result::Result<T, Error>;

/// A RAM image that cannot be read as asked. Addresses are the console's.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A structure, a pointer or a symbol cannot be read.
    #[error(transparent)]
    Ram(#[from] ram_views::Error),
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
    /// A structure that a race needs is not there.
    #[error("{symbol} at {address:#010X} is null: no race is loaded")]
    NoRace {
        /// The structure.
        symbol: &'static str,
        /// The address of its pointer.
        address: u32,
    },
    /// The octree of the course's collision is none that the game could follow. Places are addresses, offsets in a file.
    #[error("collision_header.octree: {0}")]
    Octree(mkds_formats::Error),
}
