//! Mario Kart 64's file formats: records in the EEPROM, ghosts on the controller pak, and what the game's numbers
//! stand for.
//!
//! They stand on the console's own formats, the crate `n64-formats`, whose [`Error`] they share. Parsers take bytes
//! and never touch a file; they refuse what they do not understand with an error that says where it is, what was
//! expected and what was found, and they write back every byte of what they accept.
//!
//! Source: n64decomp/mk64 (`save.c`, `staff_ghosts.c`), read as a description; no save of the game itself was seen.
#![forbid(unsafe_code)]

pub mod eeprom;
pub mod game;
pub mod ghost;
pub mod names;
pub mod time;

pub use n64_formats::{Error, Result};
