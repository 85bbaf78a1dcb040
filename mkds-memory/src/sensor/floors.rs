//! The floors below points.

use crate::course::Triangle;
use crate::geometry::{Vec2, Vec3, from_above};
use crate::grid::Grid;

/// The triangles that carry drivers, by where they lie.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Floors {
    /// With their place among the course's triangles.
    triangles: Vec<(usize, Triangle)>,
    grid: Grid,
}

impl Floors {
    pub(crate) fn new(triangles: &[Triangle]) -> Self {
        let triangles: Vec<(usize, Triangle)> = triangles
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, triangle)| triangle.is_floor())
            .collect();
        let grid = Grid::new(triangles.len(), |index| {
            triangles[index].1.seen_from_above()
        });
        Self { triangles, grid }
    }

    /// The highest floor at or below `point`: its place among the course's triangles, and its
    /// height there.
    pub(crate) fn below(&self, point: Vec3) -> Option<(usize, f32)> {
        self.over(from_above(point))
            .filter(|(_, height)| *height <= point[1])
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|((index, _), height)| (*index, height))
    }

    /// How many triangles [`Floors::over`] looks at.
    pub(crate) fn candidates(&self, point: Vec2) -> usize {
        self.grid.at(point).len()
    }

    /// The floors over a point of the ground, with their heights there.
    pub(crate) fn over(&self, point: Vec2) -> impl Iterator<Item = (&(usize, Triangle), f32)> {
        self.grid
            .at(point)
            .iter()
            .map(|index| &self.triangles[*index as usize])
            .filter(move |(_, triangle)| triangle.covers(point))
            .map(move |entry| (entry, entry.1.height_at(point)))
    }
}
