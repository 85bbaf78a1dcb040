//! The line a driver follows: a closed curve over the ground that cuts corners within the road.

use mkds_memory::{
    course::Course,
    sensor::{Ray, Trace},
};

use crate::ground::{Ground, add, angle_between, dot, left_of, length, scale, sub, unit};

/// Distance between the line's points, in units.
const SPACING: f32 = 20.0;
/// The road is looked for this far to each side, in units.
const WIDTH_RANGE: f32 = 250.0;
/// Room left to the road's edge: the kart's radius and what steering overshoots, in units.
const MARGIN: f32 = 38.0;
/// The most that the floor rises from one point of the line to the next, in units.
const CLIMB: f32 = 30.0;
/// Rounds of the elastic band. Each carries a bend's pull about one point along the line.
const ROUNDS: usize = 600;

/// A racing line around a course.
#[derive(Clone, Debug)]
pub(crate) struct RacingLine {
    points: Vec<Ground>,
    directions: Vec<Ground>,
}

impl RacingLine {
    /// The line around `course`: `cutting` 0 stays in the middle of the road, 1 uses its whole
    /// width; `offset` in -1..1 shifts it left (positive) by that part of half the road.
    pub(crate) fn new(course: &Course, cutting: f32, offset: f32) -> Self {
        let middle = resample(course.centreline().points());
        let mut height = course.start().map_or(0.0, |start| start.position[1]);
        let sides: Vec<Ground> = directions(&middle).into_iter().map(left_of).collect();
        let room: Vec<[f32; 2]> = middle
            .iter()
            .zip(&sides)
            .map(|(&point, &side)| {
                // Follow the floor from point to point: the line itself has no height.
                let above = [point[0], height + CLIMB, point[1]];
                height = course.floor_below(above).map_or(height, |floor| floor.y);
                let y = height;
                let reach = |sign: f32| {
                    let ray = Ray {
                        origin: [point[0], y, point[1]],
                        direction: [sign * side[0], 0.0, sign * side[1]],
                    };
                    let edge = course
                        .boundary()
                        .trace(&ray, WIDTH_RANGE)
                        .map_or(WIDTH_RANGE, |hit| hit.distance);
                    (edge - MARGIN).max(0.0)
                };
                [reach(-1.0), reach(1.0)]
            })
            .collect();
        let points = relax(&middle, &sides, &room, cutting, offset);
        let points = resample(&points);
        let directions = directions(&points);
        Self { points, directions }
    }

    pub(crate) fn point(&self, index: usize) -> Ground {
        self.points[index % self.points.len()]
    }

    pub(crate) fn direction(&self, index: usize) -> Ground {
        self.directions[index % self.directions.len()]
    }

    /// Points that `distance` units of the line take.
    pub(crate) fn steps(distance: f32) -> usize {
        (distance / SPACING).max(0.0) as usize
    }

    /// The line's turn from `from` to `to` points after `index`, in radians, positive to the left.
    pub(crate) fn turn(&self, index: usize, from: usize, to: usize) -> f32 {
        (index + from..index + to)
            .map(|n| angle_between(self.direction(n), self.direction(n + 1)))
            .sum()
    }

    /// The point nearest to `position`, near `hint` where the kart is not far from it. The hint keeps
    /// a kart on its own leg where two legs of a course run side by side.
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
        // Legs that run the other way count as further off.
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

/// Pulls the line taut like an elastic band, each point held to its own cross-section of the road.
fn relax(
    middle: &[Ground],
    sides: &[Ground],
    room: &[[f32; 2]],
    cutting: f32,
    offset: f32,
) -> Vec<Ground> {
    let count = middle.len();
    let at = |n: usize, lateral: f32| add(middle[n], scale(sides[n], lateral));
    let base: Vec<f32> = room
        .iter()
        .map(|[right, left]| {
            if offset < 0.0 {
                offset * right
            } else {
                offset * left
            }
        })
        .collect();
    let mut lateral = base.clone();
    for _ in 0..ROUNDS {
        for n in 0..count {
            let (before, after) = ((n + count - 1) % count, (n + 1) % count);
            let between = scale(
                add(at(before, lateral[before]), at(after, lateral[after])),
                0.5,
            );
            let taut = dot(sub(between, middle[n]), sides[n]);
            let [right, left] = room[n];
            let wanted = base[n] + (taut - base[n]) * cutting;
            lateral[n] = wanted.clamp(-right * cutting.max(0.2), left * cutting.max(0.2));
        }
    }
    (0..count).map(|n| at(n, lateral[n])).collect()
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
