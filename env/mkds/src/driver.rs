//! Drivers of races: what they see, and drivers of observations at the controls of a race.

use std::num::NonZeroU32;

use env_core::Driver;
use mkds_formats::ghost::PLAYBACK_DELAY;
use mkds_memory::{Race, course::Course};
use nds_formats::pad::Pad;

use crate::{
    Error, Result,
    action::PadAction,
    facts,
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
    course: Option<Course>,
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
            course: None,
            held: Pad::empty(),
            left: 0,
        }
    }
}

impl<D> Driver<RaceView<'_>> for ObservingDriver<D>
where
    D: Driver<Observation>,
    D::Action: PadAction,
    D::Error: std::error::Error + Send + Sync + 'static,
{
    type Action = Pad;
    type Error = Error;

    fn reset(&mut self) {
        self.driver.reset();
        self.course = None;
        self.left = 0;
    }

    fn act(&mut self, &RaceView { race, pad }: &RaceView<'_>) -> Result<Pad> {
        let course = match &mut self.course {
            Some(course) => course,
            none => none.insert(Course::read(&race)?),
        };
        // Datasets begin with the frame from which the game records inputs; no driver is trained for earlier frames.
        if race.state().frame_counter() as usize <= PLAYBACK_DELAY {
            return Ok(Pad::empty());
        }
        if self.left == 0 {
            let mut observation = Observation::default();
            let moment = facts::moment(&race, course, pad)?;
            self.observer.observe(&moment, &mut observation);
            let action = self.driver.act(&observation).map_err(Error::driver)?;
            self.held = action.to_pad();
            self.left = self.frames_per_step.get();
        }
        self.left -= 1;
        Ok(self.held)
    }
}
