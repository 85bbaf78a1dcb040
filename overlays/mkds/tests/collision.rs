//! The collision overlay, on a race of the bundled game and on courses made for it.

mod drive;

use drawing::{Color, DrawList, Point, Shape};
use drive::Drive;
use mkds_formats::kcl::{Attribute, CollisionType};
use mkds_memory::collision::surface_of;
use mkds_memory::course::Course;
use overlays::{Collision, Overlay, Scene};
use overlays_mkds::material;
use track::{Track, Triangle, ZClip};

/// The oval, in the middle of its first straight, which leads along +z.
fn race() -> Drive {
    let mut drive = Drive::on(20);
    drive.go(400, 140.0);
    drive
}

/// The shapes of the overlay in the scene of `drive`, on its own course or another.
fn drawn(
    drive: &Drive,
    course: Option<&Course>,
    reach: f32,
    check: impl FnOnce(&Scene<'_>, &[Shape]),
) {
    let scene = drive.scene_on(course.unwrap_or(&drive.course));
    let mut list = DrawList::default();
    Collision { reach }.draw(&scene, &mut list);
    check(&scene, list.shapes());
}

/// The opaque colour of a kind of ground.
fn color_of(kind: CollisionType) -> Color {
    material(surface_of(Attribute::of(kind)))
        .expect("a material")
        .color
}

fn polygons(shapes: &[Shape]) -> Vec<(&[Point], Color)> {
    let polygon = |shape| match shape {
        // Fills are translucent.
        &Shape::Polygon { ref points, color } => Some((points.as_slice(), color.with_alpha(1.0))),
        _ => None,
    };
    shapes.iter().filter_map(polygon).collect()
}

/// Each corner with the next one, the last with the first.
fn sides(points: &[Point]) -> impl Iterator<Item = [Point; 2]> {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(from, to)| [*from, *to])
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
        let kart = scene
            .projection
            .point(scene.position(), ZClip::NativeNear)
            .expect("seen");
        let mut below = polygons
            .iter()
            .filter(|(points, _)| inside(points, kart) >= 0.0);
        assert_eq!(
            below.next_back().map(|(_, color)| *color),
            Some(color_of(CollisionType::Road))
        );
        for side in [0.0..=128.0f32, 128.0..=256.0] {
            let walls = polygons.iter().filter(|(points, color)| {
                *color == color_of(CollisionType::Wall)
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
fn a_floor_that_reaches_behind_the_camera_is_cut_at_the_near_plane() {
    let game = race();
    drawn(&game, None, 0.0, |scene, _| {
        let [x, _, z] = scene.position();
        let at = |dx: f32, dz: f32| [x + dx, scene.floor, z + dz];
        // From beside and behind the camera to a point ahead.
        let corners = [at(-900.0, -600.0), at(900.0, -500.0), at(40.0, 700.0)];
        let big = course(vec![floor(corners, CollisionType::OffRoad)]);
        drawn(&game, Some(&big), 500.0, |scene, shapes| {
            let polygons = polygons(shapes);
            let [(points, color)] = polygons[..] else {
                panic!("{} polygons", polygons.len());
            };
            assert_eq!(color, color_of(CollisionType::OffRoad));
            let flat = corners.map(|[x, _, z]| [x, z]);
            let mut seen = [0; 2];
            for step in 0..80 * 80 {
                let spot = at(
                    (step % 80) as f32 * 25.0 - 1000.0,
                    (step / 80) as f32 * 25.0 - 1000.0,
                );
                let margin = inside(&flat, [spot[0], spot[2]]);
                let pixel = scene.projection.point(spot, ZClip::NativeNear);
                let Some(pixel) =
                    pixel.filter(|[x, y]| (0.0..=256.0).contains(x) && (0.0..=192.0).contains(y))
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
fn faces_are_outlined_and_edges_within_a_face_are_not() {
    let game = race();
    drawn(&game, None, 0.0, |scene, _| {
        let [x, _, z] = scene.position();
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
        let [x, _, z] = scene.position();
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
        let expected = |kinds: &[CollisionType]| -> Vec<Color> {
            kinds.iter().map(|kind| color_of(*kind)).collect()
        };
        use CollisionType::{BoostPanel, OffRoad, Road};
        assert_eq!(colors(500.0), expected(&[BoostPanel, Road]));
        assert_eq!(colors(700.0), expected(&[OffRoad, BoostPanel, Road]));
    });
}
