//! The observation of a course, read from RAM.

use mkds_formats::fx::VecFx32;
use mkds_memory::{
    Driver, Race,
    course::Course,
    driver::MotionFlags,
    sensor::{Aim, Bearing, Pose, RayFan},
};

use crate::{
    Result,
    ground::{Ground, angle_between},
    observation::{CENTRELINE_AHEAD, CHECKPOINTS, FIELDS, Field, Observation, RAY_RANGE, RAYS},
    scripted::GO_FRAME,
};

/// Observes one course. The course is read from RAM once, with its sensors.
#[derive(Clone, Debug)]
pub struct Observer {
    course: Course,
    fan: RayFan,
}

impl Observer {
    /// Reads the course of `race`.
    ///
    /// # Errors
    /// The race's map or collision is not loaded, or leaves main RAM.
    pub fn new(race: &Race<'_>) -> Result<Self> {
        Ok(Self {
            course: Course::read(race)?,
            fan: RayFan::new(RAYS, std::f32::consts::PI, RAY_RANGE),
        })
    }

    /// The course.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// The rays of `edge_distance`.
    pub fn fan(&self) -> &RayFan {
        &self.fan
    }

    /// What the player of `race` sees. Every value is finite and inside its field's bounds.
    ///
    /// # Errors
    /// The race has no driver.
    pub fn observe(&self, race: &Race<'_>, out: &mut Observation) -> Result<()> {
        let driver = race.driver(0)?;
        let checkpoint = usize::from(race.driver_status(0)?.checkpoint());
        let pose = Pose::of(&driver);
        let mut out = Writer::new(out);
        self.course_ahead(&pose, checkpoint, &mut out);
        motion(&driver, &mut out);
        drift(&driver, &mut out);
        surroundings(&driver, &mut out);
        out.put(
            "countdown",
            GO_FRAME.saturating_sub(race.state().frame_counter()) as f32,
        );
        Ok(())
    }

    fn course_ahead(&self, pose: &Pose, checkpoint: usize, out: &mut Writer<'_>) {
        let mut distances = [0.0; RAYS];
        self.fan.cast(self.course.boundary(), pose, &mut distances);
        for distance in distances {
            out.put("edge_distance", distance);
        }
        let mut bearings = [Bearing::default(); CHECKPOINTS];
        pose.bearings_after(&self.course, checkpoint, Aim::Midpoint, &mut bearings);
        for bearing in bearings {
            out.put("checkpoint_angle", bearing.angle);
        }
        for bearing in bearings {
            out.put("checkpoint_distance", bearing.distance);
        }
        let line = self.course.centreline();
        let [x, _, z] = pose.position;
        let facing = [pose.forward[0], pose.forward[2]];
        let here = line.project([x, z], Some(checkpoint));
        out.put("centreline_offset", here.map_or(0.0, |here| here.offset));
        out.put(
            "centreline_heading",
            here.map_or(0.0, |here| angle_between(facing, here.direction)),
        );
        for ahead in CENTRELINE_AHEAD {
            let point = here.and_then(|here| line.at(here.along + ahead));
            out.put(
                "centreline_ahead",
                point.map_or(0.0, |(point, _)| pose.bearing(point).angle),
            );
        }
    }
}

fn motion(driver: &Driver<'_>, out: &mut Writer<'_>) {
    let displacement = driver.displacement();
    let (facing, moved) = (over_ground(driver.direction()), over_ground(displacement));
    // The direction of a creeping kart is noise.
    let slip = if driver.speed().to_f32() < 0.5 {
        0.0
    } else {
        angle_between(facing, moved)
    };
    out.put("forward_speed", driver.forward_speed().to_f32());
    out.put("speed", driver.speed().to_f32());
    out.put("speed_fraction", driver.max_speed_fraction().to_f32());
    out.put("speed_limit", driver.max_speed().to_f32());
    out.put("vertical_speed", displacement.y.to_f32());
    out.put("slip_angle", slip);
    out.put("yaw_rate", driver.yaw_rate() as f32 * ANGLE_UNIT);
    out.put("slope", slope(&driver.floor_normal().to_f32(), facing));
}

fn drift(driver: &Driver<'_>, out: &mut Writer<'_>) {
    let flags = driver.motion_flags();
    out.put("drift_direction", driver.drift_direction().to_f32());
    out.put("drift_angle", f32::from(driver.drift_yaw()) * ANGLE_UNIT);
    out.put("drift_charge", driver.drift_charge() as f32);
    out.put("drift_cooldown", driver.drift_press_cooldown() as f32);
    out.flag(
        "hopping",
        flags.intersects(MotionFlags::HOP | MotionFlags::HOP_IN_PROGRESS),
    );
    out.put("boost", f32::from(driver.boost_timer()));
    out.put("mini_turbo", f32::from(driver.mini_turbo_timer()));
}

fn surroundings(driver: &Driver<'_>, out: &mut Writer<'_>) {
    let (flags, kind) = (driver.motion_flags(), driver.floor_kind());
    out.put("airborne", driver.airborne_frames() as f32);
    out.flag("floor_road", kind == floor::ROAD);
    out.flag("floor_slippery", floor::SLIPPERY.contains(&kind));
    out.flag("floor_weak_off_road", kind == floor::WEAK_OFF_ROAD);
    out.flag("floor_off_road", kind == floor::OFF_ROAD);
    out.flag("floor_heavy_off_road", kind == floor::HEAVY_OFF_ROAD);
    out.flag("floor_boost", kind == floor::BOOST);
    out.flag("wall_contact", flags.contains(MotionFlags::TOUCHING_WALL));
    out.put("wall_factor", driver.wall_speed_factor().to_f32());
    out.flag("reversing", flags.contains(MotionFlags::REVERSING));
}

/// The floor's rise in the direction of `facing`, radians.
fn slope(normal: &[f32; 3], facing: Ground) -> f32 {
    let along = normal[0] * facing[0] + normal[2] * facing[1];
    (-along).atan2(normal[1])
}

/// Radians of the game's angle unit.
const ANGLE_UNIT: f32 = std::f32::consts::TAU / 65536.0;

/// Writes values into an observation one after the other, each clamped into its field's bounds.
struct Writer<'a> {
    out: &'a mut Observation,
    field: usize,
    at: usize,
    /// Values of the present field still to come.
    left: usize,
}

impl<'a> Writer<'a> {
    fn new(out: &'a mut Observation) -> Self {
        Self {
            out,
            field: 0,
            at: 0,
            left: FIELDS[0].len,
        }
    }

    fn put(&mut self, name: &'static str, value: f32) {
        if self.left == 0 {
            self.field += 1;
            self.left = FIELDS[self.field].len;
        }
        let Field {
            name: expected,
            low,
            high,
            ..
        } = FIELDS[self.field];
        debug_assert_eq!(name, expected, "fields are written in the order of FIELDS");
        // A NaN of a degenerate course must not reach a learner.
        self.out[self.at] = if value.is_nan() {
            low.max(0.0)
        } else {
            value.clamp(low, high)
        };
        self.at += 1;
        self.left -= 1;
    }

    fn flag(&mut self, name: &'static str, value: bool) {
        self.put(name, f32::from(u8::from(value)));
    }
}

/// The floor's surface kinds, by [`Driver::floor_kind`] (source: a published write-up of the race
/// logic).
mod floor {
    pub(super) const ROAD: i32 = 0;
    pub(super) const WEAK_OFF_ROAD: i32 = 2;
    pub(super) const OFF_ROAD: i32 = 3;
    pub(super) const HEAVY_OFF_ROAD: i32 = 4;
    pub(super) const SLIPPERY: [i32; 2] = [5, 6];
    pub(super) const BOOST: i32 = 8;
}

fn over_ground(v: VecFx32) -> Ground {
    [v.x.to_f32(), v.z.to_f32()]
}
