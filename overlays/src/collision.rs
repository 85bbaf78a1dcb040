//! The course's collision around the kart.

use mkds_memory::camera::{Projection, SCREEN_SIZE, ZClip};
use mkds_memory::course::Triangle;

use crate::draw_list::{Color, DrawList, Point, Shape};
use crate::material::material_of;
use crate::scene::{Overlay, Scene};

const CLIP: ZClip = ZClip::NativeNear;
/// Of a type that nobody knows.
const UNKNOWN: Color = Color::rgb(1.0, 0.0, 1.0);
const FILL_ALPHA: f32 = 0.3;
const EDGE_ALPHA: f32 = 0.6;
const EDGE_WIDTH: f32 = 0.6;

/// Draws the triangles that karts and items collide with near the player's kart: translucent and outlined, in the
/// colours of their materials, as the map of a course has them; far ones first. Triangles that turn their back on the
/// camera are left out: nothing collides on that side.
#[derive(Debug, Clone, Copy)]
pub struct Collision {
    /// How far from the kart triangles are drawn, units. One is drawn whole or not at all, by the box around it.
    pub reach: f32,
}

impl Default for Collision {
    fn default() -> Self {
        Self { reach: 500.0 }
    }
}

impl Overlay for Collision {
    fn name(&self) -> &'static str {
        "collision"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let triangles = scene.course.triangles().iter();
        let mut seen: Vec<(f32, &Triangle)> = triangles
            .filter(|triangle| gap(triangle, scene.position) <= self.reach)
            .filter(|triangle| faces_camera(triangle, &scene.projection))
            .map(|triangle| (depth(triangle, &scene.projection), triangle))
            .collect();
        seen.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        for (_, triangle) in seen {
            draw_triangle(triangle, &scene.projection, list);
        }
    }
}

/// How far `point` is from the box around a triangle, units.
fn gap(triangle: &Triangle, point: [f32; 3]) -> f32 {
    let beside = |axis: usize| {
        let sides = triangle.corners.map(|corner| corner[axis]);
        let low = sides.into_iter().fold(f32::INFINITY, f32::min);
        let high = sides.into_iter().fold(f32::NEG_INFINITY, f32::max);
        (low - point[axis]).max(point[axis] - high).max(0.0)
    };
    beside(0).hypot(beside(1)).hypot(beside(2))
}

/// Whether the camera is on the side that collides.
fn faces_camera(triangle: &Triangle, projection: &Projection) -> bool {
    let corner = triangle.corners[0];
    let above = [0, 1, 2].map(|axis| corner[axis] + triangle.normal[axis]);
    let (foot, tip) = (projection.in_view(corner), projection.in_view(above));
    let towards: f32 = foot.iter().zip(tip).map(|(a, b)| (b - a) * -a).sum();
    towards > 0.0
}

/// How far ahead of the camera the middle of a triangle is, units.
fn depth(triangle: &Triangle, projection: &Projection) -> f32 {
    let depths = triangle.corners.map(|corner| projection.in_view(corner)[2]);
    depths.iter().sum::<f32>() / 3.0
}

fn draw_triangle(triangle: &Triangle, projection: &Projection, list: &mut DrawList) {
    let material = triangle.attribute.collision_type();
    let color = material.map_or(UNKNOWN, |material| material_of(material).0);
    let points = on_screen(visible_part(&triangle.corners, projection));
    if points.len() < 3 {
        return;
    }
    list.push(Shape::Polygon {
        points,
        color: color.with_alpha(FILL_ALPHA),
    });
    for [from, to] in sides(&triangle.corners) {
        if let Some([from, to]) = projection.line_on_screen(from, to, CLIP) {
            list.push(Shape::Line {
                from,
                to,
                width: EDGE_WIDTH,
                color: color.with_alpha(EDGE_ALPHA),
            });
        }
    }
}

/// Each corner with the next one, the last with the first.
fn sides<P: Copy>(corners: &[P]) -> impl Iterator<Item = [P; 2]> {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(from, to)| [*from, *to])
}

/// The pixels between which the part of a triangle beyond the near plane appears.
fn visible_part(corners: &[[f32; 3]; 3], projection: &Projection) -> Vec<Point> {
    let mut points = Vec::with_capacity(4);
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
