//! The observation dictionary of a published time trial (source: marIOkart's `TimeTrial-v1`) without its defects: every
//! value is within its bounds, and angles and sides are what their names say.

use std::f32::consts::PI;

use env_core::columns::Column;
use serde::{Deserialize, Serialize};
use track::{Aim, Bearing};

use super::observe::{Observe, Writer};
use crate::moment::Moment;

/// Fractions of a lap ahead between which the centreline's turn is observed.
const TURNS: [f32; 4] = [0.0, 0.02, 0.04, 0.06];
/// The speed that is scaled to 1, units a frame.
const FAST: f32 = 16.0;
/// The distance from the centreline that is scaled to 1, units.
const FAR_OFF: f32 = 600.0;
/// The distance to the edge that is scaled to 1, units.
const FAR: f32 = 3000.0;
/// An edge nearer than this counts as touched, units.
const TOUCHED: f32 = 15.0;
/// Presses of a full charge.
const FULL: f32 = 4.0;
/// Frames of the longest cooldown.
const COOLDOWN: f32 = 10.0;

/// The published dictionary, every value scaled to about -1..1; see its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeTrialV1 {}

impl Observe for TimeTrialV1 {
    fn fields(&self) -> Vec<Column> {
        const SIGNED: (f32, f32) = (-1.0, 1.0);
        const SHARE: (f32, f32) = (0.0, 1.0);
        const FACTOR: (f32, f32) = (0.0, 2.0);
        let one = |name, bounds, doc| Column::float(name, "1", bounds, doc).of_shape(&[1]);
        let three = |name, doc| Column::float(name, "1", SIGNED, doc).of_shape(&[3]);
        vec![
            three(
                "pos_xyz",
                "place in the box around the course, -1 to 1 along its longest side",
            ),
            three("vel_xyz", "way of the last frame, 1 being 16 units"),
            three("surf_norm_xyz", "up on the floor"),
            one(
                "speed_frac",
                (-1.0, 2.0),
                "forward speed over the kart's top speed",
            ),
            one("speed_max_frac", SHARE, "speed over the present limit"),
            one(
                "speed_rescaled",
                (-1.0, 2.0),
                "what the forward speed lacks of the top speed, over it",
            ),
            one(
                "speed_offroad",
                FACTOR,
                "what the ground leaves of the top speed",
            ),
            one(
                "speed_effect",
                FACTOR,
                "what effects leave of the top speed",
            ),
            one(
                "speed_midair",
                FACTOR,
                "what being in the air leaves of the speed",
            ),
            one(
                "angle_checkpoint_near",
                SIGNED,
                "bearing of the nearest point of the next checkpoint, over pi",
            ),
            one(
                "angle_checkpoint_mid",
                SIGNED,
                "bearing of the second checkpoint from that of the first, over pi",
            ),
            one(
                "angle_checkpoint_far",
                SIGNED,
                "bearing of the third checkpoint from that of the second, over pi",
            ),
            one(
                "angle_curvature_near",
                SIGNED,
                "turn of the centreline over the next 0.02 laps, over pi",
            ),
            one(
                "angle_curvature_mid",
                SIGNED,
                "its turn over the 0.02 laps after that, over pi",
            ),
            one(
                "angle_curvature_far",
                SIGNED,
                "its turn over the 0.02 laps after that, over pi",
            ),
            one("angle_facing", SIGNED, "yaw, over pi"),
            one(
                "angle_drift",
                SIGNED,
                "turn of the body against the heading in a drift, over pi",
            ),
            one("angle_pitch", SIGNED, "pitch, over pi"),
            one(
                "angle_inertia",
                SIGNED,
                "direction of travel from the facing, over pi",
            ),
            one("drift_direction", SIGNED, "+1 drifting left, -1 right"),
            one(
                "drift_left_count",
                SHARE,
                "presses to the left in the drift, 1 being 4",
            ),
            one(
                "drift_right_count",
                SHARE,
                "presses to the right in the drift, 1 being 4",
            ),
            one(
                "drift_progress",
                SHARE,
                "charge of the mini-turbo, 1 being full",
            ),
            one("drift_boost_active", SIGNED, "+1 in a mini-turbo, -1 not"),
            one(
                "drift_timeout",
                SHARE,
                "frames until the next press counts, 1 being 10",
            ),
            one(
                "centerline_dist",
                SIGNED,
                "distance to the left of the centreline, 1 being 600 units",
            ),
            one("surf_friction", FACTOR, "grip"),
            one("is_touching_ground", SHARE, "on the ground"),
            one("prb_flag", SHARE, "a boost is active"),
            one(
                "collision_dist_left",
                SHARE,
                "distance to the road's edge on the left, 1 being 3000 units or more",
            ),
            one("collision_dist_right", SHARE, "distance to it on the right"),
            one("collision_dist_front", SHARE, "distance to it ahead"),
            one(
                "collision_is_touching",
                SHARE,
                "a wall is touched, or the edge nearer than 15 units",
            ),
        ]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        place(moment, out);
        speeds(moment, out);
        angles(moment, out);
        drift(moment, out);
        surroundings(moment, out);
    }
}

fn place(moment: &Moment<'_>, out: &mut Writer<'_>) {
    let (now, extent) = (&moment.now, moment.track.extent());
    for (position, centre) in now.pose.position.into_iter().zip(extent.centre) {
        out.put((position - centre) / extent.half_size);
    }
    out.vector(now.velocity.map(|way| way / FAST));
    out.vector(now.pose.up);
}

fn speeds(moment: &Moment<'_>, out: &mut Writer<'_>) {
    let (now, fraction) = (&moment.now, moment.now.speed_fraction());
    out.put(fraction);
    out.put(now.speed_over_limit);
    out.put(1.0 - fraction);
    out.put(now.terrain);
    out.put(now.effect_factor);
    out.put(now.air_factor);
}

fn angles(moment: &Moment<'_>, out: &mut Writer<'_>) {
    let mut ahead = [Bearing::default(); 3];
    moment.checkpoints_ahead(Aim::Nearest, &mut ahead);
    let [near, mid, far] = ahead.map(|bearing| bearing.angle);
    out.put(near / PI);
    out.put(wrapped(mid - near) / PI);
    out.put(wrapped(far - mid) / PI);
    let line = moment.track.centreline();
    let here = moment.on_centreline().map(|here| here.along);
    for stretch in TURNS.windows(2) {
        let (from, length) = (
            stretch[0] * line.length(),
            (stretch[1] - stretch[0]) * line.length(),
        );
        out.put(here.map_or(0.0, |along| line.heading_change(along + from, length)) / PI);
    }
    out.put(moment.now.yaw);
    out.put(moment.now.drift_yaw);
    out.put(moment.now.pitch);
    out.put(moment.slip_angle() / PI);
}

/// `angle` between -pi and pi.
fn wrapped(angle: f32) -> f32 {
    let turns = (angle + PI).rem_euclid(2.0 * PI);
    turns - PI
}

fn drift(moment: &Moment<'_>, out: &mut Writer<'_>) {
    let now = &moment.now;
    out.put(now.drift_direction);
    for presses in now.drift_presses {
        out.put(f32::from(presses) / FULL);
    }
    out.put(now.drift_charge as f32 / FULL);
    out.put(if now.mini_turbo > 0 { 1.0 } else { -1.0 });
    out.put(now.drift_press_cooldown as f32 / COOLDOWN);
}

fn surroundings(moment: &Moment<'_>, out: &mut Writer<'_>) {
    let now = &moment.now;
    out.put(moment.on_centreline().map_or(0.0, |here| here.offset) / FAR_OFF);
    out.put(now.grip);
    out.flag(now.on_ground);
    out.flag(now.boosting);
    let edges = moment.edges();
    out.put(edges.left / FAR);
    out.put(edges.right / FAR);
    out.put(edges.front / FAR);
    out.flag(now.wall_contact || edges.nearest() < TOUCHED);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_bearings_stay_within_half_a_turn() {
        for (angle, expected) in [(0.5, 0.5), (1.5 * PI, -0.5 * PI), (-1.25 * PI, 0.75 * PI)] {
            assert!((wrapped(angle) - expected).abs() < 1e-5, "{angle}");
        }
    }
}
