//! A course's parts from the tables of its files, which RAM holds entry for entry.

use mkds_formats::kcl;
use mkds_formats::nkm;

use crate::collision::{Attribute, Collision, Prism};
use crate::corners::Corners;
use crate::course::{Checkpoint, Start, Triangle};
use crate::geometry::{Vec2, dot2, left2, length2, sub2};
use crate::map::Map;
use crate::{Error, Result};

/// Farther than this from the origin there is no course: the octree's corner is at most 2^19 units
/// away, an `fx32`'s reach.
const FARTHEST: f64 = 524_288.0;

/// A prism's triangle before it is settled.
struct Face {
    /// `None` if the prism encloses nothing.
    corners: Option<[[f64; 3]; 3]>,
    normal: [f64; 3],
    attribute: Attribute,
}

/// The triangles that the prisms in RAM stand for.
pub(super) fn triangles_in_ram(collision: &Collision<'_>) -> Result<Vec<Triangle>> {
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
pub(super) fn triangles_in_file(file: &kcl::Kcl) -> Result<Vec<Triangle>> {
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

fn triangles(faces: impl Iterator<Item = Result<Face>>) -> Result<Vec<Triangle>> {
    let mut triangles = Vec::with_capacity(faces.size_hint().0);
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
                attribute,
                prism,
            });
        }
    }
    settle(&mut triangles);
    Ok(triangles)
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
        respawn_id: point.respawn_id(),
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
    let mut checkpoints: Vec<Checkpoint> = points.iter().map(unlinked).collect();
    let mut linked = 0;
    for (number, path) in paths.iter().enumerate() {
        let range = path_range(path, points.len())?;
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
                starts_of(path, paths, points.len())?
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

fn unlinked(point: &nkm::Checkpoint) -> Checkpoint {
    let left = [point.x1.to_f32(), point.z1.to_f32()];
    let right = [point.x2.to_f32(), point.z2.to_f32()];
    Checkpoint {
        left,
        right,
        midpoint: [0, 1].map(|axis| (left[axis] + right[axis]) * 0.5),
        forward: [0.0, 0.0],
        key: u16::try_from(point.key_id).ok(),
        path: 0,
        respawn: point.respawn_id,
        next: Vec::new(),
    }
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
