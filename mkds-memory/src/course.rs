//! A course, read once a race: triangles, checkpoints, centreline, and what the sensors ask.

use mkds_formats::kcl::Kcl;
use mkds_formats::nkm::Nkm;
use nds_formats::fx::VecFx32;

use crate::Result;
use crate::collision::{Area, Attribute, CollisionType, Octree, PrismNumbers};
use crate::geometry::{
    Vec2, Vec3, add, dot2, from_above, length2, meet, nearest_share, scale, sub, sub2,
};
use crate::race::Race;
use crate::sensor::{Boundary, Floors, Hit, Ray, Trace, Walls};

mod centreline;
mod parts;
pub use centreline::{Centreline, Projection};

/// A course, independent of where it was read from: the RAM of a race, or the course's files.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mkds_formats::{kcl::Kcl, nkm::Nkm};
/// use mkds_memory::course::Course;
///
/// let oval = &homebrew::COURSES[0];
/// let course = Course::from_files(&Kcl::parse(oval.kcl)?, &Nkm::parse(oval.nkm)?)?;
/// let start = course.start().ok_or("no start")?;
/// assert!(course.floor_below(start.position).is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    id: Option<u32>,
    laps: usize,
    triangles: Vec<Triangle>,
    checkpoints: Vec<Checkpoint>,
    start: Option<Start>,
    centreline: Centreline,
    floors: Floors,
    walls: Walls,
    boundary: Boundary,
    area: Area,
    /// The octree up to the last byte that a lookup can reach, or what is wrong with it. Empty if
    /// there is none.
    octree: Result<Vec<u8>>,
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
    /// The map or the collision is not loaded, or leaves main RAM. A broken octree is an error of
    /// [`Course::prisms_at`] alone.
    pub fn read(race: &Race<'_>) -> Result<Self> {
        let (map, collision) = (race.map()?, race.collision()?);
        let octree = collision.octree();
        let laps = map
            .settings()?
            .map_or(0, |settings| usize::from(settings.laps()));
        Ok(Self {
            area: *octree.area(),
            octree: octree.checked().map(<[u8]>::to_vec),
            ..Self::new(
                Some(race.ram().course_id()?),
                laps,
                parts::triangles_in_ram(&collision)?,
                parts::checkpoints_in_ram(&map)?,
                parts::start_in_ram(&map)?,
            )
        })
    }

    /// The course of a `.kcl` and an `.nkm` file: the same as [`Course::read`] finds in a race on
    /// it, but for its id, which the files do not hold: see [`Course::with_id`].
    /// [`CourseFiles`](mkds_formats::carc::CourseFiles) takes both from a ROM.
    ///
    /// # Errors
    ///
    /// The checkpoint paths lead to checkpoints or paths that are not there.
    pub fn from_files(collision: &Kcl, map: &Nkm) -> Result<Self> {
        let prisms = collision.prisms().len();
        let octree = Octree::new(*collision.area(), prisms, 0, collision.octree());
        Ok(Self {
            area: *octree.area(),
            octree: octree.checked().map(<[u8]>::to_vec),
            ..Self::new(
                None,
                map.stage.laps.into(),
                parts::triangles_in_file(collision)?,
                parts::checkpoints(&map.checkpoints, &map.checkpoint_routes)?,
                parts::start_in_file(map),
            )
        })
    }

    /// A course of its parts: what follows from them is computed here, once. An unknown `id` is `None`,
    /// an unknown number of `laps` 0. It has no octree, so that [`Course::prisms_at`] finds nothing.
    #[must_use]
    pub fn new(
        id: Option<u32>,
        laps: usize,
        triangles: Vec<Triangle>,
        checkpoints: Vec<Checkpoint>,
        start: Option<Start>,
    ) -> Self {
        let floors = Floors::new(&triangles);
        let centreline = Centreline::new(&checkpoints);
        let walls = Walls::new(&triangles, |triangle| triangle.attribute.stops_drivers());
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
            area: Area::default(),
            octree: Ok(Vec::new()),
        }
    }

    /// The same course with the game's number for it, which follows from the name of its files in a
    /// ROM: [`names::Course::id`](mkds_formats::names::Course::id).
    #[must_use]
    pub fn with_id(self, id: u32) -> Self {
        Self {
            id: Some(id),
            ..self
        }
    }

    /// The game's number, as in [`Ram::course_id`](crate::Ram::course_id); `None` for a course of files without [`Course::with_id`].
    #[must_use]
    pub const fn id(&self) -> Option<u32> {
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

    /// The triangle of the prism with that number; `None` if there is none.
    #[must_use]
    pub fn prism(&self, number: u16) -> Option<&Triangle> {
        let index = self
            .triangles
            .binary_search_by_key(&number, |triangle| triangle.prism);
        self.triangles.get(index.ok()?)
    }

    /// The box that the octree divides, and the sizes that its leaves were made for.
    #[must_use]
    pub const fn octree_area(&self) -> &Area {
        &self.area
    }

    /// The numbers of the prisms that the game looks at for something at `point` (units), as
    /// [`Octree::prisms_at`] finds them. None outside the octree's box.
    ///
    /// # Errors
    ///
    /// The octree that the course was read with is broken somewhere. Nothing else needs it.
    pub fn prisms_at(&self, point: [f32; 3]) -> Result<PrismNumbers<'_>> {
        let bytes = self.octree.as_ref().map_err(Clone::clone)?;
        if bytes.is_empty() {
            return Ok(PrismNumbers::default());
        }
        // The numbers in it were checked.
        let octree = Octree::new(self.area, usize::from(u16::MAX), 0, bytes);
        octree.prisms_at(VecFx32::from_f64(point.map(f64::from)))
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

    /// How long a lap is along the centreline, units; `None` if the checkpoints lead to no lap.
    #[must_use]
    pub fn lap_length(&self) -> Option<f32> {
        let line = &self.centreline;
        line.is_closed().then(|| line.length())
    }

    /// Its walls.
    #[must_use]
    pub const fn walls(&self) -> &Walls {
        &self.walls
    }

    /// Those of its triangles that `accepted` takes, to send rays into. Compute it once;
    /// [`Course::walls`] is such a one.
    #[must_use]
    pub fn walls_of(&self, accepted: impl Fn(&Triangle) -> bool) -> Walls {
        Walls::new(&self.triangles, accepted)
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

    /// What a driver at `point` (units) stands on or is above: the type of the highest floor at
    /// or below it. `None` where there is no floor.
    #[must_use]
    pub fn material_at(&self, point: [f32; 3]) -> Option<CollisionType> {
        self.floor_below(point)?.attribute.collision_type()
    }

    /// The nearest wall from `point` along `direction` (of unit length), within `reach` units.
    #[must_use]
    pub fn wall_ahead(&self, point: [f32; 3], direction: [f32; 3], reach: f32) -> Option<Hit> {
        let (origin, direction) = (point, direction);
        self.walls.trace(&Ray { origin, direction }, reach)
    }
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
}

impl Checkpoint {
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

/// A point at a share of the way from `a` to `b`.
pub(crate) fn between(a: Vec3, b: Vec3, share: f32) -> Vec3 {
    add(a, scale(sub(b, a), share))
}
