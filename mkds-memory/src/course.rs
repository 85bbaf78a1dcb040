//! A course, read once a race: triangles, checkpoints, centreline, and what the sensors ask.

use mkds_formats::kcl;

use crate::collision::{Attribute, Collision, CollisionType};
use crate::corners::Corners;
use crate::geometry::{
    Vec2, Vec3, add, cross, cross2, dot, dot2, from_above, left2, length2, scale, sub, sub2,
};
use crate::grid::nearest_share;
use crate::map::{Cpat, Cpoi, Map};
use crate::race::Race;
use crate::sensor::{Boundary, Floors, Walls};
use crate::view::Table;
use crate::{Error, Result};

mod centreline;
pub use centreline::{Centreline, Projection};

/// Farther than this from the origin there is no course: the octree's corner is at most 2^19 units
/// away, an `fx32`'s reach.
const FARTHEST: f64 = 524_288.0;

/// A course, independent of the RAM that it was read from.
#[derive(Debug, Clone)]
pub struct Course {
    id: u32,
    laps: usize,
    triangles: Vec<Triangle>,
    checkpoints: Vec<Checkpoint>,
    start: Option<Start>,
    centreline: Centreline,
    floors: Floors,
    walls: Walls,
    boundary: Boundary,
}

/// A triangle of the course's collision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Triangle {
    /// Its corners, units.
    pub corners: [[f32; 3]; 3],
    /// The face's normal, unit length, on the side that collides.
    pub normal: [f32; 3],
    /// What it is made of, and whom it stops.
    pub attribute: Attribute,
    /// Its number in the octree, from 1.
    pub prism: u16,
}

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
    /// Its number among the key checkpoints, 0 being the finish; `None` for others.
    pub key: Option<u16>,
    /// The checkpoint path that it belongs to.
    pub path: usize,
    /// The respawn point of those who fall off after it.
    pub respawn: u8,
    /// The checkpoints that may follow it; the first one is on the main line.
    pub next: Vec<usize>,
}

/// Where the drivers start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// Units.
    pub position: [f32; 3],
    /// Degrees about each axis; that about y grows to the left, 0 faces along +z.
    pub rotation: [f32; 3],
}

/// The floor below a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floor {
    /// Its height, units.
    pub y: f32,
    /// Its normal, unit length.
    pub normal: [f32; 3],
    /// What it is made of.
    pub attribute: Attribute,
    /// Its triangle among [`Course::triangles`].
    pub triangle: usize,
}

impl Course {
    /// The course of a race.
    ///
    /// # Errors
    ///
    /// The map or the collision is not loaded, or leaves main RAM.
    pub fn read(race: &Race<'_>) -> Result<Self> {
        let map = race.map()?;
        let triangles = triangles(&race.collision()?)?;
        let checkpoints = checkpoints(map.checkpoints()?, map.checkpoint_paths()?)?;
        Ok(Self::new(
            race.ram().course_id(),
            map.settings()?
                .map_or(0, |settings| usize::from(settings.laps())),
            triangles,
            checkpoints,
            start(&map)?,
        ))
    }

    /// A course of its parts: what follows from them is computed here, once. `laps` is 0 if nobody
    /// tells.
    #[must_use]
    pub fn new(
        id: u32,
        laps: usize,
        triangles: Vec<Triangle>,
        checkpoints: Vec<Checkpoint>,
        start: Option<Start>,
    ) -> Self {
        let floors = Floors::new(&triangles);
        let centreline = Centreline::new(&checkpoints);
        let walls = Walls::new(&triangles);
        let boundary = Boundary::new(&triangles, &floors, CollisionType::is_road);
        Self {
            id,
            laps,
            triangles,
            checkpoints,
            start,
            centreline,
            floors,
            walls,
            boundary,
        }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// How many laps a race on it has; 0 if its settings do not tell.
    #[must_use]
    pub const fn laps(&self) -> usize {
        self.laps
    }

    /// Its collision. Prisms without an area are left out.
    #[must_use]
    pub fn triangles(&self) -> &[Triangle] {
        &self.triangles
    }

    /// Its checkpoints.
    #[must_use]
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// The checkpoints of the main line after `checkpoint`, round after round, without end unless
    /// the line has one.
    pub fn checkpoints_after(&self, checkpoint: usize) -> impl Iterator<Item = &Checkpoint> {
        let next = |at: usize| self.checkpoints.get(at)?.next.first().copied();
        std::iter::successors(next(checkpoint), move |at| next(*at))
            .filter_map(|at| self.checkpoints.get(at))
    }

    /// Where the drivers start, if the map tells.
    #[must_use]
    pub const fn start(&self) -> Option<Start> {
        self.start
    }

    /// The middle of the road, by the checkpoints.
    #[must_use]
    pub const fn centreline(&self) -> &Centreline {
        &self.centreline
    }

    /// Its walls.
    #[must_use]
    pub const fn walls(&self) -> &Walls {
        &self.walls
    }

    /// The edge of its road; see [`CollisionType::is_road`].
    #[must_use]
    pub const fn boundary(&self) -> &Boundary {
        &self.boundary
    }

    /// The edge of the ground that `accepted` takes: elsewhere begins what it does not, or
    /// nothing. Compute it once; [`Course::boundary`] is such a one.
    #[must_use]
    pub fn boundary_of(&self, accepted: impl Fn(CollisionType) -> bool) -> Boundary {
        Boundary::new(&self.triangles, &self.floors, accepted)
    }

    /// The highest floor for drivers at or below `point`.
    #[must_use]
    pub fn floor_below(&self, point: [f32; 3]) -> Option<Floor> {
        let (triangle, y) = self.floors.below(point)?;
        let Triangle {
            normal, attribute, ..
        } = self.triangles[triangle];
        Some(Floor {
            y,
            normal,
            attribute,
            triangle,
        })
    }
}

/// The triangles that the prisms stand for.
fn triangles(collision: &Collision<'_>) -> Result<Vec<Triangle>> {
    let mut triangles = Vec::with_capacity(collision.prisms().len());
    for (index, prism) in collision.prisms().iter().enumerate() {
        let position = collision.position(prism.position_index())?.to_f64();
        let normal = |index| collision.normal(index).map(|normal| normal.to_f64());
        let face = normal(prism.face_normal_index())?;
        let edges = [
            normal(prism.edge_normal_1_index())?,
            normal(prism.edge_normal_2_index())?,
            normal(prism.edge_normal_3_index())?,
        ];
        let height = prism.height().to_f64();
        // The first 65535 prisms have a number; the collision has no more.
        let prism_number = u16::try_from(index + 1).unwrap_or(u16::MAX);
        if let Some(corners) = corners(position, height, face, edges) {
            let normal = face.map(|part| part as f32);
            let attribute = prism.attribute();
            triangles.push(Triangle {
                corners,
                normal,
                attribute,
                prism: prism_number,
            });
        }
    }
    settle(&mut triangles);
    Ok(triangles)
}

/// Moves corners that are computed onto those that prisms keep, which are exact: nearly every
/// corner of a course is one that some prism keeps.
fn settle(triangles: &mut [Triangle]) {
    let mut kept = Corners::default();
    for triangle in &*triangles {
        kept.number(triangle.corners[0]);
    }
    for corner in triangles
        .iter_mut()
        .flat_map(|triangle| &mut triangle.corners[1..])
    {
        if let Some((_, exact)) = kept.nearest(*corner) {
            *corner = exact;
        }
    }
}

/// A prism's corners; `None` if it encloses nothing.
fn corners(
    position: [f64; 3],
    height: f64,
    face: [f64; 3],
    edges: [[f64; 3]; 3],
) -> Option<[Vec3; 3]> {
    let corners = kcl::triangle(position, face, edges, height)?;
    let near = corners.iter().flatten().all(|part| part.abs() <= FARTHEST);
    near.then(|| corners.map(|corner| corner.map(|part| part as f32)))
}

/// The checkpoints, linked by their paths.
fn checkpoints(points: Table<'_, Cpoi<'_>>, paths: Table<'_, Cpat<'_>>) -> Result<Vec<Checkpoint>> {
    let mut checkpoints: Vec<Checkpoint> = points.iter().map(|point| unlinked(&point)).collect();
    let mut linked = 0;
    for (number, path) in paths.iter().enumerate() {
        let range = path_range(&path, points.len())?;
        // Paths share no checkpoints: broken ones must not cost the product of both counts.
        linked += range.len();
        if linked > points.len() {
            let symbol = "map_data.cpat: checkpoints of all paths";
            let (index, count) = (linked - 1, points.len());
            return Err(Error::NoSuchElement {
                symbol,
                index,
                count,
            });
        }
        for index in range.clone() {
            checkpoints[index].path = number;
            checkpoints[index].next = if index + 1 < range.end {
                vec![index + 1]
            } else {
                starts_of(&path, paths, points.len())?
            };
        }
    }
    for index in 0..checkpoints.len() {
        let ahead = checkpoints[index]
            .next
            .first()
            .map(|next| checkpoints[*next].midpoint);
        orient(&mut checkpoints[index], ahead);
    }
    Ok(checkpoints)
}

fn unlinked(point: &Cpoi<'_>) -> Checkpoint {
    let left = [point.x1().to_f32(), point.z1().to_f32()];
    let right = [point.x2().to_f32(), point.z2().to_f32()];
    Checkpoint {
        left,
        right,
        midpoint: [0, 1].map(|axis| (left[axis] + right[axis]) * 0.5),
        forward: [0.0, 0.0],
        key: u16::try_from(point.key_id()).ok(),
        path: 0,
        respawn: point.respawn_id(),
        next: Vec::new(),
    }
}

fn path_range(path: &Cpat<'_>, count: usize) -> Result<std::ops::Range<usize>> {
    let (start, length) = (usize::from(path.start()), usize::from(path.length()));
    if start + length > count {
        let index = start + length;
        return Err(Error::NoSuchElement {
            symbol: "map_data.cpat: a checkpoint",
            index,
            count,
        });
    }
    Ok(start..start + length)
}

/// The first checkpoints of the paths after one.
fn starts_of(
    path: &Cpat<'_>,
    paths: Table<'_, Cpat<'_>>,
    checkpoint_count: usize,
) -> Result<Vec<usize>> {
    let none = u8::MAX;
    let mut starts = Vec::new();
    for next in path
        .next()
        .into_iter()
        .filter(|next| *next != none)
        .map(usize::from)
    {
        let count = paths.len();
        let missing = Error::NoSuchElement {
            symbol: "map_data.cpat.next",
            index: next,
            count,
        };
        let range = path_range(&paths.get(next).ok_or(missing)?, checkpoint_count)?;
        if !range.is_empty() && !starts.contains(&range.start) {
            starts.push(range.start);
        }
    }
    Ok(starts)
}

/// Finds out which way a checkpoint is driven through, and so which end is on the left.
fn orient(checkpoint: &mut Checkpoint, ahead: Option<Vec2>) {
    let line = sub2(checkpoint.right, checkpoint.left);
    let length = length2(line);
    if length == 0.0 {
        return;
    }
    let forward = left2([line[0] / length, line[1] / length]);
    let backwards =
        ahead.is_some_and(|ahead| dot2(forward, sub2(ahead, checkpoint.midpoint)) < 0.0);
    if backwards {
        std::mem::swap(&mut checkpoint.left, &mut checkpoint.right);
        checkpoint.forward = [-forward[0], -forward[1]];
    } else {
        checkpoint.forward = forward;
    }
}

fn start(map: &Map<'_>) -> Result<Option<Start>> {
    Ok(map.start_points()?.get(0).map(|start| Start {
        position: start.position().to_f32(),
        rotation: start.rotation().to_f32(),
    }))
}

impl Triangle {
    /// Whether drivers stand on it.
    #[must_use]
    pub fn is_floor(&self) -> bool {
        self.attribute.carries_drivers() && self.normal[1] > 0.0
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

    /// Whether it lies over or under a point of the ground, its edges included.
    pub(crate) fn covers(&self, point: Vec2) -> bool {
        let corners = self.seen_from_above();
        let sides = [0, 1, 2].map(|i| {
            cross2(
                sub2(corners[(i + 1) % 3], corners[i]),
                sub2(point, corners[i]),
            )
        });
        sides.iter().all(|side| *side >= 0.0) || sides.iter().all(|side| *side <= 0.0)
    }

    /// Where a ray meets it from either side, in lengths of `direction`.
    #[inline]
    pub(crate) fn meet(&self, origin: Vec3, direction: Vec3) -> Option<f32> {
        let [a, b, c] = self.corners;
        let (ab, ac) = (sub(b, a), sub(c, a));
        let across = cross(direction, ac);
        let volume = dot(ab, across);
        if volume == 0.0 {
            return None;
        }
        let from = sub(origin, a);
        let u = dot(from, across) / volume;
        let turned = cross(from, ab);
        let v = dot(direction, turned) / volume;
        let inside = u >= 0.0 && v >= 0.0 && u + v <= 1.0;
        let distance = dot(ac, turned) / volume;
        (inside && distance >= 0.0).then_some(distance)
    }
}

impl Checkpoint {
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

/// A point at a share of the way from `a` to `b`.
pub(crate) fn between(a: Vec3, b: Vec3, share: f32) -> Vec3 {
    add(a, scale(sub(b, a), share))
}
