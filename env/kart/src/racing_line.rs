//! The line a driver follows: a closed curve over the ground that cuts corners within the road.

use track::{Ray, Trace, Track};

use crate::ground::{Ground, add, angle_between, dot, left_of, length, scale, sub, unit};

/// Distance between the line's points, in units.
const SPACING: f32 = 20.0;
/// The search for the road's edge reaches this far to each side, in units.
const WIDTH_RANGE: f32 = 250.0;
/// Room left to the road's edge: the kart's radius and what steering overshoots, in units.
const MARGIN: f32 = 22.0;
/// The most that the floor rises from one point of the line to the next, in units.
const CLIMB: f32 = 30.0;
/// Points from neighbour to neighbour in the passes that straighten the line, and rounds of each pass.
const STRIDES: [usize; 4] = [8, 4, 2, 1];
const ROUNDS: usize = 300;

/// A racing line around a track.
#[derive(Clone, Debug)]
pub(crate) struct RacingLine {
    points: Vec<Ground>,
    directions: Vec<Ground>,
    /// How far the road reaches to the right and to the left of each point.
    edges: Vec<[f32; 2]>,
}

impl RacingLine {
    /// The line around `track`: `cutting` 0 stays in the middle of the road, 1 uses its whole
    /// width; `offset` in -1..1 shifts it left (positive) by that part of half the road. It leads over the surfaces
    /// `boosts`.
    pub(crate) fn new(track: &Track, boosts: &[u16], cutting: f32, offset: f32) -> Self {
        let road = Road { track, boosts };
        let middle = road.sections(&road.middle());
        let points = resample(&relax(&middle, cutting, offset));
        Self::through(points, &road)
    }

    /// The same line closer to the edges in bends: the road's cross-sections in a bend depend on the line, so that it is
    /// measured and straightened again.
    pub(crate) fn tightened(&self, track: &Track, cutting: f32, offset: f32) -> Self {
        const PASSES: usize = 2;
        let road = Road { track, boosts: &[] };
        let mut points = self.points.clone();
        for _ in 0..PASSES {
            points = resample(&relax(&road.sections(&points), cutting, offset));
        }
        Self::through(points, &road)
    }

    fn through(points: Vec<Ground>, road: &Road<'_>) -> Self {
        Self {
            directions: directions(&points),
            edges: road.edges(&points),
            points,
        }
    }

    pub(crate) fn point(&self, index: usize) -> Ground {
        self.points[index % self.points.len()]
    }

    pub(crate) fn direction(&self, index: usize) -> Ground {
        self.directions[index % self.directions.len()]
    }

    /// The line's length, in units.
    pub(crate) fn length(&self) -> f32 {
        self.points.len() as f32 * SPACING
    }

    /// How far along the line a position is that is abreast of the point `index`, in units.
    pub(crate) fn along(&self, index: usize, position: Ground) -> f32 {
        index as f32 * SPACING + self.beyond(index, position)
    }

    /// The point, from `index` on, that `position` is abreast of.
    pub(crate) fn abreast(&self, position: Ground, mut index: usize) -> usize {
        while self.beyond(index, position) > SPACING / 2.0 {
            index = (index + 1) % self.points.len();
        }
        index
    }

    /// How far a position is beyond the point `index`, in the line's direction there.
    fn beyond(&self, index: usize, position: Ground) -> f32 {
        dot(sub(position, self.point(index)), self.direction(index))
    }

    /// Points that `distance` units of the line take.
    pub(crate) fn steps(distance: f32) -> usize {
        (distance / SPACING).max(0.0) as usize
    }

    /// Whether `position`, abreast of the point `index`, is on the road with at least `margin` to its edges.
    pub(crate) fn is_on_road(&self, index: usize, position: Ground, margin: f32) -> bool {
        let [right, left] = self.edges[index % self.edges.len()];
        let aside = dot(
            sub(position, self.point(index)),
            left_of(self.direction(index)),
        );
        aside > margin - right && aside < left - margin
    }

    /// The line's turn from `from` to `to` points after `index`, in radians, positive to the left.
    pub(crate) fn turn(&self, index: usize, from: usize, to: usize) -> f32 {
        (index + from..index + to)
            .map(|n| angle_between(self.direction(n), self.direction(n + 1)))
            .sum()
    }

    /// The point nearest to `position`, searched near `hint` unless the kart is far from it. The hint keeps
    /// a kart on its own stretch where two stretches of a course run side by side.
    pub(crate) fn nearest(&self, position: Ground, facing: Ground, hint: Option<usize>) -> usize {
        const NEAR: usize = 12;
        const LOST: f32 = 200.0;
        let count = self.points.len();
        if let Some(hint) = hint {
            let around = (0..=2 * NEAR).map(|n| (hint + count + n - NEAR) % count);
            let found = self.closest(around, position, |_| 0.0);
            if length(sub(self.points[found], position)) < LOST {
                return found;
            }
        }
        // Stretches in the opposite direction count as further away.
        self.closest(0..count, position, |n| {
            if dot(self.directions[n], facing) < 0.0 {
                LOST
            } else {
                0.0
            }
        })
    }

    fn closest(
        &self,
        candidates: impl Iterator<Item = usize>,
        position: Ground,
        penalty: impl Fn(usize) -> f32,
    ) -> usize {
        candidates
            .map(|n| (n, length(sub(self.points[n], position)) + penalty(n)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0, |(n, _)| n)
    }
}

/// The road across one point of a line.
struct Section {
    middle: Ground,
    /// The direction to the left edge.
    left: Ground,
    /// How far the line may move from the middle to either side.
    room: f32,
}

impl Section {
    fn point(&self, aside: f32) -> Ground {
        add(self.middle, scale(self.left, aside))
    }
}

/// Finds the road's cross-sections from points of a line along it.
struct Road<'t> {
    track: &'t Track,
    /// Surfaces that a line is to lead over.
    boosts: &'t [u16],
}

impl Road<'_> {
    /// Rounds in which the line between the checkpoints moves onto the middle of the road.
    const ROUNDS: usize = 16;
    /// The most that a point moves aside in a round, in units.
    const SHIFT: f32 = 30.0;
    /// The largest distance of the middle of the checkpoints from the road, in units.
    const FARTHEST: f32 = 600.0;

    /// The middle of the road. Checkpoints reach far beyond the road, and further on one side than on the other; the
    /// line through their middles is therefore only the start of the search.
    fn middle(&self) -> Vec<Ground> {
        let mut points = resample(self.track.centreline().points());
        for _ in 0..Self::ROUNDS {
            let sides = sides(&points);
            let moved: Vec<Ground> = self
                .heights(&points)
                .into_iter()
                .zip(points.iter().zip(&sides))
                .map(|(height, (&point, &side))| {
                    let shift = self.to_middle([point[0], height, point[1]], side);
                    add(point, scale(side, shift.clamp(-Self::SHIFT, Self::SHIFT)))
                })
                .collect();
            points = resample(&smooth(&moved));
        }
        points
    }

    /// How far the middle of the road is to the left of a point.
    fn to_middle(&self, point: [f32; 3], side: Ground) -> f32 {
        let above = [point[0], point[1] + CLIMB, point[2]];
        let Some(floor) = self.track.floor_below(above) else {
            return 0.0;
        };
        if floor.surface.is_road {
            let edge = |sign| {
                self.edge(point, side, sign, WIDTH_RANGE)
                    .unwrap_or(WIDTH_RANGE)
            };
            return (edge(1.0) - edge(-1.0)) / 2.0;
        }
        let edge = |sign| self.edge(point, side, sign, Self::FARTHEST);
        match (edge(1.0), edge(-1.0)) {
            (Some(left), Some(right)) if right < left => -right - MARGIN,
            (Some(left), _) => left + MARGIN,
            (None, Some(right)) => -right - MARGIN,
            (None, None) => 0.0,
        }
    }

    /// The road across each point of a line along it; where there is a boost, only that.
    fn sections(&self, points: &[Ground]) -> Vec<Section> {
        let edges = self.edges(points).into_iter();
        let heights = self.heights(points);
        edges
            .zip(points.iter().zip(sides(points)))
            .zip(heights)
            .map(|((edges, (&point, side)), height)| {
                let boost = self.boost(point, height, side, edges);
                let ([right, left], margin) = boost.map_or((edges, MARGIN), |boost| (boost, 0.0));
                Section {
                    middle: add(point, scale(side, (left - right) / 2.0)),
                    left: side,
                    room: ((left + right) / 2.0 - margin).max(0.0),
                }
            })
            .collect()
    }

    /// How far a boost across a point of a line reaches to the right and to the left; `None` without one.
    fn boost(
        &self,
        [x, z]: Ground,
        height: f32,
        side: Ground,
        [right, left]: [f32; 2],
    ) -> Option<[f32; 2]> {
        const STEP: f32 = 10.0;
        if self.boosts.is_empty() {
            return None;
        }
        let is_boost = |aside: &f32| {
            let [x, z] = add([x, z], scale(side, *aside));
            let floor = self.track.floor_below([x, height + CLIMB, z]);
            floor.is_some_and(|floor| self.boosts.contains(&floor.surface.kind))
        };
        let steps = ((left + right) / STEP) as usize;
        let places = (0..=steps).map(|step| step as f32 * STEP - right);
        let mut found = places.filter(is_boost);
        let first = found.next()?;
        Some([-first, found.next_back().unwrap_or(first)])
    }

    /// How far the road's edges are to the right and to the left of each point of a line along it.
    fn edges(&self, points: &[Ground]) -> Vec<[f32; 2]> {
        self.heights(points)
            .into_iter()
            .zip(points.iter().zip(sides(points)))
            .map(|(height, (&[x, z], side))| {
                [-1.0, 1.0].map(|sign| {
                    let edge = self.edge([x, height, z], side, sign, WIDTH_RANGE);
                    edge.unwrap_or(WIDTH_RANGE)
                })
            })
            .collect()
    }

    /// The floor's height below each point: followed from the start, as the line itself has no height.
    fn heights(&self, points: &[Ground]) -> Vec<f32> {
        let mut height = self.track.start().map_or(0.0, |start| start.position[1]);
        points
            .iter()
            .map(|&[x, z]| {
                let floor = self.track.floor_below([x, height + CLIMB, z]);
                height = floor.map_or(height, |floor| floor.y);
                height
            })
            .collect()
    }

    /// How far the road's edge is to the left (`sign` 1) or to the right (-1).
    fn edge(&self, origin: [f32; 3], side: Ground, sign: f32, reach: f32) -> Option<f32> {
        let direction = [sign * side[0], 0.0, sign * side[1]];
        let hit = self
            .track
            .boundary()
            .trace(&Ray { origin, direction }, reach)?;
        Some(hit.distance)
    }
}

/// The closed curve with each point moved halfway to the middle of its neighbours.
fn smooth(points: &[Ground]) -> Vec<Ground> {
    let count = points.len();
    (0..count)
        .map(|n| {
            let [before, after] = [points[(n + count - 1) % count], points[(n + 1) % count]];
            scale(add(scale(points[n], 2.0), add(before, after)), 0.25)
        })
        .collect()
}

/// The directions to the left of each point.
fn sides(points: &[Ground]) -> Vec<Ground> {
    directions(points).into_iter().map(left_of).collect()
}

/// Bends the line as little as its room allows, each point held to its own cross-section of the road.
///
/// Each point goes to where the bending energy of its neighbours is least: wide strides shape whole bends, narrow ones
/// smooth them.
fn relax(sections: &[Section], cutting: f32, offset: f32) -> Vec<Ground> {
    let count = sections.len();
    let mut points: Vec<Ground> = sections
        .iter()
        .map(|section| section.point(offset * section.room))
        .collect();
    for stride in STRIDES {
        for _ in 0..ROUNDS {
            for (n, section) in sections.iter().enumerate() {
                let ahead = |strides: usize| points[(n + strides * stride) % count];
                let behind = |strides: usize| points[(n + count * 2 - strides * stride) % count];
                let near = scale(add(ahead(1), behind(1)), 4.0);
                let straight = scale(sub(near, add(ahead(2), behind(2))), 1.0 / 6.0);
                let base = offset * section.room;
                let wanted = dot(sub(straight, section.middle), section.left) - base;
                let lateral = wanted.clamp(
                    -(section.room + base) * cutting,
                    (section.room - base) * cutting,
                );
                points[n] = section.point(base + lateral);
            }
        }
    }
    points
}

/// The closed curve through `points` again, with points every [`SPACING`] units or a little less.
fn resample(points: &[Ground]) -> Vec<Ground> {
    let count = points.len();
    let lengths: Vec<f32> = (0..count)
        .map(|n| length(sub(points[(n + 1) % count], points[n])))
        .collect();
    let total: f32 = lengths.iter().sum();
    let wanted = (total / SPACING).ceil().max(8.0) as usize;
    let step = total / wanted as f32;
    let mut resampled = Vec::with_capacity(wanted);
    let (mut segment, mut passed) = (0, 0.0);
    for n in 0..wanted {
        let at = n as f32 * step;
        while segment + 1 < count && passed + lengths[segment] < at {
            passed += lengths[segment];
            segment += 1;
        }
        let part = ((at - passed) / lengths[segment].max(f32::EPSILON)).clamp(0.0, 1.0);
        let [from, to] = [points[segment], points[(segment + 1) % count]];
        resampled.push(add(from, scale(sub(to, from), part)));
    }
    resampled
}

fn directions(points: &[Ground]) -> Vec<Ground> {
    let count = points.len();
    (0..count)
        .map(|n| {
            unit(sub(
                points[(n + 1) % count],
                points[(n + count - 1) % count],
            ))
        })
        .collect()
}

#[cfg(test)]
impl RacingLine {
    /// A circle to the left around the origin, on a road that reaches `width` to each side.
    pub(crate) fn circle(radius: f32, width: f32) -> Self {
        let count = (std::f32::consts::TAU * radius / SPACING) as usize;
        let points: Vec<Ground> = (0..count)
            .map(|n| {
                let angle = std::f32::consts::TAU * n as f32 / count as f32;
                [radius * angle.cos(), -radius * angle.sin()]
            })
            .collect();
        Self {
            directions: directions(&points),
            edges: vec![[width; 2]; count],
            points,
        }
    }
}
