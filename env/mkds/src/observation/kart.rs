//! Observations of the kart.

use std::f32::consts::{FRAC_PI_2, PI};

use env_core::columns::{Column, DType};
use mkds_memory::driver::MotionFlags;
use nds_formats::pad::Pad;
use serde::{Deserialize, Serialize};

use super::{Observe, Writer};
use crate::{
    ground::{Ground, over_ground},
    moment::{ANGLE_UNIT, Moment},
    scripted::GO_FRAME,
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
    /// The buttons held in the last frame: `previous_action`, a flag each for A, B, R, X or L, left, right.
    PreviousAction;
    /// The buttons held in the last frame: `keymask`, the keypad bits as one number.
    Buttons;
}

impl Observe for Position {
    fn fields(&self) -> Vec<Column> {
        vec![Column::float("position", "units", WORLD, "where the kart is").of_shape(&[3])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.vector(moment.pose.position);
    }
}

impl Observe for Velocity {
    fn fields(&self) -> Vec<Column> {
        let doc = "how far the kart moved in the last frame";
        vec![Column::float("velocity", "units/frame", (-64.0, 64.0), doc).of_shape(&[3])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.vector(moment.driver.displacement().to_f32());
    }
}

impl Observe for Normal {
    fn fields(&self) -> Vec<Column> {
        let doc = "up on the floor below the kart, unit length";
        vec![Column::float("floor_normal", "1", (-1.0, 1.0), doc).of_shape(&[3])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.vector(moment.pose.up);
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
        let driver = &moment.driver;
        out.put(moment.now.forward_speed);
        out.put(driver.speed().to_f32());
        out.put(driver.max_speed_fraction().to_f32());
        out.put(driver.max_speed().to_f32());
        out.put(driver.displacement().y.to_f32());
        out.put(moment.slip_angle());
        out.put(driver.yaw_rate() as f32 * ANGLE_UNIT);
        out.put(slope(
            &driver.floor_normal().to_f32(),
            over_ground(driver.direction()),
        ));
    }
}

/// The floor's rise in the direction of `facing`, radians.
fn slope(normal: &[f32; 3], facing: Ground) -> f32 {
    let along = normal[0] * facing[0] + normal[2] * facing[1];
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
        let (driver, now) = (&moment.driver, &moment.now);
        out.put(now.drift_direction);
        out.put(f32::from(driver.drift_yaw()) * ANGLE_UNIT);
        out.put(now.drift_charge as f32);
        out.put(driver.drift_press_cooldown() as f32);
        let hop = MotionFlags::HOP | MotionFlags::HOP_IN_PROGRESS;
        out.flag(driver.motion_flags().intersects(hop));
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
        let (driver, kind) = (&moment.driver, moment.driver.floor_kind());
        out.put(moment.now.airborne as f32);
        out.flag(kind == floor::ROAD);
        out.flag(floor::SLIPPERY.contains(&kind));
        out.flag(kind == floor::WEAK_OFF_ROAD);
        out.flag(kind == floor::OFF_ROAD);
        out.flag(kind == floor::HEAVY_OFF_ROAD);
        out.flag(kind == floor::BOOST);
        out.flag(moment.now.wall_contact);
        out.put(driver.wall_speed_factor().to_f32());
        out.flag(driver.motion_flags().contains(MotionFlags::REVERSING));
    }
}

/// The floor's surface kinds, by [`mkds_memory::Driver::floor_kind`] (source: a published write-up
/// of the race logic).
mod floor {
    pub(super) const ROAD: i32 = 0;
    pub(super) const WEAK_OFF_ROAD: i32 = 2;
    pub(super) const OFF_ROAD: i32 = 3;
    pub(super) const HEAVY_OFF_ROAD: i32 = 4;
    pub(super) const SLIPPERY: [i32; 2] = [5, 6];
    pub(super) const BOOST: i32 = 8;
}

impl Observe for Countdown {
    fn fields(&self) -> Vec<Column> {
        let doc = "frames until the start";
        vec![Column::float("countdown", "frames", (0.0, 300.0), doc)]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.put(GO_FRAME.saturating_sub(moment.now.frame) as f32);
    }
}

impl PreviousAction {
    /// The buttons of a race, in the order of the flags.
    const FLAGS: [Pad; 6] = [
        Pad::A,
        Pad::B,
        Pad::R,
        Pad::X.union(Pad::L),
        Pad::LEFT,
        Pad::RIGHT,
    ];

    fn put(pad: Pad, out: &mut Writer<'_>) {
        for buttons in Self::FLAGS {
            out.flag(pad.intersects(buttons));
        }
    }
}

impl Observe for PreviousAction {
    fn fields(&self) -> Vec<Column> {
        let doc = "what was pressed last: accelerate, brake, drift, item, left, right";
        vec![Column::float("previous_action", "flag", FLAG, doc).of_shape(&[Self::FLAGS.len()])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        Self::put(moment.pad, out);
    }

    fn observe_nothing(&self, pad: Pad, out: &mut Writer<'_>) {
        Self::put(pad, out);
    }
}

impl Observe for Buttons {
    fn fields(&self) -> Vec<Column> {
        vec![Column {
            dtype: DType::U16,
            ..Column::float(
                "keymask",
                "DS keypad bits",
                (0.0, f32::from(Pad::all().bits())),
                "what was pressed last: 1 A, 2 B, 4 Select, 8 Start, 16 right, 32 left, 64 up, 128 down, 256 R, 512 L, 1024 X, 2048 Y",
            )
            .of_shape(&[1])
        }]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        out.put_word(moment.pad.bits());
    }

    fn observe_nothing(&self, pad: Pad, out: &mut Writer<'_>) {
        out.put_word(pad.bits());
    }
}
