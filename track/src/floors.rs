//! The floors below points.

use crate::tree::{Lanes, Tree, WIDTH, bounds_of};
use crate::triangle::Triangle;
use crate::vectors::{Vec2, Vec3, cross2, from_above, sub2};

/// The triangles that carry drivers, by where they lie.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Floors {
    /// With their place among the course's triangles.
    triangles: Vec<(usize, Triangle)>,
    /// Of the triangles as seen from above.
    tree: Tree<2>,
    packs: Vec<Pack>,
}

/// The triangles of one of the tree's packs: their corners from above.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pack {
    corners: [[Lanes; 2]; 3],
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
        let packs = (0..tree.packs()).map(|pack| Pack::new(tree.pack(pack), &triangles));
        Self {
            packs: packs.collect(),
            triangles,
            tree,
        }
    }

    /// The highest floor at or below `point`: its place among the course's triangles, and its
    /// height there.
    pub(crate) fn below(&self, point: Vec3) -> Option<(usize, f32)> {
        let ground = from_above(point);
        let mut looks = usize::MAX;
        self.over(ground, &mut looks)
            .map(|(index, triangle)| (*index, triangle.height_at(ground)))
            .filter(|(_, height)| *height <= point[1])
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The triangles over or under a point of the ground, with their places among the course's.
    /// Looks at no more than `looks` packs, and takes off how many it looked at.
    pub(crate) fn over<'a>(
        &'a self,
        point: Vec2,
        looks: &'a mut usize,
    ) -> impl Iterator<Item = &'a (usize, Triangle)> {
        let allowed = move |_: &usize| {
            let left = looks.checked_sub(1);
            *looks = left.unwrap_or(0);
            left.is_some()
        };
        let covering = move |pack: usize| {
            let covers = self.packs[pack].covers(point);
            let shapes = self.tree.pack(pack).iter().zip(covers);
            shapes.filter(|(_, covers)| *covers)
        };
        let found = self.tree.at(point).take_while(allowed).flat_map(covering);
        found.map(|(shape, _)| &self.triangles[*shape as usize])
    }
}

impl Pack {
    fn new(shapes: &[u32], triangles: &[(usize, Triangle)]) -> Self {
        // Lanes without a triangle keep corners infinitely far away, which cover nothing.
        let mut corners = [[[f32::INFINITY; WIDTH]; 2]; 3];
        for (lane, shape) in shapes.iter().enumerate() {
            let seen = triangles[*shape as usize].1.seen_from_above();
            for (corner, [x, z]) in corners.iter_mut().zip(seen) {
                corner[0][lane] = x;
                corner[1][lane] = z;
            }
        }
        Self { corners }
    }

    /// Which of its triangles lie over or under a point of the ground, their edges included.
    #[inline]
    fn covers(&self, point: Vec2) -> [bool; WIDTH] {
        let mut covers = [false; WIDTH];
        for (lane, covers) in covers.iter_mut().enumerate() {
            let corners = self.corners.map(|[x, z]| [x[lane], z[lane]]);
            let sides = [0, 1, 2].map(|i| {
                let edge = sub2(corners[(i + 1) % 3], corners[i]);
                cross2(edge, sub2(point, corners[i]))
            });
            let [a, b, c] = sides;
            let left = (a >= 0.0) & (b >= 0.0) & (c >= 0.0);
            *covers = left | ((a <= 0.0) & (b <= 0.0) & (c <= 0.0));
        }
        covers
    }
}
