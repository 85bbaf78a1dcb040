//! A course as its author writes it.
//!
//! Places along the lap are *marks*: 3.5 is half-way between the points 3 and 4 (counted from 0),
//! so they stay where they are when a point is moved. Offsets across the course count from its
//! centre line, to the left positive. Lengths and heights are in units.

use mkds_formats::kcl::CollisionType;
use serde::Deserialize;

/// One `homebrew/courses/*.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// Shown in the menus.
    pub(super) name: String,
    /// Two or three letters.
    pub(super) abbreviation: String,
    /// What sort of driving it asks for.
    pub(super) kind: String,
    /// Its place in cup order.
    pub(super) slot: u8,
    /// The id the game knows it by.
    pub(super) course_id: u16,
    pub(super) laps: u16,
    /// Mark of the start and finish line.
    pub(super) start: f64,
    pub(super) checkpoint_spacing: f64,
    /// The road's width where a point does not say.
    pub(super) width: f64,
    /// The width of the strip on either side of the road where a point does not say.
    pub(super) shoulder: f64,
    pub(super) shoulder_surface: Surface,
    /// Height of the walls beyond the shoulders.
    pub(super) wall_height: f64,
    /// No bend may be tighter.
    pub(super) min_radius: f64,
    pub(super) points: Vec<Point>,
    #[serde(default)]
    pub(super) patches: Vec<Patch>,
    #[serde(default)]
    pub(super) ramps: Vec<Ramp>,
    #[serde(default)]
    pub(super) gaps: Vec<Range>,
    #[serde(default)]
    pub(super) open_edges: Vec<Range>,
    #[serde(default)]
    pub(super) infields: Vec<Infield>,
    #[serde(default)]
    pub(super) islands: Vec<Island>,
}

/// A point that the centre line passes through.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    /// x (right on the map), y (up), z (down on the map).
    pub(super) at: [f64; 3],
    pub(super) width: Option<f64>,
    pub(super) shoulder: Option<f64>,
}

/// A part of the lap.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    pub(super) from: f64,
    pub(super) to: f64,
}

/// A part of the road with another surface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    pub(super) surface: Surface,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// A rise in front of a jump; the road behind its end is back at its own height.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ramp {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) rise: f64,
}

/// The inside of a bend laid open as a short-cut: the shoulder reaches to the chord of the bend.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Infield {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) side: Side,
    pub(super) surface: Surface,
    /// How far the edge keeps from the chord between the two marks.
    pub(super) clearance: f64,
}

/// A walled block that parts an infield from the road.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Island {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) side: Side,
    /// Free space between the road's edge and the island.
    pub(super) offset: f64,
    pub(super) width: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The sign of offsets on this side.
    pub(super) fn sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Surface {
    SlipperyRoad,
    WeakOffRoad,
    OffRoad,
    HeavyOffRoad,
    BoostPanel,
    JumpPad,
}

impl Surface {
    pub(super) fn collision_type(self) -> CollisionType {
        match self {
            Self::SlipperyRoad => CollisionType::SlipperyRoad,
            Self::WeakOffRoad => CollisionType::WeakOffRoad,
            Self::OffRoad => CollisionType::OffRoad,
            Self::HeavyOffRoad => CollisionType::HeavyOffRoad,
            Self::BoostPanel => CollisionType::BoostPanel,
            Self::JumpPad => CollisionType::JumpPad,
        }
    }
}
