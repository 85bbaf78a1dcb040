//! Fields of RAM as text.

use crate::gauges;
use crate::panel::{BACKING, FAINT_INK, INK, TextLine, fitted, push_box, text_width};
use crate::scene::{Overlay, Scene};
use drawing::{DrawList, Point};

/// The panel's left edge, how far it is below the game's laps and times, and its greatest width; pixels.
const LEFT: f32 = 4.0;
const BELOW_DISPLAY: f32 = 7.0;
const MOST_WIDTH: f32 = 160.0;
/// Space between the panel and the gauges below it, pixels.
const ABOVE_GAUGES: f32 = 3.0;
const SIZE: f32 = 6.5;
const ROW: f32 = 8.0;
const MARGIN: f32 = 3.0;
/// Between a path and its value, pixels.
const GAP: f32 = 5.0;

/// Draws fields of RAM ([`Scene::with_fields`]), a line each: the path and the value. Of paths that are too long the
/// beginning is left out, of lists that are too long the end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fields;

impl Overlay for Fields {
    fn name(&self) -> &'static str {
        "fields"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let corner: Point = [LEFT, scene.display_height() + BELOW_DISPLAY];
        let below = scene.lower_display_height() + gauges::SIZE[1] + ABOVE_GAUGES;
        let [_, lowest] = scene.beside_lower_left([0.0, -below]);
        let most_rows = ((lowest - corner[1] - 2.0 * MARGIN) / ROW) as usize;
        let rows: Vec<(&str, &str)> = scene
            .fields
            .iter()
            .take(most_rows)
            .map(|(path, value)| shortened(path, value))
            .collect();
        if rows.is_empty() {
            return;
        }
        let width = |(path, value): &(&str, &str)| text_width(path, SIZE) + text_width(value, SIZE);
        let widest = rows.iter().map(width).fold(0.0, f32::max);
        let right = corner[0] + 2.0 * MARGIN + GAP + widest;
        let bottom = corner[1] + 2.0 * MARGIN + ROW * rows.len() as f32;
        push_box(list, corner, [right, bottom], BACKING);
        let middle = |row: usize| corner[1] + MARGIN + ROW * (row as f32 + 0.5);
        let text = |text, color| TextLine {
            text,
            size: SIZE,
            color,
        };
        // The paths first: one colour after the other is drawn in one go.
        for (row, (path, _)) in rows.iter().enumerate() {
            text(path, FAINT_INK).from([corner[0] + MARGIN, middle(row)], list);
        }
        for (row, (_, value)) in rows.iter().enumerate() {
            text(value, INK).up_to([right - MARGIN, middle(row)], list);
        }
    }
}

/// As much of a path's end as fits beside its value, and as much of the value as fits.
fn shortened<'a>(path: &'a str, value: &'a str) -> (&'a str, &'a str) {
    let space = MOST_WIDTH - 2.0 * MARGIN - GAP;
    let value = fitted(value, SIZE, space);
    let left = space - text_width(value, SIZE);
    let letters = fitted(path, SIZE, left).chars().count();
    let skipped = path.chars().count() - letters;
    let start = path
        .char_indices()
        .nth(skipped)
        .map_or(path.len(), |(at, _)| at);
    (&path[start..], value)
}
