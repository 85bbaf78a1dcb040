//! Rays from one point.

use crate::pose::Pose;
use crate::ray::{Ray, Trace, cast};
use crate::vectors::{Vec3, add, normalised, scale};

/// What a fan turns with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Frame {
    /// The pose: it lies in the plane that a kart stands on.
    #[default]
    Kart,
    /// The pose's heading alone: it stays level on slopes.
    Level,
    /// Nothing: forward is +z, left is +x, as for a yaw of 0.
    World,
}

impl Frame {
    /// Where forward, left and up are for `pose`.
    fn axes(self, pose: &Pose) -> [Vec3; 3] {
        const UP: Vec3 = [0.0, 1.0, 0.0];
        let pose = match self {
            Self::Kart => *pose,
            Self::Level => Pose::new(pose.position, pose.forward, UP),
            Self::World => Pose::new(pose.position, [0.0, 0.0, 1.0], UP),
        };
        [pose.forward, pose.left, pose.up]
    }
}

/// Rays from one point, any number in any directions: spread evenly from left to right, at
/// elevations above and below, or as given.
///
/// ```
/// use track::{Frame, RayFan};
///
/// // What the published sensor has: 24 rays over half a turn, 3000 units long.
/// let sweep = RayFan::new(24, std::f32::consts::PI, 3000.0);
/// assert_eq!(sweep.count(), 24);
/// // All around, level and a little above it.
/// let dome = RayFan::new(36, std::f32::consts::TAU * 35.0 / 36.0, 500.0)
///     .at_elevations(&[0.0, 0.3])
///     .in_frame(Frame::Level);
/// assert_eq!(dome.count(), 72);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RayFan {
    reach: f32,
    frame: Frame,
    /// Each ray's share of forward, left and up.
    directions: Vec<Vec3>,
    angles: Vec<f32>,
}

impl RayFan {
    /// `count` rays over `field_of_view` radians, `reach` units long. The first points half of it
    /// to the left, the last half of it to the right; a single one straight ahead.
    #[must_use]
    pub fn new(count: usize, field_of_view: f32, reach: f32) -> Self {
        let steps = count.saturating_sub(1).max(1) as f32;
        let angles: Vec<f32> = (0..count)
            .map(|index| match count {
                1 => 0.0,
                _ => field_of_view * (0.5 - index as f32 / steps),
            })
            .collect();
        Self {
            reach,
            frame: Frame::default(),
            directions: angles
                .iter()
                .map(|angle| [angle.cos(), angle.sin(), 0.0])
                .collect(),
            angles,
        }
    }

    /// Rays of `reach` units along `directions`: each so far forward, to the left and up, at any
    /// length. `None` if one of them has no direction.
    #[must_use]
    pub fn from_directions(directions: &[[f32; 3]], reach: f32) -> Option<Self> {
        let directions: Vec<Vec3> = directions
            .iter()
            .map(|direction| normalised(*direction))
            .collect::<Option<_>>()?;
        Some(Self {
            reach,
            frame: Frame::default(),
            angles: directions
                .iter()
                .map(|[ahead, aside, _]| aside.atan2(*ahead))
                .collect(),
            directions,
        })
    }

    /// The same rays, turned with something else than the kart.
    #[must_use]
    pub fn in_frame(self, frame: Frame) -> Self {
        Self { frame, ..self }
    }

    /// The same rays once for each of `elevations`, raised by that many radians out of the
    /// fan's plane, one fan after the other.
    #[must_use]
    pub fn at_elevations(self, elevations: &[f32]) -> Self {
        let raised = |elevation: &f32| {
            let (sin, cos) = elevation.sin_cos();
            let raise = move |[ahead, aside, up]: Vec3| {
                let level = ahead.hypot(aside);
                if level == 0.0 {
                    // Straight up or down there is no side to raise it to.
                    return [ahead, aside, up];
                }
                let (outward, upward) = (level * cos - up * sin, level * sin + up * cos);
                [ahead / level * outward, aside / level * outward, upward]
            };
            self.directions.iter().map(move |ray| raise(*ray))
        };
        Self {
            directions: elevations.iter().flat_map(raised).collect(),
            angles: self.angles.repeat(elevations.len()),
            ..self
        }
    }

    /// How many rays it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.directions.len()
    }

    /// How long its rays are, units.
    #[must_use]
    pub const fn reach(&self) -> f32 {
        self.reach
    }

    /// Its rays' angles within the fan, radians, positive to the left.
    #[must_use]
    pub fn angles(&self) -> &[f32] {
        &self.angles
    }

    /// Its rays' directions: forward, left and up in the fan's frame, unit length.
    #[must_use]
    pub fn directions(&self) -> &[[f32; 3]] {
        &self.directions
    }

    /// Its rays from `pose`.
    pub fn rays(&self, pose: &Pose) -> impl ExactSizeIterator<Item = Ray> {
        let origin = pose.position;
        let [forward, left, up] = self.frame.axes(pose);
        self.directions
            .iter()
            .map(move |[ahead, aside, above]| Ray {
                origin,
                direction: add(
                    add(scale(forward, *ahead), scale(left, *aside)),
                    scale(up, *above),
                ),
            })
    }

    /// How far its rays get from `pose`, units, into `out`: [`RayFan::reach`] where nothing is
    /// hit. Rays and places left over on either side are passed by.
    pub fn cast(&self, what: &(impl Trace + ?Sized), pose: &Pose, out: &mut [f32]) {
        cast(what, self.rays(pose), self.reach, out);
    }
}
