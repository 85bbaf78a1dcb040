//! Parts of charts.

use crate::draw_list::{Color, DrawList, Point, Shape};

/// The width of a letter, as a part of the font's height.
const LETTER: f32 = 0.6;

/// A rectangle, in pixels of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

impl Area {
    /// The point that lies these shares of the way from the upper left corner to the right and down.
    #[must_use]
    pub fn point(self, right: f32, down: f32) -> Point {
        [
            self.left + self.width * right,
            self.top + self.height * down,
        ]
    }

    /// The cell in a column and row of a grid that fills the area, each numbered from 0.
    #[must_use]
    pub fn cell(self, [column, row]: [usize; 2], [columns, rows]: [usize; 2]) -> Self {
        let (width, height) = (self.width / columns as f32, self.height / rows as f32);
        Self {
            left: self.left + width * column as f32,
            top: self.top + height * row as f32,
            width,
            height,
        }
    }

    /// The area within these edges, `by` pixels inside.
    #[must_use]
    pub fn inset(self, by: f32) -> Self {
        Self {
            left: self.left + by,
            top: self.top + by,
            width: (self.width - 2.0 * by).max(0.0),
            height: (self.height - 2.0 * by).max(0.0),
        }
    }

    /// The lower part of the area: a share of its height.
    #[must_use]
    pub fn lower(self, share: f32) -> Self {
        let height = self.height * share;
        Self {
            top: self.top + self.height - height,
            height,
            ..self
        }
    }

    /// The area filled with a colour.
    #[must_use]
    pub fn filled(self, color: Color) -> Shape {
        Shape::Polygon {
            points: self.corners().into(),
            color,
        }
    }

    /// The edge of the area, so many pixels wide.
    #[must_use]
    pub fn outlined(self, width: f32, color: Color) -> Shape {
        let [first, second, ..] = self.corners();
        // One corner further than around, so that lines meet in each.
        let points = [&self.corners()[..], &[first, second]].concat();
        Shape::Polyline {
            points,
            width,
            color,
        }
    }

    fn corners(self) -> [Point; 4] {
        let corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        corners.map(|[right, down]| self.point(right, down))
    }
}

/// Draws bars side by side that fill an area from below: each a share of its height, 0 to 1, in its colour.
pub fn bars(list: &mut DrawList, area: Area, bars: impl ExactSizeIterator<Item = (f32, Color)>) {
    let count = bars.len();
    for (column, (share, color)) in bars.enumerate() {
        let bar = area.cell([column, 0], [count, 1]);
        let gap = (bar.width * 0.1).min(1.0);
        let bar = Area {
            left: bar.left + gap,
            width: bar.width - 2.0 * gap,
            ..bar.lower(share.clamp(0.0, 1.0))
        };
        list.push(bar.filled(color));
    }
}

/// Where a line of text is, beside the point that is given for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// It begins there.
    Left,
    /// Its middle is there.
    Center,
    /// It ends there.
    Right,
}

/// A line of text whose middle is as high as `at`.
#[must_use]
pub fn text(at: Point, align: Align, size: f32, color: Color, text: impl Into<String>) -> Shape {
    let text = text.into();
    let half = text.chars().count() as f32 * LETTER * size / 2.0;
    let right = match align {
        Align::Left => half,
        Align::Center => 0.0,
        Align::Right => -half,
    };
    Shape::Text {
        center: [at[0] + right, at[1]],
        size,
        color,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Area = Area {
        left: 10.0,
        top: 20.0,
        width: 40.0,
        height: 30.0,
    };

    fn corners(shape: &Shape) -> [Point; 2] {
        match shape {
            Shape::Polygon { points, .. } => [points[0], points[2]],
            other => panic!("expected a polygon, found {other:?}"),
        }
    }

    #[test]
    fn cells_tile_their_area() {
        let last = AREA.cell([3, 2], [4, 3]);
        assert_eq!(last.point(1.0, 1.0), AREA.point(1.0, 1.0));
        assert_eq!(AREA.cell([0, 0], [4, 3]).point(1.0, 1.0), [20.0, 30.0]);
    }

    #[test]
    fn bars_stand_on_the_lower_edge_and_stay_within() {
        let mut list = DrawList::default();
        let heights = [0.0, 0.5, 1.0, 7.0].map(|share| (share, Color::BLACK));
        bars(&mut list, AREA, heights.into_iter());
        let drawn: Vec<_> = list.shapes().iter().map(corners).collect();
        let tops: Vec<f32> = drawn.iter().map(|[upper, _]| upper[1]).collect();
        assert_eq!(tops, [50.0, 35.0, 20.0, 20.0]);
        assert!(drawn.iter().all(|[_, lower]| lower[1] == 50.0));
        assert_eq!(drawn[3][1][0], 49.0, "a gap of a pixel to the right");
    }

    #[test]
    fn a_line_of_text_begins_or_ends_where_it_is_told() {
        let center = |align| match text([100.0, 5.0], align, 10.0, Color::BLACK, "four") {
            Shape::Text { center, .. } => center[0],
            other => panic!("expected a text, found {other:?}"),
        };
        assert_eq!(
            [Align::Left, Align::Center, Align::Right].map(center),
            [112.0, 100.0, 88.0]
        );
    }
}
