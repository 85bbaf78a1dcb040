//! Where a driver is and which way it faces, and where things lie from there.

use crate::checkpoint::Aim;
use crate::track::Track;
use crate::vectors::{
    Vec3, cross, dot, dot2, from_above, left2, length2, normalised, scale, sub, sub2,
};

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
        track: &Track,
        checkpoint: usize,
        aim: Aim,
        out: &mut [Bearing],
    ) -> usize {
        let here = from_above(self.position);
        let mut count = 0;
        for (out, checkpoint) in out.iter_mut().zip(track.checkpoints_after(checkpoint)) {
            *out = self.bearing(aim.point(checkpoint, here));
            count += 1;
        }
        count
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
