//! A course, read once a race: its geometry.

use ram_views::Result;
use track::{Checkpoint, Start, Surface, Track, Triangle};

use crate::collision::CollisionTriangle;
use crate::hud::LAPS;
use crate::ids::{CourseId, SurfaceType};
use crate::race::{MAX_PATHS, Race, Side};

/// How many points of the path lie from one checkpoint to the next.
pub const POINTS_PER_CHECKPOINT: usize = 10;

/// How far a normal's length may be from 1.
const NORMAL_TOLERANCE: f32 = 0.01;

/// A course: its collision, and checkpoints across its first path, one every [`POINTS_PER_CHECKPOINT`] points from the
/// line on.
///
/// Battle courses have no path, hence no checkpoints and no centreline.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    id: CourseId,
    paths: Vec<Vec<[f32; 3]>>,
    track: Track,
}

impl Course {
    /// The course of a race.
    ///
    /// # Errors
    ///
    /// Its collision or its path is not loaded, or leaves RAM.
    pub fn read(race: &Race<'_>) -> Result<Self> {
        let path = CentrePath::read(race)?;
        let triangles = triangles(race)?;
        let track = Track::new(triangles, Vec::new(), None);
        let roads = path.surfaces(&track);
        let triangles = track.triangles().iter().map(|triangle| Triangle {
            surface: Surface {
                is_road: is_road(triangle.surface, &roads),
                ..triangle.surface
            },
            ..*triangle
        });
        Ok(Self {
            id: race.course_id()?,
            paths: paths(race)?,
            track: Track::new(triangles.collect(), path.checkpoints(), path.start()),
        })
    }

    /// The game's number.
    #[must_use]
    pub const fn id(&self) -> CourseId {
        self.id
    }

    /// How many laps a race on it has.
    #[must_use]
    pub const fn laps(&self) -> usize {
        LAPS
    }

    /// Its geometry. Triangles without an area are left out.
    ///
    /// Floors carry, except where karts are fetched from; walls stop. The road is all ground of the surfaces that the
    /// path leads over, and boosts: what is road on one course lies beside it on another.
    #[must_use]
    pub const fn track(&self) -> &Track {
        &self.track
    }

    /// The points of its paths, units: the computer's drivers follow them, and progress is counted along the first one.
    /// Every course for races has one; the other three are for branches.
    #[must_use]
    pub fn paths(&self) -> &[Vec<[f32; 3]>] {
        &self.paths
    }

    /// How many points its first path has.
    #[must_use]
    pub fn path_points(&self) -> usize {
        self.paths.first().map_or(0, Vec::len)
    }

    /// What a player at `point` (units) stands on or is above. `None` where there is no floor.
    #[must_use]
    pub fn surface_at(&self, point: [f32; 3]) -> Option<SurfaceType> {
        let floor = self.track.floor_below(point)?;
        Some(SurfaceType(floor.surface.kind))
    }
}

/// The checkpoint that a path point belongs to: it lies there or behind it.
#[must_use]
pub const fn checkpoint_of(path_point: usize) -> usize {
    path_point / POINTS_PER_CHECKPOINT
}

/// The middles of the paths that there are.
fn paths(race: &Race<'_>) -> Result<Vec<Vec<[f32; 3]>>> {
    let mut paths = Vec::new();
    for path in 0..MAX_PATHS {
        let points = race.path(path, Side::Centre)?;
        let points: Vec<_> = points.iter().map(|point| units(point.position())).collect();
        paths.push(points);
    }
    // The first one keeps its place on a course that has none, as those of battles.
    let count = paths.iter().rposition(|path| !path.is_empty());
    paths.truncate(count.map_or(0, |last| last + 1));
    Ok(paths)
}

fn triangles(race: &Race<'_>) -> Result<Vec<Triangle>> {
    let table = race.triangles()?;
    let mut triangles = Vec::with_capacity(table.len());
    for triangle in table.iter() {
        let normal = triangle.normal();
        let square: f32 = normal.iter().map(|part| part * part).sum();
        if (square - 1.0).abs() <= NORMAL_TOLERANCE {
            triangles.push(Triangle {
                corners: race.corners(&triangle)?.map(units),
                normal,
                surface: surface_of(&triangle),
            });
        }
    }
    Ok(triangles)
}

fn units(place: [i16; 3]) -> [f32; 3] {
    place.map(f32::from)
}

/// What a triangle does to karts, before it is known what the road is made of.
fn surface_of(triangle: &CollisionTriangle<'_>) -> Surface {
    let is_floor = triangle.flags().faces_y() != 0;
    Surface {
        kind: triangle.surface().0,
        carries: is_floor && triangle.surface() != SurfaceType::OUT_OF_BOUNDS,
        stops: !is_floor,
        is_road: false,
    }
}

fn is_road(surface: Surface, roads: &[u16]) -> bool {
    surface.carries && (roads.contains(&surface.kind) || SurfaceType(surface.kind).is_boost())
}

/// The first path: its middle, and its sides.
struct CentrePath {
    centre: Vec<[f32; 3]>,
    left: Vec<[f32; 3]>,
    right: Vec<[f32; 3]>,
}

impl CentrePath {
    fn read(race: &Race<'_>) -> Result<Self> {
        let side = |side| -> Result<Vec<[f32; 3]>> {
            let points = race.path(0, side)?;
            Ok(points.iter().map(|point| units(point.position())).collect())
        };
        Ok(Self {
            centre: side(Side::Centre)?,
            left: side(Side::Left)?,
            right: side(Side::Right)?,
        })
    }

    /// What the path leads over.
    fn surfaces(&self, track: &Track) -> Vec<u16> {
        let below = |[x, y, z]: &[f32; 3]| track.floor_below([*x, y + 1.0, *z]);
        let floors = self.centre.iter().filter_map(below);
        let mut surfaces: Vec<u16> = floors.map(|floor| floor.surface.kind).collect();
        surfaces.sort_unstable();
        surfaces.dedup();
        surfaces
    }

    fn checkpoints(&self) -> Vec<Checkpoint> {
        let from_above = |[x, _, z]: [f32; 3]| [x, z];
        let count = self.centre.len().div_ceil(POINTS_PER_CHECKPOINT);
        let gate = |index: usize| {
            let (point, next) = (index * POINTS_PER_CHECKPOINT, (index + 1) % count);
            let ends = [self.left[point], self.right[point]].map(from_above);
            let ahead = from_above(self.centre[next * POINTS_PER_CHECKPOINT]);
            Checkpoint {
                key: (index == 0).then_some(0),
                next: vec![next],
                ..Checkpoint::between(ends, Some(ahead))
            }
        };
        (0..count).map(gate).collect()
    }

    /// At the path's first point, facing along it.
    fn start(&self) -> Option<Start> {
        let [[x, y, z], [next_x, _, next_z]] = *self.centre.first_chunk()?;
        let yaw = (next_x - x).atan2(next_z - z).to_degrees();
        Some(Start {
            position: [x, y, z],
            rotation: [0.0, yaw, 0.0],
        })
    }
}
