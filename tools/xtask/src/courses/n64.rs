//! From a centre line to a course file of the bundled N64 game; `homebrew/n64/logic/course.h` has the format in C.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use mkds_formats::kcl::{CollisionType, Triangle};

use super::curve::Curve;
use super::description::Description;
use super::sweep;

/// From one point of the path to the next, about that of the real courses.
const POINT_SPACING: f64 = 20.0;
/// The length of a section of the course, by which triangles and path points are grouped.
const SECTION_LENGTH: f64 = 400.0;
/// The N64's karts are smaller than the DS's: walls are lower.
const WALL_SHARE: f64 = 0.4;
/// Vertices that a display list can load at once.
const BATCH_VERTICES: usize = 32;
/// Texels of a texture's side.
const TEXELS: f64 = 32.0;
/// Units a texel, along the lap and across shoulders.
const UNITS_PER_TEXEL: f64 = 4.0;
/// Texture coordinates count 32nds of a texel.
const TEXEL: f64 = 32.0;
const MAGIC: &[u8; 4] = b"KSN6";
const NAME_LENGTH: usize = 32;
const HEADER: usize = 4 + NAME_LENGTH + 4 * 2 + 5 * 4;

/// Surfaces in the game's RAM. Source: LAYOUT.
fn surface(collision: CollisionType) -> u8 {
    match collision {
        CollisionType::SlipperyRoad => 0x09,
        CollisionType::WeakOffRoad => 0x02,
        CollisionType::OffRoad => 0x08,
        CollisionType::HeavyOffRoad => 0x03,
        CollisionType::BoostPanel => 0xFC,
        CollisionType::JumpPad => 0xFF,
        CollisionType::Wall => 0x04,
        CollisionType::FallBoundary => 0xFD,
        _ => 0x01,
    }
}

/// A place on the centre line.
struct Centre {
    position: [f64; 3],
    left: [f64; 2],
    half_width: f64,
}

/// The course seen from its start: the line at the origin, the lap leaving it towards smaller z.
struct Plan {
    origin: [f64; 2],
    forward: [f64; 2],
    /// The centre line, from the start, one a `POINT_SPACING` or so.
    centres: Vec<Centre>,
    length: f64,
}

impl Plan {
    fn new(description: &Description, curve: &Curve<'_>) -> Self {
        let start = curve.frame(description.start);
        let mut plan = Self {
            origin: [start.position[0], start.position[2]],
            forward: start.forward,
            centres: Vec::new(),
            length: curve.length(),
        };
        let count = libm::round(plan.length / POINT_SPACING) as usize;
        for i in 0..count {
            let ahead = plan.length * i as f64 / count as f64;
            let frame = curve.frame(curve.ahead(description.start, ahead));
            let [x, z] = frame.forward;
            let [forward_x, forward_z] = plan.turned([x, z]);
            plan.centres.push(Centre {
                position: plan.placed(frame.position),
                left: [forward_z, -forward_x],
                half_width: frame.half_width,
            });
        }
        plan
    }

    fn turned(&self, [x, z]: [f64; 2]) -> [f64; 2] {
        let [forward_x, forward_z] = self.forward;
        [
            -(x * forward_z - z * forward_x),
            -(x * forward_x + z * forward_z),
        ]
    }

    fn placed(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let [x, z] = self.turned([x - self.origin[0], z - self.origin[1]]);
        [x, y, z]
    }

    fn spacing(&self) -> f64 {
        self.length / self.centres.len() as f64
    }

    /// The nearest point of the path.
    fn nearest(&self, [x, _, z]: [f64; 3]) -> usize {
        let squared = |i: &usize| {
            let [centre_x, _, centre_z] = self.centres[*i].position;
            (x - centre_x) * (x - centre_x) + (z - centre_z) * (z - centre_z)
        };
        (0..self.centres.len())
            .min_by(|a, b| squared(a).total_cmp(&squared(b)))
            .unwrap_or(0)
    }

    /// How far along the lap a place is, and how far left of the centre line in half widths of the road and in units.
    fn along(&self, place: [f64; 3]) -> (f64, f64, f64) {
        let i = self.nearest(place);
        let Centre {
            position,
            left,
            half_width,
        } = &self.centres[i];
        let [dx, dz] = [place[0] - position[0], place[2] - position[2]];
        let offset = dx * left[0] + dz * left[1];
        let ahead = dz * left[0] - dx * left[1];
        (
            i as f64 * self.spacing() + ahead,
            offset / half_width,
            offset,
        )
    }

    fn section(&self, point: usize) -> u8 {
        let sections = libm::ceil(self.length / SECTION_LENGTH) as usize;
        (1 + point * sections / self.centres.len()) as u8
    }
}

/// A vertex as the RSP takes it.
type Vertex = [u8; 16];

#[derive(Default)]
struct Batch {
    vertices: Vec<Vertex>,
    triangles: Vec<[u8; 3]>,
}

impl Batch {
    fn has_room(&self, corners: &[Vertex; 3]) -> bool {
        let new = corners
            .iter()
            .filter(|corner| !self.vertices.contains(corner))
            .count();
        self.vertices.len() + new <= BATCH_VERTICES
    }

    fn add(&mut self, corners: &[Vertex; 3]) {
        self.triangles.push(corners.map(|corner| {
            let known = self.vertices.iter().position(|vertex| *vertex == corner);
            known.unwrap_or_else(|| {
                self.vertices.push(corner);
                self.vertices.len() - 1
            }) as u8
        }));
    }

    /// The middle of the vertices and the distance of the farthest.
    fn sphere(&self) -> ([i16; 3], u16) {
        let place = |vertex: &Vertex| {
            [0, 2, 4].map(|at| f64::from(i16::from_be_bytes([vertex[at], vertex[at + 1]])))
        };
        let places: Vec<_> = self.vertices.iter().map(place).collect();
        let middle = [0, 1, 2].map(|axis| {
            let at = || places.iter().map(|place| place[axis]);
            let low = at().fold(f64::INFINITY, f64::min);
            libm::round((low + at().fold(f64::NEG_INFINITY, f64::max)) / 2.0)
        });
        let distance = |place: &[f64; 3]| {
            libm::sqrt(
                (0..3)
                    .map(|k| (place[k] - middle[k]) * (place[k] - middle[k]))
                    .sum(),
            )
        };
        let radius = places.iter().map(distance).fold(0.0, f64::max);
        (middle.map(|axis| axis as i16), libm::ceil(radius) as u16)
    }
}

/// The course file.
///
/// # Errors
/// The name is too long, or the course has more sections or vertices than the file can number.
pub(super) fn build(description: &Description) -> Result<Vec<u8>> {
    let description = &Description {
        wall_height: description.wall_height * WALL_SHARE,
        ..description.clone()
    };
    let curve = Curve::new(description);
    let plan = Plan::new(description, &curve);
    ensure!(
        description.name.len() < NAME_LENGTH,
        "name = {:?}: longer than {} bytes",
        description.name,
        NAME_LENGTH - 1
    );
    ensure!(
        plan.length / SECTION_LENGTH < 250.0,
        "a lap of {:.0} units has too many sections",
        plan.length
    );
    let mut batches: BTreeMap<(u8, u8), Vec<Batch>> = BTreeMap::new();
    for triangle in sweep::triangles(description, &curve) {
        let Some((surface, section, corners)) = placed(&plan, description, &triangle) else {
            continue;
        };
        let group = batches.entry((surface, section)).or_default();
        match group.last_mut() {
            Some(batch) if batch.has_room(&corners) => batch.add(&corners),
            _ => {
                let mut batch = Batch::default();
                batch.add(&corners);
                group.push(batch);
            }
        }
    }
    file(&description.name, &plan, &batches)
}

/// A triangle's surface, section and vertices; none if it is too thin for whole units.
fn placed(
    plan: &Plan,
    description: &Description,
    triangle: &Triangle,
) -> Option<(u8, u8, [Vertex; 3])> {
    let surface = surface(triangle.attribute.collision_type()?);
    let corners = triangle
        .vertices
        .map(|corner| plan.placed([corner.x, corner.y, corner.z].map(|axis| axis.to_f64())));
    let rounded = corners.map(|corner| corner.map(|axis| libm::round(axis) as i16));
    let [a, b, c] = rounded.map(|corner| corner.map(f64::from));
    let edge = |p: [f64; 3], q: [f64; 3]| [q[0] - p[0], q[1] - p[1], q[2] - p[2]];
    let (u, v) = (edge(a, b), edge(a, c));
    let normal = [
        u[1] * v[2] - u[2] * v[1],
        u[2] * v[0] - u[0] * v[2],
        u[0] * v[1] - u[1] * v[0],
    ];
    let area = libm::sqrt(normal.iter().map(|axis| axis * axis).sum());
    if area < 1.0 {
        return None;
    }
    let centre = [0, 1, 2].map(|axis| (a[axis] + b[axis] + c[axis]) / 3.0);
    let section = plan.section(plan.nearest(centre));
    let shade = shade(normal.map(|axis| axis / area));
    let texture = texture(plan, description, surface, corners);
    let mut vertices = [[0; 16]; 3];
    for (vertex, (place, texture)) in vertices.iter_mut().zip(rounded.into_iter().zip(texture)) {
        let numbers = place.into_iter().chain([0]).chain(texture);
        for (bytes, number) in vertex.chunks_exact_mut(2).zip(numbers) {
            bytes.copy_from_slice(&number.to_be_bytes());
        }
        vertex[12..].copy_from_slice(&[shade, shade, shade, 255]);
    }
    Some((surface, section, vertices))
}

/// The light on a surface: from above, and a little from one side.
fn shade(normal: [f64; 3]) -> u8 {
    let light = 170.0 + 70.0 * normal[1] + 30.0 * normal[0] + 15.0 * normal[2];
    light.clamp(0.0, 255.0) as u8
}

/// Texture coordinates: across and along the lap on the ground, along and down on walls.
fn texture(
    plan: &Plan,
    description: &Description,
    surface: u8,
    corners: [[f64; 3]; 3],
) -> [[i16; 2]; 3] {
    let places = corners.map(|corner| plan.along(corner));
    let first = places[0].0;
    // Whole repetitions of the texture before this triangle do not show.
    let repeat = TEXELS * UNITS_PER_TEXEL;
    let base = libm::floor(first / repeat) * repeat;
    let lowest = corners
        .iter()
        .map(|corner| corner[1])
        .fold(f64::INFINITY, f64::min);
    let mut out = [[0; 2]; 3];
    for (texture, (place, corner)) in out.iter_mut().zip(places.into_iter().zip(corners)) {
        let (along, share, offset) = place;
        let around = libm::round((along - first) / plan.length) * plan.length;
        let along = (along - around - base) / UNITS_PER_TEXEL;
        let texels = match surface {
            0x01 => [share * TEXELS, along],
            0x04 => [
                along,
                TEXELS * (1.0 - (corner[1] - lowest) / description.wall_height).max(0.0),
            ],
            0xFD => [0.0, 0.0],
            _ => [offset / UNITS_PER_TEXEL, along],
        };
        *texture = texels.map(|texel| libm::round(texel * TEXEL) as i16);
    }
    out
}

fn file(name: &str, plan: &Plan, batches: &BTreeMap<(u8, u8), Vec<Batch>>) -> Result<Vec<u8>> {
    let (mut vertices, mut triangles, mut table) = (Vec::new(), Vec::new(), Vec::new());
    let mut count = 0;
    for (&(surface, section), batch) in batches
        .iter()
        .flat_map(|(key, group)| group.iter().map(move |batch| (key, batch)))
    {
        let (middle, radius) = batch.sphere();
        table.extend(((vertices.len() / 16) as u16).to_be_bytes());
        table.extend(((triangles.len() / 3) as u16).to_be_bytes());
        table.extend([
            batch.vertices.len() as u8,
            batch.triangles.len() as u8,
            surface,
            section,
        ]);
        table.extend(middle.into_iter().flat_map(i16::to_be_bytes));
        table.extend(radius.to_be_bytes());
        vertices.extend(batch.vertices.iter().flatten());
        triangles.extend(batch.triangles.iter().flatten());
        count += 1;
    }
    ensure!(
        vertices.len() / 16 <= usize::from(u16::MAX) && triangles.len() / 3 < 5000,
        "{} vertices and {} triangles are too many",
        vertices.len() / 16,
        triangles.len() / 3
    );
    let (mut points, mut widths) = (Vec::new(), Vec::new());
    for (i, centre) in plan.centres.iter().enumerate() {
        points.extend(
            centre
                .position
                .into_iter()
                .flat_map(|axis| (libm::round(axis) as i16).to_be_bytes()),
        );
        points.extend(u16::from(plan.section(i)).to_be_bytes());
        widths.extend((libm::round(centre.half_width) as u16).to_be_bytes());
    }
    let mut header = MAGIC.to_vec();
    header.extend(name.bytes());
    header.resize(4 + NAME_LENGTH, 0);
    for count in [
        vertices.len() / 16,
        count,
        triangles.len() / 3,
        plan.centres.len(),
    ] {
        header.extend((count as u16).to_be_bytes());
    }
    let mut body: Vec<u8> = Vec::new();
    for part in [&vertices, &table, &points, &widths, &triangles] {
        header.extend(((HEADER + body.len()) as u32).to_be_bytes());
        body.extend(part);
        // As the N64's DMA wants it.
        body.resize(body.len().next_multiple_of(8), 0);
    }
    header.extend(body);
    Ok(header)
}
