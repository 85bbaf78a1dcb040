//! What all overlays of a frame cost, as one line of JSON: medians over frames of a race on each bundled course,
//! milliseconds.
//!
//! ```sh
//! cargo run --release -p overlays --example overlay_figures
//! ```
//!
//! `overlay_list_ms` is working out what to draw, the scene included; `overlay_draw_ms` is drawing it over the console's
//! own pixels, `overlay_draw_3x_ms` three times as large.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

#[path = "../tests/drive/mod.rs"]
mod drive;

use std::time::Instant;

use cairo::{Context, Format, ImageSurface};
use drive::Drive;
use overlays::{DrawList, all, draw_all, paint};
use serde_json::json;

/// Frames driven before the first that counts: into the second lap of all courses.
const BEFORE: usize = 2400;
/// Frames that count, and how many are driven from one to the next.
const FRAMES: usize = 60;
const APART: usize = 15;
/// Times that a frame is drawn: the fastest counts, for the others were disturbed.
const TIMES: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let overlays = all();
    let surface = |scale: i32| -> Result<Context, cairo::Error> {
        let surface = ImageSurface::create(Format::Rgb24, 256 * scale, 384 * scale)?;
        let context = Context::new(&surface)?;
        context.scale(scale.into(), scale.into());
        Ok(context)
    };
    let (small, large) = (surface(1)?, surface(3)?);
    let mut list = DrawList::default();
    let (mut lists, mut paints, mut paints_3x) = (vec![], vec![], vec![]);
    for course in homebrew::COURSES {
        let (mut drive, extras) = Drive::with_extras(course.id, BEFORE);
        for _ in 0..FRAMES {
            drive.go(APART, 140.0);
            let listing = fastest(|| {
                list.clear();
                draw_all(&overlays, &drive.scene(&extras), &mut list);
                Ok(())
            })?;
            let painting = fastest(|| paint(&small, &list))?;
            paints_3x.push(fastest(|| paint(&large, &list))?);
            lists.push(listing);
            paints.push(painting);
        }
    }
    let figures = json!({
        "overlay_list_ms": median(lists),
        "overlay_draw_ms": median(paints),
        "overlay_draw_3x_ms": median(paints_3x),
    });
    println!("{figures}");
    Ok(())
}

/// Milliseconds that something takes when nothing comes between.
fn fastest(mut work: impl FnMut() -> overlays::Result<()>) -> overlays::Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..TIMES {
        let start = Instant::now();
        work()?;
        least = least.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(least)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
