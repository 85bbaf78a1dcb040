//! A course read from RAM, against the one that was put there.

mod image;

use image::{Image, ROAD, Ring, WALL};
use mkds_formats::kcl::CollisionType;
use mkds_memory::collision::collision_type_of;
use mkds_memory::course::Course;
use mkds_memory::{Ram, Result};
use track::{Aim, Bearing, Pose};

fn course_of(ring: &Ring) -> Result<Course> {
    let image = Image::race(ring, 1, 0);
    Course::read(&Ram::new(&image.bytes)?.race()?.expect("a race"))
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn triangles_are_rebuilt() -> Result<()> {
    let ring = Ring::default();
    let (course, truth) = (course_of(&ring)?, ring.triangles());
    assert_eq!(course.track().triangles().len(), truth.len());
    let built = course.track().triangles().iter().zip(course.sources());
    for (number, ((triangle, source), (corners, attribute))) in (1..).zip(built.zip(truth)) {
        assert_eq!((source.prism, source.attribute.0), (number, attribute));
        for (own, true_one) in triangle.corners.iter().zip(corners) {
            for axis in 0..3 {
                // Normals are kept in 1/4096, and the longest edge is 190 units.
                assert!(
                    (own[axis] - true_one[axis]).abs() < 1.0 / 16.0,
                    "{own:?} {true_one:?}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn checkpoints_know_left_from_right() -> Result<()> {
    let ring = Ring::default();
    let course = course_of(&ring)?;
    assert_eq!((course.id(), course.laps()), (Some(20), 3));
    for (index, checkpoint) in course.track().checkpoints().iter().enumerate() {
        let turn = index as f32 / 12.0;
        let [x, _, z] = ring.point(turn, WALL);
        assert!(distance(checkpoint.left, [x, z]) < 0.01, "{index}");
        assert!(
            distance(checkpoint.forward, ring.forward(turn)) < 0.01,
            "{index}"
        );
        assert_eq!(checkpoint.next, [(index + 1) % 12]);
        assert_eq!(checkpoint.key, (index == 0).then_some(0));
    }
    let after: Vec<_> = course
        .track()
        .checkpoints_after(10)
        .take(3)
        .map(|c| c.midpoint)
        .collect();
    let midpoint = |index: usize| course.track().checkpoints()[index].midpoint;
    assert_eq!(after, [midpoint(11), midpoint(0), midpoint(1)]);
    Ok(())
}

#[test]
fn the_boundary_is_where_the_road_ends() -> Result<()> {
    let ring = Ring::default();
    let course = course_of(&ring)?;
    let mut length = 0.0;
    for segment in course.track().boundary().segments() {
        let beyond = segment.beyond.and_then(collision_type_of);
        assert_eq!(beyond, Some(CollisionType::OffRoad));
        for [x, y, z] in [segment.start, segment.end] {
            let radius = x.hypot(z);
            let (inner, outer) = (ring.radius - ROAD, ring.radius + ROAD);
            // Between two corners of the ring the edge is a chord.
            let sagitta = outer * (1.0 - (std::f32::consts::PI / 48.0).cos());
            let near = |edge: f32| radius < edge + 0.1 && radius > edge - sagitta - 0.1;
            assert!(near(inner) || near(outer), "radius {radius}");
            assert!((y - x * ring.slope).abs() < 0.1);
        }
        let ([ax, _, az], [bx, _, bz]) = (segment.start, segment.end);
        length += distance([ax, az], [bx, bz]);
    }
    let circles = std::f32::consts::TAU * 2.0 * ring.radius;
    assert!(
        (length / circles - 1.0).abs() < 0.01,
        "{length} of {circles}"
    );
    Ok(())
}

#[test]
fn another_boundary_takes_other_ground() -> Result<()> {
    let ring = Ring::default();
    let ground = course_of(&ring)?
        .track()
        .boundary_of(|surface| surface.carries);
    for segment in ground.segments() {
        assert_eq!(segment.beyond, None);
        let radius = segment.start[0].hypot(segment.start[2]);
        assert!((radius - ring.radius).abs() > WALL - 5.0, "radius {radius}");
    }
    assert!(!ground.segments().is_empty());
    Ok(())
}

#[test]
fn the_floor_below_is_the_highest_one_under_the_point() -> Result<()> {
    let ring = Ring::default();
    let course = course_of(&ring)?;
    let [x, y, z] = ring.point(0.13, 50.0);
    let floor = course.track().floor_below([x, y + 30.0, z]).expect("road");
    assert!((floor.y - y).abs() < 0.1, "{} {y}", floor.y);
    assert_eq!(collision_type_of(floor.surface), Some(CollisionType::Road));
    assert!((floor.normal[1] - 1.0 / 1.01f32.sqrt()).abs() < 0.001);
    let [x, y, z] = ring.point(0.7, 160.0);
    let kind = |point| {
        course
            .track()
            .floor_below(point)
            .and_then(|floor| collision_type_of(floor.surface))
    };
    assert_eq!(kind([x, y + 1.0, z]), Some(CollisionType::OffRoad));
    assert_eq!(kind([x, y - 5.0, z]), None, "below the ground");
    assert_eq!(kind([0.0, 100.0, 0.0]), None, "amid the ring");
    assert_eq!(kind([1e9, f32::NAN, 0.0]), None);
    Ok(())
}

#[test]
fn the_centreline_is_a_circle_to_the_left() -> Result<()> {
    let ring = Ring {
        slope: 0.0,
        ..Ring::default()
    };
    let course = course_of(&ring)?;
    let line = course.track().centreline();
    assert!(line.is_closed());
    let circle = std::f32::consts::TAU * ring.radius;
    assert!(
        (line.length() / circle - 1.0).abs() < 0.01,
        "{}",
        line.length()
    );
    for step in 0..100 {
        let turn = step as f32 / 100.0;
        let near = Some((step * 12 / 100) as usize);
        for left in [-80.0, 0.0, 80.0] {
            let [x, _, z] = ring.point(turn, left);
            for near in [None, near] {
                let here = line.project([x, z], near).expect("a line");
                assert!((here.offset - left).abs() < 6.0, "{turn} {left}: {here:?}");
                let gap = here.along / line.length() - turn;
                assert!((gap - gap.round()).abs() < 0.01, "{turn}: {here:?}");
                assert!(distance(here.direction, ring.forward(turn)) < 0.1);
            }
        }
        let curvature = line.curvature(turn * line.length(), 200.0);
        assert!(
            (curvature * ring.radius - 1.0).abs() < 0.12,
            "{turn}: {curvature}"
        );
        for distance in [-300.0, 50.0, 500.0, 2.5 * circle] {
            let change = line.heading_change(turn * line.length(), distance);
            let expected = distance / line.length() * std::f32::consts::TAU;
            assert!(
                (change - expected).abs() < 0.03,
                "{turn} {distance}: {change} {expected}"
            );
        }
    }
    assert_eq!(line.along_of_checkpoint(0), Some(0.0));
    let quarter = line.along_of_checkpoint(3).expect("on the main line");
    assert!((quarter / line.length() - 0.25).abs() < 0.01);
    let (point, _) = line.at(line.length() * 1.25).expect("a line");
    assert!(distance(point, course.track().checkpoints()[3].midpoint) < 1.0);
    Ok(())
}

#[test]
fn the_wall_ahead_is_the_nearest_one() -> Result<()> {
    let ring = Ring {
        slope: 0.0,
        ..Ring::default()
    };
    let course = course_of(&ring)?;
    let [x, y, z] = ring.point(0.0, 50.0);
    let point = [x, y + 10.0, z];
    // At turn 0 the course runs along +x, with the middle of the ring to the left, at -z.
    let left = course
        .track()
        .wall_ahead(point, [0.0, 0.0, -1.0], 1000.0)
        .expect("a wall");
    assert!((left.distance - (WALL - 50.0)).abs() < 3.0, "{left:?}");
    assert_eq!(
        left.surface.and_then(collision_type_of),
        Some(CollisionType::Wall)
    );
    assert!(left.normal[2] > 0.9, "it faces the one who looks: {left:?}");
    assert_eq!(
        course.track().wall_ahead(point, [0.0, 0.0, -1.0], 100.0),
        None
    );
    assert_eq!(course.material_at(point), Some(CollisionType::Road));
    let [x, y, z] = ring.point(0.0, ROAD + 20.0);
    assert_eq!(
        course.material_at([x, y + 10.0, z]),
        Some(CollisionType::OffRoad)
    );
    assert_eq!(course.material_at([x, y - 10.0, z]), None);
    Ok(())
}

#[test]
fn bearings_are_positive_to_the_left() -> Result<()> {
    let ring = Ring {
        slope: 0.0,
        ..Ring::default()
    };
    let course = course_of(&ring)?;
    let [forward_x, forward_z] = ring.forward(0.0);
    let pose = Pose::new(
        ring.point(0.0, 0.0),
        [forward_x, 0.0, forward_z],
        [0.0, 1.0, 0.0],
    );
    let mut bearings = [Bearing::default(); 4];
    assert_eq!(
        pose.bearings_after(course.track(), 0, Aim::Midpoint, &mut bearings),
        4
    );
    for (index, bearing) in bearings.iter().enumerate() {
        // A chord leaves the tangent by half the angle that it spans.
        let half = std::f32::consts::PI / 12.0 * (index + 1) as f32;
        assert!((bearing.angle - half).abs() < 0.01, "{bearing:?}");
        assert!(
            (bearing.distance - 2.0 * ring.radius * half.sin()).abs() < 1.0,
            "{bearing:?}"
        );
    }
    pose.bearings_after(course.track(), 0, Aim::Nearest, &mut bearings[..1]);
    assert!(bearings[0].distance <= 2.0 * ring.radius * (std::f32::consts::PI / 12.0).sin());
    Ok(())
}
