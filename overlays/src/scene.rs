//! One frame of a race, as overlays see it.

use mkds_formats::pad::Pad;
use mkds_memory::camera::Projection;
use mkds_memory::course::Course;
use mkds_memory::sensor::{Pose, RayFan, Trace};
use mkds_memory::{Race, Result};

use crate::draw_list::DrawList;

/// A sensor ray and how far it got.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RayReading {
    /// Where it begins, units.
    pub from: [f32; 3],
    /// Where it ends, units.
    pub to: [f32; 3],
    /// Its length as a part of its reach, 0.0..=1.0; 1.0 when nothing was hit.
    pub fraction: f32,
}

/// One frame of a race: what is to be drawn, and through which camera.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The game's camera.
    pub projection: Projection,
    /// The course.
    pub course: &'a Course,
    /// Where the player's kart is, units.
    pub position: [f32; 3],
    /// Height of the floor on which the player's kart stands, units.
    pub floor: f32,
    /// The checkpoint that the player passed last, an index into [`Course::checkpoints`].
    pub checkpoint: usize,
    /// The rays to the edge of the road.
    pub rays: Vec<RayReading>,
    /// The buttons that are held.
    pub pad: Pad,
}

impl<'a> Scene<'a> {
    /// The frame that a race shows, with the rays of `fan` and the buttons `pad`.
    ///
    /// # Errors
    /// When a pointer to the player, the player's status or the camera leaves RAM.
    pub fn of(race: &Race<'_>, course: &'a Course, fan: &RayFan, pad: Pad) -> Result<Self> {
        let driver = race.driver(0)?;
        let pose = Pose::of(&driver);
        let reading = |ray: mkds_memory::sensor::Ray| {
            let distance = course
                .boundary()
                .trace(&ray, fan.reach())
                .map_or(fan.reach(), |hit| hit.distance);
            let to = std::array::from_fn(|axis| ray.origin[axis] + ray.direction[axis] * distance);
            RayReading {
                from: ray.origin,
                to,
                fraction: distance / fan.reach(),
            }
        };
        Ok(Self {
            projection: Projection::of(&race.camera()?),
            course,
            position: pose.position,
            floor: course
                .floor_below(pose.position)
                .map_or(pose.position[1], |floor| floor.y),
            checkpoint: race.driver_status(0)?.checkpoint().into(),
            rays: fan.rays(&pose).map(reading).collect(),
            pad,
        })
    }
}

/// Something that can be drawn over the game.
pub trait Overlay {
    /// What it is called in options and menus.
    fn name(&self) -> &'static str;

    /// Adds its shapes for a scene to `list`.
    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList);
}
