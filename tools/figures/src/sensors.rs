//! What the sensors cost, on generated courses of any size: medians of many repetitions.

#[path = "../../../mkds-memory/tests/image/mod.rs"]
mod image;

use std::f32::consts::PI;
use std::hint::black_box;

use anyhow::{Context, Result};
use image::{Image, Ring, observe};
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use serde_json::json;
use track::{Pose, RayFan, Trace};

use crate::timing::median_ns;

/// Triangles a step around the ring.
const TRIANGLES_A_STEP: usize = 10;
const RAYS: usize = 24;
const REACH: f32 = 3000.0;
/// Triangles of the courses whose rays are compared.
const SIZES: [usize; 6] = [300, 1000, 3000, 10_000, 30_000, 100_000];

fn race(image: &Image) -> Result<Race<'_>> {
    let race = Ram::new(&image.bytes)?.race()?;
    race.context("expected a race, found none")
}

fn ring(triangles: usize, radius: f32) -> Ring {
    Ring {
        steps: triangles / TRIANGLES_A_STEP,
        radius,
        ..Ring::default()
    }
}

/// Microseconds for 24 rays over half a turn, from poses all around the ring.
fn rays24_us(what: &impl Trace, ring: &Ring) -> Result<f64> {
    let fan = RayFan::new(RAYS, PI, REACH);
    let poses: [Pose; 64] = std::array::from_fn(|index| ring.pose(index as f32 / 64.0));
    let (mut index, mut out) = (0, [0.0; RAYS]);
    let nanoseconds = median_ns(|| {
        index = (index + 1) % poses.len();
        fan.cast(what, &poses[index], black_box(&mut out));
    })?;
    Ok(nanoseconds / 1e3)
}

/// Prints the cost of a field, an observation, a course and rays.
pub fn measure() -> Result<()> {
    let image = Image::race(&ring(3000, 1000.0), 8, 0);
    let race = race(&image)?;
    let driver = race.driver(0)?;
    let field_read = median_ns(|| {
        black_box(black_box(&driver).boost_timer());
    })?;
    let mut observation = [0.0; 40];
    let obs40 = median_ns(|| {
        observe(
            &black_box(&race).driver(0).expect("the driver above"),
            &mut observation,
        );
        black_box(&observation);
    })?;
    let course_ready = median_ns(|| {
        black_box(Course::read(black_box(&race)).expect("the ring's course"));
    })?;
    let rays = |triangles, radius| {
        let ring = ring(triangles, radius);
        rays24_us(ring.track().boundary(), &ring)
    };
    crate::print("field_read_ns", field_read, "ns", "<= 5")?;
    crate::print("obs40_ns", obs40, "ns", "<= 300")?;
    crate::print("rays24_us_3000", rays(3000, 1000.0)?, "us", "<= 2")?;
    crate::print("rays24_us_30000", rays(30_000, 3000.0)?, "us", "<= 4")?;
    crate::print("course_ready_ms", course_ready / 1e6, "ms", "<= 20")?;
    Ok(())
}

/// Prints the cost of 24 rays on courses of growing size, a line of JSON each: `triangles`, and microseconds to the road's edge
/// and to walls.
pub fn measure_growth() -> Result<()> {
    for triangles in SIZES {
        let ring = ring(triangles, 3000.0);
        let track = ring.track();
        let growth = json!({
            "triangles": track.triangles().len(),
            "rays24_us": rays24_us(track.boundary(), &ring)?,
            "wall_rays24_us": rays24_us(track.walls(), &ring)?,
        });
        crate::print_line(&growth)?;
    }
    Ok(())
}
