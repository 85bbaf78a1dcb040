//! The triangles of a course, and what they are made of.

use crate::vectors::{Vec2, from_above, sub};

/// What a triangle is made of: the game's own number, and what it does to those who drive there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Surface {
    /// The game's number for it. Nothing here reads it.
    pub kind: u16,
    /// Whether it carries drivers where it faces up.
    pub carries: bool,
    /// Whether drivers bounce off it.
    pub stops: bool,
    /// Whether it is made to be driven on at full speed.
    pub is_road: bool,
}

/// A triangle of a course's collision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triangle {
    /// Its corners, units.
    pub corners: [[f32; 3]; 3],
    /// The face's normal, unit length, on the side that collides.
    pub normal: [f32; 3],
    /// What it is made of.
    pub surface: Surface,
}

impl Triangle {
    /// Whether drivers stand on it: its surface carries them, and it faces up.
    #[must_use]
    pub fn is_floor(&self) -> bool {
        self.surface.carries && self.normal[1] > 0.0
    }

    /// Its corners from above.
    pub(crate) fn seen_from_above(&self) -> [Vec2; 3] {
        self.corners.map(from_above)
    }

    /// The height of its plane over a point of the ground.
    pub(crate) fn height_at(&self, point: Vec2) -> f32 {
        let from = sub([point[0], 0.0, point[1]], self.corners[0]);
        -(self.normal[0] * from[0] + self.normal[2] * from[2]) / self.normal[1] + self.corners[0][1]
    }
}
