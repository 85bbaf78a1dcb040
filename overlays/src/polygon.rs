//! Areas of the world on the screen.

use drawing::Point;
use track::Projection;

use crate::world_line::CLIP;

/// The part of a convex polygon of the world (units) that lies on the screen; `None` if that is smaller than `least`
/// pixels.
pub(crate) fn polygon_on_screen<const N: usize>(
    corners: &[[f32; 3]; N],
    projection: &Projection,
    least: f32,
) -> Option<Vec<Point>> {
    let mut polygon = visible_part(corners, projection);
    let screen = projection.screen;
    for axis in [0, 1] {
        polygon = polygon.kept(|point| point[axis]);
        polygon = polygon.kept(|point| screen[axis] - point[axis]);
    }
    let points = polygon.points_mut();
    // Rounding leaves corners a hair beside the screen's edge.
    for point in &mut *points {
        *point = [0, 1].map(|axis| point[axis].clamp(0.0, screen[axis]));
    }
    let seen = points.len() >= 3 && area(points) >= least;
    seen.then(|| points.to_vec())
}

/// Each corner with the next one, the last with the first.
pub(crate) fn sides<P: Copy>(corners: &[P]) -> impl Iterator<Item = [P; 2]> {
    let next = corners.iter().skip(1).chain(corners.first());
    corners.iter().zip(next).map(|(from, to)| [*from, *to])
}

/// A polygon of a few corners, where it needs no memory of its own.
#[derive(Clone, Copy)]
struct Polygon {
    points: [Point; Self::MOST],
    count: usize,
}

impl Polygon {
    /// A cut adds a corner to a convex polygon: five of them to what has four.
    const MOST: usize = 9;
    const EMPTY: Self = Self {
        points: [[0.0; 2]; Self::MOST],
        count: 0,
    };

    fn push(&mut self, point: Point) {
        // Rounding may make of a sliver what is not quite convex: then a corner is lost.
        if let Some(free) = self.points.get_mut(self.count) {
            *free = point;
            self.count += 1;
        }
    }

    fn points_mut(&mut self) -> &mut [Point] {
        &mut self.points[..self.count]
    }

    /// The part where `side`, a distance from a straight line, is not negative.
    fn kept(self, side: impl Fn(Point) -> f32) -> Self {
        // Most polygons are not cut.
        if self.points[..self.count]
            .iter()
            .all(|point| side(*point) >= 0.0)
        {
            return self;
        }
        let mut inside = Self::EMPTY;
        for [from, to] in sides(&self.points[..self.count]) {
            let (start, end) = (side(from), side(to));
            if start >= 0.0 {
                inside.push(from);
            }
            if (start < 0.0) != (end < 0.0) {
                let share = start / (start - end);
                inside.push([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share));
            }
        }
        inside
    }
}

/// The pixels between which the part of a polygon beyond the near plane appears.
fn visible_part<const N: usize>(corners: &[[f32; 3]; N], projection: &Projection) -> Polygon {
    const { assert!(N + 5 <= Polygon::MOST, "a corner for each cut") };
    let mut polygon = Polygon::EMPTY;
    let seen = corners.map(|corner| projection.point(corner, CLIP));
    for (index, point) in seen.iter().enumerate() {
        let next = (index + 1) % N;
        match (point, seen[next]) {
            (Some(point), Some(_)) => polygon.push(*point),
            (None, None) => {}
            // Where the plane cuts a side off, the next one begins elsewhere.
            (start, _) => {
                if let Some([from, to]) = projection.line(corners[index], corners[next], CLIP) {
                    polygon.push(from);
                    if start.is_some() {
                        polygon.push(to);
                    }
                }
            }
        }
    }
    polygon
}

/// The area of a polygon, pixels.
pub(crate) fn area(points: &[Point]) -> f32 {
    let twice: f32 = sides(points)
        .map(|[[ax, ay], [bx, by]]| ax * by - ay * bx)
        .sum();
    twice.abs() * 0.5
}
