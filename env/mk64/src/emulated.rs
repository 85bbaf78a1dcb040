//! The race that an emulator plays.

use mk64_memory::{Race, Ram};
use mupen64plus::Emulator;

use env_kart::Error::RaceLost;

use crate::Result;

/// The race in RAM; `None` without one.
///
/// # Errors
/// The emulator has failed: it has no RAM.
pub fn find_race(emulator: &Emulator) -> Result<Option<Race<'_>>> {
    Ok(Ram::new(emulator.ram())?.race()?)
}

/// The race in RAM.
///
/// # Errors
/// [`RaceLost`] without one, and as [`find_race`].
pub fn race(emulator: &Emulator) -> Result<Race<'_>> {
    let frame = emulator.frame_count();
    Ok(find_race(emulator)?.ok_or(RaceLost { frame })?)
}
