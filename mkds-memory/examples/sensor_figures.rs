//! What the sensors cost, as one line of JSON: medians of many repetitions.
//!
//! ```sh
//! cargo run --release -p mkds-memory --example sensor_figures
//! ```

#![allow(clippy::print_stdout, reason = "the figures are its output")]

#[path = "../tests/image/mod.rs"]
mod image;

use std::f32::consts::PI;
use std::hint::black_box;
use std::time::{Duration, Instant};

use image::{Image, Ring, observe};
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use serde_json::json;
use track::{Pose, RayFan, Trace};

/// Triangles a step around the ring.
const TRIANGLES_A_STEP: usize = 10;
const RAYS: usize = 24;
const REACH: f32 = 3000.0;
/// How long one sample takes at least: long for the clock, short for the scheduler.
const SAMPLE: Duration = Duration::from_micros(200);
/// How long all samples of one figure take at least, and how many there are at least.
const MEASURED: Duration = Duration::from_millis(500);
const SAMPLES: usize = 21;

/// The median cost of one call, nanoseconds.
fn median_ns(mut call: impl FnMut()) -> f64 {
    let mut sample = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed()
    };
    let mut calls = 1;
    while sample(calls) < SAMPLE {
        calls *= 2;
    }
    let start = Instant::now();
    let mut samples = Vec::new();
    while start.elapsed() < MEASURED || samples.len() < SAMPLES {
        samples.push(sample(calls));
    }
    samples.sort_unstable();
    samples[samples.len() / 2].as_secs_f64() * 1e9 / f64::from(calls)
}

fn race(image: &Image) -> Race<'_> {
    let race = Ram::new(&image.bytes).and_then(|ram| ram.race());
    race.ok().flatten().expect("a race")
}

fn ring(triangles: usize, radius: f32) -> Ring {
    Ring {
        steps: triangles / TRIANGLES_A_STEP,
        radius,
        ..Ring::default()
    }
}

/// Microseconds for 24 rays over half a turn, from poses all around the ring.
fn rays24_us(what: &impl Trace, ring: &Ring) -> f64 {
    let fan = RayFan::new(RAYS, PI, REACH);
    let poses: Vec<Pose> = (0..64)
        .map(|index| ring.pose(index as f32 / 64.0))
        .collect();
    let mut next = poses.iter().cycle();
    let mut out = [0.0; RAYS];
    median_ns(|| {
        let pose = next.next().expect("a pose");
        fan.cast(what, pose, black_box(&mut out));
    }) / 1e3
}

fn main() {
    let image = Image::race(&ring(3000, 1000.0), 8, 0);
    let race = race(&image);
    let driver = race.driver(0).expect("a driver");
    let field_read = median_ns(|| {
        black_box(black_box(&driver).boost_timer());
    });
    let mut observation = [0.0; 40];
    let obs40 = median_ns(|| {
        observe(
            &black_box(&race).driver(0).expect("a driver"),
            &mut observation,
        );
        black_box(&observation);
    });
    let course_ready = median_ns(|| {
        black_box(Course::read(black_box(&race)).expect("a course"));
    });
    let growth: Vec<_> = [300, 1000, 3000, 10_000, 30_000, 100_000]
        .map(|triangles| {
            let ring = ring(triangles, 3000.0);
            let track = ring.track();
            json!({
                "triangles": track.triangles().len(),
                "rays24_us": rays24_us(track.boundary(), &ring),
                "wall_rays24_us": rays24_us(track.walls(), &ring),
            })
        })
        .into();
    let rays = |triangles, radius| {
        let ring = ring(triangles, radius);
        rays24_us(ring.track().boundary(), &ring)
    };
    let figures = json!({
        "field_read_ns": field_read,
        "obs40_ns": obs40,
        "rays24_us_3000": rays(3000, 1000.0),
        "rays24_us_30000": rays(30_000, 3000.0),
        "course_ready_ms": course_ready / 1e6,
        "rays24_growth": growth,
    });
    println!("{figures}");
}
