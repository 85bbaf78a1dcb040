//! The centre line: a closed centripetal Catmull-Rom spline through the description's points.
//!
//! Only exact operations, square roots and `libm` are used, so that every machine gets the same
//! bits.

use super::description::{Description, Infield, Side};

/// A place on the course: where, which way, how wide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) mark: f64,
    /// x, y, z of the centre line.
    pub(super) position: [f64; 3],
    /// x and z of the direction of the lap, of length 1.
    pub(super) forward: [f64; 2],
    /// From the centre line to the road's edge.
    pub(super) half_width: f64,
    /// Width of the shoulders, left and right.
    pub(super) shoulders: [f64; 2],
}

impl Frame {
    /// The left-hand direction in plan.
    fn left(&self) -> [f64; 2] {
        [self.forward[1], -self.forward[0]]
    }

    /// The point at an offset from the centre line, raised by `rise`.
    pub(super) fn at(&self, offset: f64, rise: f64) -> [f64; 3] {
        let [x, y, z] = self.position;
        let left = self.left();
        [x + left[0] * offset, y + rise, z + left[1] * offset]
    }

    /// The width of the shoulder on that side.
    pub(super) fn shoulder(&self, side: Side) -> f64 {
        match side {
            Side::Left => self.shoulders[0],
            Side::Right => self.shoulders[1],
        }
    }

    /// The offset of the course's edge on that side, where the wall stands.
    pub(super) fn edge(&self, side: Side) -> f64 {
        side.sign() * (self.half_width + self.shoulder(side))
    }

    /// Degrees, 0 along z, growing to the left.
    pub(super) fn yaw(&self) -> f64 {
        libm::atan2(self.forward[0], self.forward[1]) * (180.0 / std::f64::consts::PI)
    }
}

/// The interpolated values: x, y, z, width, shoulder.
type Values = [f64; 5];

/// The closed curve, by mark and by distance from the start line.
pub(super) struct Curve<'a> {
    description: &'a Description,
    points: Vec<Values>,
    /// Knot distances between each point and the next.
    knots: Vec<f64>,
    /// Plan distance from point 0 to each of the samples, and the whole lap at the end.
    distances: Vec<f64>,
}

/// Samples of the distance table per point.
const SAMPLES: usize = 64;

impl<'a> Curve<'a> {
    pub(super) fn new(description: &'a Description) -> Self {
        let points: Vec<Values> = description
            .points
            .iter()
            .map(|point| {
                let [x, y, z] = point.at;
                let width = point.width.unwrap_or(description.width);
                [
                    x,
                    y,
                    z,
                    width,
                    point.shoulder.unwrap_or(description.shoulder),
                ]
            })
            .collect();
        let knots = (0..points.len())
            .map(|i| {
                let (a, b) = (points[i], points[(i + 1) % points.len()]);
                libm::sqrt(libm::sqrt(
                    (0..3).map(|k| (b[k] - a[k]) * (b[k] - a[k])).sum(),
                ))
            })
            .collect();
        let mut curve = Self {
            description,
            points,
            knots,
            distances: Vec::new(),
        };
        curve.measure();
        curve
    }

    fn measure(&mut self) {
        let mut total = 0.0;
        let mut last = self.values(0.0).0;
        self.distances.push(0.0);
        for i in 1..=self.points.len() * SAMPLES {
            let next = self.values(i as f64 / SAMPLES as f64).0;
            total += libm::hypot(next[0] - last[0], next[2] - last[2]);
            self.distances.push(total);
            last = next;
        }
    }

    /// The number of points: marks repeat after it.
    pub(super) fn marks(&self) -> f64 {
        self.points.len() as f64
    }

    /// Length of a lap in plan, units.
    pub(super) fn length(&self) -> f64 {
        self.distances[self.distances.len() - 1]
    }

    /// Values and their slope at a mark.
    fn values(&self, mark: f64) -> (Values, Values) {
        let n = self.points.len();
        let mark = mark.rem_euclid(n as f64);
        let i = (mark as usize).min(n - 1);
        let t = mark - i as f64;
        let index = |k: usize| (i + n + k - 1) % n;
        let [p0, p1, p2, p3] = [0, 1, 2, 3].map(|k| self.points[index(k)]);
        let [d0, d1, d2] = [0, 1, 2].map(|k| self.knots[index(k)]);
        let mut value = [0.0; 5];
        let mut slope = [0.0; 5];
        for k in 0..5 {
            let chord = (p2[k] - p1[k]) / d1;
            let m1 = d1 * ((p1[k] - p0[k]) / d0 - (p2[k] - p0[k]) / (d0 + d1) + chord);
            let m2 = d1 * (chord - (p3[k] - p1[k]) / (d1 + d2) + (p3[k] - p2[k]) / d2);
            let a = 2.0 * (p1[k] - p2[k]) + m1 + m2;
            let b = 3.0 * (p2[k] - p1[k]) - 2.0 * m1 - m2;
            value[k] = ((a * t + b) * t + m1) * t + p1[k];
            slope[k] = (3.0 * a * t + 2.0 * b) * t + m1;
        }
        (value, slope)
    }

    /// The frame at a mark.
    pub(super) fn frame(&self, mark: f64) -> Frame {
        let ([x, y, z, width, shoulder], slope) = self.values(mark);
        let length = libm::hypot(slope[0], slope[2]);
        let mut frame = Frame {
            mark,
            position: [x, y, z],
            forward: [slope[0] / length, slope[2] / length],
            half_width: width / 2.0,
            shoulders: [shoulder; 2],
        };
        for infield in &self.description.infields {
            if infield.from <= mark && mark <= infield.to {
                let side = usize::from(infield.side == Side::Right);
                frame.shoulders[side] = shoulder.max(self.infield_width(infield, &frame));
            }
        }
        frame
    }

    /// From the road's edge to the infield's chord; negative where that is behind the edge.
    fn infield_width(&self, infield: &Infield, frame: &Frame) -> f64 {
        let [from, to, apex] = [infield.from, infield.to, (infield.from + infield.to) / 2.0]
            .map(|mark| self.values(mark).0)
            .map(|values| [values[0], values[2]]);
        let middle = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
        let outward = {
            let (dx, dz) = (to[0] - from[0], to[1] - from[1]);
            let length = libm::hypot(dx, dz);
            let normal = [-dz / length, dx / length];
            let towards_apex =
                normal[0] * (apex[0] - middle[0]) + normal[1] * (apex[1] - middle[1]);
            normal.map(|component| {
                if towards_apex < 0.0 {
                    -component
                } else {
                    component
                }
            })
        };
        let along = |v: [f64; 2]| v[0] * outward[0] + v[1] * outward[1];
        let here = [frame.position[0] - middle[0], frame.position[2] - middle[1]];
        let inward = -along(frame.left()) * infield.side.sign();
        if inward <= 0.0 {
            return f64::NEG_INFINITY;
        }
        (along(here) - infield.clearance) / inward - frame.half_width
    }

    /// Distance from point 0 to a mark, in 0..lap.
    pub(super) fn distance(&self, mark: f64) -> f64 {
        let sample = mark.rem_euclid(self.marks()) * SAMPLES as f64;
        let i = (sample as usize).min(self.distances.len() - 2);
        let (low, high) = (self.distances[i], self.distances[i + 1]);
        low + (high - low) * (sample - i as f64)
    }

    /// The mark at a distance from point 0.
    pub(super) fn mark_at(&self, distance: f64) -> f64 {
        let distance = distance.rem_euclid(self.length());
        let i = self
            .distances
            .partition_point(|&d| d <= distance)
            .clamp(1, self.distances.len() - 1);
        let (low, high) = (self.distances[i - 1], self.distances[i]);
        (i as f64 - 1.0 + (distance - low) / (high - low)) / SAMPLES as f64
    }

    /// The mark `ahead` units in front of a mark (behind it if negative).
    pub(super) fn ahead(&self, mark: f64, ahead: f64) -> f64 {
        self.mark_at(self.distance(mark) + ahead)
    }

    /// The angle turned between two marks, radians, to the left positive.
    pub(super) fn turn(&self, from: f64, to: f64) -> f64 {
        let (a, b) = (self.frame(from).forward, self.frame(to).forward);
        libm::atan2(b[0] * a[1] - b[1] * a[0], a[0] * b[0] + a[1] * b[1])
    }

    /// The tightest bend, over the length of road that a kart turns in: its mark and radius.
    pub(super) fn tightest_bend(&self) -> (f64, f64) {
        const WINDOW: f64 = 80.0;
        const STEP: f64 = 20.0;
        (0..(self.length() / STEP) as usize)
            .map(|i| {
                let from = i as f64 * STEP;
                let [start, end] = [from, from + WINDOW].map(|distance| self.mark_at(distance));
                (start, WINDOW / self.turn(start, end).abs().max(1e-9))
            })
            .fold((0.0, f64::INFINITY), |best, bend| {
                if bend.1 < best.1 { bend } else { best }
            })
    }

    /// Frames around the lap: at each of `breaks`, and between them at distances of at most
    /// `max_length` units and turns of at most `max_turn` radians.
    pub(super) fn stations(&self, breaks: &[f64], max_length: f64, max_turn: f64) -> Vec<Frame> {
        let mut breaks: Vec<f64> = breaks
            .iter()
            .map(|mark| mark.rem_euclid(self.marks()))
            .collect();
        breaks.push(0.0);
        breaks.sort_by(f64::total_cmp);
        breaks.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        breaks.push(self.marks());
        let mut stations = Vec::new();
        for pair in breaks.windows(2) {
            self.divide(pair[0], pair[1], max_length, max_turn, &mut stations);
        }
        stations
    }

    /// Pushes the frames from one break up to (not including) the next, spaced evenly by length and turn.
    fn divide(&self, from: f64, to: f64, max_length: f64, max_turn: f64, out: &mut Vec<Frame>) {
        let steps = libm::ceil((to - from) * SAMPLES as f64) as usize;
        let mark = |i: usize| from + (to - from) * i as f64 / steps as f64;
        let mut efforts = vec![0.0];
        for i in 0..steps {
            let (a, b) = (mark(i), mark(i + 1));
            let (pa, pb) = (self.values(a).0, self.values(b).0);
            let length = libm::hypot(pb[0] - pa[0], pb[2] - pa[2]);
            let effort = (length / max_length).max(self.turn(a, b).abs() / max_turn);
            efforts.push(efforts[i] + effort);
        }
        let count = libm::ceil(efforts[steps] - 1e-9).max(1.0);
        for k in 0..count as usize {
            let goal = efforts[steps] * k as f64 / count;
            let i = efforts
                .partition_point(|&effort| effort <= goal)
                .clamp(1, steps);
            let part = (goal - efforts[i - 1]) / (efforts[i] - efforts[i - 1]).max(1e-12);
            out.push(self.frame(mark(i - 1) + (mark(i) - mark(i - 1)) * part));
        }
    }
}
