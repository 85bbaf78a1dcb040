//! Time-trial ghosts: the driver, kart, course and times, and the buttons of every frame.
//!
//! Source: HaroohiePals headers (`ghost_header_t`), MKDS Info; cipher and checksum as checked on
//! 131 ghosts of real saves.

mod buttons;
mod movie;
mod slot;
mod summary;
mod time;

pub use buttons::{GhostButtons, Run};
pub use slot::{
    Combo, GHOSTS_OFFSET, Ghost, MAX_LAPS, MAX_RUNS, NICKNAME_LENGTH, PLAYBACK_DELAY, SLOT_SIZE,
};
pub use summary::GhostSummary;
pub use time::RaceTime;

pub(crate) use slot::place;
