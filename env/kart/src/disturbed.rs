//! Races in which a driver is pushed off its line repeatedly, so that recovering can be learnt.
//!
//! A driver trained only on races without mistakes has no examples of what to do after one: its first mistake leads to
//! states that no recorded race has. Noise in the inputs leads to such states, and the driver's recovery is what to train
//! on (source: Codevilla et al. 2018 and Laskey et al. 2017, who record demonstrations this way).

use std::ops::Range;

use env_core::Driver;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    action::{DrivingAction, Steer},
    control::Button as _,
    driver::{RaceView, race_frame},
    race_env::{PadOf, RaceGame},
    runs::{RunGame, corrections::Corrections, race_movie::RaceMovie},
};

/// Frames of a push, and of the driving between two pushes.
const PUSH: Range<u32> = 8..45;
const BETWEEN: Range<u32> = 50..130;
/// How pushes steer, with the accelerator held.
const STEERING: [Steer; 5] = [
    Steer::Left,
    Steer::Right,
    Steer::Left,
    Steer::Right,
    Steer::Straight,
];

/// A driver whose inputs are replaced by random ones for short times; the same seed gives the same times and inputs.
#[derive(Clone, Debug)]
pub struct DisturbedDriver<D> {
    driver: D,
    random: ChaCha8Rng,
    /// The action of the push under way.
    push: Option<DrivingAction>,
    /// Frames until that changes.
    left: u32,
    /// The race's count before the first frame.
    first: Option<u32>,
    /// Of each frame since then, whether the driver drove itself.
    driven: Vec<bool>,
}

impl<D> DisturbedDriver<D> {
    /// Disturbs `driver`, from the start signal on.
    pub fn new(driver: D, seed: u64) -> Self {
        Self {
            driver,
            random: ChaCha8Rng::seed_from_u64(seed),
            push: None,
            left: 0,
            first: None,
            driven: Vec::new(),
        }
    }

    /// The frames of its race's movie that the driver drove itself.
    pub fn corrections<G: RunGame>(&self, run: &RaceMovie<G>) -> Corrections {
        let mut corrections = Corrections::default();
        // The movie's frame before which the count is 1 is the start frame.
        let first = run.start_frame + i64::from(self.first.unwrap_or(0)) - 1;
        let frames = (first..).zip(&self.driven);
        let driven = frames.filter_map(|(frame, is_driven)| is_driven.then_some(frame));
        for frame in driven.filter_map(|frame| u64::try_from(frame).ok()) {
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
                    let steer = STEERING[self.random.random_range(0..STEERING.len())];
                    let push = DrivingAction {
                        accelerate: true,
                        steer,
                        ..DrivingAction::default()
                    };
                    (Some(push), frames)
                }
            };
        }
        self.left -= 1;
    }
}

impl<G, D> Driver<RaceView<'_, G>> for DisturbedDriver<D>
where
    G: RaceGame,
    D: for<'a> Driver<RaceView<'a, G>, Action = PadOf<G>, Error = <G as RaceGame>::Error>,
{
    type Action = PadOf<G>;
    type Error = G::Error;

    fn reset(&mut self) {
        self.driver.reset();
        self.first = None;
        self.driven.clear();
    }

    fn needs_picture(&self) -> bool {
        self.driver.needs_picture()
    }

    fn act(&mut self, view: &RaceView<'_, G>) -> Result<PadOf<G>, G::Error> {
        let own = self.driver.act(view)?;
        if view.facts.since_start >= 0 {
            self.pass_a_frame();
        }
        self.first
            .get_or_insert_with(|| race_frame::<G>(&view.facts));
        self.driven.push(self.push.is_none());
        Ok(self.push.map_or(own, G::Button::driving))
    }
}
