//! Rays against a course in RAM whose widths are known.

mod image;

use image::{Image, ROAD, Ring, WALL};
use mkds_memory::course::Course;
use mkds_memory::{Ram, Result};
use track::{Pose, Ray, RayFan, Triangle, cast};

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
        fan.cast(course.track().boundary(), &pose, &mut edges);
        // The plane slopes and the ring is many-sided.
        assert!((edges[0] - (ROAD - 50.0)).abs() < 3.0, "{step}: {edges:?}");
        assert!((edges[2] - (ROAD + 50.0)).abs() < 3.0, "{step}: {edges:?}");
        let mut walls = [0.0; 3];
        fan.cast(
            course.track().walls(),
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
        fan.cast(
            &(course.track().boundary(), course.track().walls()),
            &pose,
            &mut both,
        );
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
        course.track().boundary(),
        &on_ring(&Ring::default(), 0.0, 0.0),
        &mut out,
    );
    assert_eq!(out[..24], [77.0; 24]);
    assert_eq!(out[24..], [0.0; 6], "places without a ray stay as they are");
    Ok(())
}

#[test]
fn rays_into_the_floor_measure_its_depth() -> Result<()> {
    let ring = Ring::default();
    let course = course_of(&ring)?;
    let floors = course.track().walls_of(Triangle::is_floor);
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
        let floor = course.track().floor_below(ray.origin).expect("a floor");
        // Heights are told from the face's normal, kept in 1/4096, and the road is 240 units wide.
        let gap = depth - (ray.origin[1] - floor.y);
        assert!(gap.abs() < 0.1, "{depth} {floor:?}");
    }
    cast(&floors, rays, 10.0, &mut depths);
    assert_eq!(depths, [10.0; 4], "no floor within reach");
    Ok(())
}
