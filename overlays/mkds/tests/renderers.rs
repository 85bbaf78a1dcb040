//! Cairo and the renderer in pure Rust draw the same overlays.

mod drive;

use drawing::{DrawList, Image, raster, render};
use drive::Drive;
use overlays::{all, draw_all};

const SCALES: [u32; 3] = [1, 2, 5];

/// How much two pictures differ: the sum over all bytes.
fn difference(a: &Image, b: &Image) -> f64 {
    let bytes = a.rgba().iter().zip(b.rgba());
    bytes.map(|(a, b)| f64::from(a.abs_diff(*b))).sum()
}

#[test]
fn a_race_looks_the_same() {
    let overlays = all();
    let pixels = (0..256 * 384).flat_map(|at| {
        let (x, y) = (at % 256, at / 256);
        [x as u8, y as u8, (x ^ y) as u8, 255]
    });
    let screens = Image::new(256, 384, pixels.collect()).expect("a picture");
    for course in homebrew::COURSES {
        let (drive, extras) = Drive::with_extras(course.id, 900);
        let mut list = DrawList::default();
        draw_all(&overlays, &drive.scene(&extras), &mut list);
        for scale in SCALES {
            let below = render(&screens, &DrawList::default(), scale).expect("enlarged");
            let cairo = render(&screens, &list, scale).expect("drawn by cairo");
            let (width, height) = (below.width(), below.height());
            let mut rgba = below.rgba().to_vec();
            raster::draw(&list, &mut rgba, width, height, scale).expect("drawn in Rust");
            let raster = Image::new(width, height, rgba).expect("a picture");
            let disagreement = difference(&cairo, &raster);
            let mean = disagreement / cairo.rgba().len() as f64;
            let share = disagreement / difference(&cairo, &below);
            let what = format!("{} at scale {scale}", course.name);
            // All these words are in another font.
            assert!(mean < 2.5, "{what}: {mean}");
            assert!(share < 0.06, "{what}: {share}");
        }
    }
}
