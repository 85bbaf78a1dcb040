//! Shapes that a renderer draws in one go.

use crate::draw_list::{Color, Point, Shape};

impl Shape {
    /// Whether all of it lies where pictures may be, so that it can be filled in one go with others. What does not is
    /// drawn by itself, so that it spoils nothing else.
    fn is_tame(&self) -> bool {
        /// Pixels: far beyond any picture, and far from what renderers can't count.
        const FAR: f32 = 1e5;
        let tame = |point: &Point| point.iter().all(|part| part.abs() <= FAR);
        match self {
            Self::Line { from, to, .. } => tame(from) && tame(to),
            Self::Polyline { points, .. } | Self::Polygon { points, .. } => points.iter().all(tame),
            Self::Disc { center, radius, .. } => tame(center) && tame(&[*radius, 0.0]),
            Self::Text { .. } => true,
        }
    }

    /// Whether `other` is drawn in the same way, so that a renderer may draw both in one go.
    fn shares_pen_with(&self, other: &Self) -> bool {
        let same = match (self.stroke(), other.stroke()) {
            (Some(pen), Some(other)) => pen == other,
            (None, None) => match (self, other) {
                (Self::Polygon { color, .. }, Self::Polygon { color: with, .. })
                | (Self::Disc { color, .. }, Self::Disc { color: with, .. }) => color == with,
                (
                    Self::Text { size, color, .. },
                    Self::Text {
                        size: also,
                        color: with,
                        ..
                    },
                ) => size == also && color == with,
                _ => false,
            },
            _ => false,
        };
        same && self.is_tame() && other.is_tame()
    }

    /// Thickness and colour of what is stroked.
    const fn stroke(&self) -> Option<(f32, Color)> {
        match self {
            Self::Line { width, color, .. } | Self::Polyline { width, color, .. } => {
                Some((*width, *color))
            }
            _ => None,
        }
    }
}

/// The shapes in order, those that follow each other and are drawn in the same way together. Where shapes of a run
/// cover each other, a colour that is not opaque counts once.
pub(crate) fn runs(shapes: &[Shape]) -> impl Iterator<Item = &[Shape]> {
    shapes.chunk_by(Shape::shares_pen_with)
}

/// Whether the corners of a polygon go round to the left of the screen: in a run of polygons all must go round the same
/// way, or where they cover each other they would cancel out.
pub(crate) fn goes_left(points: &[Point]) -> bool {
    let next = points.iter().cycle().skip(1);
    let twice_area: f32 = points
        .iter()
        .zip(next)
        .map(|([ax, ay], [bx, by])| ax * by - ay * bx)
        .sum();
    twice_area < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(color: Color, to: Point) -> Shape {
        Shape::Line {
            from: [0.0, 0.0],
            to,
            width: 1.0,
            color,
        }
    }

    #[test]
    fn a_run_ends_where_the_pen_changes_and_around_what_is_not_tame() {
        let near = [1.0, 2.0];
        let shapes = [
            line(Color::WHITE, near),
            Shape::Polyline {
                points: vec![near, [3.0, 3.0]],
                width: 1.0,
                color: Color::WHITE,
            },
            line(Color::BLACK, near),
            line(Color::BLACK, [f32::NAN, 0.0]),
            line(Color::BLACK, near),
            line(Color::BLACK, near),
        ];
        let lengths: Vec<usize> = runs(&shapes).map(<[Shape]>::len).collect();
        assert_eq!(lengths, [2, 1, 1, 2]);
    }
}
