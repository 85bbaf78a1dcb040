//! A driver that needs no training: see [`LineDriver`].

use std::f32::consts::TAU;

use env_kart::action::DrivingAction;
use env_kart::driver;
use env_kart::handling::{Charging, Handling};
use env_kart::line_driver::LineDriver;
use mk64_memory::Race;
use mk64_memory::course::Course;
use mk64_memory::ids::SurfaceType;
use n64_formats::pad::Pad;

use crate::game::MarioKart64;
use crate::{Result, facts};

pub use env_kart::line_driver::Style;

/// Radians of one unit of the game's angles.
const ANGLE_UNIT: f32 = TAU / 65536.0;

/// The karts of the bundled game at their top speed (source: its physics, `homebrew/n64/logic/kart.c`).
const HANDLING: Handling = Handling {
    grip_turn: 270.0 * ANGLE_UNIT,
    hop_turn: 270.0 * ANGLE_UNIT,
    drift_turn_in: 378.0 * ANGLE_UNIT,
    drift_turn: 203.0 * ANGLE_UNIT,
    drift_turn_out: 27.0 * ANGLE_UNIT,
    slide_growth: 114.0 * ANGLE_UNIT,
    slide_loss: 114.0 * ANGLE_UNIT,
    slide_cap: 3640.0 * ANGLE_UNIT,
    turn_ease: 0.25,
    hop: 14,
    // In time for two ticks in each frame that the game draws.
    charging: Charging::CounterSteer {
        count: 2,
        length: 20,
    },
    boost: 1.2,
    off_road: 0.55,
    leaning: 1.0,
    boost_gain: 0.1,
    gain: 0.02,
    slowing: 0.88,
    start_press: 10,
    quick_start_press: 10,
    blocked: 150,
    boosts: &[SurfaceType::BOOST.0, SurfaceType::BOOST_WOOD.0],
};

/// The scripted driver on one course: it computes a racing line and follows it, for one race.
#[derive(Clone, Debug)]
pub struct Pursuit(LineDriver);

impl Pursuit {
    /// A driver for `course` in the given style.
    #[must_use]
    pub fn new(course: &Course, style: Style) -> Self {
        Self(LineDriver::new(course.track(), HANDLING, style))
    }

    /// The decision for the frame after the one RAM shows. To be called once a frame.
    ///
    /// # Errors
    /// The race is malformed.
    pub fn act(&mut self, race: &Race<'_>) -> Result<DrivingAction> {
        Ok(self.0.act(&facts::read(race, Pad::default())?))
    }
}

/// The scripted driver: a [`Pursuit`] of each race's course.
pub type ScriptedDriver = driver::ScriptedDriver<MarioKart64>;
