//! What overlays cost: making draw lists and painting them, each by itself and all together.

#[path = "../tests/drive/mod.rs"]
mod drive;

use std::hint::black_box;

use cairo::{Context, Format, ImageSurface};
use criterion::{Criterion, criterion_group, criterion_main};
use drawing::{DrawList, paint};
use drive::Drive;
use overlays::{OverlayKind, all, draw_all};

/// Into the second lap of all courses.
const FRAMES: usize = 2500;

fn context(scale: i32) -> Context {
    let surface = ImageSurface::create(Format::Rgb24, 256 * scale, 384 * scale).expect("a surface");
    let context = Context::new(&surface).expect("a context");
    context.scale(scale.into(), scale.into());
    context
}

fn each(c: &mut Criterion) {
    let (drive, extras) = Drive::with_extras(homebrew::COURSES[1].id, FRAMES);
    let scene = drive.scene(&extras);
    let (small, large) = (context(1), context(3));
    for kind in OverlayKind::ALL {
        let (name, overlay) = (kind.name(), [kind.make()]);
        let mut list = DrawList::default();
        c.bench_function(&format!("list_{name}"), |b| {
            b.iter(|| {
                list.clear();
                draw_all(&overlay, black_box(&scene), &mut list);
            });
        });
        c.bench_function(&format!("paint_{name}"), |b| {
            b.iter(|| paint(&small, black_box(&list)).expect("painted"));
        });
        c.bench_function(&format!("paint_3x_{name}"), |b| {
            b.iter(|| paint(&large, black_box(&list)).expect("painted"));
        });
    }
}

fn together(c: &mut Criterion) {
    let overlays = all();
    let (small, large) = (context(1), context(3));
    for course in homebrew::COURSES {
        let (drive, extras) = Drive::with_extras(course.id, FRAMES);
        let mut list = DrawList::default();
        c.bench_function(&format!("list_all_{}", course.abbreviation), |b| {
            b.iter(|| {
                list.clear();
                draw_all(&overlays, &drive.scene(&extras), &mut list);
            });
        });
        for (name, context) in [("paint", &small), ("paint_3x", &large)] {
            c.bench_function(&format!("{name}_all_{}", course.abbreviation), |b| {
                b.iter(|| paint(context, black_box(&list)).expect("painted"));
            });
        }
    }
}

criterion_group!(benches, each, together);
criterion_main!(benches);
