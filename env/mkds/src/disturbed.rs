//! Races in which a driver is pushed off its line repeatedly, so that recovering can be learnt.
//!
//! A driver trained only on races without mistakes has no examples of what to do after one: its first mistake leads to
//! states that no recorded race has. Noise in the inputs leads to such states, and the driver's recovery is what to train
//! on (source: Codevilla et al. 2018 and Laskey et al. 2017, who record demonstrations this way).

use std::ops::Range;

use env_core::Driver;
use nds_formats::pad::Pad;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    Error, Result,
    driver::RaceView,
    facts::GO_FRAME,
    runs::{corrections::Corrections, race_movie::RaceMovie},
};

/// Frames of a push, and of the driving between two pushes.
const PUSH: Range<u32> = 8..45;
const BETWEEN: Range<u32> = 50..130;
/// The buttons that pushes hold besides the accelerator.
const HELD: [Pad; 5] = [Pad::LEFT, Pad::RIGHT, Pad::LEFT, Pad::RIGHT, Pad::empty()];

/// A driver whose inputs are replaced by random ones for short times; the same seed gives the same times and inputs.
#[derive(Clone, Debug)]
pub struct DisturbedDriver<D> {
    driver: D,
    random: ChaCha8Rng,
    /// The buttons of the push under way.
    push: Option<Pad>,
    /// Frames until that changes.
    left: u32,
    /// The race frames that the driver drove itself, by the counts before them.
    driven: Vec<u32>,
}

impl<D> DisturbedDriver<D> {
    /// Disturbs `driver`, from the start signal on.
    pub fn new(driver: D, seed: u64) -> Self {
        Self {
            driver,
            random: ChaCha8Rng::seed_from_u64(seed),
            push: None,
            left: 0,
            driven: Vec::new(),
        }
    }

    /// The frames of its race's movie that the driver drove itself.
    pub fn corrections(&self, run: &RaceMovie) -> Corrections {
        let mut corrections = Corrections::default();
        // The movie's frame before which the count is 1 is the start frame.
        let frames = self
            .driven
            .iter()
            .map(|&count| run.start_frame + i64::from(count) - 1);
        for frame in frames.filter_map(|frame| u64::try_from(frame).ok()) {
            corrections.mark(frame);
        }
        corrections
    }

    fn pass_a_frame(&mut self) {
        if self.left == 0 {
            (self.push, self.left) = match self.push {
                Some(_) => (None, self.random.random_range(BETWEEN)),
                None => {
                    let frames = self.random.random_range(PUSH);
                    let held = HELD[self.random.random_range(0..HELD.len())];
                    (Some(Pad::A | held), frames)
                }
            };
        }
        self.left -= 1;
    }
}

impl<D> Driver<RaceView<'_>> for DisturbedDriver<D>
where
    D: for<'a> Driver<RaceView<'a>, Action = Pad, Error = Error>,
{
    type Action = Pad;
    type Error = Error;

    fn reset(&mut self) {
        self.driver.reset();
    }

    fn act(&mut self, view: &RaceView<'_>) -> Result<Pad> {
        let own = self.driver.act(view)?;
        let count = view.race.state().frame_counter();
        if count >= GO_FRAME {
            self.pass_a_frame();
        }
        Ok(self.push.unwrap_or_else(|| {
            self.driven.push(count);
            own
        }))
    }
}
