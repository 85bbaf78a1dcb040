//! Observations of the kart.

use std::f32::consts::{FRAC_PI_2, PI};

use env_core::columns::{Column, DType};
use serde::{Deserialize, Serialize};

use super::observe::{Observe, Writer};
use crate::{
    facts::{Controls, Facts, Floor},
    moment::Moment,
};

const FLAG: (f32, f32) = (0.0, 1.0);
const TURN: (f32, f32) = (-PI, PI);
/// Coordinates of the game: signed 20.12 fixed point.
const WORLD: (f32, f32) = (-524_288.0, 524_288.0);

/// Declares terms without settings.
macro_rules! unit_terms {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {}
    )+};
}

unit_terms! {
    /// The kart's position: `position`, units.
    Position;
    /// Its velocity: `velocity`, units a frame.
    Velocity;
    /// Which way is up on the floor below it: `floor_normal`.
    Normal;
    /// Speeds, slip, turn and slope.
    Motion;
    /// The drift, its charge, and the boosts.
    Drift;
    /// The floor below the kart and its contact with walls.
    Surface;
    /// Frames until the start: `countdown`.
    Countdown;
    /// The controls held in the last frame: `previous_action`, accelerate, brake, drift, item, left, right.
    PreviousAction;
    /// The buttons held in the last frame: `keymask`, the console's bits as one number.
    Buttons;
}

impl Observe for Position {
    fn fields(&self) -> Vec<Column> {
        vec![Column::float("position", "units", WORLD, "where the kart is").of_shape(&[3])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.vector(moment.now.pose.position);
    }
}

impl Observe for Velocity {
    fn fields(&self) -> Vec<Column> {
        let doc = "how far the kart moved in the last frame";
        vec![Column::float("velocity", "units/frame", (-64.0, 64.0), doc).of_shape(&[3])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.vector(moment.now.velocity);
    }
}

impl Observe for Normal {
    fn fields(&self) -> Vec<Column> {
        let doc = "up on the floor below the kart, unit length";
        vec![Column::float("floor_normal", "1", (-1.0, 1.0), doc).of_shape(&[3])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.vector(moment.now.pose.up);
    }
}

impl Observe for Motion {
    fn fields(&self) -> Vec<Column> {
        vec![
            Column::float(
                "forward_speed",
                "units/frame",
                (-8.0, 16.0),
                "signed speed along the facing",
            ),
            Column::float(
                "speed",
                "units/frame",
                (0.0, 16.0),
                "length of the velocity",
            ),
            Column::float("speed_fraction", "1", FLAG, "speed over the present limit"),
            Column::float(
                "speed_limit",
                "units/frame",
                (0.0, 16.0),
                "the present limit of terrain, slope and boost",
            ),
            Column::float(
                "vertical_speed",
                "units/frame",
                (-16.0, 16.0),
                "speed upwards",
            ),
            Column::float(
                "slip_angle",
                "radians",
                TURN,
                "direction of travel from the facing",
            ),
            Column::float(
                "yaw_rate",
                "radians/frame",
                (-0.25, 0.25),
                "turn of the facing in the last frame",
            ),
            Column::float(
                "slope",
                "radians",
                (-FRAC_PI_2, FRAC_PI_2),
                "rise of the floor ahead",
            ),
        ]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        let now = &moment.now;
        out.put(now.forward_speed);
        out.put(now.speed);
        out.put(now.speed_over_limit);
        out.put(now.speed_limit);
        out.put(now.velocity[1]);
        out.put(moment.slip_angle());
        out.put(now.yaw_rate * PI);
        out.put(slope(now));
    }
}

/// The floor's rise in the direction that the kart faces, radians.
fn slope(now: &Facts) -> f32 {
    let (normal, facing) = (now.floor_normal, now.facing);
    let along = normal[0] * facing[0] + normal[2] * facing[2];
    (-along).atan2(normal[1])
}

impl Observe for Drift {
    fn fields(&self) -> Vec<Column> {
        vec![
            Column::float(
                "drift_direction",
                "1",
                (-1.0, 1.0),
                "+1 drifting left, -1 right, 0 not drifting",
            ),
            Column::float(
                "drift_angle",
                "radians",
                TURN,
                "turn of the kart's body against its heading in a drift",
            ),
            Column::float(
                "drift_charge",
                "1",
                (0.0, 4.0),
                "steps of the mini-turbo charge; full at 4",
            ),
            Column::float(
                "drift_cooldown",
                "frames",
                (0.0, 30.0),
                "frames until the next press counts towards the charge",
            ),
            Column::float("hopping", "flag", FLAG, "in a hop"),
            Column::float("boost", "frames", (0.0, 120.0), "frames of boost left"),
            Column::float(
                "mini_turbo",
                "frames",
                (0.0, 60.0),
                "frames of mini-turbo left",
            ),
        ]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        let now = &moment.now;
        out.put(now.drift_direction);
        out.put(now.drift_yaw * PI);
        out.put(now.drift_charge as f32);
        out.put(now.drift_press_cooldown as f32);
        out.flag(now.hopping);
        out.put(f32::from(now.boost));
        out.put(f32::from(now.mini_turbo));
    }
}

impl Observe for Surface {
    fn fields(&self) -> Vec<Column> {
        let flag = |name, doc| Column::float(name, "flag", FLAG, doc);
        vec![
            Column::float("airborne", "frames", (0.0, 60.0), "frames in the air"),
            flag("floor_road", "on the road"),
            flag("floor_slippery", "on slippery road"),
            flag("floor_weak_off_road", "on weak off-road"),
            flag("floor_off_road", "on off-road"),
            flag("floor_heavy_off_road", "on heavy off-road"),
            flag("floor_boost", "on a boost panel"),
            flag("wall_contact", "touching a wall"),
            Column::float(
                "wall_factor",
                "1",
                FLAG,
                "what a wall leaves of the speed limit",
            ),
            flag("reversing", "driving backwards"),
        ]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        let now = &moment.now;
        out.put(now.airborne as f32);
        for floor in [
            Floor::Road,
            Floor::Slippery,
            Floor::WeakOffRoad,
            Floor::OffRoad,
            Floor::HeavyOffRoad,
            Floor::Boost,
        ] {
            out.flag(now.floor == floor);
        }
        out.flag(now.wall_contact);
        out.put(now.wall_factor);
        out.flag(now.reversing);
    }
}

impl Observe for Countdown {
    fn fields(&self) -> Vec<Column> {
        let doc = "frames until the start";
        vec![Column::float("countdown", "frames", (0.0, 300.0), doc)]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.put(moment.now.since_start.min(0).abs() as f32);
    }
}

impl PreviousAction {
    const CONTROLS: usize = 6;

    fn put(controls: &Controls, out: &mut Writer<'_>) {
        out.flag(controls.accelerate);
        out.flag(controls.brake);
        out.flag(controls.drift);
        out.flag(controls.item);
        out.put(controls.left);
        out.put(controls.right);
    }
}

impl Observe for PreviousAction {
    fn fields(&self) -> Vec<Column> {
        let doc = "what was pressed last: accelerate, brake, drift, item, left, right";
        vec![Column::float("previous_action", "flag", FLAG, doc).of_shape(&[Self::CONTROLS])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        Self::put(&moment.now.controls, out);
    }

    fn observe_nothing(&self, controls: &Controls, out: &mut Writer<'_>) {
        Self::put(controls, out);
    }
}

/// The bits of a console's buttons: what [`Buttons`] observes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keymask {
    /// The unit of the number that they are.
    pub unit: &'static str,
    /// That number with all buttons held.
    pub greatest: u16,
    /// Their meaning.
    pub doc: &'static str,
}

impl Observe for Keymask {
    fn fields(&self) -> Vec<Column> {
        let bounds = (0.0, f32::from(self.greatest));
        vec![Column {
            dtype: DType::U16,
            ..Column::float("keymask", self.unit, bounds, self.doc).of_shape(&[1])
        }]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.put_word(moment.now.controls.buttons);
    }

    fn observe_nothing(&self, controls: &Controls, out: &mut Writer<'_>) {
        out.put_word(controls.buttons);
    }
}
