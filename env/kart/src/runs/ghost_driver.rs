//! A ghost's inputs at the controls of a race.

use env_core::Driver;

use crate::control::Button as _;
use crate::driver::{RaceView, race_frame};
use crate::race_env::{PadOf, RaceGame};

/// Frames after a ghost's last input within which its race must finish.
pub const FINISH_LIMIT: u64 = 300;

/// Holds what a ghost held, and nothing after its last input.
#[derive(Debug)]
pub struct GhostDriver<G: RaceGame> {
    inputs: Vec<PadOf<G>>,
    input_at: fn(u32) -> Option<usize>,
}

impl<G: RaceGame> GhostDriver<G> {
    /// A driver by the ghost's inputs. `input_at` gives the index of the one to hold from the race's own count of frames;
    /// `None` before the first.
    #[must_use]
    pub fn new(inputs: Vec<PadOf<G>>, input_at: fn(u32) -> Option<usize>) -> Self {
        Self { inputs, input_at }
    }
}

impl<G: RaceGame> Driver<RaceView<'_, G>> for GhostDriver<G> {
    type Action = PadOf<G>;
    type Error = G::Error;

    fn reset(&mut self) {}

    fn act(&mut self, view: &RaceView<'_, G>) -> Result<PadOf<G>, G::Error> {
        let index = (self.input_at)(race_frame::<G>(&view.facts));
        let input = index.and_then(|index| self.inputs.get(index));
        Ok(input.copied().unwrap_or_else(|| G::Button::held([])))
    }
}
