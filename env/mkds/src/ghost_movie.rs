//! From a ghost in a save file to a movie that plays the whole race from power-on.

use std::ops::ControlFlow;

use desmume::Options;
use mkds_formats::{
    ghost::{Ghost, PLAYBACK_DELAY},
    pad::Pad,
};
use mkds_memory::Race;

use crate::{
    Result,
    race_movie::{self, Pilot, RaceMovie, Setup},
};

/// Frames the race may go on after the ghost's last input.
const FINISH_LIMIT: u64 = 300;

/// Presses what a ghost pressed.
struct GhostPilot {
    inputs: Vec<Pad>,
}

impl Pilot for GhostPilot {
    fn begin(&mut self, _race: &Race<'_>) -> Result<()> {
        Ok(())
    }

    fn act(&mut self, race: &Race<'_>) -> Result<Pad> {
        // The first input belongs to the frame that the race counts as the delay's successor.
        let index = (race.state().frame_counter() as usize).checked_sub(PLAYBACK_DELAY + 1);
        let input = index.and_then(|index| self.inputs.get(index));
        Ok(input.copied().unwrap_or_default())
    }
}

/// Drives the menus to the ghost's race, plays its inputs and writes down every frame as a movie.
///
/// `battery` is the save memory to power on with; the movie carries it.
///
/// # Errors
/// Those of [`race_movie::record`]. A race that does not finish as the ghost says is no error here: see
/// [`RaceMovie::outcome`].
pub fn from_ghost(
    rom: &[u8],
    battery: Option<&[u8]>,
    ghost: &Ghost,
    options: &Options,
    on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<RaceMovie> {
    let mut pilot = GhostPilot {
        inputs: ghost.frames().collect(),
    };
    let setup = Setup {
        rom,
        battery,
        options,
        combo: ghost.combo,
        expected_ms: Some(ghost.time.0),
        frame_limit: (PLAYBACK_DELAY + pilot.inputs.len()) as u64 + FINISH_LIMIT,
    };
    race_movie::record(&setup, &mut pilot, on_frame)
}
