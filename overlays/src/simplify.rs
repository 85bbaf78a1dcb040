//! Lines of fewer points that look the same.

use crate::draw_list::Point;

/// A point may lie this far beside the line that is drawn without it, pixels: less than edges are sharp.
const TOLERANCE: f32 = 0.12;

/// What is nearer than this to the point before is no point, unless the line ends there; pixels.
const SHORTEST: f32 = 0.4;

/// The points of a line without those that it goes by anyway. Its ends stay.
pub(crate) fn simplified(points: impl IntoIterator<Item = Point>) -> Vec<Point> {
    let mut points = points.into_iter();
    let Some(first) = points.next() else {
        return Vec::new();
    };
    let mut kept = vec![first];
    let mut cone = Cone::at(first);
    let mut last = first;
    let mut skipped = None;
    for point in points {
        if (point[0] - last[0]).abs() + (point[1] - last[1]).abs() < SHORTEST {
            skipped = Some(point);
            continue;
        }
        skipped = None;
        if !cone.narrow(point) {
            kept.push(last);
            cone = Cone::at(last);
            cone.narrow(point);
        }
        last = point;
    }
    kept.push(last);
    kept.extend(skipped);
    kept.dedup();
    kept
}

/// The directions in which a line can go on from a point so that it passes by all points since.
struct Cone {
    tip: Point,
    /// The direction of the first point, radians; and how far to both sides of it the line can go. `None` while all
    /// points are as good as the tip.
    open: Option<(f32, [f32; 2])>,
    /// How far the points have come, pixels: a line that turns back is none.
    reached: f32,
}

impl Cone {
    const fn at(tip: Point) -> Self {
        Self {
            tip,
            open: None,
            reached: 0.0,
        }
    }

    /// Takes a point in; `false` if no line that passes by the others goes there.
    fn narrow(&mut self, [x, y]: Point) -> bool {
        let (x, y) = (x - self.tip[0], y - self.tip[1]);
        let distance = x.hypot(y);
        if distance < self.reached {
            return self.reached - distance <= TOLERANCE;
        }
        if distance <= TOLERANCE {
            return true;
        }
        self.reached = distance;
        let angle = y.atan2(x);
        let spread = (TOLERANCE / distance).asin();
        let Some((middle, sides)) = &mut self.open else {
            self.open = Some((angle, [-spread, spread]));
            return true;
        };
        let off = turned(angle - *middle);
        if off < sides[0] || off > sides[1] {
            return false;
        }
        *sides = [sides[0].max(off - spread), sides[1].min(off + spread)];
        true
    }
}

/// An angle as one from -π to π.
fn turned(angle: f32) -> f32 {
    use std::f32::consts::{PI, TAU};
    if angle > PI {
        angle - TAU
    } else if angle < -PI {
        angle + TAU
    } else {
        angle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far a point is from a line of several pieces, pixels.
    fn gap(line: &[Point], [x, y]: Point) -> f32 {
        let to_piece = |piece: &[Point]| {
            let ([ax, ay], [bx, by]) = (piece[0], piece[1]);
            let (dx, dy) = (bx - ax, by - ay);
            let share =
                ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
            let share = share.clamp(0.0, 1.0);
            (ax + dx * share - x).hypot(ay + dy * share - y)
        };
        line.windows(2).map(to_piece).fold(f32::INFINITY, f32::min)
    }

    #[test]
    fn a_straight_line_is_its_ends_and_a_circle_stays_round() {
        let straight = (0..100).map(|i| [i as f32, 7.0 - i as f32 * 0.3]);
        assert_eq!(simplified(straight).len(), 2);
        let circle = (0..=720).map(|i| {
            let (sin, cos) = (i as f32).to_radians().sin_cos();
            [50.0 + 40.0 * cos, 50.0 + 40.0 * sin]
        });
        let circle: Vec<Point> = circle.collect();
        let kept = simplified(circle.clone());
        assert!((20..100).contains(&kept.len()), "{}", kept.len());
        for point in circle {
            assert!(gap(&kept, point) <= 2.0 * TOLERANCE, "{point:?}");
        }
    }

    #[test]
    fn a_line_that_turns_back_keeps_where_it_turned() {
        let there_and_back = (0..=50).chain((0..50).rev());
        let kept = simplified(there_and_back.map(|x| [x as f32, 0.0]));
        assert_eq!(kept, [[0.0, 0.0], [50.0, 0.0], [0.0, 0.0]]);
    }

    #[test]
    fn few_points_stay() {
        assert_eq!(simplified([]), Vec::<Point>::new());
        assert_eq!(simplified([[1.0, 2.0]]), [[1.0, 2.0]]);
        assert_eq!(simplified([[1.0, 2.0]; 3]), [[1.0, 2.0]]);
    }
}
