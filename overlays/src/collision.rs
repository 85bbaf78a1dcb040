//! The course's collision around the kart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use drawing::{Color, DrawList, Point, Shape};
use track::{Projection, Triangle};

use crate::course::Course;
use crate::polygon::{area, polygon_on_screen, sides};
use crate::scene::{Overlay, Scene};
use crate::world_line::{Pen, push_line};

/// The colour of surfaces that the game does not have.
const UNKNOWN: Color = Color::rgb(1.0, 0.0, 1.0);
const FILL_ALPHA: f32 = 0.3;
const EDGE_WIDTH: f32 = 0.4;
/// What is smaller on the screen is not drawn, pixels.
const LEAST_AREA: f32 = 1.0;
/// The outlines of what is smaller on the screen would hide it, pixels.
const LEAST_OUTLINED: f32 = 24.0;

/// Draws the triangles that karts and items collide with near the player's kart: translucent in the colours of
/// their materials, as the map of a course has them, the material that is farthest away first; and then the outlines of
/// the faces that they make. Triangles that turn their back on the camera are left out: nothing collides on that side.
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
        let triangles = scene.course.track.triangles().iter();
        let mut seen: Vec<Seen<'_>> = triangles
            .filter(|triangle| is_within(triangle, scene.position(), self.reach))
            .filter(|triangle| faces_camera(triangle, &scene.projection))
            .filter_map(|triangle| Seen::new(triangle, scene))
            .collect();
        seen.sort_by(|a, b| b.depth.total_cmp(&a.depth));
        let mut edges = Edges::default();
        for Seen {
            triangle,
            points,
            color,
            ..
        } in by_material(seen)
        {
            if area(&points) >= LEAST_OUTLINED {
                edges.add(triangle, color);
            }
            list.push(Shape::Polygon {
                points,
                color: color.with_alpha(FILL_ALPHA),
            });
        }
        edges.draw(&scene.projection, list);
    }
}

/// The edges of faces, each once: those within a face, between triangles of one plane and one material, say nothing.
#[derive(Default)]
struct Edges<'a> {
    known: HashMap<[[u32; 3]; 2], usize>,
    edges: Vec<Edge<'a>>,
}

struct Edge<'a> {
    color: Color,
    ends: [[f32; 3]; 2],
    triangle: &'a Triangle,
    is_within: bool,
}

impl<'a> Edges<'a> {
    fn add(&mut self, triangle: &'a Triangle, color: Color) {
        for [from, to] in sides(&triangle.corners) {
            let mut ends = [from, to].map(|end| end.map(f32::to_bits));
            ends.sort_unstable();
            match self.known.entry(ends) {
                Entry::Occupied(known) => {
                    let edge = &mut self.edges[*known.get()];
                    edge.is_within |= edge.color == color && are_flat(edge.triangle, triangle);
                }
                Entry::Vacant(new) => {
                    new.insert(self.edges.len());
                    self.edges.push(Edge {
                        color,
                        ends: [from, to],
                        triangle,
                        is_within: false,
                    });
                }
            }
        }
    }

    fn draw(self, projection: &Projection, list: &mut DrawList) {
        for edge in self.edges.iter().filter(|edge| !edge.is_within) {
            let pen = Pen::new(EDGE_WIDTH, edge.color);
            push_line(list, projection, edge.ends, pen);
        }
    }
}

/// Whether two triangles with a common side lie in one plane, as far as can be seen.
fn are_flat(a: &Triangle, b: &Triangle) -> bool {
    const FLAT: f32 = 0.9995;
    let along: f32 = a.normal.iter().zip(b.normal).map(|(a, b)| a * b).sum();
    along >= FLAT
}

/// A triangle on the screen.
struct Seen<'a> {
    triangle: &'a Triangle,
    points: Vec<Point>,
    color: Color,
    /// How far ahead of the camera its middle is, units.
    depth: f32,
}

impl<'a> Seen<'a> {
    /// `None` if nothing worth drawing is on the screen.
    fn new(triangle: &'a Triangle, scene: &Scene<'_>) -> Option<Self> {
        let projection = &scene.projection;
        let points = polygon_on_screen(&triangle.corners, projection, LEAST_AREA)?;
        let depths = triangle.corners.map(|corner| projection.in_view(corner)[2]);
        Some(Self {
            triangle,
            points,
            color: color_of(&scene.course, triangle),
            depth: depths.iter().sum::<f32>() / 3.0,
        })
    }
}

/// Those of one colour one after the other, which are drawn in one go; the colours as they first come.
fn by_material(mut seen: Vec<Seen<'_>>) -> Vec<Seen<'_>> {
    let mut colors: Vec<Color> = Vec::new();
    for triangle in &seen {
        if !colors.contains(&triangle.color) {
            colors.push(triangle.color);
        }
    }
    seen.sort_by_key(|triangle| colors.iter().position(|color| *color == triangle.color));
    seen
}

fn color_of(course: &Course<'_>, triangle: &Triangle) -> Color {
    let material = (course.material)(triangle.surface);
    material.map_or(UNKNOWN, |material| material.color)
}

/// Whether the box around a triangle comes as near to `point` as `reach`, units.
fn is_within(triangle: &Triangle, point: [f32; 3], reach: f32) -> bool {
    let [a, b, c] = &triangle.corners;
    let beside = |axis: usize| {
        let low = a[axis].min(b[axis]).min(c[axis]);
        let high = a[axis].max(b[axis]).max(c[axis]);
        (low - point[axis]).max(point[axis] - high).max(0.0)
    };
    let (x, y, z) = (beside(0), beside(1), beside(2));
    x * x + y * y + z * z <= reach * reach
}

/// Whether the camera is on the side that collides.
fn faces_camera(triangle: &Triangle, projection: &Projection) -> bool {
    let corner = triangle.corners[0];
    let above = [0, 1, 2].map(|axis| corner[axis] + triangle.normal[axis]);
    let (foot, tip) = (projection.in_view(corner), projection.in_view(above));
    let towards: f32 = foot.iter().zip(tip).map(|(a, b)| (b - a) * -a).sum();
    towards > 0.0
}
