//! A course's geometry: what is given, and what follows from it.

use crate::boundary::Boundary;
use crate::centreline::Centreline;
use crate::checkpoint::Checkpoint;
use crate::floors::Floors;
use crate::ray::{Hit, Ray, Trace};
use crate::triangle::{Surface, Triangle};
use crate::walls::Walls;

/// The geometry of a course: its triangles and checkpoints, and what is measured in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    triangles: Vec<Triangle>,
    checkpoints: Vec<Checkpoint>,
    start: Option<Start>,
    extent: Extent,
    centreline: Centreline,
    floors: Floors,
    walls: Walls,
    boundary: Boundary,
}

/// The box around a course's triangles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Its middle, units.
    pub centre: [f32; 3],
    /// Half of its longest side, units; at least 1.
    pub half_size: f32,
}

impl Extent {
    fn of(triangles: &[Triangle]) -> Self {
        let (mut low, mut high) = ([f32::MAX; 3], [f32::MIN; 3]);
        for corner in triangles.iter().flat_map(|triangle| triangle.corners) {
            for axis in 0..3 {
                low[axis] = low[axis].min(corner[axis]);
                high[axis] = high[axis].max(corner[axis]);
            }
        }
        Self {
            centre: std::array::from_fn(|axis| f32::midpoint(low[axis], high[axis])),
            half_size: (0..3)
                .map(|axis| (high[axis] - low[axis]) / 2.0)
                .fold(1.0, f32::max),
        }
    }
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
    pub surface: Surface,
    /// Its triangle among [`Track::triangles`].
    pub triangle: usize,
}

impl Track {
    /// The geometry of a course of these parts. What follows from them is computed here, once.
    ///
    /// Links of `checkpoints` to checkpoints that are not there lead nowhere.
    #[must_use]
    pub fn new(
        triangles: Vec<Triangle>,
        checkpoints: Vec<Checkpoint>,
        start: Option<Start>,
    ) -> Self {
        let floors = Floors::new(&triangles);
        Self {
            extent: Extent::of(&triangles),
            centreline: Centreline::new(&checkpoints),
            walls: Walls::new(&triangles, |triangle| triangle.surface.stops),
            boundary: Boundary::new(&triangles, &floors, |surface| surface.is_road),
            floors,
            triangles,
            checkpoints,
            start,
        }
    }

    /// Its collision.
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

    /// The box around its triangles.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Where the drivers start, if that is known.
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

    /// Its walls: the triangles that stop drivers.
    #[must_use]
    pub const fn walls(&self) -> &Walls {
        &self.walls
    }

    /// Those of its triangles that `accepted` takes, to send rays into. Compute it once;
    /// [`Track::walls`] is such a one.
    #[must_use]
    pub fn walls_of(&self, accepted: impl Fn(&Triangle) -> bool) -> Walls {
        Walls::new(&self.triangles, accepted)
    }

    /// The edge of its road; see [`Surface::is_road`].
    #[must_use]
    pub const fn boundary(&self) -> &Boundary {
        &self.boundary
    }

    /// The edge of the ground that `accepted` takes: elsewhere begins what it does not, or
    /// nothing. Compute it once; [`Track::boundary`] is such a one.
    #[must_use]
    pub fn boundary_of(&self, accepted: impl Fn(Surface) -> bool) -> Boundary {
        Boundary::new(&self.triangles, &self.floors, accepted)
    }

    /// The highest floor for drivers at or below `point`.
    #[must_use]
    pub fn floor_below(&self, point: [f32; 3]) -> Option<Floor> {
        let (triangle, y) = self.floors.below(point)?;
        let Triangle {
            normal, surface, ..
        } = self.triangles[triangle];
        Some(Floor {
            y,
            normal,
            surface,
            triangle,
        })
    }

    /// The nearest wall from `point` along `direction` (of unit length), within `reach` units.
    #[must_use]
    pub fn wall_ahead(&self, point: [f32; 3], direction: [f32; 3], reach: f32) -> Option<Hit> {
        let (origin, direction) = (point, direction);
        self.walls.trace(&Ray { origin, direction }, reach)
    }
}
