//! What a driver sees: a flat vector of named `f32` fields.
//!
//! Values keep the game's units, so that they can be read and plotted; each field's bounds tell a
//! learner how to scale it, and every value is clamped into them. Angles are positive to the left,
//! as the game's yaw is.

use std::f32::consts::PI;

pub use crate::observer::Observer;

/// A named run of the observation vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its values are measured in.
    pub unit: &'static str,
    /// The least value.
    pub low: f32,
    /// The greatest value.
    pub high: f32,
    /// How many values it has.
    pub len: usize,
    /// What it means.
    pub doc: &'static str,
}

const fn field(
    name: &'static str,
    unit: &'static str,
    (low, high): (f32, f32),
    len: usize,
    doc: &'static str,
) -> Field {
    Field {
        name,
        unit,
        low,
        high,
        len,
        doc,
    }
}

/// Rays of the fan, from 90° left to 90° right of the kart's facing.
pub const RAYS: usize = 24;
/// The furthest a ray looks, in units.
pub const RAY_RANGE: f32 = 3000.0;
/// Checkpoints looked at.
pub const CHECKPOINTS: usize = 4;
/// How far ahead along the centreline its bearing is taken, in units.
pub const CENTRELINE_AHEAD: [f32; 6] = [60.0, 120.0, 200.0, 300.0, 450.0, 700.0];

const FLAG: (f32, f32) = (0.0, 1.0);
const TURN: (f32, f32) = (-PI, PI);

/// The observation's fields, in the order of the vector.
pub const FIELDS: &[Field] = &[
    field(
        "edge_distance",
        "units",
        (0.0, RAY_RANGE),
        RAYS,
        "distance to the edge of the road along each ray, left to right; the range where there is none",
    ),
    field(
        "checkpoint_angle",
        "radians",
        TURN,
        CHECKPOINTS,
        "bearing of each of the next checkpoints' middles from the kart's facing",
    ),
    field(
        "checkpoint_distance",
        "units",
        (0.0, 6000.0),
        CHECKPOINTS,
        "distance to each of the next checkpoints' middles",
    ),
    field(
        "centreline_offset",
        "units",
        (-600.0, 600.0),
        1,
        "how far left of the centreline the kart is",
    ),
    field(
        "centreline_heading",
        "radians",
        TURN,
        1,
        "direction of the centreline beside the kart from the kart's facing",
    ),
    field(
        "centreline_ahead",
        "radians",
        TURN,
        CENTRELINE_AHEAD.len(),
        "bearing of the points of the centreline 60, 120, 200, 300, 450 and 700 units ahead",
    ),
    field(
        "forward_speed",
        "units/frame",
        (-8.0, 16.0),
        1,
        "signed speed along the facing",
    ),
    field(
        "speed",
        "units/frame",
        (0.0, 16.0),
        1,
        "length of the velocity",
    ),
    field(
        "speed_fraction",
        "1",
        FLAG,
        1,
        "speed over the present limit",
    ),
    field(
        "speed_limit",
        "units/frame",
        (0.0, 16.0),
        1,
        "the present limit of terrain, slope and boost",
    ),
    field(
        "vertical_speed",
        "units/frame",
        (-16.0, 16.0),
        1,
        "speed upwards",
    ),
    field(
        "slip_angle",
        "radians",
        TURN,
        1,
        "direction of travel from the facing",
    ),
    field(
        "yaw_rate",
        "radians/frame",
        (-0.25, 0.25),
        1,
        "turn of the facing in the last frame",
    ),
    field(
        "slope",
        "radians",
        (-PI / 2.0, PI / 2.0),
        1,
        "rise of the floor ahead",
    ),
    field(
        "drift_direction",
        "1",
        (-1.0, 1.0),
        1,
        "+1 drifting left, -1 right, 0 not drifting",
    ),
    field(
        "drift_angle",
        "radians",
        TURN,
        1,
        "turn of the kart's body against its heading in a drift",
    ),
    field(
        "drift_charge",
        "1",
        (0.0, 4.0),
        1,
        "steps of the mini-turbo charge; full at 4",
    ),
    field(
        "drift_cooldown",
        "frames",
        (0.0, 30.0),
        1,
        "frames until the next press counts towards the charge",
    ),
    field("hopping", "flag", FLAG, 1, "in a hop"),
    field("boost", "frames", (0.0, 120.0), 1, "frames of boost left"),
    field(
        "mini_turbo",
        "frames",
        (0.0, 60.0),
        1,
        "frames of mini-turbo left",
    ),
    field("airborne", "frames", (0.0, 60.0), 1, "frames in the air"),
    field("floor_road", "flag", FLAG, 1, "on the road"),
    field("floor_slippery", "flag", FLAG, 1, "on slippery road"),
    field("floor_weak_off_road", "flag", FLAG, 1, "on weak off-road"),
    field("floor_off_road", "flag", FLAG, 1, "on off-road"),
    field("floor_heavy_off_road", "flag", FLAG, 1, "on heavy off-road"),
    field("floor_boost", "flag", FLAG, 1, "on a boost panel"),
    field("wall_contact", "flag", FLAG, 1, "touching a wall"),
    field(
        "wall_factor",
        "1",
        FLAG,
        1,
        "what a wall leaves of the speed limit",
    ),
    field("reversing", "flag", FLAG, 1, "driving backwards"),
    field(
        "countdown",
        "frames",
        (0.0, 300.0),
        1,
        "frames until the start",
    ),
];

/// Values of an observation.
pub const LEN: usize = {
    let (mut len, mut index) = (0, 0);
    while index < FIELDS.len() {
        len += FIELDS[index].len;
        index += 1;
    }
    len
};

/// One observation, laid out as [`FIELDS`] says.
pub type Observation = [f32; LEN];

/// Lower bounds of every value.
pub fn low() -> Observation {
    bounds(|field| field.low)
}

/// Upper bounds of every value.
pub fn high() -> Observation {
    bounds(|field| field.high)
}

fn bounds(of: impl Fn(&Field) -> f32) -> Observation {
    let mut values = [0.0; LEN];
    let each = FIELDS
        .iter()
        .flat_map(|field| std::iter::repeat_n(of(field), field.len));
    values
        .iter_mut()
        .zip(each)
        .for_each(|(value, bound)| *value = bound);
    values
}

/// Where the values of the field `name` lie; `None` if there is no such field.
pub fn range(name: &str) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    for field in FIELDS {
        if field.name == name {
            return Some(start..start + field.len);
        }
        start += field.len;
    }
    None
}
