//! Observations of the course: rays, checkpoints, the centreline.

use std::f32::consts::{PI, TAU};

use env_core::columns::Column;
use serde::{Deserialize, Serialize};
use track::{Aim, Bearing, RayFan};

use super::observe::{Observe, Writer};
use crate::{Error, Result, moment::Moment};

const TURN: (f32, f32) = (-PI, PI);

/// Distances to checkpoints are clamped to this, units.
const CHECKPOINT_RANGE: f32 = 6000.0;
/// Offsets from the centreline are clamped to this, units.
const OFFSET_RANGE: f32 = 600.0;

/// The most values that a term may have.
const MOST: usize = 4096;

/// What rays are measured to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toward {
    /// The edge of the road, where off-road or nothing begins.
    #[default]
    Edge,
    /// Walls.
    Walls,
}

/// Distances along a fan of rays, units, left to right; the range where nothing is hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rays {
    /// The field's name.
    pub name: String,
    /// How many rays.
    pub count: usize,
    /// Degrees from the first to the last, half of them to each side of the kart's facing.
    pub field_of_view: f32,
    /// The length of the rays, units.
    pub range: f32,
    /// What they are measured to.
    pub toward: Toward,
    /// Degrees above the kart's plane, of all of them.
    pub elevation: f32,
}

impl Default for Rays {
    fn default() -> Self {
        Self {
            name: "wall_distances".to_owned(),
            count: 24,
            field_of_view: 180.0,
            range: 3000.0,
            toward: Toward::Edge,
            elevation: 0.0,
        }
    }
}

impl Rays {
    /// The fan of these rays.
    ///
    /// # Errors
    /// [`Error::Setting`] for no rays or too many, and invalid angles or ranges.
    pub fn fan(&self) -> Result<RayFan> {
        let setting =
            |setting, expected, found: String| Err(Error::setting(setting, expected, found));
        if !(1..=MOST).contains(&self.count) {
            return setting("rays.count", "1 to 4096", self.count.to_string());
        }
        if !(self.range > 0.0 && self.range.is_finite()) {
            return setting("rays.range", "a number above 0", self.range.to_string());
        }
        if !(0.0..=360.0).contains(&self.field_of_view) {
            let found = self.field_of_view.to_string();
            return setting("rays.field_of_view", "0 to 360 degrees", found);
        }
        if !(-90.0..=90.0).contains(&self.elevation) {
            let found = self.elevation.to_string();
            return setting("rays.elevation", "-90 to 90 degrees", found);
        }
        let view = (self.field_of_view / 360.0 * TAU).min(TAU);
        let fan = RayFan::new(self.count, view, self.range);
        Ok(if self.elevation == 0.0 {
            fan
        } else {
            fan.at_elevations(&[self.elevation.to_radians()])
        })
    }

    pub(super) fn build(self) -> Result<RayTerm> {
        Ok(RayTerm {
            fan: self.fan()?,
            rays: self,
        })
    }
}

/// [`Rays`] with their fan.
#[derive(Debug)]
pub(super) struct RayTerm {
    rays: Rays,
    fan: RayFan,
}

impl Observe for RayTerm {
    fn fields(&self) -> Vec<Column> {
        let Rays {
            name, range, count, ..
        } = &self.rays;
        let doc = match self.rays.toward {
            Toward::Edge => {
                "distance to the edge of the road along each ray, left to right; the range where there is none"
            }
            Toward::Walls => {
                "distance to the nearest wall along each ray, left to right; the range where there is none"
            }
        };
        vec![Column::float(name, "units", (0.0, *range), doc).of_shape(&[*count])]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        let Moment { now, track, .. } = moment;
        let distances = out.take(self.rays.count);
        match self.rays.toward {
            Toward::Edge => self.fan.cast(track.boundary(), &now.pose, distances),
            Toward::Walls => self.fan.cast(track.walls(), &now.pose, distances),
        }
    }
}

/// Bearing and distance of the next checkpoints' middles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Checkpoints {
    /// How many checkpoints.
    pub count: usize,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self { count: 4 }
    }
}

impl Checkpoints {
    /// The most checkpoints of the term.
    const MOST: usize = 32;

    pub(super) fn checked(self) -> Result<Self> {
        if (1..=Self::MOST).contains(&self.count) {
            return Ok(self);
        }
        let found = self.count.to_string();
        Err(Error::setting("checkpoints.count", "1 to 32", found))
    }
}

impl Observe for Checkpoints {
    fn fields(&self) -> Vec<Column> {
        vec![
            Column::float(
                "checkpoint_angle",
                "radians",
                TURN,
                "bearing of each of the next checkpoints' middles from the kart's facing",
            )
            .of_shape(&[self.count]),
            Column::float(
                "checkpoint_distance",
                "units",
                (0.0, CHECKPOINT_RANGE),
                "distance to each of the next checkpoints' middles",
            )
            .of_shape(&[self.count]),
        ]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        let mut bearings = [Bearing::default(); Self::MOST];
        let bearings = &mut bearings[..self.count];
        moment.checkpoints_ahead(Aim::Midpoint, bearings);
        bearings.iter().for_each(|bearing| out.put(bearing.angle));
        bearings
            .iter()
            .for_each(|bearing| out.put(bearing.distance));
    }
}

/// The offset from the centreline, and its direction beside and ahead of the kart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Centreline {
    /// How far ahead along it its bearing is taken, units.
    pub ahead: Vec<f32>,
}

impl Default for Centreline {
    fn default() -> Self {
        Self {
            ahead: vec![60.0, 120.0, 200.0, 300.0, 450.0, 700.0],
        }
    }
}

impl Centreline {
    pub(super) fn checked(self) -> Result<Self> {
        let wrong = self.ahead.iter().find(|ahead| !ahead.is_finite());
        if self.ahead.is_empty() || self.ahead.len() > MOST || wrong.is_some() {
            let found = wrong.map_or_else(|| self.ahead.len().to_string(), f32::to_string);
            return Err(Error::setting(
                "centreline.ahead",
                "1 to 4096 distances",
                found,
            ));
        }
        Ok(self)
    }
}

impl Observe for Centreline {
    fn fields(&self) -> Vec<Column> {
        vec![
            Column::float(
                "centreline_offset",
                "units",
                (-OFFSET_RANGE, OFFSET_RANGE),
                "how far left of the centreline the kart is",
            ),
            Column::float(
                "centreline_heading",
                "radians",
                TURN,
                "direction of the centreline beside the kart from the kart's facing",
            ),
            Column::float(
                "centreline_ahead",
                "radians",
                TURN,
                "bearing of the points of the centreline at each of the distances ahead",
            )
            .of_shape(&[self.ahead.len()]),
        ]
    }

    fn observe(&self, moment: &Moment<'_>, out: &mut Writer<'_>) {
        let here = moment.on_centreline();
        let line = moment.track.centreline();
        out.put(here.map_or(0.0, |here| here.offset));
        out.put(moment.centreline_heading());
        for ahead in &self.ahead {
            let point = here.and_then(|here| line.at(here.along + ahead));
            out.put(point.map_or(0.0, |(point, _)| moment.now.pose.bearing(point).angle));
        }
    }
}
