//! Lines of text, from a font's letters that are already pixels.

use noto_sans_mono_bitmap::{
    FontWeight, RasterHeight, RasterizedChar, get_raster, get_raster_width,
};
use tiny_skia::PixmapMut;

use crate::draw_list::{Color, Point};

const WEIGHT: FontWeight = FontWeight::Bold;
/// The largest: letters are mostly made smaller, which keeps them sharp.
const HEIGHT: RasterHeight = RasterHeight::Size32;
/// From one letter to the next, the font's pixels.
const ADVANCE: usize = get_raster_width(WEIGHT, HEIGHT);
/// The size of the font, its pixels: ascender and descender are 1.069 and 0.293 of it (Noto Sans Mono), and together
/// the raster's height.
const FONT_SIZE: f32 = HEIGHT.val() as f32 / (1.069 + 0.293);
/// All words of a size stand on one line, whichever letters they have: this one is centred.
const CAPITAL: RasterizedChar = known('X');
/// Stands for what the font lacks.
const UNKNOWN: RasterizedChar = known('?');

const fn known(letter: char) -> RasterizedChar {
    match get_raster(letter, WEIGHT, HEIGHT) {
        Some(glyph) => glyph,
        None => panic!("the font has all letters of ASCII"),
    }
}

fn glyph(letter: char) -> RasterizedChar {
    get_raster(letter, WEIGHT, HEIGHT).unwrap_or(UNKNOWN)
}

/// Draws a line of text around `center`, `size` being the font's; both in pixels of the picture.
pub(super) fn draw(text: &str, center: Point, size: f32, color: Color, pixels: &mut PixmapMut<'_>) {
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return;
    };
    let before_last = (text.chars().count() - 1) * ADVANCE;
    let left = inked_columns(&glyph(first))[0];
    let right = before_last + inked_columns(&glyph(last))[1];
    let [top, bottom] = inked_rows(&CAPITAL);
    // Pixels of the picture for one of the font.
    let scale = size / FONT_SIZE;
    let x = center[0] - (left + right) as f32 * 0.5 * scale;
    let y = center[1] - (top + bottom) as f32 * 0.5 * scale;
    if !(scale > 0.0 && x.is_finite() && y.is_finite()) {
        return;
    }
    for (index, letter) in text.chars().enumerate() {
        let corner = [x + (index * ADVANCE) as f32 * scale, y];
        draw_glyph(&glyph(letter), corner, scale, color, pixels);
    }
}

/// Draws a letter whose raster begins at `corner`.
fn draw_glyph(
    glyph: &RasterizedChar,
    [left, top]: Point,
    scale: f32,
    color: Color,
    pixels: &mut PixmapMut<'_>,
) {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let touched = |from: f32, length: usize, limit: usize| {
        let end = (from + length as f32 * scale).ceil() as usize;
        from as usize..end.min(limit)
    };
    let columns = touched(left, glyph.width(), width);
    for row in touched(top, glyph.height(), height) {
        for column in columns.clone() {
            let across = [column, column + 1].map(|edge| (edge as f32 - left) / scale);
            let down = [row, row + 1].map(|edge| (edge as f32 - top) / scale);
            let at = (row * width + column) * 4;
            let pixel = &mut pixels.data_mut()[at..at + 4];
            blend(pixel, color, coverage(glyph, across, down));
        }
    }
}

/// How much ink a letter has in a part of its raster, 0.0..=1.0.
fn coverage(glyph: &RasterizedChar, across: [f32; 2], down: [f32; 2]) -> f32 {
    let mut ink = 0.0;
    for (row, height) in overlaps(down, glyph.height()) {
        for (column, width) in overlaps(across, glyph.width()) {
            let shade = glyph.pixel(column, row).unwrap_or_default();
            ink += f32::from(shade) / 255.0 * width * height;
        }
    }
    ink / ((across[1] - across[0]) * (down[1] - down[0]))
}

/// Which of `count` cells of length 1 a stretch touches, and how much of each.
fn overlaps([from, to]: [f32; 2], count: usize) -> impl Iterator<Item = (usize, f32)> {
    let end = (to.ceil() as usize).min(count);
    (from as usize..end).map(move |cell| {
        let start = cell as f32;
        (cell, to.min(start + 1.0) - from.max(start))
    })
}

/// Lays a colour over a pixel of which it covers a part.
fn blend(pixel: &mut [u8], color: Color, coverage: f32) {
    let share = color.alpha.clamp(0.0, 1.0) * coverage;
    // Shares that are no number show nothing either.
    if share > 0.0 {
        let over = [color.red, color.green, color.blue, 1.0];
        for (below, over) in pixel.iter_mut().zip(over) {
            let (old, new) = (f32::from(*below), over.clamp(0.0, 1.0) * 255.0);
            *below = (old + (new - old) * share).round() as u8;
        }
    }
}

/// The first column with ink and the one after the last; the whole width of a letter without.
fn inked_columns(glyph: &RasterizedChar) -> [usize; 2] {
    let inked = |column: &usize| glyph.rows().any(|row| row[*column] > 0);
    span(glyph.width(), inked)
}

/// The first row with ink and the one after the last.
fn inked_rows(glyph: &RasterizedChar) -> [usize; 2] {
    let inked = |row: &usize| (0..glyph.width()).any(|x| glyph.pixel(x, *row) > Some(0));
    span(glyph.height(), inked)
}

fn span(length: usize, inked: impl Fn(&usize) -> bool) -> [usize; 2] {
    let first = (0..length).find(&inked);
    let last = (0..length).rfind(&inked);
    match (first, last) {
        (Some(first), Some(last)) => [first, last + 1],
        _ => [0, length],
    }
}
