//! Mario Kart DS's file formats: saves, ghosts, movies, courses, ROMs and the archives in them.
//!
//! Parsers take bytes and never touch a file ([`input`] reads them); they refuse what they do not understand with an
//! [`Error`] that says where it is, what was expected and what was found, and they write back
//! every byte of what they accept.
//!
//! Sources: DeSmuME 0.9.12 (movies, `.dsv` footers), HaroohiePals headers (ghost and map
//! layout, names), MKDS Info and XorTroll/mkdsdecomp (save layout),
//! GBATEK (ROMs, archives, compression).
#![forbid(unsafe_code)]

pub mod carc;
pub mod dsm;
mod error;
pub mod fx;
pub mod ghost;
pub mod input;
pub mod kcl;
pub mod lz10;
pub mod names;
pub mod narc;
pub mod nitrofs;
pub mod nkm;
pub mod pad;
pub mod rom;
pub mod sav;

mod cipher;
mod record;

pub use error::{Error, Result};
