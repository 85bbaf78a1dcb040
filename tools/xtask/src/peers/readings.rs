//! The peer's readings, and our readings to compare them with.

use anyhow::{Context, Result};
use mkds_memory::collision::Prism;
use mkds_memory::course::Course;
use mkds_memory::path::{FieldValue, Path};
use mkds_memory::{RAM_BASE, Race, Ram};
use track::ZClip;

use super::names;

/// Pixels by which two projections of a point may differ, since both round.
const SAME_PIXEL: f64 = 0.01;

/// Units by which two corners of a triangle may differ: the peer computes them from the rounded normals, we
/// join those that neighbours share.
const SAME_CORNER: f64 = 1.0;

/// A reading of ours.
pub enum Reading {
    /// A field.
    Field(Path),
    /// A field times a number, as a single-precision number.
    Single(Path, f64),
    /// A constant.
    Constant(f64),
    /// Whether the race's frames are or were being counted: the peer never resets this.
    Ready,
    /// The kart's position on the screen: x or y, pixels.
    Pixel(usize),
    /// The kart's distance in front of the camera, units.
    Depth,
    /// A part of a prism of the course's collision, counted from 0.
    Prism(usize, fn(&Prism<'_>) -> f64),
    /// Along an axis, one of the positions that prisms share.
    Position(u16, usize),
    /// Along an axis, one of the normals.
    Normal(u16, usize),
    /// A corner of a course's triangle: the prism's number, corner, axis.
    Corner(u16, usize, usize),
}

const AXES: [&str; 3] = ["x", "y", "z"];

impl Reading {
    /// Our reading for the peer's reading `name`; `None` if there is none.
    pub fn of(name: &str) -> Option<Self> {
        if name == "race_ready" {
            return Some(Self::Ready);
        }
        let end = name.find('[').unwrap_or(name.len());
        let (what, rest) = name.split_at(end);
        let indices: Vec<usize> = rest
            .split(|letter: char| !letter.is_ascii_digit())
            .filter_map(|digits| digits.parse().ok())
            .collect();
        let axis = |index: usize| AXES.get(index);
        let last_axis = || AXES.iter().position(|axis| name.ends_with(axis));
        let path = |text: String| Path::parse(&text).ok();
        match (what, indices.as_slice()) {
            ("driver_position", [i]) => {
                let path = path(format!("driver[0].position.{}", axis(*i)?))?;
                Some(Self::Single(path, 1.0))
            }
            ("driver_direction", [i]) => {
                let path = path(format!("driver[0].direction.{}", axis(*i)?))?;
                Some(Self::Single(path, 1.0))
            }
            ("driver_velocity", [i]) => {
                let field = names::ours(&format!("driver.velocity.{}", axis(*i)?))?;
                Some(Self::Single(field, 1.0))
            }
            ("driving_direction", [i]) => {
                let field = names::ours(&format!("driver.drivingDirection.{}", axis(*i)?))?;
                Some(Self::Single(field, 1.0))
            }
            ("driver_matrix", [i, j]) => {
                let field = names::ours(&format!("driver.mainMtx[{j}][{i}]"))?;
                Some(Self::Single(field, 1.0))
            }
            ("camera_matrix", [3, j]) => Some(Self::Constant(if *j == 3 { 1.0 } else { 0.0 })),
            ("camera_matrix", [i, j]) => {
                let field = names::ours(&format!("camera.mtx[{j}][{i}]"))?;
                // The game keeps the translation in sixteenths.
                Some(Self::Single(field, if *j == 3 { 16.0 } else { 1.0 }))
            }
            ("screen", [0, i @ 0..=1]) => Some(Self::Pixel(*i)),
            ("screen", [0, 2]) => Some(Self::Depth),
            ("prism", [index, ..]) => {
                let (_, part) = name.rsplit_once('.')?;
                Some(Self::Prism(*index, prism_part(part)?))
            }
            ("position", [index]) => {
                Some(Self::Position(u16::try_from(*index).ok()?, last_axis()?))
            }
            ("normal", [index]) => Some(Self::Normal(u16::try_from(*index).ok()?, last_axis()?)),
            ("triangle", [prism, corner @ 0..=2]) => Some(Self::Corner(
                u16::try_from(prism + 1).ok()?,
                *corner,
                last_axis()?,
            )),
            _ => names::ours(name).map(Self::Field),
        }
    }

    /// The value in this RAM; `None` if there is nothing.
    ///
    /// # Errors
    /// The RAM holds no such thing.
    pub fn read(&self, seen: &Seen<'_>) -> Result<Option<f64>> {
        let field = |path: &Path| number(path, &seen.ram);
        Ok(match self {
            Self::Field(path) => field(path)?,
            Self::Single(path, factor) => {
                field(path)?.map(|value| f64::from((value * factor) as f32))
            }
            Self::Constant(value) => Some(*value),
            Self::Ready => Some(1.0),
            Self::Pixel(axis) => {
                let position = seen.race.driver(0)?.position().to_f32();
                let pixel = seen.race.camera()?.projection().point(position, ZClip::Off);
                pixel.map(|pixel| f64::from(pixel[*axis]))
            }
            Self::Depth => {
                let position = seen.race.driver(0)?.position().to_f32();
                let [_, _, depth] = seen.race.camera()?.projection().in_view(position);
                Some(depth.into())
            }
            Self::Prism(index, part) => {
                let prism = seen.race.collision()?.prisms().get(*index);
                prism.map(|prism| part(&prism))
            }
            Self::Position(index, axis) => {
                let position = seen.race.collision()?.position(*index)?;
                Some(f64::from(position.to_f32()[*axis]))
            }
            Self::Normal(index, axis) => {
                let normal = seen.race.collision()?.normal(*index)?;
                Some(f64::from(normal.to_f32()[*axis]))
            }
            Self::Corner(prism, corner, axis) => seen
                .course
                .prism(*prism)
                .map(|triangle| f64::from(triangle.corners[*corner][*axis])),
        })
    }

    /// The largest difference between two values that count as equal.
    pub fn tolerance(&self) -> f64 {
        match self {
            Self::Pixel(_) => SAME_PIXEL,
            Self::Corner(..) => SAME_CORNER,
            _ => 0.0,
        }
    }
}

/// Our reading for the peer's `part` of a prism.
fn prism_part(part: &str) -> Option<fn(&Prism<'_>) -> f64> {
    Some(match part {
        "height" => |prism| prism.height().to_f64(),
        "posIdx" => |prism| prism.position_index().into(),
        "fNrmIdx" => |prism| prism.face_normal_index().into(),
        "eNrm1Idx" => |prism| prism.edge_normal_1_index().into(),
        "eNrm2Idx" => |prism| prism.edge_normal_2_index().into(),
        "eNrm3Idx" => |prism| prism.edge_normal_3_index().into(),
        "shadow_2d" => |prism| prism.attribute().is_shadow().into(),
        "light_id" => |prism| prism.attribute().light().into(),
        "ignore_drivers" => |prism| prism.attribute().ignored_by_drivers().into(),
        "variant" => |prism| prism.attribute().variant().into(),
        "collision_type" => |prism| prism.attribute().type_number().into(),
        "ignore_items" => |prism| prism.attribute().ignored_by_items().into(),
        "is_wall" => |prism| prism.attribute().is_wall().into(),
        "is_floor" => |prism| prism.attribute().is_floor().into(),
        _ => return None,
    })
}

/// The value at a path as one number, as the peer returns it.
fn number(path: &Path, ram: &Ram<'_>) -> Result<Option<f64>> {
    let is_table = path.ty().is_none() && path.kind().contains('[');
    if is_table {
        // The path of a pointer to a counted array leads to the array's elements.
        let word = path.address(ram)?.and_then(|address| {
            let offset = address.checked_sub(RAM_BASE)? as usize;
            ram.bytes().get(offset..)?.first_chunk().copied()
        });
        return Ok(word.map(|word| f64::from(u32::from_le_bytes(word))));
    }
    Ok(match path.read(ram)? {
        // A 64-bit number is stored as two words, the lower one first.
        Some(FieldValue::List(words)) => match words.as_slice() {
            [FieldValue::Integer(low), FieldValue::Integer(high)] => {
                Some((high << 32 | low) as u64 as f64)
            }
            _ => None,
        },
        field_value => field_value.and_then(|field_value| field_value.as_f64()),
    })
}

/// The RAM at a frame, for our readers.
pub struct Seen<'a> {
    ram: Ram<'a>,
    race: Race<'a>,
    course: &'a Course,
}

impl<'a> Seen<'a> {
    /// # Errors
    /// There is no race in `ram`.
    pub fn new(ram: Ram<'a>, course: &'a Course) -> Result<Self> {
        let race = race(&ram)?;
        Ok(Self { ram, race, course })
    }
}

/// The race in RAM, which the peer has found.
///
/// # Errors
/// There is no race by our readers.
pub fn race<'a>(ram: &Ram<'a>) -> Result<Race<'a>> {
    ram.race()?.context("the peer sees a race, we see none")
}
