//! The middle of the road: a smooth line through the checkpoints' midpoints.

use std::ops::Range;

use crate::checkpoint::Checkpoint;
use crate::vectors::{Vec2, dot2, left2, length2, nearest_share, share_of, sub2};

/// About how far apart the line's points lie, units.
const SPACING: f32 = 24.0;

/// The most points between two checkpoints.
const MOST_BETWEEN: usize = 64;

/// The middle of the road, seen from above: the main line through the checkpoints' midpoints,
/// smoothed, and closed if the checkpoints are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Centreline {
    points: Vec<Vec2>,
    /// How far along the line each point lies; one more than there are points if it is closed.
    along: Vec<f32>,
    /// How far along the line the middle of each span lies, and how far it heads there to the left
    /// of where it first does, radians: whole turns add up. If it is closed, the last span also
    /// stands before the first, and the first behind the last.
    headings: Vec<[f32; 2]>,
    /// How much further to the left it heads one round later.
    turn: f32,
    /// Its spans once more.
    apart: Spans,
    /// Where each checkpoint lies among the points; `None` off the main line.
    of_checkpoint: Vec<Option<usize>>,
    closed: bool,
}

/// The spans between the points, number by number: in this order the processor measures several at once.
#[derive(Debug, Clone, Default, PartialEq)]
struct Spans {
    start: [Vec<f32>; 2],
    edge: [Vec<f32>; 2],
    /// The squares of their lengths.
    square: Vec<f32>,
}

/// The span of those that were looked at that is nearest to a point.
#[derive(Clone, Copy)]
struct Nearest {
    span: usize,
    /// The square of the distance, and the distance.
    square: f32,
    distance: f32,
}

impl Spans {
    /// How many spans are measured before the nearest of them is looked for.
    const AT_ONCE: usize = 64;

    fn push(&mut self, start: Vec2, edge: Vec2) {
        for axis in 0..2 {
            self.start[axis].push(start[axis]);
            self.edge[axis].push(edge[axis]);
        }
        self.square.push(dot2(edge, edge));
    }

    /// Replaces `nearest` by the first span of a range that is nearer to `point`, and nearest of them.
    fn nearest(&self, point: Vec2, range: Range<usize>, nearest: &mut Option<Nearest>) {
        let mut squares = [0.0; Self::AT_ONCE];
        for first in range.clone().step_by(Self::AT_ONCE) {
            let spans = first..range.end.min(first + Self::AT_ONCE);
            let squares = &mut squares[..spans.len()];
            self.measure(point, spans.clone(), squares);
            for (span, square) in spans.zip(squares) {
                let square = *square;
                if nearest.is_some_and(|nearest| square > nearest.square) {
                    continue;
                }
                // Different squares may be of one distance: then the first span counts.
                let distance = square.sqrt();
                if nearest.is_none_or(|nearest| distance.total_cmp(&nearest.distance).is_lt()) {
                    *nearest = Some(Nearest {
                        span,
                        square,
                        distance,
                    });
                }
            }
        }
    }

    /// Writes the squares of the distances from `point` to spans.
    fn measure(&self, point: Vec2, spans: Range<usize>, squares: &mut [f32]) {
        let [x, z] = &self.start;
        let [across, down] = &self.edge;
        let (x, z) = (&x[spans.clone()], &z[spans.clone()]);
        let (across, down) = (&across[spans.clone()], &down[spans.clone()]);
        let lengths = &self.square[spans];
        let starts = x.iter().zip(z);
        let edges = across.iter().zip(down).zip(lengths);
        for (out, ((x, z), ((across, down), length))) in squares.iter_mut().zip(starts.zip(edges)) {
            let along = (point[0] - x) * across + (point[1] - z) * down;
            let share = share_of(along, *length);
            let aside = [
                point[0] - (x + across * share),
                point[1] - (z + down * share),
            ];
            *out = dot2(aside, aside);
        }
    }
}

/// Where a point lies in relation to the centreline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrackPosition {
    /// How far along the line it lies, units from the first checkpoint.
    pub along: f32,
    /// How far to the left of the line it lies, units; negative to the right.
    pub offset: f32,
    /// The line's direction there, x and z at unit length.
    pub direction: [f32; 2],
    /// The line's own point, x and z in units.
    pub point: [f32; 2],
}

impl Centreline {
    pub(crate) fn new(checkpoints: &[Checkpoint]) -> Self {
        let (order, closed) = main_line(checkpoints);
        let corners: Vec<Vec2> = order
            .iter()
            .map(|index| checkpoints[*index].midpoint)
            .collect();
        let mut line = Self {
            of_checkpoint: vec![None; checkpoints.len()],
            closed,
            ..Self::default()
        };
        let spans = if closed {
            corners.len()
        } else {
            corners.len().saturating_sub(1)
        };
        for (span, index) in order.iter().enumerate() {
            line.of_checkpoint[*index] = Some(line.points.len());
            if span < spans {
                line.push_span(&corners, span);
            } else {
                line.points.push(corners[span]);
            }
        }
        line.measure();
        line
    }

    /// Adds the points from one corner up to the next, which a cubic through both joins.
    fn push_span(&mut self, corners: &[Vec2], span: usize) {
        let count = corners.len();
        let at = |offset: usize| {
            let index = span + offset;
            // One before the corner is offset 0.
            if self.closed {
                corners[(index + count - 1) % count]
            } else {
                corners[index.saturating_sub(1).min(count - 1)]
            }
        };
        let [before, start, end, after] = [at(0), at(1), at(2), at(3)];
        let steps = (length2(sub2(end, start)) / SPACING) as usize;
        let steps = steps.clamp(1, MOST_BETWEEN);
        for step in 0..steps {
            let share = step as f32 / steps as f32;
            self.points
                .push([0, 1].map(|a| cubic(before[a], start[a], end[a], after[a], share)));
        }
    }

    fn measure(&mut self) {
        let mut along = 0.0;
        for index in 0..self.points.len() {
            self.along.push(along);
            along += length2(self.edge(index));
        }
        if self.closed {
            self.along.push(along);
        }
        for index in 0..self.spans() {
            self.apart.push(self.points[index], self.edge(index));
        }
        self.measure_headings();
    }

    fn measure_headings(&mut self) {
        let mut last: Option<(Vec2, f32)> = None;
        let mut first = None;
        for index in 0..self.spans() {
            let edge = self.edge(index);
            // Points upon each other head nowhere.
            if edge != [0.0, 0.0] {
                let heading = last.map_or(0.0, |(before, heading)| heading + turn(before, edge));
                let middle = self.along[index] + length2(edge) * 0.5;
                self.headings.push([middle, heading]);
                first.get_or_insert((edge, middle));
                last = Some((edge, heading));
            }
        }
        let length = self.length();
        if let (true, Some((before, heading)), Some((edge, middle))) = (self.closed, last, first) {
            self.turn = heading + turn(before, edge);
            let [end, _] = self.headings[self.headings.len() - 1];
            self.headings.insert(0, [end - length, heading - self.turn]);
            self.headings.push([middle + length, self.turn]);
        }
    }

    /// From a point to the next.
    fn edge(&self, index: usize) -> Vec2 {
        sub2(self.point_after(index), self.points[index])
    }

    fn point_after(&self, index: usize) -> Vec2 {
        match self.points.get(index + 1) {
            Some(point) => *point,
            None if self.closed => self.points[0],
            None => self.points[index],
        }
    }

    /// Its points, x and z in units.
    #[must_use]
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// Whether its end is its beginning.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Its length, units.
    #[must_use]
    pub fn length(&self) -> f32 {
        self.along.last().copied().unwrap_or_default()
    }

    /// How far along it a checkpoint lies; `None` off the main line.
    #[must_use]
    pub fn along_of_checkpoint(&self, checkpoint: usize) -> Option<f32> {
        self.along
            .get((*self.of_checkpoint.get(checkpoint)?)?)
            .copied()
    }

    /// The point of the line nearest to `point` (x and z). Where courses cross themselves, pass the
    /// driver's checkpoint as `near`: then only the line from the checkpoint before it to the
    /// second after it counts. `None` if there is no line.
    #[must_use]
    pub fn project(&self, point: [f32; 2], near: Option<usize>) -> Option<TrackPosition> {
        let count = self.spans();
        let (first, spans) = near
            .and_then(|checkpoint| self.around(checkpoint))
            .unwrap_or((0, count));
        let before_the_end = first..(first + spans).min(count);
        let after_it = 0..(first + spans).saturating_sub(count);
        let mut nearest = None;
        for range in [before_the_end, after_it] {
            self.apart.nearest(point, range, &mut nearest);
        }
        Some(self.project_on(point, nearest?.span))
    }

    fn spans(&self) -> usize {
        if self.closed {
            self.points.len()
        } else {
            self.points.len().saturating_sub(1)
        }
    }

    /// The spans around a checkpoint: the first one, and how many.
    fn around(&self, checkpoint: usize) -> Option<(usize, usize)> {
        let at = (*self.of_checkpoint.get(checkpoint)?)?;
        let count = self.spans();
        // The checkpoints' own points, in the line's order, are sorted.
        let reach = 2 * MOST_BETWEEN;
        if self.closed {
            Some((
                (at + count - (reach / 2).min(count)) % count,
                (reach + reach / 2).min(count),
            ))
        } else {
            let first = at.saturating_sub(reach / 2);
            Some((first, (reach + reach / 2).min(count - first.min(count))))
        }
    }

    fn project_on(&self, point: Vec2, index: usize) -> TrackPosition {
        let start = self.points[index];
        let edge = self.edge(index);
        let share = nearest_share(point, start, edge);
        let nearest = [start[0] + edge[0] * share, start[1] + edge[1] * share];
        let length = length2(edge);
        let direction = if length > 0.0 {
            [edge[0] / length, edge[1] / length]
        } else {
            [0.0, 1.0]
        };
        TrackPosition {
            along: self.along[index] + length * share,
            offset: dot2(sub2(point, nearest), left2(direction)),
            direction,
            point: nearest,
        }
    }

    /// The line's point and direction `along` it, x and z; wraps if it is closed, else stops at
    /// its ends. `None` if there is no line.
    #[must_use]
    pub fn at(&self, along: f32) -> Option<([f32; 2], [f32; 2])> {
        let count = self.spans();
        if count == 0 || !along.is_finite() {
            return None;
        }
        let along = self.on_the_first_round(along);
        let after = self.along.partition_point(|start| *start <= along);
        let index = after.saturating_sub(1).min(count - 1);
        let start = self.points[index];
        let edge = self.edge(index);
        let span = length2(edge);
        if span == 0.0 {
            return Some((start, [0.0, 1.0]));
        }
        let share = ((along - self.along[index]) / span).clamp(0.0, 1.0);
        let point = [start[0] + edge[0] * share, start[1] + edge[1] * share];
        Some((point, [edge[0] / span, edge[1] / span]))
    }

    /// How much the line turns around `along`, radians a unit over a length of `span` units,
    /// positive to the left. 0 if there is no line.
    #[must_use]
    pub fn curvature(&self, along: f32, span: f32) -> f32 {
        if span > 0.0 {
            self.heading_change(along - span * 0.5, span) / span
        } else {
            0.0
        }
    }

    /// How much the line turns from `along` up to `distance` units further, radians, positive to
    /// the left: more than half a turn if it turns so much. 0 if there is no line.
    #[must_use]
    pub fn heading_change(&self, along: f32, distance: f32) -> f32 {
        let wrapped = self.on_the_first_round(along);
        let change = self.heading(wrapped + distance) - self.heading(wrapped);
        if change.is_finite() { change } else { 0.0 }
    }

    /// The same place on the first round of a closed line.
    fn on_the_first_round(&self, along: f32) -> f32 {
        let length = self.length();
        // The remainder of most places, which is a call, is the place itself.
        if !self.closed || length <= 0.0 || (0.0..length).contains(&along) {
            along
        } else {
            along.rem_euclid(length)
        }
    }

    /// How far to the left of where it first does the line heads at `along`: from the middle of a
    /// span to that of the next it turns evenly.
    fn heading(&self, along: f32) -> f32 {
        let (length, mut rounds) = (self.length(), 0.0);
        if self.closed && length > 0.0 {
            rounds = (along / length).floor();
        }
        let along = along - rounds * length;
        let after = self.headings.partition_point(|[at, _]| *at <= along);
        let before = after
            .checked_sub(1)
            .and_then(|index| self.headings.get(index));
        let heading = match (before, self.headings.get(after)) {
            (Some([from, heading]), Some([to, next])) => {
                heading + (next - heading) * ((along - from) / (to - from))
            }
            (Some([_, heading]), None) | (None, Some([_, heading])) => *heading,
            (None, None) => 0.0,
        };
        rounds * self.turn + heading
    }

    /// How much of a lap lies behind `point` (x and z), 0 to 1 from the first checkpoint on; for
    /// `near` see [`Centreline::project`]. `None` if there is no line.
    #[must_use]
    pub fn progress(&self, point: [f32; 2], near: Option<usize>) -> Option<f32> {
        let length = self.length();
        let along = self.project(point, near)?.along;
        (length > 0.0).then(|| along / length)
    }
}

/// How far `after` points to the left of `before`, radians, -π to π.
fn turn(before: Vec2, after: Vec2) -> f32 {
    dot2(after, left2(before)).atan2(dot2(after, before))
}

/// The main line from the first checkpoint on, and whether it comes back to it.
fn main_line(checkpoints: &[Checkpoint]) -> (Vec<usize>, bool) {
    let mut seen = vec![false; checkpoints.len()];
    let mut order = Vec::new();
    let there = |index: &usize| *index < checkpoints.len();
    let mut at = Some(0).filter(there);
    while let Some(index) = at {
        if seen[index] {
            return (order, index == 0);
        }
        seen[index] = true;
        order.push(index);
        at = checkpoints[index].next.first().copied().filter(there);
    }
    (order, false)
}

/// A Catmull-Rom spline's point between `start` and `end`.
fn cubic(before: f32, start: f32, end: f32, after: f32, share: f32) -> f32 {
    let (square, cube) = (share * share, share * share * share);
    start
        + 0.5
            * (share * (end - before)
                + square * (2.0 * before - 5.0 * start + 4.0 * end - after)
                + cube * (3.0 * start - before - 3.0 * end + after))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checkpoints around a loop that winds so much that its spans lie close to each other.
    fn winding() -> Vec<Checkpoint> {
        let count = 40;
        let corner = |index: usize| {
            let angle = index as f32 / count as f32 * std::f32::consts::TAU;
            let radius = if index.is_multiple_of(2) {
                300.0
            } else {
                700.0
            };
            [radius * angle.cos(), radius * angle.sin()]
        };
        (0..count)
            .map(|index| Checkpoint {
                next: vec![(index + 1) % count],
                ..Checkpoint::between([corner(index); 2], None)
            })
            .collect()
    }

    #[test]
    fn the_nearest_span_is_the_first_of_those_at_the_least_distance() {
        let line = Centreline::new(&winding());
        let count = line.spans();
        let apart = |point: Vec2, position: &TrackPosition| length2(sub2(point, position.point));
        for index in 0..4000usize {
            let part = |prime: usize| (index * prime % 2003) as f32 - 1000.0;
            // Also the line's own points, which lie on two spans.
            let point = match index % 3 {
                0 => line.points[index % count],
                _ => [part(7919), part(104_729)],
            };
            let near = Some(index % 40).filter(|near| near % 5 > 0);
            let (first, spans) = near
                .and_then(|checkpoint| line.around(checkpoint))
                .unwrap_or((0, count));
            let expected = (first..first + spans)
                .map(|span| line.project_on(point, span % count))
                .min_by(|a, b| apart(point, a).total_cmp(&apart(point, b)));
            assert_eq!(line.project(point, near), expected, "{point:?}");
        }
    }
}
