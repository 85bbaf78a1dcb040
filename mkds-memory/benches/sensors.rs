//! What it costs to read the game: a field, an observation, rays, a course.

#[path = "../tests/image/mod.rs"]
mod image;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{Image, Ring};
use mkds_memory::course::Course;
use mkds_memory::sensor::{Pose, RayFan};
use mkds_memory::{Driver, Race, Ram};

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

/// Forty numbers of a driver.
fn observe(driver: &Driver<'_>, out: &mut [f32; 40]) {
    let vectors = [
        driver.position(),
        driver.last_position(),
        driver.direction(),
        driver.driving_direction(),
        driver.velocity_direction(),
        driver.displacement(),
        driver.floor_normal(),
        driver.heading(),
        driver.collision_centre(),
    ];
    for (out, vector) in out.chunks_exact_mut(3).zip(vectors) {
        out.copy_from_slice(&vector.to_f32());
    }
    let numbers = [
        driver.speed().to_f32(),
        driver.forward_speed().to_f32(),
        driver.max_speed().to_f32(),
        driver.max_speed_fraction().to_f32(),
        driver.terrain_multiplier().to_f32(),
        driver.grip().to_f32(),
        driver.drift_direction().to_f32(),
        driver.drift_charge() as f32,
        f32::from(driver.boost_timer()),
        f32::from(driver.mini_turbo_timer()),
        driver.vertical_speed().to_f32(),
        driver.airborne_frames() as f32,
        f32::from(driver.drift_yaw()),
    ];
    out[27..].copy_from_slice(&numbers);
}

fn rays(c: &mut Criterion) {
    for (name, ring) in [
        (
            "3000",
            Ring {
                steps: 300,
                radius: 1000.0,
                ..Ring::default()
            },
        ),
        (
            "30000",
            Ring {
                steps: 3000,
                radius: 3000.0,
                ..Ring::default()
            },
        ),
    ] {
        let image = Image::race(&ring, 1, 0);
        let race = race(&image);
        c.bench_function(&format!("course_{name}"), |b| {
            b.iter(|| Course::read(black_box(&race)));
        });
        let course = Course::read(&race).expect("a course");
        assert_eq!(course.triangles().len(), ring.steps * 10);
        let fan = RayFan::new(24, std::f32::consts::PI, 3000.0);
        let poses: Vec<Pose> = (0..64)
            .map(|index| {
                let turn = index as f32 / 64.0;
                let [x, z] = ring.forward(turn);
                let left = ((index * 37 % 64) as f32 - 32.0) * 3.0;
                Pose::new(
                    ring.point(turn, left),
                    [x, x * ring.slope, z],
                    [-ring.slope, 1.0, 0.0],
                )
            })
            .collect();
        let mut out = [0.0; 24];
        let mut next = poses.iter().cycle();
        c.bench_function(&format!("boundary_rays24_{name}"), |b| {
            b.iter(|| {
                fan.cast(
                    course.boundary(),
                    next.next().expect("a pose"),
                    black_box(&mut out),
                );
            });
        });
        c.bench_function(&format!("wall_rays24_{name}"), |b| {
            b.iter(|| {
                fan.cast(
                    course.walls(),
                    next.next().expect("a pose"),
                    black_box(&mut out),
                );
            });
        });
        c.bench_function(&format!("floor_below_{name}"), |b| {
            b.iter(|| course.floor_below(next.next().expect("a pose").position));
        });
    }
}

criterion_group!(benches, fields, rays);
criterion_main!(benches);
