//! Rays against the edge of the road.

use std::collections::HashMap;

use crate::corners::Corners;
use crate::floors::Floors;
use crate::ray::{Hit, Ray, Trace};
use crate::tree::{Lanes, Tree, WIDTH, bounds_of, nearest_lane};
use crate::triangle::{Surface, Triangle};
use crate::vectors::{
    Vec2, Vec3, between, cross2, dot2, from_above, left2, length, length2, sub, sub2,
};

/// How far beyond an edge it is looked for more road, units: farther than the cracks between
/// triangles, nearer than anything that a kart would have to steer around.
const LOOK_BEYOND: f32 = 3.0;

/// How far above or below an edge the road goes on, units: what a kart rolls over.
const STEP: f32 = 8.0;

/// How long a piece of an edge is looked at as a whole, units.
const PIECE: f32 = 16.0;

/// The most pieces of one edge.
const MOST_PIECES: usize = 128;

/// The most packs of triangles that are looked at in search of more road, in all. Real courses need
/// a hundredth; broken ones, all of whose triangles lie over each other, would never end.
const MOST_LOOKS: usize = 25_000_000;

/// A piece of the road's edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Where it begins, units.
    pub start: [f32; 3],
    /// Where it ends, units.
    pub end: [f32; 3],
    /// What begins there; `None` where nothing does.
    pub beyond: Option<Surface>,
}

/// How far from a ray's own height a road edge may lie and still be hit: the road over or under a
/// bridge is none of a driver's business.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeightWindow {
    /// At the ray's origin, units.
    pub near: f32,
    /// How much that grows a unit of distance, as the road bends away from the plane that the
    /// kart stands on.
    pub growth: f32,
}

impl Default for HeightWindow {
    /// 50 units, as the published sweeping ray has it, and a unit for every four of distance.
    fn default() -> Self {
        Self {
            near: 50.0,
            growth: 0.25,
        }
    }
}

/// The edge of the road: where ground of accepted surfaces meets other ground, a wall or nothing.
///
/// Traced rays are seen from above: heights only decide whether a piece is looked at, by the
/// [`HeightWindow`] around the ray.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Boundary {
    segments: Vec<Segment>,
    /// One of the two ways each segment faces, seen from above, unit length.
    normals: Vec<Vec2>,
    /// Of the segments as seen from above.
    tree: Tree<2>,
    packs: Vec<Pack>,
    window: HeightWindow,
}

/// The segments of one of the tree's packs: start and edge from above, height, and how much it
/// grows along the edge.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Pack {
    start: [Lanes; 2],
    edge: [Lanes; 2],
    height: Lanes,
    rise: Lanes,
}

impl Boundary {
    pub(crate) fn new(
        triangles: &[Triangle],
        floors: &Floors,
        accepted: impl Fn(Surface) -> bool,
    ) -> Self {
        let is_road = |triangle: &Triangle| triangle.is_floor() && accepted(triangle.surface);
        let road: Vec<&Triangle> = triangles.iter().filter(|t| is_road(t)).collect();
        let mut segments = Vec::new();
        let mut looks = MOST_LOOKS;
        for edge in open_edges(&road) {
            push_boundary_of(&edge, floors, &is_road, &mut looks, &mut segments);
        }
        Self::from_segments(segments, HeightWindow::default())
    }

    /// A boundary of the given pieces. Pieces with a coordinate that is no number are left out.
    #[must_use]
    pub fn from_segments(mut segments: Vec<Segment>, window: HeightWindow) -> Self {
        segments.retain(|s| s.start.iter().chain(&s.end).all(|part| part.is_finite()));
        let bounds = segments
            .iter()
            .map(|segment| bounds_of(&segment.seen_from_above()));
        let tree = Tree::new(&bounds.collect::<Vec<_>>());
        let packs = (0..tree.packs()).map(|pack| Pack::new(tree.pack(pack), &segments));
        Self {
            packs: packs.collect(),
            normals: segments.iter().map(Segment::normal).collect(),
            segments,
            tree,
            window,
        }
    }

    /// Its pieces.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The same edge, looked at through another window.
    #[must_use]
    pub fn with_window(mut self, window: HeightWindow) -> Self {
        self.window = window;
        self
    }
}

impl Segment {
    /// Its ends from above.
    fn seen_from_above(&self) -> [Vec2; 2] {
        [from_above(self.start), from_above(self.end)]
    }

    /// What lies to the left of it, seen from above; nothing if it has no length there.
    fn normal(&self) -> Vec2 {
        let [start, end] = self.seen_from_above();
        let aside = left2(sub2(end, start));
        let length = length2(aside);
        if length > 0.0 {
            [aside[0] / length, aside[1] / length]
        } else {
            [0.0, 0.0]
        }
    }
}

impl Pack {
    fn new(shapes: &[u32], segments: &[Segment]) -> Self {
        // Lanes without a segment keep an edge without a length, which nothing meets.
        let mut pack = Self::default();
        for (lane, shape) in shapes.iter().enumerate() {
            let segment = &segments[*shape as usize];
            let [start, end] = segment.seen_from_above();
            for axis in 0..2 {
                pack.start[axis][lane] = start[axis];
                pack.edge[axis][lane] = end[axis] - start[axis];
            }
            pack.height[lane] = segment.start[1];
            pack.rise[lane] = segment.end[1] - segment.start[1];
        }
        pack
    }

    /// Where a ray meets its segments, up to `limit` lengths of its direction; infinitely far away
    /// where it does not.
    #[inline]
    fn meet(&self, ray: &Ray, window: HeightWindow, limit: f32) -> Lanes {
        let (origin, direction) = (from_above(ray.origin), from_above(ray.direction));
        let mut distances = [f32::INFINITY; WIDTH];
        for (lane, distance) in distances.iter_mut().enumerate() {
            let edge = [self.edge[0][lane], self.edge[1][lane]];
            let gap = sub2([self.start[0][lane], self.start[1][lane]], origin);
            // A ray along the edge divides by 0: what comes out is no share of anything.
            let inverse = 1.0 / cross2(direction, edge);
            let along = cross2(gap, edge) * inverse;
            let share = cross2(gap, direction) * inverse;
            let height = self.height[lane] + self.rise[lane] * share;
            let off = (height - ray.origin[1] - ray.direction[1] * along).abs();
            let on_edge = (0.0..=1.0).contains(&share);
            let met = (along >= 0.0) & (along <= limit) & on_edge;
            if met & (off <= window.near + window.growth * along) {
                *distance = along;
            }
        }
        distances
    }
}

impl Trace for Boundary {
    fn trace(&self, ray: &Ray, reach: f32) -> Option<Hit> {
        let (origin, direction) = (from_above(ray.origin), from_above(ray.direction));
        let (distance, index) = self.tree.nearest(origin, direction, reach, |pack, limit| {
            nearest_lane(self.packs[pack].meet(ray, self.window, limit))
        })?;
        let [x, z] = self.normals[index as usize];
        let side = dot2([x, z], direction);
        let normal = if side > 0.0 {
            [-x, 0.0, -z]
        } else {
            [x, 0.0, z]
        };
        Some(Hit {
            distance,
            normal,
            surface: self.segments[index as usize].beyond,
        })
    }
}

/// An edge of a road triangle.
struct Edge {
    start: Vec3,
    end: Vec3,
    /// Away from the triangle, seen from above, unit length.
    outward: Vec2,
}

/// The edges of road triangles that no other road triangle shares.
fn open_edges(road: &[&Triangle]) -> Vec<Edge> {
    let mut known = Corners::default();
    let corners: Vec<[u32; 3]> = road
        .iter()
        .map(|triangle| triangle.corners.map(|corner| known.number(corner)))
        .collect();
    let mut uses: HashMap<(u32, u32), u32> = HashMap::new();
    let sides = [(0, 1), (1, 2), (2, 0)];
    for corner in &corners {
        for (a, b) in sides {
            *uses.entry(key(corner[a], corner[b])).or_default() += 1;
        }
    }
    let mut edges = Vec::new();
    for (triangle, corner) in road.iter().zip(&corners) {
        for (a, b) in sides {
            if corner[a] != corner[b] && uses[&key(corner[a], corner[b])] == 1 {
                let third = triangle.corners[3 - a - b];
                edges.extend(Edge::new(triangle.corners[a], triangle.corners[b], third));
            }
        }
    }
    edges
}

fn key(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

impl Edge {
    /// The edge of a triangle whose third corner is `inside`; `None` if it has no length from
    /// above.
    fn new(start: Vec3, end: Vec3, inside: Vec3) -> Option<Self> {
        let along = sub2(from_above(end), from_above(start));
        let length = length2(along);
        if length == 0.0 {
            return None;
        }
        let aside = [along[1] / length, -along[0] / length];
        let towards = sub2(from_above(inside), from_above(start));
        let side = if towards[0] * aside[0] + towards[1] * aside[1] > 0.0 {
            -1.0
        } else {
            1.0
        };
        Some(Self {
            start,
            end,
            outward: [aside[0] * side, aside[1] * side],
        })
    }
}

/// Adds the pieces of an edge beyond which the road does not go on: a triangle may meet others
/// between its corners, or lie upon them as boost panels do.
fn push_boundary_of(
    edge: &Edge,
    floors: &Floors,
    is_road: &impl Fn(&Triangle) -> bool,
    looks: &mut usize,
    segments: &mut Vec<Segment>,
) {
    let pieces = ((length(sub(edge.end, edge.start)) / PIECE) as usize).clamp(1, MOST_PIECES);
    let at = |piece: f32| between(edge.start, edge.end, piece / pieces as f32);
    let mut open: Option<Segment> = None;
    for piece in 0..pieces {
        let middle = at(piece as f32 + 0.5);
        let outside = [
            middle[0] + edge.outward[0] * LOOK_BEYOND,
            middle[2] + edge.outward[1] * LOOK_BEYOND,
        ];
        let beyond = match beyond(outside, middle[1], floors, is_road, looks) {
            Beyond::Road => {
                segments.extend(open.take());
                continue;
            }
            Beyond::Other(surface) => surface,
        };
        let end = at(piece as f32 + 1.0);
        match &mut open {
            Some(segment) if segment.beyond == beyond => segment.end = end,
            _ => {
                let start = at(piece as f32);
                segments.extend(open.replace(Segment { start, end, beyond }));
            }
        }
    }
    segments.extend(open);
}

/// What lies beyond an edge.
enum Beyond {
    Road,
    Other(Option<Surface>),
}

fn beyond(
    point: Vec2,
    height: f32,
    floors: &Floors,
    is_road: &impl Fn(&Triangle) -> bool,
    looks: &mut usize,
) -> Beyond {
    let mut other = None;
    for (_, triangle) in floors.over(point, looks) {
        if (triangle.height_at(point) - height).abs() > STEP {
            continue;
        }
        if is_road(triangle) {
            return Beyond::Road;
        }
        other = Some(triangle.surface);
    }
    Beyond::Other(other)
}
