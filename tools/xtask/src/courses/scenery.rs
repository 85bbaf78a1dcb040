//! Objects along the road, the paths they move along, cameras and the areas they watch.
//!
//! The bundled game does not use them; they are in its maps because the real courses' maps have them.

use mkds_formats::nkm::{Area, Camera, Nkm, Object, Path, PathPoint};
use nds_formats::fx::{Fx16, VecFx32};

use super::curve::{Curve, Frame};
use super::description::{self, Description, Place};

/// AREA: a region in which a camera watches. Source: HaroohiePals headers.
const AREA_CAMERA: u8 = 1;
/// Units to 1.0 of an area's size. Source: HaroohiePals headers.
const AREA_UNIT: f64 = 100.0;
const AREA_HEIGHT: f64 = 300.0;
/// Every camera's field of view, degrees.
const FOV: u16 = 30;
/// How fast a camera moves along its path.
const ROUTE_SPEED: i16 = 600;

/// Fills in OBJI, PATH, POIT, AREA and CAME.
pub(super) fn add(nkm: &mut Nkm, description: &Description, curve: &Curve<'_>) {
    let place = |place: &Place| curve.frame(place.at).at(place.offset, place.height);
    nkm.objects = description
        .objects
        .iter()
        .map(|object| Object {
            position: VecFx32::from_f64(place(&object.place)),
            rotation: VecFx32::from_f64([0.0, curve.frame(object.place.at).yaw(), 0.0]),
            scale: VecFx32::from_f64([1.0; 3]),
            object_id: object.id,
            path_id: id(object.path),
            shows_in_time_trial: object.in_time_trial.into(),
            ..Object::default()
        })
        .collect();
    for (path, number) in description.paths.iter().zip(0..) {
        nkm.paths.push(Path {
            id: number,
            is_loop: path.loops.into(),
            point_count: path.points.len() as u16,
        });
        let points = path.points.iter().zip(0..);
        nkm.path_points
            .extend(points.map(|(point, index)| PathPoint {
                position: VecFx32::from_f64(place(point)),
                index,
                ..PathPoint::default()
            }));
    }
    for (camera, number) in description.cameras.iter().zip(0..) {
        let target = VecFx32::from_f64(curve.frame(camera.towards).position);
        let (sin, cos) = libm::sincos(f64::from(FOV).to_radians());
        let [sin, cos] = [sin, cos].map(Fx16::from_f64);
        nkm.cameras.push(Camera {
            position: VecFx32::from_f64(place(&camera.place)),
            target_1: target,
            target_2: target,
            fov_begin: FOV,
            fov_begin_sin: sin,
            fov_begin_cos: cos,
            fov_end: FOV,
            fov_end_sin: sin,
            fov_end_cos: cos,
            kind: camera.kind.number(),
            path_id: id(camera.path),
            route_speed: camera.path.map_or(0, |_| ROUTE_SPEED),
            duration: camera.frames,
            next: -1,
            intro_first: camera.kind.starts_intro_of(),
            ..Camera::default()
        });
        nkm.areas
            .extend(camera.over.map(|over| area(over, number, curve)));
    }
}

/// The number of a path in a map, -1 for none.
fn id(path: Option<u8>) -> i16 {
    path.map_or(-1, i16::from)
}

/// A box over a part of the road.
fn area(over: description::Range, camera: u8, curve: &Curve<'_>) -> Area {
    let [from, to] = [over.from, over.to].map(|mark| curve.frame(mark));
    let middle: Frame = curve.frame((over.from + over.to) / 2.0);
    let along = |frame: &Frame| [0, 2].map(|axis| frame.position[axis] - middle.position[axis]);
    let [x, z] = middle.forward;
    let reach = [from, to].map(|end| {
        let [dx, dz] = along(&end);
        [(dx * z - dz * x).abs(), (dx * x + dz * z).abs()]
    });
    let across = reach[0][0].max(reach[1][0]) + middle.half_width;
    let ahead = reach[0][1].max(reach[1][1]);
    Area {
        position: VecFx32::from_f64(middle.position),
        size: VecFx32::from_f64([2.0 * across, AREA_HEIGHT, 2.0 * ahead].map(|l| l / AREA_UNIT)),
        x_vector: VecFx32::from_f64([z, 0.0, -x]),
        y_vector: VecFx32::from_f64([0.0, 1.0, 0.0]),
        z_vector: VecFx32::from_f64([x, 0.0, z]),
        enemy_point_id: -1,
        camera_id: camera,
        kind: AREA_CAMERA,
        ..Area::default()
    }
}
