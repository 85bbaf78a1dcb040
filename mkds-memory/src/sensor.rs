//! What a driver can measure: rays to walls and road edges, bearings, the way the kart stands.

mod boundary;
mod fan;
mod floors;
mod walls;

pub use boundary::{Boundary, HeightWindow, Segment};
pub use fan::{Frame, RayFan};
pub use floors::Floors;
pub use walls::Walls;

use crate::collision::CollisionType;
use crate::course::{Checkpoint, Course};
use crate::driver::Driver;
use crate::geometry::{
    Vec3, cross, dot, dot2, from_above, left2, length2, normalised, scale, sub, sub2,
};

/// A ray.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray {
    /// Where it begins, units.
    pub origin: [f32; 3],
    /// Where it goes, unit length.
    pub direction: [f32; 3],
}

/// Where a ray ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// How far from its origin, units.
    pub distance: f32,
    /// What it hits faces this way, unit length, against the ray.
    pub normal: [f32; 3],
    /// What it hits: a wall's type, or the type of what begins at the road's edge; `None` where
    /// nothing does, or its number means nothing.
    pub kind: Option<CollisionType>,
}

/// What a ray can be sent into.
pub trait Trace {
    /// The nearest thing that `ray` hits within `reach` units.
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit>;
}

impl<T: Trace + ?Sized> Trace for &T {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        (**self).trace(ray, reach)
    }
}

/// Two things as one: the nearer of what a ray hits of them.
impl<A: Trace, B: Trace> Trace for (A, B) {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        let first = self.0.trace(ray, reach);
        let reach = first.map_or(reach, |hit| hit.distance);
        self.1.trace(ray, reach).or(first)
    }
}

/// How far `rays` get into `what`, units, into `out`: `reach` where nothing is hit. Rays and places
/// left over on either side are passed by.
pub fn cast(
    what: &(impl Trace + ?Sized),
    rays: impl IntoIterator<Item = Ray>,
    reach: f32,
    out: &mut [f32],
) {
    for (out, ray) in out.iter_mut().zip(rays) {
        *out = what.trace(&ray, reach).map_or(reach, |hit| hit.distance);
    }
}

/// Where something is and which way it faces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Units.
    pub position: [f32; 3],
    /// Forward, unit length.
    pub forward: [f32; 3],
    /// Left, unit length.
    pub left: [f32; 3],
    /// Up, unit length.
    pub up: [f32; 3],
}

impl Pose {
    /// At `position`, facing along `forward` as far as that is at right angles to `up`. What has
    /// no direction is taken for the world's.
    #[must_use]
    pub fn new(position: [f32; 3], forward: [f32; 3], up: [f32; 3]) -> Self {
        let up = normalised(up).unwrap_or([0.0, 1.0, 0.0]);
        let level = |direction: Vec3| normalised(sub(direction, scale(up, dot(direction, up))));
        let forward = level(forward)
            .or_else(|| level([0.0, 0.0, 1.0]))
            .or_else(|| level([1.0, 0.0, 0.0]))
            .unwrap_or([0.0, 0.0, 1.0]);
        Self {
            position,
            forward,
            left: cross(up, forward),
            up,
        }
    }

    /// A kart's: where it faces, along the floor below it.
    #[must_use]
    pub fn of(driver: &Driver<'_>) -> Self {
        let up = driver.floor_normal().to_f32();
        Self::new(driver.position().to_f32(), driver.direction().to_f32(), up)
    }

    /// `point` as seen from here: how far ahead and to the left, units.
    #[must_use]
    pub fn local(&self, point: [f32; 3]) -> [f32; 2] {
        let gap = sub(point, self.position);
        [dot(gap, self.forward), dot(gap, self.left)]
    }

    /// Where `point` (x and z) lies, seen from above.
    #[must_use]
    pub fn bearing(&self, point: [f32; 2]) -> Bearing {
        let gap = sub2(point, from_above(self.position));
        let forward = from_above(self.forward);
        Bearing {
            distance: length2(gap),
            angle: dot2(gap, left2(forward)).atan2(dot2(gap, forward)),
        }
    }

    /// The bearings of the checkpoints after `checkpoint`, as many as fit `out`: of their
    /// midpoints, or of the points of their lines nearest to here. Returns how many there were;
    /// the rest of `out` stays as it is.
    pub fn bearings_after(
        &self,
        course: &Course,
        checkpoint: usize,
        aim: Aim,
        out: &mut [Bearing],
    ) -> usize {
        let here = from_above(self.position);
        let mut count = 0;
        for (out, checkpoint) in out.iter_mut().zip(course.checkpoints_after(checkpoint)) {
            *out = self.bearing(aim.point(checkpoint, here));
            count += 1;
        }
        count
    }
}

/// Which point of a checkpoint is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Its midpoint.
    Midpoint,
    /// The point of its line nearest to the one who looks.
    Nearest,
}

impl Aim {
    fn point(self, checkpoint: &Checkpoint, here: [f32; 2]) -> [f32; 2] {
        match self {
            Self::Midpoint => checkpoint.midpoint,
            Self::Nearest => checkpoint.nearest_to(here),
        }
    }
}

/// Where something lies, seen from above.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bearing {
    /// How far away, units.
    pub distance: f32,
    /// How far to the left of straight ahead, radians, -π to π.
    pub angle: f32,
}
