//! The debug window: the game with all that the harness knows drawn over it.
#![forbid(unsafe_code)]

pub mod fields;
pub mod input;
pub mod settings;
pub mod sound;
