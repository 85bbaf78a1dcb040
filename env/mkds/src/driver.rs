//! Drivers of races: what they see, and drivers of observations at the controls of a race.

use std::num::NonZeroU32;

use env_core::Driver;
use mkds_formats::ghost::PLAYBACK_DELAY;
use mkds_memory::{Race, course::Course};
use nds_formats::pad::Pad;

use crate::{
    Error, Result,
    moment::{Circuit, Moment},
    observation::{Observation, Observer},
};

/// What a driver of races sees.
#[derive(Clone, Copy, Debug)]
pub struct RaceView<'a> {
    /// The race in RAM.
    pub race: Race<'a>,
    /// The buttons held in the frame that RAM shows.
    pub pad: Pad,
}

/// A driver of races: once a frame it decides the buttons to hold in the next one.
pub type RaceDriver<'d> = dyn for<'a> Driver<RaceView<'a>, Action = Pad, Error = Error> + 'd;

/// A driver of observations, such as a trained policy, as a driver of races. It holds each decision for the frames of
/// a step.
#[derive(Debug)]
pub struct ObservingDriver<D> {
    driver: D,
    observer: Observer,
    frames_per_step: NonZeroU32,
    /// The race's course, once it has begun.
    circuit: Option<Circuit>,
    /// The last decision, and the frames that it is still held.
    held: Pad,
    left: u32,
}

impl<D> ObservingDriver<D> {
    /// `driver`, which sees what `observer` observes and decides once in so many frames.
    pub fn new(driver: D, observer: Observer, frames_per_step: NonZeroU32) -> Self {
        Self {
            driver,
            observer,
            frames_per_step,
            circuit: None,
            held: Pad::empty(),
            left: 0,
        }
    }
}

impl<D> Driver<RaceView<'_>> for ObservingDriver<D>
where
    D: Driver<Observation>,
    D::Action: Into<Pad>,
    D::Error: std::error::Error + Send + Sync + 'static,
{
    type Action = Pad;
    type Error = Error;

    fn reset(&mut self) {
        self.driver.reset();
        self.circuit = None;
        self.left = 0;
    }

    fn act(&mut self, &RaceView { race, pad }: &RaceView<'_>) -> Result<Pad> {
        let circuit = match &mut self.circuit {
            Some(circuit) => circuit,
            none => none.insert(Circuit::new(Course::read(&race)?)),
        };
        // Datasets begin with the frame from which the game records inputs; no driver is trained for earlier frames.
        if race.state().frame_counter() as usize <= PLAYBACK_DELAY {
            return Ok(Pad::empty());
        }
        if self.left == 0 {
            let mut observation = Observation::default();
            let moment = Moment::new(race, circuit, pad)?;
            self.observer.observe(&moment, &mut observation);
            let action = self.driver.act(&observation).map_err(Error::driver)?;
            self.held = action.into();
            self.left = self.frames_per_step.get();
        }
        self.left -= 1;
        Ok(self.held)
    }
}
