//! The Nintendo 64's own formats, whatever the game: ROMs, Mupen64's movies, controller paks and what programs put
//! around them, EEPROM, the packing MIO0, the pad's buttons and stick.
//!
//! Parsers take bytes and never touch a file; they refuse what they do not understand with an [`Error`] that says
//! where it is, what was expected and what was found, and they write back every byte of what they accept.
//!
//! Sources: TASVideos (movies), n64brew and bryc/mempak (controller paks, DexDrive), published descriptions of MIO0.
#![forbid(unsafe_code)]

pub mod eeprom;
pub mod m64;
pub mod mio0;
pub mod pad;
pub mod pak;
pub mod pak_file;
pub mod rom;

pub use formats::{Error, Result};
