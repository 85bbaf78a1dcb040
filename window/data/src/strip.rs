//! The strip of all rows: the movies, the marked rows, and the row that is shown.

use drawing::chart::Area;
use drawing::{Color, DrawList};
use learn::dataset::Selection;

use crate::catalogue::Catalogue;

/// The strip's height, pixels.
pub(crate) const HEIGHT: i32 = 34;

/// Movies, alternating.
const MOVIES: [Color; 2] = [Color::rgb8(58, 58, 66), Color::rgb8(76, 76, 86)];
pub(crate) const MARKED: Color = Color::rgb8(237, 51, 59);
const SHOWN: Color = Color::WHITE;
/// A row is at least as wide, pixels.
const LEAST: f32 = 1.5;

/// Draws the strip, which is so wide.
pub(crate) fn draw(
    list: &mut DrawList,
    width: f32,
    catalogue: &Catalogue,
    marked: &Selection,
    shown: usize,
) {
    let all = catalogue.len().max(1) as f32;
    let part = |first: usize, last: usize| {
        let left = first as f32 / all * width;
        Area {
            left,
            top: 0.0,
            width: ((last - first) as f32 / all * width).max(LEAST),
            height: HEIGHT as f32,
        }
    };
    for (index, movie) in catalogue.movies.iter().enumerate() {
        let rows = part(movie.rows.start, movie.rows.end);
        list.push(rows.filled(MOVIES[index % MOVIES.len()]));
    }
    for (index, movie) in catalogue.movies.iter().enumerate() {
        for rows in marked.ranges(index) {
            let [first, last] = [rows.start, rows.end].map(|row| movie.rows.start + row as usize);
            list.push(part(first, last).lower(0.6).filled(MARKED));
        }
    }
    list.push(part(shown, shown + 1).filled(SHOWN));
}

/// The row at a point of the strip.
pub(crate) fn row_at(x: f64, width: f64, catalogue: &Catalogue) -> usize {
    let share = (x / width.max(1.0)).clamp(0.0, 1.0);
    let row = (share * catalogue.len() as f64) as usize;
    row.min(catalogue.last())
}

#[cfg(test)]
mod tests {
    use drawing::{Point, Shape};

    use super::*;
    use crate::fixture;

    #[test]
    fn each_point_of_the_strip_is_a_row() {
        let (_folder, dataset) = fixture::dataset(&[3, 2]);
        let catalogue = Catalogue::of(&dataset).expect("read");
        let rows =
            [-5.0, 0.0, 19.9, 20.0, 99.9, 100.0, 200.0].map(|x| row_at(x, 100.0, &catalogue));
        assert_eq!(rows, [0, 0, 0, 1, 4, 4, 4]);
        assert_eq!(row_at(0.0, 0.0, &catalogue), 0, "a strip without width");
    }

    #[test]
    fn marks_are_where_their_rows_are() {
        let (_folder, dataset) = fixture::dataset(&[3, 2]);
        let catalogue = Catalogue::of(&dataset).expect("read");
        let mut marked = Selection::none(&dataset);
        marked.set(0, 2, true);
        marked.set(1, 0, true);
        let mut list = DrawList::default();
        draw(&mut list, 100.0, &catalogue, &marked, 4);
        let of = |wanted: Color| {
            let spans = list.shapes().iter().filter_map(move |shape| match shape {
                Shape::Polygon { points, color } if *color == wanted => Some(span(points)),
                _ => None,
            });
            spans.collect::<Vec<_>>()
        };
        assert_eq!(of(MARKED), [[40.0, 60.0], [60.0, 80.0]]);
        assert_eq!(of(SHOWN), [[80.0, 100.0]]);
    }

    fn span(points: &[Point]) -> [f32; 2] {
        [points[0][0], points[2][0]].map(f32::round)
    }
}
