//! Checks that a course is drivable.

use anyhow::{Result, ensure};
use mkds_formats::kcl::Kcl;
use mkds_formats::nkm::Nkm;
use nds_formats::fx::VecFx32;

use super::curve::{Curve, Frame};
use super::description::{Description, Side};

/// Parts of the course this far above each other may cross in plan.
const CLEARANCE: f64 = 120.0;
/// A kart's centre rides about this high above the road.
const RIDE_HEIGHT: f64 = 12.0;

/// Checks that no bend is tighter than the description allows.
pub(super) fn bends(description: &Description, curve: &Curve<'_>) -> Result<()> {
    let (mark, radius) = curve.tightest_bend();
    ensure!(
        radius >= description.min_radius,
        "the bend at mark {mark:.2} has a radius of {radius:.0} units, less than {}",
        description.min_radius
    );
    Ok(())
}

/// Checks that both edges of the course run forward, even inside the tightest bend.
pub(super) fn no_fold(stations: &[Frame]) -> Result<()> {
    for (i, near) in stations.iter().enumerate() {
        let far = &stations[(i + 1) % stations.len()];
        for side in Side::BOTH {
            let (a, b) = (near.at(near.edge(side), 0.0), far.at(far.edge(side), 0.0));
            let advance = (b[0] - a[0]) * near.forward[0] + (b[2] - a[2]) * near.forward[1];
            ensure!(
                advance > 1.0,
                "the {side:?} edge folds at mark {:.2}: shoulder too wide for the bend",
                near.mark
            );
        }
    }
    Ok(())
}

/// Checks that no two parts of the course overlap, unless one is a bridge.
pub(super) fn no_overlap(stations: &[Frame]) -> Result<()> {
    let n = stations.len();
    let outline = |i: usize| -> [[f64; 2]; 4] {
        let (near, far) = (&stations[i], &stations[(i + 1) % n]);
        let corner = |frame: &Frame, side| {
            let [x, _, z] = frame.at(frame.edge(side), 0.0);
            [x, z]
        };
        [
            corner(near, Side::Left),
            corner(near, Side::Right),
            corner(far, Side::Right),
            corner(far, Side::Left),
        ]
    };
    for i in 0..n {
        for j in i + 2..n {
            let adjacent = i == 0 && j == n - 1;
            let bridge = (stations[i].position[1] - stations[j].position[1]).abs() > CLEARANCE;
            ensure!(
                adjacent || bridge || !convex_overlap(&outline(i), &outline(j)),
                "the course overlaps itself at marks {:.2} and {:.2}",
                stations[i].mark,
                stations[j].mark
            );
        }
    }
    Ok(())
}

/// Whether two convex outlines share an area (separating axis test).
fn convex_overlap(a: &[[f64; 2]; 4], b: &[[f64; 2]; 4]) -> bool {
    let separated = |by: &[[f64; 2]; 4]| {
        (0..4).any(|i| {
            let (p, q) = (by[i], by[(i + 1) % 4]);
            let normal = [q[1] - p[1], p[0] - q[0]];
            let along = |points: &[[f64; 2]; 4]| {
                let on_axis = points.map(|v| v[0] * normal[0] + v[1] * normal[1]);
                on_axis
                    .into_iter()
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                        (low.min(v), high.max(v))
                    })
            };
            let ((a_low, a_high), (b_low, b_high)) = (along(a), along(b));
            a_high <= b_low || b_high <= a_low
        })
    };
    !separated(a) && !separated(b)
}

/// Checks that each checkpoint is completely in front of the one before: lines do not cross, key ids ascend.
pub(super) fn checkpoints(nkm: &Nkm) -> Result<()> {
    let mut last_key = -1;
    let n = nkm.checkpoints.len();
    for (i, checkpoint) in nkm.checkpoints.iter().enumerate() {
        let next = &nkm.checkpoints[(i + 1) % n];
        let [x1, z1, x2, z2] =
            [checkpoint.x1, checkpoint.z1, checkpoint.x2, checkpoint.z2].map(|fx| fx.to_f64());
        let (dx, dz) = (x2 - x1, z2 - z1);
        // The line runs from left to right, so the lap continues on its left.
        let ahead = |x: f64, z: f64| (x - x1) * dz - (z - z1) * dx;
        let in_front = ahead(next.x1.to_f64(), next.z1.to_f64()) > 0.0
            && ahead(next.x2.to_f64(), next.z2.to_f64()) > 0.0;
        ensure!(
            in_front,
            "checkpoint {} is not in front of checkpoint {i}",
            (i + 1) % n
        );
        if checkpoint.key_id >= 0 {
            ensure!(
                checkpoint.key_id == last_key + 1,
                "key {last_key} is followed by {i}"
            );
            last_key = checkpoint.key_id;
        }
    }
    Ok(())
}

/// Checks that there is a floor close below the centre of a sphere along the centre line and beside it,
/// except over gaps.
pub(super) fn floor_below(description: &Description, curve: &Curve<'_>, kcl: &Kcl) -> Result<()> {
    let steps = (curve.length() / 5.0) as usize;
    for i in 0..steps {
        let frame = curve.frame(curve.mark_at(curve.length() * i as f64 / steps as f64));
        let over_gap = description
            .gaps
            .iter()
            .any(|g| g.from <= frame.mark && frame.mark <= g.to);
        for part in [-0.9, -0.3, 0.0, 0.3, 0.9] {
            let point = frame.at(frame.half_width * part, RIDE_HEIGHT);
            ensure!(
                over_gap || has_floor_below(kcl, point),
                "no floor below {point:?}, mark {:.2}",
                frame.mark
            );
        }
    }
    Ok(())
}

/// Whether the leaf at a point holds a floor triangle within reach of a sphere around it.
fn has_floor_below(kcl: &Kcl, point: [f64; 3]) -> bool {
    kcl.leaf(VecFx32::from_f64(point)).any(|index| {
        let is_floor = kcl
            .prism(index)
            .is_some_and(|prism| prism.attribute.is_floor());
        is_floor
            && kcl.triangle(index).is_some_and(|t| {
                height_above(&t, point).is_some_and(|h| {
                    // A ramp may rise above the centre line's own height.
                    h.abs() <= 2.5 * RIDE_HEIGHT
                })
            })
    })
}

/// How high a point is above the triangle, if it is over or under it in plan.
fn height_above([a, b, c]: &[[f64; 3]; 3], point: [f64; 3]) -> Option<f64> {
    /// Neighbouring triangles' rebuilt edges may leave this much between them.
    const SLACK: f64 = 1.0 / 16.0;
    let area = |p: &[f64; 3], q: &[f64; 3], r: &[f64; 3]| {
        (q[2] - p[2]) * (r[0] - p[0]) - (q[0] - p[0]) * (r[2] - p[2])
    };
    let whole = area(a, b, c);
    let outside = |p: &[f64; 3], q: &[f64; 3]| {
        area(p, q, &point) < -SLACK * libm::hypot(q[0] - p[0], q[2] - p[2])
    };
    if whole <= 0.0 || outside(a, b) || outside(b, c) || outside(c, a) {
        return None;
    }
    let [in_a, in_b, in_c] = [area(b, c, &point), area(c, a, &point), area(a, b, &point)];
    Some(point[1] - (in_a * a[1] + in_b * b[1] + in_c * c[1]) / whole)
}
