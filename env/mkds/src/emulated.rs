//! The race that an emulator plays.

use desmume::Emulator;
use mkds_memory::Race;

use env_kart::Error::RaceLost;

use crate::{Result, ram::find_race};

/// The race in RAM.
///
/// # Errors
/// [`RaceLost`] without one.
pub(crate) fn race(emulator: &Emulator) -> Result<Race<'_>> {
    let frame = emulator.frame_count();
    Ok(find_race(emulator.main_ram())?.ok_or(RaceLost { frame })?)
}
