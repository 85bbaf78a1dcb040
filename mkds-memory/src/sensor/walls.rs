//! Rays against the course's walls.

use crate::course::Triangle;
use crate::geometry::{dot, from_above, scale};
use crate::grid::Grid;
use crate::sensor::{Hit, Ray, Trace};

/// Triangles that rays end at: those that stop drivers, or what else is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Walls {
    triangles: Vec<Triangle>,
    grid: Grid,
}

impl Walls {
    pub(crate) fn new(triangles: &[Triangle], accepted: impl Fn(&Triangle) -> bool) -> Self {
        let accepted = triangles.iter().filter(|triangle| accepted(triangle));
        let triangles: Vec<Triangle> = accepted.copied().collect();
        let grid = Grid::new(triangles.len(), |index| triangles[index].seen_from_above());
        Self { triangles, grid }
    }

    /// The triangles.
    #[must_use]
    pub fn triangles(&self) -> &[Triangle] {
        &self.triangles
    }
}

impl Trace for Walls {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        let (origin, direction) = (from_above(ray.origin), from_above(ray.direction));
        let (distance, index) = self
            .grid
            .nearest(origin, direction, reach, |shapes, limit| {
                let mut best = None;
                let mut limit = limit;
                for &index in shapes {
                    let triangle = &self.triangles[index as usize];
                    if let Some(distance) = triangle.meet(ray.origin, ray.direction)
                        && distance <= limit
                    {
                        limit = distance;
                        best = Some((distance, index));
                    }
                }
                best
            })?;
        let triangle = &self.triangles[index as usize];
        let along = dot(triangle.normal, ray.direction) > 0.0;
        let normal = if along {
            scale(triangle.normal, -1.0)
        } else {
            triangle.normal
        };
        Some(Hit {
            distance,
            normal,
            kind: triangle.attribute.collision_type(),
        })
    }
}
