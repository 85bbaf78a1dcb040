//! Mario Kart DS's file formats: saves, ghosts, and courses with their collision and maps.
//!
//! They stand on the DS's own formats, the crate `nds-formats`, whose [`Error`] they share. Parsers take bytes and never
//! touch a file; they refuse what they do not understand with an error that says where it is, what was expected and what
//! was found, and they write back every byte of what they accept.
//!
//! Sources: HaroohiePals headers (ghost and map layout, names), MKDS Info and XorTroll/mkdsdecomp (save layout).
#![forbid(unsafe_code)]

pub mod carc;
pub mod game;
pub mod ghost;
pub mod kcl;
pub mod names;
pub mod nkm;
pub mod sav;

mod cipher;
mod record;

pub use nds_formats::{Error, Result};
