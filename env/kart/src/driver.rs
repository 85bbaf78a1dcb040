//! Drivers of races: what they see, and drivers of observations at the controls of a race.

use std::fmt;
use std::num::NonZeroU32;

use env_core::Driver;
use machine::Machine as _;

use crate::{
    Error,
    control::{ActionSet, Button as _, Controller, RaceAction},
    facts::Facts,
    line_driver::Style,
    moment::Moment,
    observation::{Observation, Observer},
    pictures::{Pictures, PixelStack},
    race_env::{InputOf, PadOf, RaceGame},
    runs::{ErrorOf, RunResult},
    starts::Starts,
};

/// What a driver of races sees.
#[derive(Debug)]
pub struct RaceView<'a, G: RaceGame> {
    /// The machine, in a frame of the race.
    pub machine: &'a G::Machine,
    /// The facts of that frame.
    pub facts: Facts,
}

/// A driver of races: once a frame it decides what to hold on the pad in the next one.
pub type RaceDriver<'d, G> =
    dyn for<'a> Driver<RaceView<'a, G>, Action = PadOf<G>, Error = <G as RaceGame>::Error> + 'd;

/// The race's own count of frames in a frame of these facts.
pub fn race_frame<G: RaceGame>(facts: &Facts) -> u32 {
    u32::try_from(facts.since_start + i64::from(G::GO_FRAME)).unwrap_or(0)
}

/// What a driver of observations sees and does in a step, as the configuration of an environment has it.
#[derive(Clone, Debug)]
pub struct Steps<B> {
    /// Makes the numbers of observations.
    pub observer: Observer,
    /// The pictures of observations, if they have some.
    pub pictures: Option<Pictures>,
    /// The set that actions are of.
    pub actions: ActionSet<B>,
    /// The frames that each action is held.
    pub frames: NonZeroU32,
}

/// A driver of observations, such as a trained policy, as a driver of races. It holds each decision for the frames of
/// a step.
pub struct ObservingDriver<G: RaceGame, D> {
    driver: D,
    observer: Observer,
    pixels: Option<PixelStack>,
    controller: Controller<G::Button>,
    frames_per_step: NonZeroU32,
    /// The race's course, once it has begun.
    course: Option<G::Course>,
    /// What the last decision holds, and the frames that it is still held.
    held: PadOf<G>,
    left: u32,
    /// Whether the machine shows a picture of the race.
    is_drawn: bool,
}

impl<G: RaceGame, D: fmt::Debug> fmt::Debug for ObservingDriver<G, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservingDriver")
            .field("driver", &self.driver)
            .field("held", &self.held)
            .finish_non_exhaustive()
    }
}

impl<G: RaceGame, D> ObservingDriver<G, D> {
    /// `driver`, which decides once a step.
    ///
    /// # Errors
    /// [`Error::Setting`] for pictures or actions that can't be.
    pub fn new(driver: D, steps: Steps<G::Button>) -> Result<Self, Error> {
        Ok(Self {
            driver,
            observer: steps.observer,
            pixels: steps.pictures.map(PixelStack::new).transpose()?,
            controller: Controller::new(&steps.actions)?,
            frames_per_step: steps.frames,
            course: None,
            held: G::pad(&InputOf::<G>::default()),
            left: 0,
            is_drawn: false,
        })
    }

    /// The driver of observations.
    pub fn driver(&self) -> &D {
        &self.driver
    }
}

impl<G, D> Driver<RaceView<'_, G>> for ObservingDriver<G, D>
where
    G: RaceGame,
    D: Driver<Observation, Action: Into<RaceAction>>,
    D::Error: std::error::Error + Send + Sync + 'static,
{
    type Action = PadOf<G>;
    type Error = G::Error;

    fn reset(&mut self) {
        self.driver.reset();
        self.controller.reset();
        if let Some(pixels) = &mut self.pixels {
            pixels.clear();
        }
        self.course = None;
        self.left = 0;
        self.is_drawn = false;
    }

    /// Before each decision, if observations have pictures.
    fn needs_picture(&self) -> bool {
        self.pixels.is_some() && self.left == 0
    }

    fn act(&mut self, view: &RaceView<'_, G>) -> Result<PadOf<G>, G::Error> {
        let course = match &mut self.course {
            Some(course) => course,
            none => none.insert(G::read_course(view.machine)?),
        };
        // Datasets begin with the first frame in which inputs count; no driver is trained for earlier frames.
        if race_frame::<G>(&view.facts) < G::FIRST_INPUT {
            return Ok(G::pad(&InputOf::<G>::default()));
        }
        // Of the frame that the race begins with, nothing was drawn.
        if !self.is_drawn && self.pixels.is_some() {
            self.is_drawn = true;
            return Ok(G::pad(&InputOf::<G>::default()));
        }
        if self.left == 0 {
            let mut observation = Observation::default();
            let moment = Moment::new(view.facts, G::track(course));
            self.observer.observe(&moment, &mut observation);
            if let Some(pixels) = &mut self.pixels {
                pixels.take(|rgba| view.machine.write_picture(rgba))?;
                pixels.write(&mut observation.bytes);
            }
            let decided = self.driver.act(&observation).map_err(Error::driver)?;
            self.held = self.controller.press(&decided.into())?;
            self.left = self.frames_per_step.get();
        }
        self.left -= 1;
        Ok(self.held)
    }
}

/// The scripted driver of a game: a driver of each race's course.
pub struct ScriptedDriver<G: Starts> {
    style: Style,
    driver: Option<G::Driver>,
}

impl<G: Starts> fmt::Debug for ScriptedDriver<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedDriver")
            .field("style", &self.style)
            .finish_non_exhaustive()
    }
}

impl<G: Starts> ScriptedDriver<G> {
    /// A driver in the given style.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            driver: None,
        }
    }
}

impl<G: Starts> Driver<RaceView<'_, G>> for ScriptedDriver<G> {
    type Action = PadOf<G>;
    type Error = ErrorOf<G>;

    fn reset(&mut self) {
        self.driver = None;
    }

    fn act(&mut self, view: &RaceView<'_, G>) -> RunResult<PadOf<G>, G> {
        let driver = match &mut self.driver {
            Some(driver) => driver,
            none => none.insert(G::driver(view.machine, self.style)?),
        };
        Ok(G::Button::driving(G::drive(driver, view.machine)?))
    }
}
