//! A course's parts from the tables of its files, which RAM holds entry for entry.

use mkds_formats::kcl;
use mkds_formats::nkm;
use ram_views::{Error, Result};
use track::{Checkpoint, Corners, Start, Triangle};

use crate::collision::{Attribute, Collision, Prism, surface_of};
use crate::map::Map;

/// Farther than this from the origin there is no course: the octree's corner is at most 2^19 units
/// away, an `fx32`'s reach.
const FARTHEST: f64 = 524_288.0;

/// The prism that a triangle was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Its number in the octree, from 1.
    pub prism: u16,
    /// What it is made of, and whom it stops.
    pub attribute: Attribute,
}

/// A prism's triangle before it is settled.
struct Face {
    /// `None` if the prism encloses nothing.
    corners: Option<[[f64; 3]; 3]>,
    normal: [f64; 3],
    attribute: Attribute,
}

/// Triangles, and the prism of each.
type Triangles = (Vec<Triangle>, Vec<Source>);

/// The triangles that the prisms in RAM stand for.
pub(super) fn triangles_in_ram(collision: &Collision<'_>) -> Result<Triangles> {
    let face = |prism: Prism<'_>| {
        let normal = |index| collision.normal(index).map(|normal| normal.to_f64());
        let face = normal(prism.face_normal_index())?;
        let edges = [
            normal(prism.edge_normal_1_index())?,
            normal(prism.edge_normal_2_index())?,
            normal(prism.edge_normal_3_index())?,
        ];
        let position = collision.position(prism.position_index())?.to_f64();
        Ok(Face {
            corners: kcl::triangle(position, face, edges, prism.height().to_f64()),
            normal: face,
            attribute: prism.attribute(),
        })
    };
    triangles(collision.prisms().iter().map(face))
}

/// The triangles that the prisms of a file stand for.
pub(super) fn triangles_in_file(file: &kcl::Kcl) -> Result<Triangles> {
    let face = |(prism, number): (&kcl::Prism, u16)| {
        let normal = file.normals().get(usize::from(prism.face_normal));
        Face {
            corners: file.triangle(number),
            normal: normal.map_or([0.0; 3], |normal| normal.to_f64()),
            attribute: prism.attribute,
        }
    };
    let numbered = file.prisms().iter().zip(1..=u16::MAX);
    triangles(numbered.map(|prism| Ok(face(prism))))
}

fn triangles(faces: impl Iterator<Item = Result<Face>>) -> Result<Triangles> {
    let count = faces.size_hint().0;
    let (mut triangles, mut sources) = (Vec::with_capacity(count), Vec::with_capacity(count));
    // Prisms have numbers of 16 bits, so that there are no more.
    for (face, prism) in faces.zip(1..=u16::MAX) {
        let Face {
            corners,
            normal,
            attribute,
        } = face?;
        let near = |corners: &[[f64; 3]; 3]| {
            let mut parts = corners.iter().flatten();
            parts.all(|part| part.abs() <= FARTHEST)
        };
        if let Some(corners) = corners.filter(near) {
            triangles.push(Triangle {
                corners: corners.map(|corner| corner.map(|part| part as f32)),
                normal: normal.map(|part| part as f32),
                surface: surface_of(attribute),
            });
            sources.push(Source { prism, attribute });
        }
    }
    settle(&mut triangles);
    Ok((triangles, sources))
}

/// Gives triangles that meet the same corner there. Corners that are computed move onto those that
/// prisms keep, which are exact: nearly every corner of a course is one that some prism keeps. The
/// others move onto the first that was computed.
fn settle(triangles: &mut [Triangle]) {
    let mut known = Corners::default();
    for triangle in &*triangles {
        known.number(triangle.corners[0]);
    }
    for corner in triangles
        .iter_mut()
        .flat_map(|triangle| &mut triangle.corners[1..])
    {
        let number = known.number(*corner);
        *corner = known.position(number);
    }
}

/// The checkpoints in RAM.
pub(super) fn checkpoints_in_ram(map: &Map<'_>) -> Result<Vec<Checkpoint>> {
    let points = map.checkpoints()?.iter().map(|point| nkm::Checkpoint {
        x1: point.x1(),
        z1: point.z1(),
        x2: point.x2(),
        z2: point.z2(),
        key_id: point.key_id(),
        ..Default::default()
    });
    let routes = map.checkpoint_paths()?.iter().map(|path| nkm::Route {
        start: path.start(),
        length: path.length(),
        next: path.next(),
        ..Default::default()
    });
    checkpoints(&points.collect::<Vec<_>>(), &routes.collect::<Vec<_>>())
}

/// The checkpoints, linked by their paths.
pub(super) fn checkpoints(
    points: &[nkm::Checkpoint],
    paths: &[nkm::Route],
) -> Result<Vec<Checkpoint>> {
    let next = links(points.len(), paths)?;
    let unlinked = |index: usize, ahead| Checkpoint::between(ends(&points[index]), ahead);
    let linked = |(index, next): (usize, Vec<usize>)| {
        let ahead = next.first().map(|next| unlinked(*next, None).midpoint);
        Checkpoint {
            key: u16::try_from(points[index].key_id).ok(),
            next,
            ..unlinked(index, ahead)
        }
    };
    Ok(next.into_iter().enumerate().map(linked).collect())
}

/// A checkpoint's ends from above.
fn ends(point: &nkm::Checkpoint) -> [[f32; 2]; 2] {
    [
        [point.x1.to_f32(), point.z1.to_f32()],
        [point.x2.to_f32(), point.z2.to_f32()],
    ]
}

/// Which checkpoints follow each of `count`, by their paths.
fn links(count: usize, paths: &[nkm::Route]) -> Result<Vec<Vec<usize>>> {
    let mut links = vec![Vec::new(); count];
    let mut linked = 0;
    for path in paths {
        let range = path_range(path, count)?;
        // Paths share no checkpoints: broken ones must not cost the product of both counts.
        linked += range.len();
        if linked > count {
            let symbol = "map_data.cpat: checkpoints of all paths";
            let index = linked - 1;
            return Err(Error::NoSuchElement {
                symbol,
                index,
                count,
            });
        }
        for index in range.clone() {
            links[index] = if index + 1 < range.end {
                vec![index + 1]
            } else {
                starts_of(path, paths, count)?
            };
        }
    }
    Ok(links)
}

fn path_range(path: &nkm::Route, count: usize) -> Result<std::ops::Range<usize>> {
    let (start, length) = (usize::from(path.start), usize::from(path.length));
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
    path: &nkm::Route,
    paths: &[nkm::Route],
    checkpoint_count: usize,
) -> Result<Vec<usize>> {
    let none = u8::MAX;
    let mut starts = Vec::new();
    for next in path
        .next
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
        let range = path_range(paths.get(next).ok_or(missing)?, checkpoint_count)?;
        if !range.is_empty() && !starts.contains(&range.start) {
            starts.push(range.start);
        }
    }
    Ok(starts)
}

/// Where the drivers in RAM start.
pub(super) fn start_in_ram(map: &Map<'_>) -> Result<Option<Start>> {
    Ok(map.start_points()?.get(0).map(|start| Start {
        position: start.position().to_f32(),
        rotation: start.rotation().to_f32(),
    }))
}

/// Where the drivers of a file start.
pub(super) fn start_in_file(file: &nkm::Nkm) -> Option<Start> {
    file.starts.first().map(|start| Start {
        position: start.position.to_f32(),
        rotation: start.rotation.to_f32(),
    })
}
