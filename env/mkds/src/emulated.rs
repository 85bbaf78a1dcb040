//! The race that an emulator plays.

use desmume::Emulator;
use mkds_memory::{Race, Ram};

use env_kart::Error::RaceLost;

use crate::Result;

/// The race in RAM; `None` without one.
pub(crate) fn find_race(emulator: &Emulator) -> Result<Option<Race<'_>>> {
    Ok(Ram::new(emulator.main_ram())?.race()?)
}

/// The race in RAM.
///
/// # Errors
/// [`RaceLost`] without one.
pub(crate) fn race(emulator: &Emulator) -> Result<Race<'_>> {
    let frame = emulator.frame_count();
    Ok(find_race(emulator)?.ok_or(RaceLost { frame })?)
}
