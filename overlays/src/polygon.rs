//! Areas of the world on the screen.

use mkds_memory::camera::{Projection, SCREEN_SIZE};

use crate::draw_list::Point;
use crate::way::CLIP;

/// The part of a convex polygon of the world that lies on the screen, pixels; fewer than three points if that is nothing.
pub(crate) fn polygon_on_screen(corners: &[[f32; 3]], projection: &Projection) -> Vec<Point> {
    on_screen(visible_part(corners, projection))
}

/// Each corner with the next one, the last with the first.
pub(crate) fn sides<P: Copy>(corners: &[P]) -> impl Iterator<Item = [P; 2]> {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(from, to)| [*from, *to])
}

/// The pixels between which the part of a polygon beyond the near plane appears.
fn visible_part(corners: &[[f32; 3]], projection: &Projection) -> Vec<Point> {
    let mut points = Vec::with_capacity(corners.len() + 1);
    for [from, to] in sides(corners) {
        if let Some([start, end]) = projection.line(from, to, CLIP) {
            points.push(start);
            // Where the plane cuts a side off, the next one begins elsewhere.
            if projection.point(to, CLIP).is_none() {
                points.push(end);
            }
        }
    }
    points
}

/// The part of a convex polygon that lies on the screen, pixels.
fn on_screen(mut points: Vec<Point>) -> Vec<Point> {
    for axis in [0, 1] {
        points = kept(&points, |point| point[axis]);
        points = kept(&points, |point| SCREEN_SIZE[axis] - point[axis]);
    }
    // Rounding leaves corners a hair beside the screen's edge.
    for point in &mut points {
        *point = [0, 1].map(|axis| point[axis].clamp(0.0, SCREEN_SIZE[axis]));
    }
    points
}

/// The part of a convex polygon where `side`, a distance from a straight line, is not negative.
fn kept(points: &[Point], side: impl Fn(Point) -> f32) -> Vec<Point> {
    let mut inside = Vec::with_capacity(points.len() + 1);
    for [from, to] in sides(points) {
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
