//! Errors of reading a RAM image.

/// The result of reading a RAM image.
pub type Result<T> = std::result::Result<T, Error>;

/// A RAM image that cannot be read as asked. Addresses are the console's.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The image is not the whole RAM.
    #[error("RAM image: expected {expected} bytes of main RAM, found {found}")]
    ImageSize {
        /// The RAM's length in bytes.
        expected: usize,
        /// The image's length in bytes.
        found: usize,
    },
    /// This build of the program keeps a structure at an address that is not known.
    #[error("{symbol}: its address in the game {code} is unknown")]
    UnknownSymbol {
        /// The structure.
        symbol: &'static str,
        /// The build's code.
        code: &'static str,
    },
    /// A pointer is null where the program never leaves one.
    #[error("{symbol}: the pointer at {address:#010X} is null")]
    NullPointer {
        /// What it should point to.
        symbol: &'static str,
        /// The pointer's address.
        address: u32,
    },
    /// A pointer, or the structure it points to, leaves RAM.
    #[error(
        "{symbol}: the pointer at {address:#010X} holds {found:#010X}, expected {size} bytes inside \
         {start:#010X}..{end:#010X}"
    )]
    DanglingPointer {
        /// What it should point to.
        symbol: &'static str,
        /// The pointer's address.
        address: u32,
        /// The pointer.
        found: u32,
        /// How many bytes it should point to.
        size: usize,
        /// RAM's first address.
        start: u32,
        /// The first address behind RAM.
        end: u32,
    },
    /// A pointer is not a multiple of its target's alignment.
    #[error(
        "{symbol}: the pointer at {address:#010X} holds {found:#010X}, expected a multiple of {align}"
    )]
    MisalignedPointer {
        /// What it should point to.
        symbol: &'static str,
        /// The pointer's address.
        address: u32,
        /// The pointer.
        found: u32,
        /// The alignment in bytes.
        align: usize,
    },
    /// A pointer, or what it points to, leaves RAM.
    #[error(
        "pointer to {target}: expected {size} bytes inside {start:#010X}..{end:#010X}, found the \
         address {found:#010X}"
    )]
    DanglingTarget {
        /// What it should point to.
        target: String,
        /// The pointer.
        found: u32,
        /// How many bytes it should point to.
        size: usize,
        /// RAM's first address.
        start: u32,
        /// The first address behind RAM.
        end: u32,
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
    /// A count that the program cannot have.
    #[error("{symbol} at {address:#010X}: expected a count of at most {limit}, found {found}")]
    AbsurdCount {
        /// What is counted.
        symbol: &'static str,
        /// The address of the count, or of the first counted thing.
        address: u32,
        /// The count.
        found: u32,
        /// The most there can be.
        limit: u32,
    },
    /// There is no such element.
    #[error("{symbol}: expected an index below {count}, found {index}")]
    NoSuchElement {
        /// The array or table.
        symbol: &'static str,
        /// The index asked for.
        index: usize,
        /// How many elements there are.
        count: usize,
    },
}
