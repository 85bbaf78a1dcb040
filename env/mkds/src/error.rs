use std::path::PathBuf;

use mkds_formats::ghost::Combo;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong between a ROM and a race.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The emulator refused or stopped.
    #[error(transparent)]
    Emulator(#[from] desmume::Error),
    /// The race in RAM is malformed.
    #[error(transparent)]
    Memory(#[from] mkds_memory::Error),
    /// A file of the game is malformed.
    #[error(transparent)]
    Format(#[from] mkds_formats::Error),
    /// The menus offer no such character, kart or course.
    #[error("no {what} {found} in the menus: expected {expected}")]
    NotInMenus {
        /// character, kart or course.
        what: &'static str,
        /// The id asked for.
        found: u8,
        /// The ids there are.
        expected: &'static str,
    },
    /// All menu inputs were given and no race began.
    #[error("no race after {frames} frames of menus: {found}")]
    NoRace {
        /// Frames stepped since power-on.
        frames: u64,
        /// What RAM shows.
        found: String,
    },
    /// A race began, but with another character, kart or course.
    #[error("the menus led to another race: expected {expected}, found {found}")]
    WrongCombo {
        /// The requested race.
        expected: Combo,
        /// What race_config holds.
        found: Combo,
    },
    /// The race has no opponent, though one against a ghost was requested.
    #[error(
        "a race alone where one against a ghost was asked for: the save memory has no sound ghost \
         of {combo}"
    )]
    NoOpponent {
        /// The requested race.
        combo: Combo,
    },
    /// The movie was made for another ROM.
    #[error("wrong ROM: the movie's {field} is {expected}, this ROM's is {found}")]
    WrongRom {
        /// The header key that differs.
        field: &'static str,
        /// The movie's value.
        expected: String,
        /// The ROM's value.
        found: String,
    },
    /// The ROM is another game's.
    #[error("game code at 0x0C: expected AMCE, AMCP or AMCJ (Mario Kart DS), found {found:?}")]
    WrongGame {
        /// The ROM's game code.
        found: String,
    },
    /// What every kart game refuses: settings, actions, pictures, and runs that can't be played.
    #[error(transparent)]
    Kart(#[from] env_kart::Error),
    /// A configuration is malformed.
    #[error("configuration: {0}")]
    Config(String),
    /// A file does not hold what it should.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<Error>,
    },
}

impl From<mkds_memory::RamError> for Error {
    fn from(error: mkds_memory::RamError) -> Self {
        Self::Memory(error.into())
    }
}
