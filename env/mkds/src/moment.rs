//! A frame of a race, as observations, rewards and endings read it.

use std::cell::OnceCell;
use std::f32::consts::{FRAC_PI_2, PI};

use mkds_memory::course::Course;
use mkds_memory::driver::{ControlFlags, MotionFlags};
use mkds_memory::race::DriverStatus;
use mkds_memory::{Driver, Race};
use nds_formats::pad::Pad;
use track::{Aim, Bearing, Pose, Ray, Trace, TrackPosition};

use crate::{
    Result,
    ground::{angle_between, over_ground},
};

/// Radians of the game's angle unit, 1/65536 turn.
pub(crate) const ANGLE_UNIT: f32 = 2.0 * PI / 65536.0;

/// Below this speed over the ground, in units a frame, a kart's direction of travel is noise.
const CREEPING: f32 = 0.5;

/// How far the rays of [`Moment::edges`] look, units.
const EDGE_REACH: f32 = 3000.0;

/// A course, and values computed from it once.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// The course.
    pub course: Course,
    /// The middle of the box around its collision, units.
    pub centre: [f32; 3],
    /// Half of that box's longest side, units; at least 1.
    pub half_size: f32,
}

impl Circuit {
    /// Computes the values of `course`.
    pub fn new(course: Course) -> Self {
        let (mut low, mut high) = ([f32::MAX; 3], [f32::MIN; 3]);
        for corner in course
            .track()
            .triangles()
            .iter()
            .flat_map(|face| face.corners)
        {
            for axis in 0..3 {
                low[axis] = low[axis].min(corner[axis]);
                high[axis] = high[axis].max(corner[axis]);
            }
        }
        let centre = std::array::from_fn(|axis| f32::midpoint(low[axis], high[axis]));
        let half_size = (0..3)
            .map(|axis| (high[axis] - low[axis]) / 2.0)
            .fold(1.0, f32::max);
        Self {
            course,
            centre,
            half_size,
        }
    }
}

/// The numbers of a frame that later frames are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// The race's `frameCounter`; the start is at [`GO_FRAME`](crate::scripted::GO_FRAME).
    pub frame: u32,
    /// Progress of the whole race; 1 at the finish.
    pub race_progress: f32,
    /// Progress of the lap, 0 to 1; negative before the start line.
    pub lap_progress: f32,
    /// The lap, from 0; negative before the start line.
    pub lap: i32,
    /// The checkpoint that the kart is in.
    pub checkpoint: u16,
    /// How far through it the kart is, 0 to 1.
    pub checkpoint_progress: f32,
    /// Milliseconds since the start.
    pub total_ms: u32,
    /// Signed speed along the facing, units a frame.
    pub forward_speed: f32,
    /// The speed limit of the kart on the road, units a frame; 0 if RAM does not contain it.
    pub top_speed: f32,
    /// Frames of boost left.
    pub boost: i16,
    /// Frames of mini-turbo left.
    pub mini_turbo: i16,
    /// +1 drifting left, -1 right, 0 not drifting.
    pub drift_direction: f32,
    /// Steps of the mini-turbo charge, full at 4.
    pub drift_charge: i32,
    /// The floor's factor on the speed limit; 1 on the road.
    pub terrain: f32,
    /// The kart touches a wall.
    pub wall_contact: bool,
    /// Frames since the kart was on the ground.
    pub airborne: u32,
    /// The kart is being put back after a fall.
    pub respawning: bool,
}

impl Standing {
    fn of(race: &Race<'_>, driver: &Driver<'_>, status: &DriverStatus<'_>) -> Result<Self> {
        let kart = driver.kart_parameters().follow(race.ram())?;
        Ok(Self {
            frame: race.state().frame_counter(),
            race_progress: status.race_progress().to_f32(),
            lap_progress: status.lap_progress().to_f32(),
            lap: status.lap(),
            checkpoint: status.checkpoint(),
            checkpoint_progress: status.checkpoint_progress().to_f32(),
            total_ms: status.total_milliseconds(),
            forward_speed: driver.forward_speed().to_f32(),
            top_speed: kart.map_or(0.0, |kart| kart.max_speed().to_f32()),
            boost: driver.boost_timer(),
            mini_turbo: driver.mini_turbo_timer(),
            drift_direction: -driver.drift_direction().signum() as f32,
            drift_charge: driver.drift_charge(),
            terrain: driver.terrain_multiplier().to_f32(),
            wall_contact: driver.motion_flags().contains(MotionFlags::TOUCHING_WALL),
            airborne: driver.airborne_frames(),
            respawning: driver.control_flags().contains(ControlFlags::RESPAWNING),
        })
    }

    /// Forward speed over the top speed: 1 on the road without boost, more with it, negative
    /// backwards; 0 if RAM does not contain the top speed.
    pub fn speed_fraction(&self) -> f32 {
        if self.top_speed > 0.0 {
            self.forward_speed / self.top_speed
        } else {
            0.0
        }
    }
}

/// Distances to the edge of the road, units; far away where there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edges {
    /// To the kart's left.
    pub left: f32,
    /// Ahead of it.
    pub front: f32,
    /// To its right.
    pub right: f32,
}

impl Edges {
    /// The least of them.
    pub fn nearest(&self) -> f32 {
        self.left.min(self.front).min(self.right)
    }
}

/// A frame of a race: RAM, and values that are computed from it at most once.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The race in RAM.
    pub race: Race<'a>,
    /// The player's kart.
    pub driver: Driver<'a>,
    /// The player's status in the race.
    pub status: DriverStatus<'a>,
    /// The course of the race.
    pub circuit: &'a Circuit,
    /// The buttons held in this frame.
    pub pad: Pad,
    /// The numbers that later frames are compared with.
    pub now: Standing,
    /// The kart's position and facing.
    pub pose: Pose,
    projection: OnceCell<Option<TrackPosition>>,
    edges: OnceCell<Edges>,
}

impl<'a> Moment<'a> {
    /// The frame that `race` shows, after `pad` was pressed.
    ///
    /// # Errors
    /// The race has no driver, or a pointer of it leaves RAM.
    pub fn new(race: Race<'a>, circuit: &'a Circuit, pad: Pad) -> Result<Self> {
        let (driver, status) = (race.driver(0)?, race.driver_status(0)?);
        Ok(Self {
            now: Standing::of(&race, &driver, &status)?,
            pose: driver.pose(),
            race,
            driver,
            status,
            circuit,
            pad,
            projection: OnceCell::new(),
            edges: OnceCell::new(),
        })
    }

    /// The point of the centreline beside the kart; `None` where the course has no line.
    pub fn on_centreline(&self) -> Option<TrackPosition> {
        *self.projection.get_or_init(|| {
            let [x, _, z] = self.pose.position;
            let near = Some(usize::from(self.now.checkpoint));
            self.circuit
                .course
                .track()
                .centreline()
                .project([x, z], near)
        })
    }

    /// The direction of the centreline beside the kart from the kart's facing, radians, positive to
    /// the left; 0 where there is no line.
    pub fn centreline_heading(&self) -> f32 {
        let facing = [self.pose.forward[0], self.pose.forward[2]];
        self.on_centreline()
            .map_or(0.0, |here| angle_between(facing, here.direction))
    }

    /// How far away the edge of the road is to the left, ahead and to the right.
    pub fn edges(&self) -> Edges {
        *self.edges.get_or_init(|| {
            let boundary = self.circuit.course.track().boundary();
            let Pose {
                position,
                forward,
                left,
                ..
            } = self.pose;
            let look = |direction| {
                let ray = Ray {
                    origin: position,
                    direction,
                };
                boundary
                    .trace(&ray, EDGE_REACH)
                    .map_or(EDGE_REACH, |hit| hit.distance)
            };
            Edges {
                left: look(left),
                front: look(forward),
                right: look(left.map(|part| -part)),
            }
        })
    }

    /// The bearings of the next checkpoints, as many as fit `out`; those left over stay as they
    /// are.
    pub fn checkpoints_ahead(&self, aim: Aim, out: &mut [Bearing]) {
        let checkpoint = usize::from(self.now.checkpoint);
        self.pose
            .bearings_after(self.circuit.course.track(), checkpoint, aim, out);
    }

    /// The direction of travel from the facing, radians, positive to the left; 0 for a kart that
    /// hardly moves.
    pub fn slip_angle(&self) -> f32 {
        let facing = over_ground(self.driver.direction());
        let moved = over_ground(self.driver.displacement());
        if self.driver.speed().to_f32() < CREEPING {
            0.0
        } else {
            angle_between(facing, moved)
        }
    }

    /// The kart drives against the course: its facing is more than a right angle off the
    /// centreline and it moves on forwards.
    pub fn is_wrong_way(&self) -> bool {
        self.centreline_heading().abs() > FRAC_PI_2 && self.now.forward_speed > CREEPING
    }
}
