//! What all overlays of a frame cost: medians over frames of a race on each bundled course.

#[path = "../../../overlays/mkds/tests/drive/mod.rs"]
mod drive;

use anyhow::Result;
use cairo::{Context, Format, ImageSurface};
use drawing::{DrawList, paint};
use drive::Drive;
use overlays::{all, draw_all};

use crate::timing::{median, milliseconds};

/// Frames driven before the first that counts: into the second lap of all courses.
const BEFORE: usize = 2400;
/// Frames that count, and how many are driven from one to the next.
const FRAMES: usize = 60;
const APART: usize = 15;
/// Times that a frame is drawn: the fastest counts, for the others were disturbed.
const TIMES: usize = 5;

/// Prints what it costs to work out what to draw, the scene included, and to draw it over the console's own pixels and over
/// pixels three times as large.
pub fn measure() -> Result<()> {
    let overlays = all();
    let surface = |scale: i32| -> Result<Context> {
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
            lists.push(fastest_ms(|| {
                list.clear();
                draw_all(&overlays, &drive.scene(&extras), &mut list);
                Ok(())
            })?);
            paints.push(fastest_ms(|| Ok(paint(&small, &list)?))?);
            paints_3x.push(fastest_ms(|| Ok(paint(&large, &list)?))?);
        }
    }
    crate::print("overlay_list_ms", median(lists)?, "ms", "")?;
    crate::print("overlay_draw_ms", median(paints)?, "ms", "<= 1")?;
    crate::print("overlay_draw_3x_ms", median(paints_3x)?, "ms", "")?;
    Ok(())
}

/// Milliseconds that a call takes when nothing else runs between.
fn fastest_ms(mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut least = f64::INFINITY;
    for _ in 0..TIMES {
        least = least.min(milliseconds(&mut call)?);
    }
    Ok(least)
}
