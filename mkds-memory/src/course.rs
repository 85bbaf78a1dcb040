//! A course, read once a race: its geometry, and what the game keeps of it beside that.

use mkds_formats::kcl::Kcl;
use mkds_formats::nkm::Nkm;
use nds_formats::fx::VecFx32;
use track::{Track, Triangle};

use crate::collision::{Area, CollisionType, Octree, PrismNumbers, collision_type_of};
use crate::error::Result;
use crate::loaded_race::Race;

mod parts;
pub use parts::Source;

/// A course, independent of where it was read from: the RAM of a race, or the course's files.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mkds_formats::{kcl::Kcl, nkm::Nkm};
/// use mkds_memory::course::Course;
///
/// let oval = &homebrew::COURSES[0];
/// let course = Course::from_files(&Kcl::parse(oval.kcl)?, &Nkm::parse(oval.nkm)?)?;
/// let start = course.track().start().ok_or("no start")?;
/// assert!(course.track().floor_below(start.position).is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    id: Option<u32>,
    laps: usize,
    track: Track,
    /// Where the track's triangles are from, one each; none for a course of a track alone.
    sources: Vec<Source>,
    area: Area,
    /// The octree up to the last byte that a lookup can reach, or what is wrong with it. Empty if
    /// there is none.
    octree: Result<Vec<u8>>,
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
        let laps = map
            .settings()?
            .map_or(0, |settings| usize::from(settings.laps()));
        let id = race.ram().course_id()?;
        let (triangles, sources) = parts::triangles_in_ram(&collision)?;
        let checkpoints = parts::checkpoints_in_ram(&map)?;
        let start = parts::start_in_ram(&map)?;
        let octree = collision.octree();
        Ok(Self {
            id: Some(id),
            laps,
            track: Track::new(triangles, checkpoints, start),
            sources,
            area: *octree.area(),
            octree: octree.checked().map(<[u8]>::to_vec),
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
        let (triangles, sources) = parts::triangles_in_file(collision)?;
        let checkpoints = parts::checkpoints(&map.checkpoints, &map.checkpoint_routes)?;
        let prisms = collision.prisms().len();
        let octree = Octree::new(*collision.area(), prisms, 0, collision.octree());
        Ok(Self {
            id: None,
            laps: map.stage.laps.into(),
            track: Track::new(triangles, checkpoints, parts::start_in_file(map)),
            sources,
            area: *octree.area(),
            octree: octree.checked().map(<[u8]>::to_vec),
        })
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

    /// Its geometry. Prisms without an area are left out.
    #[must_use]
    pub const fn track(&self) -> &Track {
        &self.track
    }

    /// The prisms that the triangles of its [`track`](Course::track) were made of, in their order.
    /// There are none if the course was made of a track.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The triangle of the prism with that number; `None` if there is none.
    #[must_use]
    pub fn prism(&self, number: u16) -> Option<&Triangle> {
        let index = self
            .sources
            .binary_search_by_key(&number, |source| source.prism);
        self.track.triangles().get(index.ok()?)
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

    /// What a driver at `point` (units) stands on or is above: the type of the highest floor at
    /// or below it. `None` where there is no floor.
    #[must_use]
    pub fn material_at(&self, point: [f32; 3]) -> Option<CollisionType> {
        collision_type_of(self.track.floor_below(point)?.surface)
    }
}

impl From<Track> for Course {
    /// A course of its geometry alone: without an id, laps, prisms and an octree, so that
    /// [`Course::prisms_at`] finds nothing.
    fn from(track: Track) -> Self {
        Self {
            id: None,
            laps: 0,
            track,
            sources: Vec::new(),
            area: Area::default(),
            octree: Ok(Vec::new()),
        }
    }
}
