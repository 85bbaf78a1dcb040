//! Checkpoints: lines across the course that drivers cross one after the other.

use crate::vectors::{dot2, left2, length2, meet, nearest_share, sub2};

/// A checkpoint: a line across the course, seen from above.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// The end on the left of those who drive on, x and z in units.
    pub left: [f32; 2],
    /// The end on their right, x and z in units.
    pub right: [f32; 2],
    /// Halfway between the ends, x and z in units.
    pub midpoint: [f32; 2],
    /// Across the line, towards the next checkpoint, x and z at unit length.
    pub forward: [f32; 2],
    /// Its number among those that a lap has to pass, 0 being the finish; `None` for others.
    pub key: Option<u16>,
    /// The checkpoints that may follow it; the first one is on the main line.
    pub next: Vec<usize>,
}

impl Checkpoint {
    /// A checkpoint between two `ends` (x and z, units), crossed towards `ahead`, the midpoint of
    /// the next one. Without that the first end is on the left. It has no key, and nothing follows
    /// it yet.
    #[must_use]
    pub fn between(ends: [[f32; 2]; 2], ahead: Option<[f32; 2]>) -> Self {
        let [left, right] = ends;
        let mut checkpoint = Self {
            left,
            right,
            midpoint: [0, 1].map(|axis| (left[axis] + right[axis]) * 0.5),
            forward: [0.0, 0.0],
            key: None,
            next: Vec::new(),
        };
        let (line, width) = (sub2(right, left), checkpoint.width());
        if width == 0.0 {
            return checkpoint;
        }
        checkpoint.forward = left2([line[0] / width, line[1] / width]);
        if ahead.is_some_and(|ahead| checkpoint.beyond(ahead) < 0.0) {
            let [x, z] = checkpoint.forward;
            checkpoint.forward = [-x, -z];
            (checkpoint.left, checkpoint.right) = (right, left);
        }
        checkpoint
    }

    /// How far its ends are apart, units.
    #[must_use]
    pub fn width(&self) -> f32 {
        length2(sub2(self.right, self.left))
    }

    /// How far `point` (x and z) lies beyond its line, units; negative for those who have yet to
    /// cross it.
    #[must_use]
    pub fn beyond(&self, point: [f32; 2]) -> f32 {
        dot2(sub2(point, self.midpoint), self.forward)
    }

    /// After which share of the way from `from` to `to` (x and z) its line is crossed, between its
    /// ends and in either direction; `None` if it is not.
    #[must_use]
    pub fn crossing(&self, from: [f32; 2], to: [f32; 2]) -> Option<f32> {
        let (way, line) = (sub2(to, from), sub2(self.right, self.left));
        let (share, _) = meet(from, way, self.left, line)?;
        (share <= 1.0).then_some(share)
    }

    /// The point of its line nearest to `point`, x and z in units.
    #[must_use]
    pub fn nearest_to(&self, point: [f32; 2]) -> [f32; 2] {
        let edge = sub2(self.right, self.left);
        let share = nearest_share(point, self.left, edge);
        [
            self.left[0] + edge[0] * share,
            self.left[1] + edge[1] * share,
        ]
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
    pub(crate) fn point(self, checkpoint: &Checkpoint, here: [f32; 2]) -> [f32; 2] {
        match self {
            Self::Midpoint => checkpoint.midpoint,
            Self::Nearest => checkpoint.nearest_to(here),
        }
    }
}
