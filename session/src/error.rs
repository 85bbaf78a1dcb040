use std::ops::Range;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a session can't go on, go back or be written down.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine refused or stopped.
    #[error(transparent)]
    Machine(Box<dyn std::error::Error + Send + Sync>),
    /// The game: a movie can't be read or written, or a run can't be begun or noted.
    #[error(transparent)]
    Game(Box<dyn std::error::Error + Send + Sync>),
    /// The run has writes into RAM, which a movie can't hold.
    #[error(
        "a movie can't hold writes into RAM: expected none, found {count}, the first before frame {frame}; undo them, or \
         save the session, which holds them"
    )]
    Poked {
        /// How many there are.
        count: usize,
        /// The frame before which the first was made.
        frame: u64,
    },
    /// A run that was not played to its end.
    #[error(
        "a movie tells of its race: expected a run that was played to its end, {length} frames, found one that was \
         played for {seen}"
    )]
    Unseen {
        /// How many frames are known.
        seen: u64,
        /// How many there are.
        length: u64,
    },
    /// Nothing of the kind that was searched for.
    #[error("there is no {mark} to that side")]
    NoMark {
        /// What was searched for.
        mark: &'static str,
    },
    /// A file that is no session, or can't be one.
    #[error("{place}: expected {expected}, found {found}")]
    File {
        /// Where in the file.
        place: String,
        /// What belongs there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A write beyond main RAM.
    #[error("RAM at 0x{address:08X}: expected an address in 0x{:08X}..0x{:08X} for {size} bytes", span.start, span.end)]
    OutsideRam {
        /// Where it was to go.
        address: u32,
        /// How long it is.
        size: usize,
        /// The addresses that there are; none on a machine without RAM.
        span: Range<u64>,
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

impl Error {
    pub(crate) fn machine(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Machine(Box::new(error))
    }

    pub(crate) fn game(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Game(Box::new(error))
    }

    /// The same, with the part of the file in which it is.
    pub(crate) fn within(self, part: &str) -> Self {
        match self {
            Self::File {
                place,
                expected,
                found,
            } => Self::File {
                place: format!("{part}: {place}"),
                expected,
                found,
            },
            other => other,
        }
    }
}
