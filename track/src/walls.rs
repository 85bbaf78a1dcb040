//! Rays against the course's walls.

use crate::ray::{Hit, Ray, Trace};
use crate::tree::{Lanes, Tree, WIDTH, bounds_of, nearest_lane};
use crate::triangle::Triangle;
use crate::vectors::{Vec3, cross, dot, scale, sub};

/// Triangles that rays end at: those that stop drivers, or what else is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Walls {
    triangles: Vec<Triangle>,
    tree: Tree<3>,
    packs: Vec<Pack>,
}

/// The triangles of one of the tree's packs: a corner of each, and the edges from there.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Pack {
    corner: [Lanes; 3],
    edges: [[Lanes; 3]; 2],
}

impl Walls {
    pub(crate) fn new(triangles: &[Triangle], accepted: impl Fn(&Triangle) -> bool) -> Self {
        let accepted = triangles.iter().filter(|triangle| accepted(triangle));
        let triangles: Vec<Triangle> = accepted.copied().collect();
        let bounds = triangles
            .iter()
            .map(|triangle| bounds_of(&triangle.corners));
        let tree = Tree::new(&bounds.collect::<Vec<_>>());
        let packs = (0..tree.packs()).map(|pack| Pack::new(tree.pack(pack), &triangles));
        Self {
            packs: packs.collect(),
            triangles,
            tree,
        }
    }

    /// The triangles.
    #[must_use]
    pub fn triangles(&self) -> &[Triangle] {
        &self.triangles
    }
}

impl Pack {
    fn new(shapes: &[u32], triangles: &[Triangle]) -> Self {
        // Lanes without a triangle keep edges without a length, which nothing meets.
        let mut pack = Self::default();
        for (lane, shape) in shapes.iter().enumerate() {
            let [a, b, c] = triangles[*shape as usize].corners;
            for axis in 0..3 {
                pack.corner[axis][lane] = a[axis];
                pack.edges[0][axis][lane] = b[axis] - a[axis];
                pack.edges[1][axis][lane] = c[axis] - a[axis];
            }
        }
        pack
    }

    /// Where a ray meets its triangles from either side, up to `limit` lengths of `direction`;
    /// infinitely far away where it does not.
    #[inline]
    fn meet(&self, origin: Vec3, direction: Vec3, limit: f32) -> Lanes {
        let mut distances = [f32::INFINITY; WIDTH];
        for (lane, distance) in distances.iter_mut().enumerate() {
            let [corner, ab, ac] = [&self.corner, &self.edges[0], &self.edges[1]]
                .map(|vector| [vector[0][lane], vector[1][lane], vector[2][lane]]);
            let across = cross(direction, ac);
            // A ray along the plane divides by 0: what comes out is no share of anything.
            let inverse = 1.0 / dot(ab, across);
            let from = sub(origin, corner);
            let u = dot(from, across) * inverse;
            let turned = cross(from, ab);
            let v = dot(direction, turned) * inverse;
            let along = dot(ac, turned) * inverse;
            let inside = (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0);
            if inside & (along >= 0.0) & (along <= limit) {
                *distance = along;
            }
        }
        distances
    }
}

impl Trace for Walls {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        let Ray { origin, direction } = *ray;
        let (distance, index) = self.tree.nearest(origin, direction, reach, |pack, limit| {
            nearest_lane(self.packs[pack].meet(origin, direction, limit))
        })?;
        let triangle = &self.triangles[index as usize];
        let along = dot(triangle.normal, direction) > 0.0;
        let normal = if along {
            scale(triangle.normal, -1.0)
        } else {
            triangle.normal
        };
        Some(Hit {
            distance,
            normal,
            surface: Some(triangle.surface),
        })
    }
}
