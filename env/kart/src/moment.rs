//! A frame of a race on its track, as rewards, endings and observations read it.

use std::cell::OnceCell;
use std::f32::consts::FRAC_PI_2;

use track::{Aim, Bearing, Pose, Ray, Trace, Track, TrackPosition};

use crate::{
    facts::Facts,
    ground::{angle_between, over_ground},
};

/// Below this speed over the ground, in units a frame, a kart's direction of travel is noise.
const CREEPING: f32 = 0.5;

/// How far the rays of [`Moment::edges`] look, units.
const EDGE_REACH: f32 = 3000.0;

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

/// A frame of a race: its facts, its track, and values that are computed from both at most once.
#[derive(Clone, Debug)]
pub struct Moment<'a> {
    /// The frame's facts.
    pub now: Facts,
    /// The track of the race.
    pub track: &'a Track,
    projection: OnceCell<Option<TrackPosition>>,
    edges: OnceCell<Edges>,
}

impl<'a> Moment<'a> {
    /// The frame of these facts on `track`.
    pub const fn new(now: Facts, track: &'a Track) -> Self {
        Self {
            now,
            track,
            projection: OnceCell::new(),
            edges: OnceCell::new(),
        }
    }

    /// The point of the centreline beside the kart; `None` where the track has no line.
    pub fn on_centreline(&self) -> Option<TrackPosition> {
        *self.projection.get_or_init(|| {
            let [x, _, z] = self.now.pose.position;
            let near = Some(usize::from(self.now.checkpoint));
            self.track.centreline().project([x, z], near)
        })
    }

    /// The direction of the centreline beside the kart from the kart's facing, radians, positive to
    /// the left; 0 where there is no line.
    pub fn centreline_heading(&self) -> f32 {
        let facing = over_ground(self.now.pose.forward);
        self.on_centreline()
            .map_or(0.0, |here| angle_between(facing, here.direction))
    }

    /// How far away the edge of the road is to the left, ahead and to the right.
    pub fn edges(&self) -> Edges {
        *self.edges.get_or_init(|| {
            let boundary = self.track.boundary();
            let Pose {
                position,
                forward,
                left,
                ..
            } = self.now.pose;
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
        self.now
            .pose
            .bearings_after(self.track, checkpoint, aim, out);
    }

    /// The direction of travel from the facing, radians, positive to the left; 0 for a kart that
    /// hardly moves.
    pub fn slip_angle(&self) -> f32 {
        if self.now.speed < CREEPING {
            0.0
        } else {
            angle_between(over_ground(self.now.facing), over_ground(self.now.velocity))
        }
    }

    /// The kart drives against the course: its facing is more than a right angle off the
    /// centreline and it moves on forwards.
    pub fn is_wrong_way(&self) -> bool {
        self.centreline_heading().abs() > FRAC_PI_2 && self.now.forward_speed > CREEPING
    }
}
