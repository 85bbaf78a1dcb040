//! A driver that needs no training: see [`LineDriver`](env_kart::line_driver::LineDriver).

use env_kart::line_driver::{LineDriver, Obstacle};
use mkds_memory::{Race, colliders::Collider, course::Course};
use nds_formats::pad::Pad;

use crate::{
    Result,
    action::{DrivingAction, PadAction},
    facts,
    runs::race_movie::Pilot,
};

pub use env_kart::line_driver::Style;

/// A driver that computes a racing line from a race's course and follows it. One driver drives one race.
#[derive(Clone, Debug)]
pub struct ScriptedDriver(LineDriver);

impl ScriptedDriver {
    /// A driver for `course` in the given style.
    pub fn new(course: &Course, style: Style) -> Self {
        Self(LineDriver::new(course.track(), style))
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

/// A [`ScriptedDriver`] as a [`Pilot`].
#[derive(Clone, Debug)]
pub struct ScriptedPilot {
    style: Style,
    driver: Option<ScriptedDriver>,
}

impl ScriptedPilot {
    /// A pilot that drives in the given style.
    pub fn new(style: Style) -> Self {
        Self {
            style,
            driver: None,
        }
    }
}

impl Pilot for ScriptedPilot {
    fn begin(&mut self, race: &Race<'_>) -> Result<()> {
        let course = Course::read(race)?;
        self.driver = Some(ScriptedDriver::new(&course, self.style));
        Ok(())
    }

    fn act(&mut self, race: &Race<'_>) -> Result<Pad> {
        match &mut self.driver {
            Some(driver) => Ok(driver.act(race)?.to_pad()),
            None => Ok(Pad::empty()),
        }
    }
}
