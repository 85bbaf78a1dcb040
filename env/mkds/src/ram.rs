//! What a race's RAM says and takes, of any console that runs the game.

use env_kart::facts::Facts;
use mkds_memory::{Race, Ram};
use nds_formats::pad::Pad;

use crate::{Result, facts};

pub use crate::displace::displace;

/// The race in RAM; `None` without one.
///
/// # Errors
/// The game or the race is malformed.
pub fn find_race(ram: &[u8]) -> Result<Option<Race<'_>>> {
    Ok(Ram::new(ram)?.race()?)
}

/// The id of the course of the race in RAM; `None` without a race.
///
/// # Errors
/// As [`find_race`].
pub fn course_id(ram: &[u8]) -> Result<Option<u32>> {
    Ok(find_race(ram)?.map(|race| race.config().course().0))
}

/// The facts of the frame in RAM, in which `pad` was held; `None` without a race.
///
/// # Errors
/// As [`find_race`] and [`facts::read`].
pub fn read_facts(ram: &[u8], pad: Pad) -> Result<Option<Facts>> {
    let race = find_race(ram)?;
    race.map(|race| facts::read(&race, pad)).transpose()
}
