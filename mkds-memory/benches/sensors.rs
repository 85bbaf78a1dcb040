//! What it costs to read the game: a field, an observation, a course, rays, pixels.

#[path = "../tests/image/mod.rs"]
mod image;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{Image, Ring, observe};
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use track::{Pose, RayFan, Trace, ZClip};

fn race(image: &Image) -> Race<'_> {
    Ram::new(&image.bytes)
        .and_then(|ram| ram.race())
        .ok()
        .flatten()
        .expect("a race")
}

fn fields(c: &mut Criterion) {
    let image = Image::race(&Ring::default(), 8, 0);
    let race = race(&image);
    let driver = race.driver(0).expect("a driver");
    c.bench_function("field_read", |b| {
        b.iter(|| black_box(&driver).boost_timer());
    });
    let mut observation = [0.0; 40];
    c.bench_function("obs40", |b| {
        b.iter(|| {
            observe(
                &black_box(&race).driver(0).expect("a driver"),
                &mut observation,
            );
            black_box(&observation);
        });
    });
    c.bench_function("race_found", |b| {
        b.iter(|| black_box(Ram::new(&image.bytes)).map(|r| r.race().is_ok()));
    });
}

/// The ring of 3,000 triangles, and one as large as it has to be for 30,000 such.
const RINGS: [(usize, f32); 2] = [(3000, 1000.0), (30_000, 3000.0)];

fn ring(triangles: usize, radius: f32) -> Ring {
    Ring {
        steps: triangles / 10,
        radius,
        ..Ring::default()
    }
}

fn poses(ring: &Ring) -> Vec<Pose> {
    (0..64)
        .map(|index| ring.pose(index as f32 / 64.0))
        .collect()
}

fn courses(c: &mut Criterion) {
    for (triangles, radius) in RINGS {
        let ring = ring(triangles, radius);
        let image = Image::race(&ring, 1, 0);
        let race = race(&image);
        c.bench_function(&format!("course_ready_{triangles}"), |b| {
            b.iter(|| Course::read(black_box(&race)));
        });
        let course = Course::read(&race).expect("a course");
        assert_eq!(course.track().triangles().len(), triangles);
        cast(
            c,
            "boundary_rays24",
            triangles,
            course.track().boundary(),
            &ring,
        );
        cast(c, "wall_rays24", triangles, course.track().walls(), &ring);
        let poses = poses(&ring);
        let mut next = poses.iter().map(|pose| pose.position).cycle();
        c.bench_function(&format!("floor_below_{triangles}"), |b| {
            b.iter(|| course.track().floor_below(next.next().expect("a pose")));
        });
    }
}

/// The same ring, divided ever more finely.
fn growth(c: &mut Criterion) {
    for triangles in [300, 1000, 3000, 10_000, 30_000, 100_000] {
        let ring = ring(triangles, 3000.0);
        let track = ring.track();
        cast(
            c,
            "growth/boundary_rays24",
            triangles,
            track.boundary(),
            &ring,
        );
        cast(c, "growth/wall_rays24", triangles, track.walls(), &ring);
    }
}

/// 24 rays over half a turn, from poses all around the ring.
fn cast(c: &mut Criterion, name: &str, triangles: usize, what: &impl Trace, ring: &Ring) {
    let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
    let poses = poses(ring);
    let mut next = poses.iter().cycle();
    let mut out = [0.0; 24];
    c.bench_function(&format!("{name}_{triangles}"), |b| {
        b.iter(|| fan.cast(what, next.next().expect("a pose"), black_box(&mut out)));
    });
}

fn projection(c: &mut Criterion) {
    let ring = Ring::default();
    let image = Image::race(&ring, 1, 0);
    let race = race(&image);
    let camera = race.camera().expect("a camera");
    c.bench_function("projection_of_camera", |b| {
        b.iter(|| black_box(&camera).projection());
    });
    let projection = camera.projection();
    let [from, to] = [ring.point(0.0, 0.0), ring.point(0.1, 0.0)];
    c.bench_function("projected_point", |b| {
        b.iter(|| projection.point(black_box(from), ZClip::Native));
    });
    c.bench_function("projected_line", |b| {
        b.iter(|| projection.line_on_screen(black_box(from), to, ZClip::Native));
    });
}

criterion_group!(benches, fields, courses, growth, projection);
criterion_main!(benches);
