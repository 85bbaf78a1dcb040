//! Rays against looking at everything, and against another library.

use parry3d::math::Vector;
use parry3d::query::RayCast;
use parry3d::shape::TriMesh;
use proptest::prelude::*;
use track::{
    Boundary, Frame, HeightWindow, Hit, Pose, Ray, RayFan, Segment, Surface, Trace, Track, Triangle,
};

const ROAD: Surface = Surface {
    kind: 0,
    carries: true,
    stops: false,
    is_road: true,
};
const OFF_ROAD: Surface = Surface {
    kind: 1,
    carries: true,
    stops: false,
    is_road: false,
};
const WALL: Surface = Surface {
    kind: 2,
    carries: false,
    stops: true,
    is_road: false,
};

#[test]
fn a_road_on_another_height_is_not_seen() {
    let wall_at = |y: f32| Segment {
        start: [-100.0, y, 50.0],
        end: [100.0, y, 50.0],
        beyond: Some(OFF_ROAD),
    };
    let ray = Ray {
        origin: [0.0; 3],
        direction: [0.0, 0.0, 1.0],
    };
    let window = HeightWindow {
        near: 20.0,
        growth: 0.1,
    };
    let distance = |y| {
        let boundary = Boundary::from_segments(vec![wall_at(y)], window);
        boundary.trace(&ray, 1000.0).map(|hit| hit.distance)
    };
    assert_eq!(distance(24.0), Some(50.0));
    assert_eq!(distance(26.0), None);
    assert_eq!(distance(-26.0), None);
    let hit = Boundary::from_segments(vec![wall_at(0.0)], window).trace(&ray, 1000.0);
    let normal = [0.0, 0.0, -1.0];
    let surface = Some(OFF_ROAD);
    assert_eq!(
        hit,
        Some(Hit {
            distance: 50.0,
            normal,
            surface
        })
    );
}

#[test]
fn a_pose_without_directions_is_the_worlds() {
    let pose = Pose::new([0.0; 3], [0.0; 3], [0.0; 3]);
    assert_eq!(
        (pose.forward, pose.left, pose.up),
        ([0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    );
    let upright = Pose::new([0.0; 3], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]);
    assert_eq!(upright.forward, [0.0, 0.0, 1.0]);
}

fn close(a: [f32; 3], b: [f32; 3]) -> bool {
    (0..3).all(|axis| (a[axis] - b[axis]).abs() < 1e-5)
}

#[test]
fn frames_turn_with_the_kart_with_its_heading_or_not_at_all() {
    // Up a slope of 45 degrees, towards +x.
    let pose = Pose::new([1.0, 2.0, 3.0], [1.0, 1.0, 0.0], [-1.0, 1.0, 0.0]);
    let half = std::f32::consts::FRAC_1_SQRT_2;
    let expected = [
        (Frame::Kart, [half, half, 0.0], [0.0, 0.0, -1.0]),
        (Frame::Level, [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]),
        (Frame::World, [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]),
    ];
    for (frame, forward, left) in expected {
        let fan = RayFan::new(3, std::f32::consts::PI, 100.0).in_frame(frame);
        let rays: Vec<Ray> = fan.rays(&pose).collect();
        assert!(rays.iter().all(|ray| ray.origin == pose.position));
        assert!(close(rays[0].direction, left), "{frame:?}: {rays:?}");
        assert!(close(rays[1].direction, forward), "{frame:?}: {rays:?}");
        assert!(
            close(rays[2].direction, left.map(|part| -part)),
            "{frame:?}: {rays:?}"
        );
    }
}

#[test]
fn a_fan_is_raised_to_each_elevation() {
    let pose = Pose::new([0.0; 3], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]);
    let (sin, cos) = 0.5f32.sin_cos();
    let fan = RayFan::new(3, std::f32::consts::PI, 100.0).at_elevations(&[0.0, 0.5, -0.5]);
    assert_eq!(fan.count(), 9);
    assert_eq!(fan.angles()[..3], fan.angles()[6..]);
    let rays: Vec<Ray> = fan.rays(&pose).collect();
    assert!(close(rays[1].direction, [0.0, 0.0, 1.0]));
    assert!(close(rays[3].direction, [cos, sin, 0.0]), "{rays:?}");
    assert!(close(rays[4].direction, [0.0, sin, cos]), "{rays:?}");
    assert!(close(rays[7].direction, [0.0, -sin, cos]), "{rays:?}");
}

#[test]
fn any_list_of_rays_is_a_fan() {
    let pose = Pose::new([5.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
    let directions = [
        [2.0, 0.0, 0.0],
        [0.0, 3.0, 0.0],
        [0.0, 0.0, -4.0],
        [1.0, 1.0, 0.0],
    ];
    let fan = RayFan::from_directions(&directions, 50.0).expect("directions");
    let rays: Vec<Ray> = fan.rays(&pose).collect();
    assert!(close(rays[0].direction, [1.0, 0.0, 0.0]), "ahead: {rays:?}");
    assert!(close(rays[1].direction, [0.0, 0.0, -1.0]), "left: {rays:?}");
    assert!(close(rays[2].direction, [0.0, -1.0, 0.0]), "down: {rays:?}");
    assert!((fan.angles()[3] - std::f32::consts::FRAC_PI_4).abs() < 1e-6);
    // What points straight down stays so at any elevation.
    assert_eq!(
        fan.clone().at_elevations(&[0.4]).directions()[2],
        fan.directions()[2]
    );
    assert_eq!(RayFan::from_directions(&[[0.0; 3]], 50.0), None);
}

fn point(reach: f32, height: f32) -> impl Strategy<Value = [f32; 3]> {
    [-reach..reach, -height..height, -reach..reach]
}

fn ray() -> impl Strategy<Value = Ray> {
    let any_way = (point(1000.0, 100.0), point(1.0, 1.0));
    let along_axes = (
        point(1000.0, 100.0),
        prop::sample::select(vec![
            [1.0, 0.0, 0.0],
            [-1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.0, 0.0, -1.0],
            [0.0, 1.0, 0.0],
        ]),
    );
    prop_oneof![4 => any_way, 1 => along_axes].prop_filter_map("a direction", |(origin, way)| {
        let length = way.iter().map(|part| part * part).sum::<f32>().sqrt();
        (length > 0.1).then(|| Ray {
            origin,
            direction: way.map(|part| part / length),
        })
    })
}

/// Small things and huge ones, as courses have them.
fn shapes<const N: usize>(count: usize) -> impl Strategy<Value = Vec<[[f32; 3]; N]>> {
    let shape = (
        point(1000.0, 100.0),
        prop::sample::select(vec![5.0f32, 60.0, 900.0]),
    )
        .prop_flat_map(|(centre, size)| {
            prop::array::uniform(point(size, size.min(100.0))).prop_map(
                move |corners: [[f32; 3]; N]| {
                    corners.map(|c| [0, 1, 2].map(|axis| c[axis] + centre[axis]))
                },
            )
        });
    prop::collection::vec(shape, 0..count)
}

/// Where a ray meets a triangle, in double precision: through the plane, then inside by areas.
fn meet_triangle(corners: &[[f32; 3]; 3], ray: &Ray) -> Option<f64> {
    let wide = |v: [f32; 3]| v.map(f64::from);
    let sub = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let cross = |a: [f64; 3], b: [f64; 3]| {
        [
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        ]
    };
    let [a, b, c] = corners.map(wide);
    let (origin, direction) = (wide(ray.origin), wide(ray.direction));
    let normal = cross(sub(b, a), sub(c, a));
    let distance = dot(sub(a, origin), normal) / dot(direction, normal);
    let at = [0, 1, 2].map(|axis| origin[axis] + direction[axis] * distance);
    let inside = [(a, b), (b, c), (c, a)]
        .iter()
        .all(|(from, to)| dot(cross(sub(*to, *from), sub(at, *from)), normal) >= 0.0);
    (distance >= 0.0 && inside).then_some(distance)
}

/// The normal of a triangle that points up; `None` if it is too steep for single precision to tell
/// heights on it.
fn upward_normal(corners: &[[f32; 3]; 3]) -> Option<[f64; 3]> {
    let [a, b, c] = corners.map(|corner| corner.map(f64::from));
    let [ab, ac] = [b, c].map(|to| [to[0] - a[0], to[1] - a[1], to[2] - a[2]]);
    let normal = [
        ab[1] * ac[2] - ab[2] * ac[1],
        ab[2] * ac[0] - ab[0] * ac[2],
        ab[0] * ac[1] - ab[1] * ac[0],
    ];
    let length = normal.iter().map(|part| part * part).sum::<f64>().sqrt();
    let upward = normal.map(|part| part / length * normal[1].signum());
    (upward[1] > 0.2).then_some(upward)
}

fn meet_segment(segment: &Segment, ray: &Ray, window: HeightWindow) -> Option<f64> {
    let flat = |v: [f32; 3]| [f64::from(v[0]), f64::from(v[2])];
    let (a, b) = (flat(segment.start), flat(segment.end));
    let (origin, direction) = (flat(ray.origin), flat(ray.direction));
    let cross = |a: [f64; 2], b: [f64; 2]| a[0] * b[1] - a[1] * b[0];
    let (edge, gap) = (
        [b[0] - a[0], b[1] - a[1]],
        [a[0] - origin[0], a[1] - origin[1]],
    );
    let (distance, share) = (
        cross(gap, edge) / cross(direction, edge),
        cross(gap, direction) / cross(direction, edge),
    );
    let [low, high] = [segment.start[1], segment.end[1]].map(f64::from);
    let height = low + (high - low) * share;
    let off = height - f64::from(ray.origin[1]) - f64::from(ray.direction[1]) * distance;
    let seen = off.abs() <= f64::from(window.near) + f64::from(window.growth) * distance;
    (distance >= 0.0 && (0.0..=1.0).contains(&share) && seen).then_some(distance)
}

/// A course of walls alone.
fn walls_of(corners: &[[[f32; 3]; 3]]) -> Track {
    let wall = |corners: &[[f32; 3]; 3]| Triangle {
        corners: *corners,
        normal: [0.0, 0.0, 1.0],
        surface: WALL,
    };
    Track::new(corners.iter().map(wall).collect(), Vec::new(), None)
}

/// Whether a ray that is moved a hair meets something else: then it grazes, and single precision
/// may see it either way.
fn same(found: Option<f32>, all: impl Fn(&Ray) -> Option<f64>, ray: &Ray) -> bool {
    let close = |truth: Option<f64>| match (found, truth) {
        (Some(found), Some(truth)) => (f64::from(found) - truth).abs() < 0.01 + truth * 1e-3,
        (None, None) => true,
        _ => false,
    };
    let nudges = [-1.0, 0.0, 1.0].map(|x| [-1.0, 0.0, 1.0].map(|z| (x * 0.02, z * 0.02)));
    close(all(ray))
        || nudges.iter().flatten().any(|(x, z)| {
            let [ox, oy, oz] = ray.origin;
            close(all(&Ray {
                origin: [ox + x, oy, oz + z],
                ..*ray
            }))
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn wall_rays_find_what_looking_at_every_wall_finds(
        corners in shapes::<3>(120),
        rays in prop::collection::vec(ray(), 20),
        reach in 10.0f32..3000.0,
    ) {
        let track = walls_of(&corners);
        for ray in &rays {
            let found = track.walls().trace(ray, reach).map(|hit| hit.distance);
            let all = |ray: &Ray| {
                let hits = corners.iter().filter_map(|corners| meet_triangle(corners, ray));
                hits.filter(|distance| *distance <= f64::from(reach)).min_by(f64::total_cmp)
            };
            prop_assert!(same(found, all, ray), "{ray:?}: {found:?}, {:?}", all(ray));
        }
    }

    #[test]
    fn wall_rays_find_what_another_library_finds(
        corners in shapes::<3>(120).prop_filter("a triangle", |corners| !corners.is_empty()),
        rays in prop::collection::vec(ray(), 20),
        reach in 10.0f32..3000.0,
    ) {
        let track = walls_of(&corners);
        let vector = |[x, y, z]: [f32; 3]| Vector::new(x, y, z);
        let vertices = corners.iter().flatten().map(|corner| vector(*corner)).collect();
        let indices = (0..corners.len() as u32).map(|i| [3 * i, 3 * i + 1, 3 * i + 2]).collect();
        let mesh = TriMesh::new(vertices, indices)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        for ray in &rays {
            let found = track.walls().trace(ray, reach).map(|hit| hit.distance);
            let all = |ray: &Ray| {
                let ray = parry3d::query::Ray::new(vector(ray.origin), vector(ray.direction));
                mesh.cast_local_ray(&ray, reach, true).map(f64::from)
            };
            prop_assert!(same(found, all, ray), "{ray:?}: {found:?}, {:?}", all(ray));
        }
    }

    #[test]
    fn the_floor_below_is_what_looking_at_every_floor_finds(
        corners in shapes::<3>(120),
        points in prop::collection::vec(point(1000.0, 200.0), 20),
    ) {
        let floor = |corners: &[[f32; 3]; 3]| {
            let upward = upward_normal(corners)?;
            let normal = upward.map(|part| part as f32);
            Some(Triangle { corners: *corners, normal, surface: ROAD })
        };
        let floors: Vec<Triangle> = corners.iter().filter_map(floor).collect();
        let track = Track::new(floors.clone(), Vec::new(), None);
        for point in &points {
            let found = track.floor_below(*point).map(|floor| floor.y);
            // A ray straight down sees floors where they are, at the distance of their height.
            let below = |ray: &Ray| {
                let depths = floors.iter().filter_map(|floor| meet_triangle(&floor.corners, ray));
                depths.min_by(f64::total_cmp)
            };
            let down = Ray { origin: *point, direction: [0.0, -1.0, 0.0] };
            let depth = found.map(|y| point[1] - y);
            prop_assert!(same(depth, below, &down), "{point:?}: {depth:?}, {:?}", below(&down));
        }
    }

    #[test]
    fn boundary_rays_find_what_looking_at_every_piece_finds(
        ends in shapes::<2>(200),
        rays in prop::collection::vec(ray(), 20),
        reach in 10.0f32..3000.0,
    ) {
        let segments: Vec<Segment> =
            ends.iter().map(|[start, end]| Segment { start: *start, end: *end, beyond: None }).collect();
        let window = HeightWindow::default();
        let boundary = Boundary::from_segments(segments.clone(), window);
        for ray in rays.iter().filter(|ray| ray.direction[1].abs() < 0.9) {
            let found = boundary.trace(ray, reach).map(|hit| hit.distance);
            let all = |ray: &Ray| {
                let hits = segments.iter().filter_map(|segment| meet_segment(segment, ray, window));
                hits.filter(|distance| *distance <= f64::from(reach)).min_by(f64::total_cmp)
            };
            prop_assert!(same(found, all, ray), "{ray:?}: {found:?}, {:?}", all(ray));
        }
    }
}
