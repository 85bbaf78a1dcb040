/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a session can't go on, go back or be written down.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The emulator refused or stopped.
    #[error(transparent)]
    Emulator(#[from] desmume::Error),
    /// RAM does not hold what a race must hold.
    #[error(transparent)]
    Memory(#[from] mkds_memory::Error),
    /// A movie's comments can't be read or written.
    #[error(transparent)]
    Game(#[from] env_mkds::Error),
    /// A movie holds inputs alone.
    #[error(
        "a movie can't hold writes into RAM: expected none, found {count}, the first before frame {frame}; go back \
         before it, or undo it, to save the run as a movie"
    )]
    Poked {
        /// How many there are.
        count: usize,
        /// The frame before which the first was made.
        frame: u64,
    },
    /// A write beyond main RAM.
    #[error(
        "RAM at 0x{address:08X}: expected an address in 0x02000000..0x02400000 for {size} bytes"
    )]
    OutsideRam {
        /// Where it was to go.
        address: u32,
        /// How long it is.
        size: usize,
    },
    /// A slot in which nothing was saved.
    #[error("slot {slot} is empty")]
    EmptySlot {
        /// Its number.
        slot: usize,
    },
    /// A slot or a branch that there is not.
    #[error("{what}: expected a number below {count}, found {found}")]
    NoSuch {
        /// Slot or branch.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The number asked for.
        found: usize,
    },
}
