//! Text and boxes at fixed places of the screen.

use drawing::{Color, DrawList, Point, Shape};

/// The background that makes text legible on any picture.
pub(crate) const BACKING: Color = Color::rgb8(0x0B, 0x10, 0x18).with_alpha(0.78);
/// Colours of ordinary text, and of text that matters less.
pub(crate) const INK: Color = Color::rgb8(0xF4, 0xF6, 0xF9);
pub(crate) const FAINT_INK: Color = Color::rgb8(0xAE, 0xB9, 0xC8);
/// Width of a letter of the font, as a share of its height.
const LETTER: f32 = 0.602;
/// Space around text on a box of its own, as a share of its height.
const PADDING: f32 = 0.3;

/// The width of a text, pixels.
pub(crate) fn text_width(text: &str, size: f32) -> f32 {
    text.chars().count() as f32 * size * LETTER
}

/// The beginning of a text that fits a width, pixels.
pub(crate) fn fitted(text: &str, size: f32, width: f32) -> &str {
    let letters = (width / (size * LETTER)).max(0.0) as usize;
    match text.char_indices().nth(letters) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// A line of text on the screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextLine<'a> {
    pub(crate) text: &'a str,
    pub(crate) size: f32,
    pub(crate) color: Color,
}

impl TextLine<'_> {
    fn width(&self) -> f32 {
        text_width(self.text, self.size)
    }

    /// Adds it around `center`.
    pub(crate) fn centred(&self, center: Point, list: &mut DrawList) {
        list.push(Shape::Text {
            center,
            size: self.size,
            color: self.color,
            text: self.text.to_owned(),
        });
    }

    /// Adds it from `left` on.
    pub(crate) fn from(&self, [left, y]: Point, list: &mut DrawList) {
        self.centred([left + self.width() * 0.5, y], list);
    }

    /// Adds it up to `right`.
    pub(crate) fn up_to(&self, [right, y]: Point, list: &mut DrawList) {
        self.centred([right - self.width() * 0.5, y], list);
    }

    /// Half the size of the box behind it, pixels.
    pub(crate) fn half_size(&self) -> [f32; 2] {
        let padding = self.size * PADDING;
        [self.width() * 0.5 + padding, self.size * 0.42 + padding]
    }

    /// Adds the box behind it around `center`.
    pub(crate) fn back(&self, [x, y]: Point, list: &mut DrawList) {
        let [width, height] = self.half_size();
        push_box(
            list,
            [x - width, y - height],
            [x + width, y + height],
            BACKING,
        );
    }
}

/// Adds a filled rectangle.
pub(crate) fn push_box(list: &mut DrawList, low: Point, high: Point, color: Color) {
    list.push(Shape::Polygon {
        points: vec![low, [high[0], low[1]], high, [low[0], high[1]]],
        color,
    });
}

/// Labels that are drawn together: first all boxes, then all texts, since shapes of one kind are drawn in one go.
#[derive(Debug, Default)]
pub(crate) struct Labels(Vec<(Point, String, Color)>);

impl Labels {
    pub(crate) fn push(&mut self, center: Point, text: String, color: Color) {
        self.0.push((center, text, color));
    }

    /// Adds those that fit on the screen between `low` and `high`, moved inside by no more than their own size. A label
    /// that would cover an earlier one is left out.
    pub(crate) fn draw(self, size: f32, [low, high]: [Point; 2], list: &mut DrawList) {
        let mut placed: Vec<(Point, [f32; 2])> = Vec::new();
        let mut kept = Vec::new();
        for (center, text, color) in self.0 {
            let line = TextLine {
                text: &text,
                size,
                color,
            };
            let half = line.half_size();
            let inside = [0, 1].map(|axis| {
                // A label wider than the screen begins at its left edge.
                let (from, to) = (low[axis] + half[axis], high[axis] - half[axis]);
                center[axis].max(from).min(to.max(from))
            });
            let moved = [0, 1].map(|axis| (inside[axis] - center[axis]).abs());
            let covered = placed.iter().any(|(other, other_half)| {
                [0, 1]
                    .iter()
                    .all(|&axis| (inside[axis] - other[axis]).abs() < half[axis] + other_half[axis])
            });
            if moved[0] <= half[0] && moved[1] <= half[1] && !covered {
                placed.push((inside, half));
                kept.push((inside, text, color));
            }
        }
        for (center, text, color) in &kept {
            let line = TextLine {
                text,
                size,
                color: *color,
            };
            line.back(*center, list);
        }
        for (center, text, color) in kept {
            list.push(Shape::Text {
                center,
                size,
                color,
                text,
            });
        }
    }
}
