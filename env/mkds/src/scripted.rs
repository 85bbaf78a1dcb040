//! A driver that needs no training: see [`LineDriver`].

use std::f32::consts::TAU;

use env_kart::{
    action::DrivingAction,
    driver,
    handling::{Charging, Handling},
    line_driver::{LineDriver, Obstacle},
};
use mkds_memory::{Race, colliders::Collider, course::Course};
use nds_formats::pad::Pad;

use crate::{Result, facts, game::MarioKartDs};

pub use env_kart::line_driver::Style;

/// Radians of one unit of the game's angles.
const ANGLE_UNIT: f32 = TAU / 65536.0;

/// The karts of the real game (source: people's ghosts, frame by frame).
const HANDLING: Handling = Handling {
    grip_turn: 255.0 * ANGLE_UNIT,
    hop_turn: 360.0 * ANGLE_UNIT,
    drift_turn_in: 245.0 * ANGLE_UNIT,
    drift_turn: 157.0 * ANGLE_UNIT,
    drift_turn_out: 95.0 * ANGLE_UNIT,
    slide_growth: 375.0 * ANGLE_UNIT,
    slide_loss: 214.0 * ANGLE_UNIT,
    slide_cap: 11000.0 * ANGLE_UNIT,
    turn_ease: 0.4,
    hop: 14,
    charging: Charging::Presses {
        count: 4,
        interval: 11,
        first: 3,
    },
    boost: 1.3,
    off_road: 0.6,
    leaning: 0.89,
    boost_gain: 1.0,
    gain: 0.03,
    slowing: 0.951,
    start_press: 107,
    quick_start_press: 20,
    blocked: 45,
    boosts: &[],
};

/// The scripted driver on one course: it computes a racing line and follows it, for one race.
#[derive(Clone, Debug)]
pub struct Pursuit(LineDriver);

impl Pursuit {
    /// A driver for `course` in the given style.
    pub fn new(course: &Course, style: Style) -> Self {
        Self(LineDriver::new(course.track(), HANDLING, style))
    }

    /// The decision for the frame after the one RAM shows. To be called once a frame.
    ///
    /// # Errors
    /// The player's driver_t, the course or its objects lie outside RAM.
    pub fn act(&mut self, race: &Race<'_>) -> Result<DrivingAction> {
        let facts = facts::read(race, Pad::empty())?;
        if self.0.can_foresee(&facts) {
            let course = Course::read(race)?;
            self.0.foresee(course.track(), obstacles(race)?);
        }
        Ok(self.0.act(&facts))
    }
}

/// The map objects that push karts back, where they are now.
fn obstacles(race: &Race<'_>) -> Result<Vec<Obstacle>> {
    let ram = race.ram();
    let mut found = Vec::new();
    for entry in ram.collision_entries()?.iter() {
        if let Some(Collider::MapObject(object)) = entry.collider(ram)? {
            let config = object.config().follow(ram)?;
            if config.is_some_and(|config| config.provides_pushback() != 0) {
                let [x, _, z] = object.position().to_f32();
                found.push(Obstacle {
                    position: [x, z],
                    radius: entry.radius().to_f32(),
                });
            }
        }
    }
    Ok(found)
}

/// The scripted driver: a [`Pursuit`] of each race's course.
pub type ScriptedDriver = driver::ScriptedDriver<MarioKartDs>;
