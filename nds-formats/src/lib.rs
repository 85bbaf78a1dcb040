//! The Nintendo DS's own formats, whatever the game: ROMs and the files in them (NitroFS, NARC, LZ10), DeSmuME's movies,
//! battery memory, the pad's keys, fixed point numbers.
//!
//! Parsers take bytes and never touch a file ([`input`] reads them); they refuse what they do not understand with an
//! [`Error`] that says where it is, what was expected and what was found, and they write back every byte of what they
//! accept.
//!
//! Sources: DeSmuME 0.9.12 (movies, `.dsv` footers), GBATEK (ROMs, archives, compression).
#![forbid(unsafe_code)]

pub mod battery;
pub mod dsm;
pub mod fx;
pub mod lz10;
pub mod narc;
pub mod nitrofs;
pub mod pad;
pub mod rom;

pub use formats::{Error, Result, input};
