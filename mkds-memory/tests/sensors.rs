//! Rays against looking at everything, and against a course whose widths are known.

mod image;

use image::{Image, ROAD, Ring, WALL};
use mkds_memory::collision::{Attribute, CollisionType};
use mkds_memory::course::{Course, Triangle};
use mkds_memory::sensor::{
    Boundary, Frame, HeightWindow, Hit, Pose, Ray, RayFan, Segment, Trace, cast,
};
use mkds_memory::{Ram, Result};
use parry3d::math::Vector;
use parry3d::query::RayCast;
use parry3d::shape::TriMesh;
use proptest::prelude::*;

fn course_of(ring: &Ring) -> Result<Course> {
    let image = Image::race(ring, 1, 0);
    Course::read(&Ram::new(&image.bytes)?.race()?.expect("a race"))
}

/// On the ring, `left` units beside its centreline, looking along it.
fn on_ring(ring: &Ring, turn: f32, left: f32) -> Pose {
    let [forward_x, forward_z] = ring.forward(turn);
    let up = [-ring.slope, 1.0, 0.0];
    Pose::new(
        ring.point(turn, left),
        [forward_x, forward_x * ring.slope, forward_z],
        up,
    )
}

#[test]
fn a_fan_measures_the_road_from_left_to_right() -> Result<()> {
    let ring = Ring {
        steps: 96,
        ..Ring::default()
    };
    let course = course_of(&ring)?;
    let fan = RayFan::new(3, std::f32::consts::PI, 3000.0);
    assert_eq!(fan.angles()[1], 0.0);
    for step in 0..40 {
        let pose = on_ring(&ring, step as f32 / 40.0, 50.0);
        let mut edges = [0.0; 3];
        fan.cast(course.boundary(), &pose, &mut edges);
        // The plane slopes and the ring is many-sided.
        assert!((edges[0] - (ROAD - 50.0)).abs() < 3.0, "{step}: {edges:?}");
        assert!((edges[2] - (ROAD + 50.0)).abs() < 3.0, "{step}: {edges:?}");
        let mut walls = [0.0; 3];
        fan.cast(
            course.walls(),
            &Pose {
                position: lifted(&pose, 10.0),
                ..pose
            },
            &mut walls,
        );
        assert!((walls[0] - (WALL - 50.0)).abs() < 3.0, "{step}: {walls:?}");
        assert!((walls[2] - (WALL + 50.0)).abs() < 3.0, "{step}: {walls:?}");
        // Ahead, the nearer of both is the road's edge.
        let mut both = [0.0; 3];
        fan.cast(&(course.boundary(), course.walls()), &pose, &mut both);
        assert_eq!(both[1], edges[1]);
        let outer = ((ring.radius + ROAD).powi(2) - (ring.radius - 50.0).powi(2)).sqrt();
        assert!(
            (edges[1] / outer - 1.0).abs() < 0.03,
            "{step}: {edges:?} {outer}"
        );
    }
    Ok(())
}

fn lifted(pose: &Pose, height: f32) -> [f32; 3] {
    [0, 1, 2].map(|axis| pose.position[axis] + pose.up[axis] * height)
}

#[test]
fn what_is_not_hit_is_as_far_as_the_rays_reach() -> Result<()> {
    let course = course_of(&Ring::default())?;
    let fan = RayFan::new(24, std::f32::consts::PI, 77.0);
    let mut out = [0.0; 30];
    fan.cast(
        course.boundary(),
        &on_ring(&Ring::default(), 0.0, 0.0),
        &mut out,
    );
    assert_eq!(out[..24], [77.0; 24]);
    assert_eq!(out[24..], [0.0; 6], "places without a ray stay as they are");
    Ok(())
}

#[test]
fn a_road_on_another_height_is_not_seen() {
    let wall_at = |y: f32| Segment {
        start: [-100.0, y, 50.0],
        end: [100.0, y, 50.0],
        beyond: Some(CollisionType::OffRoad),
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
    let kind = Some(CollisionType::OffRoad);
    assert_eq!(
        hit,
        Some(Hit {
            distance: 50.0,
            normal,
            kind
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

#[test]
fn rays_into_the_floor_measure_its_depth() -> Result<()> {
    let ring = Ring::default();
    let course = course_of(&ring)?;
    let floors = course.walls_of(Triangle::is_floor);
    assert_eq!(floors.triangles().len(), ring.steps * 6);
    let down = [0.0, -1.0, 0.0];
    let mut depths = [0.0; 4];
    let origins = (0..4).map(|step| {
        let [x, y, z] = ring.point(step as f32 * 0.2 + 0.01, 30.0);
        [x, y + 40.0, z]
    });
    let rays: Vec<Ray> = origins
        .map(|origin| Ray {
            origin,
            direction: down,
        })
        .collect();
    cast(&floors, rays.iter().copied(), 100.0, &mut depths);
    for (depth, ray) in depths.iter().zip(&rays) {
        let floor = course.floor_below(ray.origin).expect("a floor");
        // Heights are told from the face's normal, kept in 1/4096, and the road is 240 units wide.
        let gap = depth - (ray.origin[1] - floor.y);
        assert!(gap.abs() < 0.1, "{depth} {floor:?}");
    }
    cast(&floors, rays, 10.0, &mut depths);
    assert_eq!(depths, [10.0; 4], "no floor within reach");
    Ok(())
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
fn walls_of(corners: &[[[f32; 3]; 3]]) -> Course {
    let wall = |corners: &[[f32; 3]; 3]| Triangle {
        corners: *corners,
        normal: [0.0, 0.0, 1.0],
        attribute: Attribute(8 << 8),
        prism: 1,
    };
    Course::new(
        None,
        3,
        corners.iter().map(wall).collect(),
        Vec::new(),
        None,
    )
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
        let course = walls_of(&corners);
        for ray in &rays {
            let found = course.walls().trace(ray, reach).map(|hit| hit.distance);
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
        let course = walls_of(&corners);
        let vector = |[x, y, z]: [f32; 3]| Vector::new(x, y, z);
        let vertices = corners.iter().flatten().map(|corner| vector(*corner)).collect();
        let indices = (0..corners.len() as u32).map(|i| [3 * i, 3 * i + 1, 3 * i + 2]).collect();
        let mesh = TriMesh::new(vertices, indices)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        for ray in &rays {
            let found = course.walls().trace(ray, reach).map(|hit| hit.distance);
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
            Some(Triangle { corners: *corners, normal, attribute: Attribute(0), prism: 1 })
        };
        let floors: Vec<Triangle> = corners.iter().filter_map(floor).collect();
        let course = Course::new(None, 3, floors.clone(), Vec::new(), None);
        for point in &points {
            let found = course.floor_below(*point).map(|floor| floor.y);
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
