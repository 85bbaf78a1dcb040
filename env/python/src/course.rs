//! The class `Course`: a course's shapes as arrays, and rays into them.

use std::path::PathBuf;

use mkds_formats::carc::CourseFiles;
use mkds_formats::kcl::{CollisionType, Kcl};
use mkds_formats::nkm::Nkm;
use mkds_memory::Ram;
use mkds_memory::collision::collision_type_of;
use mkds_memory::course;
use numpy::ndarray::ArrayView2;
use numpy::{
    AllowTypeChange, Element, IxDyn, PyArray1, PyArray2, PyArrayDyn, PyArrayLike, PyArrayLikeDyn,
    PyArrayMethods, PyUntypedArrayMethods,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use track::{Pose, Ray, RayFan, Surface, Trace, cast};

use crate::course_name::course_of;
use crate::emulator::Emulator;
use crate::errors::{CourseError, NothingThereError, OrException};
use crate::race::{rom_bytes, rom_of};

/// The material number for no surface, and for unknown materials.
const NO_MATERIAL: u8 = u8::MAX;

/// A course: its collision, checkpoints and middle line as arrays, and rays into it. Lengths are in the game's units, y is
/// up. It does not depend on the emulator that it was read from.
///
/// >>> import kartscope
/// >>> course = kartscope.Course.from_rom("F8C")            # of the bundled game
/// >>> course.triangles.shape[1:], course.checkpoints.shape[1:], course.is_closed
/// ((3, 3), (2, 2), True)
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Course {
    course: course::Course,
}

/// Points or directions: float32 of shape (3,) or (n, 3), or an array convertible to that.
type Vectors<'py> = PyArrayLikeDyn<'py, f32, AllowTypeChange>;
/// One point or direction, of shape (3,).
type Vector<'py> = PyArrayLike<'py, f32, numpy::Ix1, AllowTypeChange>;

/// Heights and materials.
type Floors<'py> = (Bound<'py, PyArray1<f32>>, Bound<'py, PyArray1<u8>>);

/// The target of rays.
#[derive(Clone, Copy)]
enum Against {
    Boundary,
    Walls,
    Both,
}

impl Against {
    fn parse(text: &str) -> PyResult<Self> {
        match text {
            "boundary" => Ok(Self::Boundary),
            "walls" => Ok(Self::Walls),
            "both" => Ok(Self::Both),
            other => Err(PyValueError::new_err(format!(
                "against: expected 'boundary', 'walls' or 'both', found {other:?}"
            ))),
        }
    }
}

impl Course {
    fn cast(&self, rays: impl Iterator<Item = Ray>, reach: f32, against: Against, out: &mut [f32]) {
        let (boundary, walls) = (self.course.track().boundary(), self.course.track().walls());
        let both = (boundary, walls);
        let what: &dyn Trace = match against {
            Against::Boundary => boundary,
            Against::Walls => walls,
            Against::Both => &both,
        };
        cast(what, rays, reach, out);
    }
}

#[pymethods]
impl Course {
    /// The course of the race that an emulator is in.
    ///
    /// Raises
    /// ------
    /// NothingThereError
    ///     There is no race.
    #[staticmethod]
    fn of(py: Python<'_>, emulator: &Emulator) -> PyResult<Self> {
        let course = emulator.shared().detached(py, |console| {
            let emulator = console.emulator();
            let race = Ram::new(emulator.main_ram())?.race()?;
            race.map(|race| course::Course::read(&race)).transpose()
        })?;
        let none = || NothingThereError::new_err("course: no race is loaded");
        let course = course.or_exception()?.ok_or_else(none)?;
        Ok(Self { course })
    }

    /// A course from a ROM's files.
    ///
    /// Parameters
    /// ----------
    /// course : str or int
    ///     By abbreviation ("F8C") or the game's number.
    /// rom_path : path, optional
    ///     The ROM; without it the bundled game, which has F8C, YF, CCB and LM.
    ///
    /// Raises
    /// ------
    /// CourseError
    ///     The ROM has no such course.
    /// FormatError
    ///     Its files are damaged.
    #[staticmethod]
    #[pyo3(signature = (course, rom_path=None))]
    fn from_rom(
        py: Python<'_>,
        course: &Bound<'_, PyAny>,
        rom_path: Option<PathBuf>,
    ) -> PyResult<Self> {
        let entry = course_of(course)?;
        let rom = rom_of(py, rom_path)?;
        let files = py.detach(|| CourseFiles::of_rom(rom_bytes(&rom), entry));
        let files = files.or_exception()?.ok_or_else(|| {
            let path = entry.path();
            CourseError::new_err(format!(
                "{}: expected {path} in the ROM, found no such file",
                entry.abbreviation
            ))
        })?;
        let Self { course } = Self::from_files(py, &files.kcl, &files.nkm)?;
        Ok(Self {
            course: course.with_id(entry.id.into()),
        })
    }

    /// A course from the bytes of a `.kcl` and an `.nkm` file, which do not contain its id.
    #[staticmethod]
    fn from_files(py: Python<'_>, kcl: &[u8], nkm: &[u8]) -> PyResult<Self> {
        let course = py.detach(|| {
            let kcl = Kcl::parse(kcl).or_exception()?;
            let nkm = Nkm::parse(nkm).or_exception()?;
            course::Course::from_files(&kcl, &nkm).or_exception()
        })?;
        Ok(Self { course })
    }

    /// The game's number of the course; None for a course from files, which contain another number.
    #[getter]
    fn id(&self) -> Option<u32> {
        self.course.id()
    }

    /// How many laps a race has; 0 if the course does not define it.
    #[getter]
    fn laps(&self) -> usize {
        self.course.laps()
    }

    /// The corners of the collision's triangles: float32 of shape (n, 3, 3), triangle, corner, xyz.
    #[getter]
    fn triangles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let triangles = self.course.track().triangles();
        let corners = triangles
            .iter()
            .flat_map(|triangle| triangle.corners.as_flattened());
        array(py, corners.copied().collect(), &[triangles.len(), 3, 3])
    }

    /// The triangles' normals on the side that collides: float32 of shape (n, 3), unit length.
    #[getter]
    fn normals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let triangles = self.course.track().triangles();
        let normals = triangles.iter().flat_map(|triangle| triangle.normal);
        array(py, normals.collect(), &[triangles.len(), 3])
    }

    /// The triangles' materials: uint8 of shape (n,), numbers of `kartscope.Material`; numbers from 23 on are unknown.
    #[getter]
    fn materials<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u8>> {
        let sources = self.course.sources().iter();
        PyArray1::from_iter(py, sources.map(|source| source.attribute.type_number()))
    }

    /// The triangles' whole attribute words, uint16 of shape (n,).
    ///
    /// Bits: 0 shadow, 1-3 light, 4 ignored by drivers, 5-7 variant, 8-12 material, 13 ignored by items, 14 wall, 15 floor.
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u16>> {
        let sources = self.course.sources().iter();
        PyArray1::from_iter(py, sources.map(|source| source.attribute.0))
    }

    /// The checkpoints' lines from above: float32 of shape (n, 2, 2), checkpoint, left and right end, xz.
    #[getter]
    fn checkpoints<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let checkpoints = self.course.track().checkpoints();
        let ends = checkpoints
            .iter()
            .flat_map(|checkpoint| [checkpoint.left, checkpoint.right]);
        array(py, ends.flatten().collect(), &[checkpoints.len(), 2, 2])
    }

    /// The checkpoints' directions towards the next: float32 of shape (n, 2), xz, unit length.
    #[getter]
    fn checkpoint_directions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let checkpoints = self.course.track().checkpoints();
        let forward = checkpoints.iter().flat_map(|checkpoint| checkpoint.forward);
        array(py, forward.collect(), &[checkpoints.len(), 2])
    }

    /// The checkpoints' numbers among the key checkpoints, 0 being the finish, -1 for others: int32 of shape (n,).
    #[getter]
    fn key_checkpoints<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i32>> {
        let checkpoints = self.course.track().checkpoints().iter();
        PyArray1::from_iter(
            py,
            checkpoints.map(|checkpoint| checkpoint.key.map_or(-1, i32::from)),
        )
    }

    /// Which checkpoints may follow each, those of the main line first.
    #[getter]
    fn next_checkpoints(&self) -> Vec<Vec<usize>> {
        let checkpoints = self.course.track().checkpoints().iter();
        checkpoints
            .map(|checkpoint| checkpoint.next.clone())
            .collect()
    }

    /// The start of the drivers: position and rotation (degrees about each axis), float32 of shape (2, 3); None if the map
    /// has none.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray2<f32>>> {
        let start = self.course.track().start()?;
        let rows = [start.position, start.rotation];
        Some(PyArray2::from_owned_array(
            py,
            ArrayView2::from(&rows).to_owned(),
        ))
    }

    /// The middle of the road from above: float32 of shape (n, 2), xz, about 24 units apart, from the first checkpoint on.
    #[getter]
    fn centreline<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let points = self.course.track().centreline().points();
        array(py, points.as_flattened().to_vec(), &[points.len(), 2])
    }

    /// Whether the middle line is a closed loop.
    #[getter]
    fn is_closed(&self) -> bool {
        self.course.track().centreline().is_closed()
    }

    /// The length of the middle line, units: of a lap if it is closed.
    #[getter]
    fn length(&self) -> f32 {
        self.course.track().centreline().length()
    }

    /// The segments of the road's edge: float32 of shape (n, 2, 3), segment, start and end, xyz.
    #[getter]
    fn boundary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let segments = self.course.track().boundary().segments();
        let ends = segments
            .iter()
            .flat_map(|segment| [segment.start, segment.end]);
        array(py, ends.flatten().collect(), &[segments.len(), 2, 3])
    }

    /// The material beyond each segment of the road's edge: uint8 of shape (n,), numbers of `kartscope.Material`, 255 for none.
    #[getter]
    fn boundary_materials<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u8>> {
        let segments = self.course.track().boundary().segments().iter();
        PyArray1::from_iter(py, segments.map(|segment| number(segment.beyond)))
    }

    /// The distances at which rays hit, units, `reach` for no hit: float32 of shape (n,).
    ///
    /// Parameters
    /// ----------
    /// origins, directions : array of float, shape (n, 3) or (3,)
    ///     The rays' origins and directions, of any length. A single one is combined with all of the other.
    /// reach : float
    ///     The length of the rays.
    /// against : str
    ///     "boundary", the road's edge, seen from above; "walls", all that stops drivers; or "both".
    #[pyo3(signature = (origins, directions, *, reach=3000.0, against="boundary"))]
    fn raycast<'py>(
        &self,
        py: Python<'py>,
        origins: Vectors<'py>,
        directions: Vectors<'py>,
        reach: f32,
        against: &str,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let against = Against::parse(against)?;
        let origins = vectors(&origins, "origins")?;
        let directions = vectors(&directions, "directions")?;
        let count = match (origins.len(), directions.len()) {
            (one, other) if one == other || other == 1 => one,
            (1, other) => other,
            (one, other) => {
                return Err(PyValueError::new_err(format!(
                    "directions: expected as many as origins ({one}) or one, found {other}"
                )));
            }
        };
        let rays = origins
            .iter()
            .cycle()
            .zip(directions.iter().cycle())
            .take(count);
        let rays = rays
            .enumerate()
            .map(|(index, (origin, direction))| {
                let unit = unit(*direction).ok_or_else(|| {
                    PyValueError::new_err(format!(
                        "directions: expected a direction, found {direction:?} at {index}"
                    ))
                })?;
                Ok(Ray {
                    origin: *origin,
                    direction: unit,
                })
            })
            .collect::<PyResult<Vec<_>>>()?;
        let distances = py.detach(|| {
            let mut distances = vec![0.0; count];
            self.cast(rays.into_iter(), reach, against, &mut distances);
            distances
        });
        Ok(PyArray1::from_vec(py, distances))
    }

    /// The distances at which the rays of a fan hit, units, from the leftmost to the rightmost: float32 of shape (count,).
    ///
    /// Parameters
    /// ----------
    /// position, forward : array of float, shape (3,)
    ///     The fan's position and facing: `driver.position`, `driver.direction`.
    /// up : array of float, shape (3,)
    ///     The fan's up direction: `driver.floor_normal` puts the fan into the plane that a kart stands on.
    /// count : int
    ///     How many rays; a single one points ahead.
    /// field_of_view : float
    ///     The angle between the first and the last, radians.
    /// reach, against
    ///     As for `raycast`.
    #[pyo3(signature = (position, forward, up=None, *, count=24, field_of_view=std::f32::consts::PI, reach=3000.0,
        against="boundary"))]
    #[expect(clippy::too_many_arguments, reason = "Python's are named")]
    fn fan<'py>(
        &self,
        py: Python<'py>,
        position: Vector<'py>,
        forward: Vector<'py>,
        up: Option<Vector<'py>>,
        count: usize,
        field_of_view: f32,
        reach: f32,
        against: &str,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        if count > MOST_RAYS {
            let message = format!("count: expected at most {MOST_RAYS}, found {count}");
            return Err(PyValueError::new_err(message));
        }
        let against = Against::parse(against)?;
        let up = up.map_or(Ok([0.0, 1.0, 0.0]), |up| vector(&up, "up"))?;
        let pose = Pose::new(
            vector(&position, "position")?,
            vector(&forward, "forward")?,
            up,
        );
        let fan = RayFan::new(count, field_of_view, reach);
        let mut distances = vec![0.0; count];
        self.cast(fan.rays(&pose), reach, against, &mut distances);
        Ok(PyArray1::from_vec(py, distances))
    }

    /// The highest floor for drivers at or below points: heights, float32 of shape (n,), NaN where there is none, and
    /// materials, uint8 of shape (n,), 255 there.
    ///
    /// `points` is an array of float, shape (n, 3) or (3,).
    fn floor_below<'py>(&self, py: Python<'py>, points: Vectors<'py>) -> PyResult<Floors<'py>> {
        let points = vectors(&points, "points")?;
        let floors = points
            .into_iter()
            .map(|point| self.course.track().floor_below(point));
        let (heights, materials): (Vec<_>, Vec<_>) = floors
            .map(|floor| match floor {
                Some(floor) => (floor.y, number(Some(floor.surface))),
                None => (f32::NAN, NO_MATERIAL),
            })
            .unzip();
        Ok((
            PyArray1::from_vec(py, heights),
            PyArray1::from_vec(py, materials),
        ))
    }

    /// The positions of points relative to the middle line: float32 of shape (n, 2), the distance along it from the first
    /// checkpoint and the offset to its left, units; NaN if there is no line.
    ///
    /// `points` is an array of float, shape (n, 3) or (3,). Where courses cross themselves, `near` is the driver's checkpoint:
    /// then only the line around that one counts.
    #[pyo3(signature = (points, near=None))]
    fn project<'py>(
        &self,
        py: Python<'py>,
        points: Vectors<'py>,
        near: Option<usize>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let points = vectors(&points, "points")?;
        let line = self.course.track().centreline();
        let places = points
            .iter()
            .flat_map(|[x, _, z]| match line.project([*x, *z], near) {
                Some(place) => [place.along, place.offset],
                None => [f32::NAN; 2],
            });
        array(py, places.collect(), &[points.len(), 2])
    }

    fn __repr__(&self) -> String {
        let id = self.course.id().map(|id| format!(" {id}"));
        format!(
            "<kartscope.Course{} of {} triangles and {} checkpoints>",
            id.unwrap_or_default(),
            self.course.track().triangles().len(),
            self.course.track().checkpoints().len()
        )
    }
}

/// The most rays of a fan: far above any use, and a limit for allocations.
const MOST_RAYS: usize = 1 << 20;

/// The names of the materials by number.
pub(crate) fn material_names() -> Vec<String> {
    CollisionType::ALL
        .iter()
        .map(|material| format!("{material:?}"))
        .collect()
}

fn number(surface: Option<Surface>) -> u8 {
    let material = surface.and_then(collision_type_of);
    material.map_or(NO_MATERIAL, |material| material as u8)
}

fn array<'py, T: Element>(
    py: Python<'py>,
    numbers: Vec<T>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    PyArray1::from_vec(py, numbers).reshape(IxDyn(shape))
}

/// The vectors of an array of shape (3,) or (n, 3).
fn vectors(array: &Vectors<'_>, what: &str) -> PyResult<Vec<[f32; 3]>> {
    if !matches!(array.shape(), [3] | [_, 3]) {
        return Err(PyValueError::new_err(format!(
            "{what}: expected shape (3,) or (n, 3), found {:?}",
            array.shape()
        )));
    }
    let numbers: Vec<f32> = array.as_array().iter().copied().collect();
    Ok(numbers.as_chunks().0.to_vec())
}

/// The vector of an array of shape (3,).
fn vector(array: &Vector<'_>, what: &str) -> PyResult<[f32; 3]> {
    let numbers: Vec<f32> = array.as_array().iter().copied().collect();
    numbers.as_slice().try_into().map_err(|_| {
        PyValueError::new_err(format!(
            "{what}: expected shape (3,), found ({},)",
            numbers.len()
        ))
    })
}

/// The direction at unit length; `None` for a zero or non-finite vector.
fn unit(vector: [f32; 3]) -> Option<[f32; 3]> {
    let length = vector.iter().map(|part| part * part).sum::<f32>().sqrt();
    (length > 0.0 && length.is_finite()).then(|| vector.map(|part| part / length))
}
