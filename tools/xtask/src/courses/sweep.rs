//! From a centre line to triangles: road, shoulders, walls, and the ground far below.

use mkds_formats::kcl::{Attribute, CollisionType, Triangle};
use nds_formats::fx::VecFx32;

use super::curve::{Curve, Frame};
use super::description::{Description, Patch, Side};

/// Longest side of triangles: fx16 normals represent longer ones too inexactly.
const MAX_LENGTH: f64 = 110.0;
const MAX_ACROSS: f64 = 150.0;
/// Largest turn between stations, 14 degrees: a hairpin then looks round and drives smoothly.
const MAX_TURN: f64 = 0.25;
/// How far the fall boundary is below the lowest road.
const FALL_DEPTH: f64 = 160.0;
/// How far the fall boundary reaches beyond the road.
const FALL_MARGIN: f64 = 300.0;
/// Cells of the fall boundary; flat and right-angled, so exact at any size.
const FALL_CELL: f64 = 512.0;

/// The course's cross-sections, in order; the last is followed by the first.
pub(super) fn stations(description: &Description, curve: &Curve<'_>) -> Vec<Frame> {
    let breaks: Vec<f64> = description
        .ranges()
        .flat_map(|range| [range.from, range.to])
        .collect();
    curve.stations(&breaks, MAX_LENGTH, MAX_TURN)
}

/// All triangles of a course.
pub(super) fn triangles(description: &Description, curve: &Curve<'_>) -> Vec<Triangle> {
    let stations = stations(description, curve);
    let mut mesh = Mesh {
        triangles: Vec::new(),
    };
    for (i, &near) in stations.iter().enumerate() {
        let mut far = stations[(i + 1) % stations.len()];
        if i + 1 == stations.len() {
            far.mark = curve.marks();
        }
        Section {
            description,
            near,
            far,
            mark: (near.mark + far.mark) / 2.0,
        }
        .add_to(&mut mesh);
    }
    add_fall_boundary(&stations, &mut mesh);
    mesh.triangles
}

struct Mesh {
    triangles: Vec<Triangle>,
}

impl Mesh {
    /// A triangle seen counter-clockwise; none if two corners coincide.
    fn triangle(&mut self, vertices: [[f64; 3]; 3], collision: CollisionType) {
        let vertices @ [a, b, c] = vertices.map(VecFx32::from_f64);
        if a != b && b != c && c != a {
            self.triangles.push(Triangle {
                vertices,
                attribute: Attribute::of(collision),
            });
        }
    }

    /// A quad `a b d c` of near left, near right, far left and far right, cut along the shorter
    /// diagonal.
    fn quad(&mut self, [a, b, c, d]: [[f64; 3]; 4], collision: CollisionType) {
        let squared =
            |p: [f64; 3], q: [f64; 3]| (0..3).map(|k| (p[k] - q[k]) * (p[k] - q[k])).sum::<f64>();
        if squared(b, c) <= squared(a, d) {
            self.triangle([a, b, c], collision);
            self.triangle([b, d, c], collision);
        } else {
            self.triangle([a, b, d], collision);
            self.triangle([a, d, c], collision);
        }
    }

    /// An upright wall that faces to the right of the way `from` -> `to`.
    fn wall(&mut self, from: [f64; 3], to: [f64; 3], height: f64) {
        let raised = |[x, y, z]: [f64; 3]| [x, y + height, z];
        self.quad([from, to, raised(from), raised(to)], CollisionType::Wall);
    }
}

/// An offset from the centre line that follows the road's width.
#[derive(Debug, Clone, Copy)]
enum Edge {
    /// Constant offset.
    Centre(f64),
    /// So far outside of the road's edge.
    Road(Side, f64),
    /// The end of the shoulder.
    Outer(Side),
}

impl Edge {
    fn offset(self, frame: &Frame) -> f64 {
        match self {
            Self::Centre(offset) => offset,
            Self::Road(side, outside) => side.sign() * (frame.half_width + outside),
            Self::Outer(side) => frame.edge(side),
        }
    }
}

/// The location of a patch across the road.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Road,
    Shoulder(Side),
}

/// The course between two stations.
struct Section<'a> {
    description: &'a Description,
    near: Frame,
    far: Frame,
    /// A mark inside the section, which determines the features it is part of.
    mark: f64,
}

impl Section<'_> {
    fn add_to(&self, mesh: &mut Mesh) {
        let within = |range: &super::description::Range| self.is_within(range.from, range.to);
        if !self.description.gaps.iter().any(within) {
            for side in Side::BOTH {
                self.add_shoulder(side, mesh);
            }
            self.add_road(mesh);
        }
        if !self.description.open_edges.iter().any(within) {
            for side in Side::BOTH {
                self.add_wall(Edge::Outer(side), side == Side::Left, mesh);
            }
        }
    }

    fn is_within(&self, from: f64, to: f64) -> bool {
        from <= self.mark && self.mark <= to
    }

    /// How far a ramp lifts the surface at a frame of this section.
    fn rise(&self, frame: &Frame) -> f64 {
        self.description
            .ramps
            .iter()
            .filter(|ramp| self.is_within(ramp.from, ramp.to))
            .map(|ramp| ramp.rise * (frame.mark - ramp.from) / (ramp.to - ramp.from))
            .sum()
    }

    /// The patches of this section, from left to right, on the road or beside it.
    fn patches(&self, place: Place) -> Vec<&Patch> {
        let is_there = |patch: &&Patch| {
            let middle = (patch.left + patch.right) / 2.0;
            let beside = middle.abs() > self.near.half_width;
            let found = match (beside, middle > 0.0) {
                (false, _) => Place::Road,
                (true, true) => Place::Shoulder(Side::Left),
                (true, false) => Place::Shoulder(Side::Right),
            };
            found == place && self.is_within(patch.from, patch.to)
        };
        let mut patches: Vec<_> = self.description.patches.iter().filter(is_there).collect();
        patches.sort_by(|a, b| b.left.total_cmp(&a.left));
        patches
    }

    fn add_road(&self, mesh: &mut Mesh) {
        let mut left = Edge::Road(Side::Left, 0.0);
        for patch in self.patches(Place::Road) {
            self.add_strip(left, Edge::Centre(patch.left), CollisionType::Road, mesh);
            let right = Edge::Centre(patch.right);
            self.add_strip(
                Edge::Centre(patch.left),
                right,
                patch.surface.collision_type(),
                mesh,
            );
            left = right;
        }
        self.add_strip(
            left,
            Edge::Road(Side::Right, 0.0),
            CollisionType::Road,
            mesh,
        );
    }

    /// The shoulder from the road outwards: an island first, then patches.
    fn add_shoulder(&self, side: Side, mesh: &mut Mesh) {
        let infields = &self.description.infields;
        let surface = infields
            .iter()
            .find(|infield| infield.side == side && self.is_within(infield.from, infield.to))
            .map_or(self.description.shoulder_surface, |infield| infield.surface)
            .collision_type();
        let mut inner = Edge::Road(side, 0.0);
        let islands = &self.description.islands;
        for island in islands
            .iter()
            .filter(|i| i.side == side && self.is_within(i.from, i.to))
        {
            let near_side = Edge::Road(side, island.offset);
            let far_side = Edge::Road(side, island.offset + island.width);
            self.add_between(side, inner, near_side, surface, mesh);
            self.add_island(side, near_side, far_side, [island.from, island.to], mesh);
            inner = far_side;
        }
        let mut patches = self.patches(Place::Shoulder(side));
        if side == Side::Left {
            patches.reverse();
        }
        for patch in patches {
            let (near_side, far_side) = match side {
                Side::Left => (patch.right, patch.left),
                Side::Right => (patch.left, patch.right),
            };
            self.add_between(side, inner, Edge::Centre(near_side), surface, mesh);
            inner = Edge::Centre(far_side);
            let collision = patch.surface.collision_type();
            self.add_between(side, Edge::Centre(near_side), inner, collision, mesh);
        }
        self.add_between(side, inner, Edge::Outer(side), surface, mesh);
    }

    /// A strip given from the road outwards.
    fn add_between(
        &self,
        side: Side,
        inner: Edge,
        outer: Edge,
        collision: CollisionType,
        mesh: &mut Mesh,
    ) {
        match side {
            Side::Left => self.add_strip(outer, inner, collision, mesh),
            Side::Right => self.add_strip(inner, outer, collision, mesh),
        }
    }

    /// A strip of floor from one edge to the next on its right, in as many lanes as it needs.
    fn add_strip(&self, left: Edge, right: Edge, collision: CollisionType, mesh: &mut Mesh) {
        let frames = [&self.near, &self.far];
        let ends = frames.map(|frame| (left.offset(frame), right.offset(frame)));
        let widest = ends
            .iter()
            .map(|(left, right)| left - right)
            .fold(0.0, f64::max);
        let lanes = libm::ceil(widest / MAX_ACROSS) as usize;
        let corner = |end: usize, lane: usize| {
            let (left, right) = ends[end];
            let offset = left + (right - left) * lane as f64 / lanes as f64;
            frames[end].at(offset, self.rise(frames[end]))
        };
        for lane in 0..lanes {
            let corners = [
                corner(0, lane),
                corner(0, lane + 1),
                corner(1, lane),
                corner(1, lane + 1),
            ];
            mesh.quad(corners, collision);
        }
    }

    fn add_wall(&self, edge: Edge, faces_right: bool, mesh: &mut Mesh) {
        let [near, far] = [&self.near, &self.far].map(|frame| frame.at(edge.offset(frame), 0.0));
        let (from, to) = if faces_right {
            (near, far)
        } else {
            (far, near)
        };
        mesh.wall(from, to, self.description.wall_height);
    }

    fn add_island(&self, side: Side, inner: Edge, outer: Edge, ends: [f64; 2], mesh: &mut Mesh) {
        let (left, right) = match side {
            Side::Left => (outer, inner),
            Side::Right => (inner, outer),
        };
        self.add_wall(left, false, mesh);
        self.add_wall(right, true, mesh);
        let height = self.description.wall_height;
        let at = |edge: Edge, frame: &Frame| frame.at(edge.offset(frame), 0.0);
        if (self.near.mark - ends[0]).abs() < 1e-9 {
            mesh.wall(at(left, &self.near), at(right, &self.near), height);
        }
        if (self.far.mark - ends[1]).abs() < 1e-9 {
            mesh.wall(at(right, &self.far), at(left, &self.far), height);
        }
    }
}

/// A floor below the whole course that makes a fallen kart respawn.
fn add_fall_boundary(stations: &[Frame], mesh: &mut Mesh) {
    let lowest = stations
        .iter()
        .map(|s| s.position[1])
        .fold(f64::INFINITY, f64::min);
    let y = libm::floor(lowest) - FALL_DEPTH;
    let [columns, rows] = [0, 2].map(|axis| {
        let at_edges = || {
            stations
                .iter()
                .flat_map(|s| Side::BOTH.map(|side| s.at(s.edge(side), 0.0)[axis]))
        };
        let low = at_edges().fold(f64::INFINITY, f64::min) - FALL_MARGIN;
        let high = at_edges().fold(f64::NEG_INFINITY, f64::max) + FALL_MARGIN;
        let cells = libm::ceil((high - low) / FALL_CELL) as usize;
        let start = libm::floor((low + high - cells as f64 * FALL_CELL) / 2.0);
        (0..cells).map(move |i| start + i as f64 * FALL_CELL)
    });
    for z in rows {
        for x in columns.clone() {
            let (right, down) = (x + FALL_CELL, z + FALL_CELL);
            // Looking along z, left is towards larger x.
            let corners = [[right, y, z], [x, y, z], [right, y, down], [x, y, down]];
            mesh.quad(corners, CollisionType::FallBoundary);
        }
    }
}
