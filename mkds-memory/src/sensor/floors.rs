//! The floors below points.

use crate::course::Triangle;
use crate::geometry::{Vec2, Vec3, from_above};
use crate::tree::{Tree, bounds_of};

/// The triangles that carry drivers, by where they lie.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Floors {
    /// With their place among the course's triangles.
    triangles: Vec<(usize, Triangle)>,
    /// Of the triangles as seen from above.
    tree: Tree<2>,
}

impl Floors {
    pub(crate) fn new(triangles: &[Triangle]) -> Self {
        let triangles: Vec<(usize, Triangle)> = triangles
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, triangle)| triangle.is_floor())
            .collect();
        let bounds = |(_, triangle): &(usize, Triangle)| bounds_of(&triangle.seen_from_above());
        let tree = Tree::new(&triangles.iter().map(bounds).collect::<Vec<_>>());
        Self { triangles, tree }
    }

    /// The highest floor at or below `point`: its place among the course's triangles, and its
    /// height there.
    pub(crate) fn below(&self, point: Vec3) -> Option<(usize, f32)> {
        let ground = from_above(point);
        self.near(ground)
            .filter(|(_, triangle)| triangle.covers(ground))
            .map(|(index, triangle)| (*index, triangle.height_at(ground)))
            .filter(|(_, height)| *height <= point[1])
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The triangles that may lie over or under a point of the ground, with their places among the
    /// course's.
    pub(crate) fn near(&self, point: Vec2) -> impl Iterator<Item = &(usize, Triangle)> {
        self.tree
            .at(point)
            .map(|index| &self.triangles[index as usize])
    }
}
