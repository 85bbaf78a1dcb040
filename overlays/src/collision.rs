//! The course's collision around the kart.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use drawing::{Color, DrawList, Point, Shape};
use mkds_memory::collision::collision_type_of;
use track::{Projection, Triangle};

use crate::material::material_of;
use crate::polygon::{area, polygon_on_screen, sides};
use crate::scene::{Overlay, Scene};
use crate::way::{Pen, push_line};

/// Of a type that nobody knows.
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
        let triangles = scene.course.track().triangles().iter();
        let mut seen: Vec<Seen<'_>> = triangles
            .filter(|triangle| is_within(triangle, scene.position, self.reach))
            .filter(|triangle| faces_camera(triangle, &scene.projection))
            .filter_map(|triangle| Seen::new(triangle, &scene.projection))
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
    fn new(triangle: &'a Triangle, projection: &Projection) -> Option<Self> {
        let points = polygon_on_screen(&triangle.corners, projection, LEAST_AREA)?;
        let depths = triangle.corners.map(|corner| projection.in_view(corner)[2]);
        Some(Self {
            triangle,
            points,
            color: material_of_triangle(triangle),
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

fn material_of_triangle(triangle: &Triangle) -> Color {
    let material = collision_type_of(triangle.surface);
    material.map_or(UNKNOWN, |material| material_of(material).0)
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

#[cfg(test)]
mod tests {
    use homebrew::native::Game;
    use mkds_formats::ghost::Combo;
    use mkds_formats::kcl::{Attribute, CollisionType};
    use mkds_memory::Ram;
    use mkds_memory::collision::surface_of;
    use mkds_memory::course::Course;
    use nds_formats::pad::Pad;
    use track::RayFan;
    use track::Track;

    use super::*;
    use crate::way::CLIP;

    /// The oval, some way down its first straight, which leads along +z.
    fn race() -> Game {
        let mut game = Game::new(None).expect("the bundled game");
        let combo = Combo {
            character: 0,
            kart: 0,
            course: 20,
        };
        game.start_race(combo).expect("a race");
        for _ in 0..400 {
            game.tick(Pad::A);
        }
        game
    }

    /// What the overlay makes of a scene of `game`, on its own course or another.
    fn drawn(
        game: &Game,
        course: Option<&Course>,
        reach: f32,
        check: impl FnOnce(&Scene<'_>, &[Shape]),
    ) {
        let ram = Ram::new(game.ram()).expect("RAM");
        let race = ram.race().expect("pointers").expect("a race");
        let own = Course::read(&race).expect("a course");
        let fan = RayFan::new(1, 1.0, 100.0);
        let scene = Scene::of(&race, course.unwrap_or(&own), &fan, Pad::A).expect("a scene");
        let mut list = DrawList::default();
        Collision { reach }.draw(&scene, &mut list);
        check(&scene, list.shapes());
    }

    fn polygons(shapes: &[Shape]) -> Vec<(&[Point], Color)> {
        let polygon = |shape| match shape {
            &Shape::Polygon { ref points, color } => Some((points.as_slice(), color)),
            _ => None,
        };
        shapes.iter().filter_map(polygon).collect()
    }

    /// How far inside a convex polygon a point is, pixels; negative outside.
    fn inside(points: &[Point], [x, y]: Point) -> f32 {
        let turns = |[[ax, ay], [bx, by]]: [Point; 2]| {
            let (dx, dy) = (bx - ax, by - ay);
            (dx * (y - ay) - dy * (x - ax)) / dx.hypot(dy).max(f32::MIN_POSITIVE)
        };
        let least = |sign: f32| {
            let sides = sides(points).filter(|[from, to]| from != to);
            sides
                .map(|side| turns(side) * sign)
                .fold(f32::INFINITY, f32::min)
        };
        least(1.0).max(least(-1.0))
    }

    fn course(triangles: Vec<Triangle>) -> Course {
        Track::new(triangles, Vec::new(), None).into()
    }

    fn floor(corners: [[f32; 3]; 3], material: CollisionType) -> Triangle {
        Triangle {
            corners,
            normal: [0.0, 1.0, 0.0],
            surface: surface_of(Attribute::of(material)),
        }
    }

    #[test]
    fn the_kart_stands_on_road_between_walls_and_all_is_on_the_screen() {
        drawn(&race(), None, 500.0, |scene, shapes| {
            let polygons = polygons(shapes);
            let kart = scene.projection.point(scene.position, CLIP).expect("seen");
            let mut below = polygons
                .iter()
                .filter(|(points, _)| inside(points, kart) >= 0.0);
            let color_of = |material| Some(material_of(material).0.with_alpha(FILL_ALPHA));
            assert_eq!(
                below.next_back().map(|(_, color)| *color),
                color_of(CollisionType::Road)
            );
            for side in [0.0..=128.0f32, 128.0..=256.0] {
                let walls = polygons.iter().filter(|(points, color)| {
                    Some(*color) == color_of(CollisionType::Wall)
                        && points.iter().all(|[x, _]| side.contains(x))
                });
                assert!(walls.count() > 0, "a wall on each side");
            }
            let on_screen = |[x, y]: &Point| (0.0..=256.0).contains(x) && (0.0..=192.0).contains(y);
            for shape in shapes {
                match shape {
                    Shape::Polygon { points, .. } => assert!(points.iter().all(on_screen)),
                    Shape::Line { from, to, .. } => assert!(on_screen(from) && on_screen(to)),
                    other => panic!("{other:?}"),
                }
            }
        });
    }

    #[test]
    fn a_floor_that_reaches_behind_the_camera_is_cut_where_the_camera_sees_it_end() {
        let game = race();
        drawn(&game, None, 0.0, |scene, _| {
            let [x, _, z] = scene.position;
            let at = |dx: f32, dz: f32| [x + dx, scene.floor, z + dz];
            // From beside and behind the camera to a point ahead.
            let corners = [at(-900.0, -600.0), at(900.0, -500.0), at(40.0, 700.0)];
            let big = course(vec![floor(corners, CollisionType::OffRoad)]);
            drawn(&game, Some(&big), 500.0, |scene, shapes| {
                let polygons = polygons(shapes);
                let [(points, color)] = polygons[..] else {
                    panic!("{} polygons", polygons.len());
                };
                assert_eq!(
                    color,
                    material_of(CollisionType::OffRoad).0.with_alpha(FILL_ALPHA)
                );
                let flat = corners.map(|[x, _, z]| [x, z]);
                let mut seen = [0; 2];
                for step in 0..80 * 80 {
                    let spot = at(
                        (step % 80) as f32 * 25.0 - 1000.0,
                        (step / 80) as f32 * 25.0 - 1000.0,
                    );
                    let margin = inside(&flat, [spot[0], spot[2]]);
                    let pixel = scene.projection.point(spot, CLIP);
                    let Some(pixel) = pixel
                        .filter(|[x, y]| (0.0..=256.0).contains(x) && (0.0..=192.0).contains(y))
                    else {
                        continue;
                    };
                    if margin > 1.0 {
                        assert!(inside(points, pixel) > -0.1, "{spot:?} is left out");
                        seen[0] += 1;
                    } else if margin < -1.0 {
                        assert!(inside(points, pixel) < 0.1, "{spot:?} is too much");
                        seen[1] += 1;
                    }
                }
                assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
            });
        });
    }

    #[test]
    fn a_face_is_outlined_and_what_divides_it_is_not() {
        let game = race();
        drawn(&game, None, 0.0, |scene, _| {
            let [x, _, z] = scene.position;
            let at = |dx: f32, dz: f32| [x + dx, scene.floor, z + dz];
            let near = [at(-20.0, 20.0), at(20.0, 20.0), at(20.0, 70.0)];
            let far = [at(-20.0, 20.0), at(20.0, 70.0), at(-20.0, 70.0)];
            let lines = |materials: [CollisionType; 2], normal: [f32; 3]| {
                let bent = Triangle {
                    normal,
                    ..floor(far, materials[1])
                };
                let both = course(vec![floor(near, materials[0]), bent]);
                let mut count = 0;
                drawn(&game, Some(&both), 500.0, |_, shapes| {
                    let lines = shapes.iter();
                    count = lines
                        .filter(|shape| matches!(shape, Shape::Line { .. }))
                        .count();
                });
                count
            };
            use CollisionType::{OffRoad, Road};
            let up = [0.0, 1.0, 0.0];
            assert_eq!(lines([Road, Road], up), 4);
            assert_eq!(lines([Road, OffRoad], up), 5);
            assert_eq!(lines([Road, Road], [0.6, 0.8, 0.0]), 5);
        });
    }

    #[test]
    fn far_triangles_come_first_and_backs_and_those_out_of_reach_not_at_all() {
        let game = race();
        drawn(&game, None, 0.0, |scene, _| {
            let [x, _, z] = scene.position;
            let ahead = |distance: f32| {
                let at = |dx: f32, dz: f32| [x + dx, scene.floor, z + distance + dz];
                [at(-20.0, 0.0), at(20.0, 0.0), at(0.0, 30.0)]
            };
            let back = Triangle {
                normal: [0.0, -1.0, 0.0],
                ..floor(ahead(50.0), CollisionType::JumpPad)
            };
            let all = course(vec![
                floor(ahead(10.0), CollisionType::Road),
                floor(ahead(600.0), CollisionType::OffRoad),
                floor(ahead(200.0), CollisionType::BoostPanel),
                back,
            ]);
            let colors = |reach| {
                let mut colors = Vec::new();
                drawn(&game, Some(&all), reach, |_, shapes| {
                    colors.extend(polygons(shapes).iter().map(|(_, color)| *color));
                });
                colors
            };
            let expected = |materials: &[CollisionType]| -> Vec<Color> {
                let color = |material: &CollisionType| material_of(*material).0;
                materials
                    .iter()
                    .map(|material| color(material).with_alpha(FILL_ALPHA))
                    .collect()
            };
            use CollisionType::{BoostPanel, OffRoad, Road};
            assert_eq!(colors(500.0), expected(&[BoostPanel, Road]));
            assert_eq!(colors(700.0), expected(&[OffRoad, BoostPanel, Road]));
        });
    }
}
