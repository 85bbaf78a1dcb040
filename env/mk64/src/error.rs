use std::path::PathBuf;

use crate::combo::Combo;

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong between a ROM and a race.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The emulator refused or stopped.
    #[error(transparent)]
    Emulator(#[from] mupen64plus::Error),
    /// The race in RAM is malformed.
    #[error(transparent)]
    Memory(#[from] mk64_memory::Error),
    /// A file of the console is malformed.
    #[error(transparent)]
    Format(#[from] n64_formats::Error),
    /// The ROM is another game's, or of a region whose addresses are not known.
    #[error(
        "game code at 0x3B: expected NKTE (Mario Kart 64, US) or NKSE (the bundled game), found \
         {found:?}"
    )]
    WrongGame {
        /// The ROM's game code.
        found: String,
    },
    /// The menus offer no such character or course, or not in this mode.
    #[error("no {what} {found} in the menus: expected {expected}")]
    NotInMenus {
        /// character or course.
        what: &'static str,
        /// The number asked for.
        found: u8,
        /// The numbers there are.
        expected: &'static str,
    },
    /// The menus did not lead to a race.
    #[error("no race ({wanted}) after {frames} frames of menus: the game is at {found}")]
    NoRace {
        /// The race asked for.
        wanted: Combo,
        /// Frames stepped in the menus.
        frames: u64,
        /// Where the game is, by RAM.
        found: String,
    },
    /// A race began, but another.
    #[error("the menus led to another race: expected {expected}, found {found}")]
    WrongRace {
        /// The race asked for.
        expected: Combo,
        /// The race in RAM.
        found: String,
    },
    /// The movie was made for another ROM.
    #[error("wrong ROM: the movie's is {expected}, this is {found}")]
    WrongRom {
        /// The movie's name and checksum.
        expected: String,
        /// The ROM's.
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
