//! Lines of fewer points that look the same.

use drawing::Point;

/// A point may lie this far beside the line that is drawn without it, pixels: less than edges are sharp.
const TOLERANCE: f32 = 0.12;

/// A point that is nearer than this to the one before is left out, unless the line ends there; pixels.
const SHORTEST: f32 = 0.4;

/// The points of a line without those that make no visible difference. Its ends stay.
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

/// The directions in which a straight line from a point passes within the tolerance of all points since.
struct Cone {
    tip: Point,
    /// Its right and its left side. `None` while all points are as good as the tip.
    sides: Option<[Point; 2]>,
    /// The square of how far the points have come, pixels: a line that turns back is none.
    reached: f32,
}

impl Cone {
    const fn at(tip: Point) -> Self {
        Self {
            tip,
            sides: None,
            reached: 0.0,
        }
    }

    /// Takes a point in; `false` if no line that passes by the others goes there.
    fn narrow(&mut self, [x, y]: Point) -> bool {
        let ahead = [x - self.tip[0], y - self.tip[1]];
        let square = ahead[0] * ahead[0] + ahead[1] * ahead[1];
        if square < self.reached {
            return self.reached.sqrt() - square.sqrt() <= TOLERANCE;
        }
        if square <= TOLERANCE * TOLERANCE {
            return true;
        }
        self.reached = square;
        let aside = TOLERANCE / square.sqrt();
        let [right, left] =
            [-aside, aside].map(|share| [ahead[0] - ahead[1] * share, ahead[1] + ahead[0] * share]);
        let Some(sides) = &mut self.sides else {
            self.sides = Some([right, left]);
            return true;
        };
        let is_forward = ahead[0] * sides[0][0] + ahead[1] * sides[0][1] > 0.0;
        if !is_forward || is_left(ahead, sides[1]) || is_left(sides[0], ahead) {
            return false;
        }
        if is_left(sides[1], left) {
            sides[1] = left;
        }
        if is_left(right, sides[0]) {
            sides[0] = right;
        }
        true
    }
}

/// Whether the direction `a` is to the left of `b`, where y grows to the left of x.
fn is_left(a: Point, b: Point) -> bool {
    b[0] * a[1] - b[1] * a[0] > 0.0
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
