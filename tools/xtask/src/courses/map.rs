//! From a centre line to the `.nkm`: start, checkpoints, respawns and routes.

use mkds_formats::nkm::{
    Checkpoint, EnemyPoint, EnemyRoute, ItemPoint, Nkm, Respawn, Route, Stage, Start,
};
use nds_formats::fx::{Fx32, VecFx32};

use super::curve::{Curve, Frame};
use super::description::{Description, Side};
use super::scenery;

/// From the starting position to the line.
const START_BEHIND_LINE: f64 = 60.0;
/// How far a checkpoint reaches beyond the walls.
const BEYOND_WALL: f64 = 12.0;
/// One in this many checkpoints is a key checkpoint.
const KEY_EVERY: usize = 6;
/// One in this many checkpoints has a respawn position.
const RESPAWN_EVERY: usize = 3;
/// The run-up to a jump that a respawned kart needs at least.
const RUN_UP: f64 = 600.0;

/// The map of a course.
pub(super) fn build(description: &Description, curve: &Curve<'_>) -> Nkm {
    let count = (libm::round(curve.length() / description.checkpoint_spacing) as usize).max(3);
    let spacing = curve.length() / count as f64;
    let frames: Vec<Frame> = (0..count)
        .map(|i| curve.frame(curve.ahead(description.start, i as f64 * spacing)))
        .collect();
    let route = whole_lap(count);
    let mut nkm = Nkm {
        stage: Stage {
            course_id: description.map_number,
            laps: description.laps,
            ..Stage::default()
        },
        starts: vec![start(description, curve)],
        respawns: respawns(description, curve, &frames),
        checkpoints: checkpoints(&frames),
        checkpoint_routes: vec![route],
        item_points: frames
            .iter()
            .map(|frame| ItemPoint {
                position: VecFx32::from_f64(frame.position),
                radius: Fx32::from_f64(frame.half_width),
                ..ItemPoint::default()
            })
            .collect(),
        item_routes: vec![route],
        enemy_route: EnemyRoute::Race {
            points: frames
                .iter()
                .map(|frame| EnemyPoint {
                    position: VecFx32::from_f64(frame.position),
                    radius: Fx32::from_f64(frame.half_width),
                    ..EnemyPoint::default()
                })
                .collect(),
            routes: vec![route],
        },
        ..Nkm::default()
    };
    scenery::add(&mut nkm, description, curve);
    nkm
}

/// One route through all points of the lap, followed by itself.
fn whole_lap(points: usize) -> Route {
    const ITSELF: [u8; 3] = [0, 0xFF, 0xFF];
    Route {
        start: 0,
        length: points as u16,
        next: ITSELF,
        previous: ITSELF,
        section_order: 0,
    }
}

fn start(description: &Description, curve: &Curve<'_>) -> Start {
    let frame = curve.frame(curve.ahead(description.start, -START_BEHIND_LINE));
    Start {
        position: VecFx32::from_f64(frame.position),
        rotation: VecFx32::from_f64([0.0, frame.yaw(), 0.0]),
        padding: 0,
        id: -1,
    }
}

fn checkpoints(frames: &[Frame]) -> Vec<Checkpoint> {
    let keys = (frames.len() / KEY_EVERY).max(1);
    let key_id = |i: usize| {
        (0..keys)
            .find(|key| key * frames.len() / keys == i)
            .map_or(-1, |key| key as i16)
    };
    let lines: Vec<[[f64; 2]; 2]> = frames.iter().map(line).collect();
    lines
        .iter()
        .enumerate()
        .map(|(i, &[left, right])| {
            let (dx, dz) = (right[0] - left[0], right[1] - left[1]);
            let length = libm::hypot(dx, dz);
            let [here, next] = [i, (i + 1) % frames.len()].map(|i| frames[i].position);
            Checkpoint {
                x1: Fx32::from_f64(left[0]),
                z1: Fx32::from_f64(left[1]),
                x2: Fx32::from_f64(right[0]),
                z2: Fx32::from_f64(right[1]),
                sin: Fx32::from_f64(dz / length),
                cos: Fx32::from_f64(dx / length),
                distance: Fx32::from_f64(libm::hypot(next[0] - here[0], next[2] - here[2])),
                goto_section: -1,
                start_section: if i == 0 { 0 } else { -1 },
                key_id: key_id(i),
                respawn_id: (i / RESPAWN_EVERY) as u8,
                flags: 0,
            }
        })
        .collect()
}

/// The line across the course: over both walls, with the centre line in its middle, so that the
/// middles of checkpoints lead along the road even beside an infield.
fn line(frame: &Frame) -> [[f64; 2]; 2] {
    let reach = Side::BOTH
        .map(|side| frame.edge(side).abs())
        .into_iter()
        .fold(0.0, f64::max)
        + BEYOND_WALL;
    Side::BOTH.map(|side| {
        let [x, _, z] = frame.at(side.sign() * reach, 0.0);
        [x, z]
    })
}

/// A position at every third checkpoint, moved back if a jump follows too soon.
fn respawns(description: &Description, curve: &Curve<'_>, frames: &[Frame]) -> Vec<Respawn> {
    frames
        .iter()
        .enumerate()
        .step_by(RESPAWN_EVERY)
        .map(|(i, frame)| {
            let at = curve.distance(frame.mark);
            let too_close = description.gaps.iter().find(|gap| {
                let to_end = (curve.distance(gap.to) - at).rem_euclid(curve.length());
                to_end < RUN_UP + curve.distance(gap.to) - curve.distance(gap.from)
            });
            let frame = match too_close {
                Some(gap) => curve.frame(curve.ahead(gap.from, -RUN_UP)),
                None => *frame,
            };
            Respawn {
                position: VecFx32::from_f64(frame.position),
                rotation: VecFx32::from_f64([0.0, frame.yaw(), 0.0]),
                enemy_point_id: i as u16,
                item_point_id: i as u16,
                id: (i / RESPAWN_EVERY) as i16,
                unknown_1e: 0,
            }
        })
        .collect()
}
