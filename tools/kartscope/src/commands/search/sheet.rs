//! Pictures side by side, each with a line below.

use std::io::BufWriter;

use anyhow::{Context, Result};
use drawing::{Color, DrawList, Image, Shape, export};
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage, RgbaImage};
use outputs::Output;

/// Pictures in a row of the sheet.
const COLUMNS: usize = 3;
/// Width of a picture on the sheet, space around it, and height of its line; pixels.
const WIDTH: u32 = 320;
const GAP: u32 = 8;
const LINE: u32 = 26;
const TEXT_SIZE: f32 = 16.0;
const BACKGROUND: Color = Color::rgb8(0x11, 0x17, 0x21);
const TEXT: Color = Color::rgb8(0xE8, 0xEC, 0xF2);

/// Writes pictures with their lines as PNG.
///
/// # Errors
/// The sheet can't be drawn or written.
pub(super) fn write(pictures: &[(String, RgbImage)], mut output: Output) -> Result<()> {
    let height = |picture: &RgbImage| (WIDTH * picture.height()).div_ceil(picture.width().max(1));
    let tallest = pictures.iter().map(|(_, picture)| height(picture)).max();
    let cell = tallest.unwrap_or(0) + LINE;
    let columns = pictures.len().min(COLUMNS) as u32;
    let rows = pictures.len().div_ceil(COLUMNS) as u32;
    let (across, down) = (columns * (WIDTH + GAP) + GAP, rows * (cell + GAP) + GAP);
    let empty = Image::filled(across, down, BACKGROUND);
    let sheet = RgbaImage::from_raw(across, down, empty.rgba().to_vec());
    let mut sheet = sheet.expect("four bytes a pixel");
    let mut list = DrawList::default();
    for (place, (line, picture)) in pictures.iter().enumerate() {
        let left = GAP + (place % COLUMNS) as u32 * (WIDTH + GAP);
        let top = GAP + (place / COLUMNS) as u32 * (cell + GAP);
        let scaled = imageops::resize(picture, WIDTH, height(picture), FilterType::Nearest);
        let scaled = DynamicImage::from(scaled).into_rgba8();
        imageops::replace(&mut sheet, &scaled, left.into(), top.into());
        list.push(Shape::Text {
            center: [
                (left + WIDTH / 2) as f32,
                (top + height(picture) + LINE / 2) as f32,
            ],
            text: line.clone(),
            size: TEXT_SIZE,
            color: TEXT,
        });
    }
    let sheet = Image::new(across, down, sheet.into_raw())?;
    let drawn = drawing::render(&sheet, &list, 1)?;
    let context = format!("can't write {}", output.path().display());
    export::png(&drawn, BufWriter::new(&mut output)).context(context)?;
    output.commit()?;
    Ok(())
}
