//! Draw lists over pictures in memory, with no system library.
//!
//! The pictures are those of cairo but for the letters, which are another font's, and for the rounding of opacities
//! along edges.

mod text;

use tiny_skia::{FillRule, Paint, PathBuilder, PixmapMut, Stroke, Transform};

use crate::draw_list::{Color, DrawList, Point, Shape};
use crate::image::check_size;
use crate::runs::{goes_left, runs};
use crate::{Error, Result};

/// How far a corner of lines may stick out, in widths, before it is cut off: cairo's.
const MITER_LIMIT: f32 = 10.0;

/// Draws a list over the screens of a picture, in place.
///
/// `rgba` has `height` rows of `width` pixels, the first at the top, of four bytes each: red, green, blue, opacity,
/// not premultiplied; a picture that is opaque stays so. It has `scale` pixels (0 is as 1) for each of the list's.
/// Shapes of a chosen screen ([`DrawList::choose_screen`]) are cut off at its edges, and left out if not all its rows
/// are in the picture. Shapes with a number that is not finite are left out.
///
/// # Errors
/// [`Error::PictureSize`] when `rgba` has another length than its size says, [`Error::ScreenWidth`] when a chosen
/// screen is not as wide as the picture.
pub fn draw(list: &DrawList, rgba: &mut [u8], width: u32, height: u32, scale: u32) -> Result<()> {
    check_size(width, height, rgba.len())?;
    let scale = scale.max(1);
    for (screen, shapes) in list.by_screen() {
        let [top, rows] = match screen {
            Some(screen) => [screen.top, screen.height].map(|rows| rows.saturating_mul(scale)),
            None => [0, height],
        };
        if let Some(screen) = screen
            && screen.width.saturating_mul(scale) != width
        {
            return Err(Error::ScreenWidth {
                expected: screen.width.saturating_mul(scale),
                found: width,
            });
        }
        let bytes = |rows: u32| rows as usize * width as usize * 4;
        let Some(part) = rgba.get_mut(bytes(top)..bytes(top.saturating_add(rows))) else {
            continue;
        };
        let Some(pixels) = PixmapMut::from_bytes(part, width, rows) else {
            continue;
        };
        let mut canvas = Canvas {
            pixels,
            path: PathBuilder::new(),
            top: screen.map_or(0.0, |screen| screen.top as f32),
            scale: scale as f32,
        };
        for run in runs(shapes) {
            canvas.paint_run(run);
        }
    }
    Ok(())
}

/// A screen of a picture, or the whole.
struct Canvas<'a> {
    pixels: PixmapMut<'a>,
    /// Empty: its memory serves one outline after the other.
    path: PathBuilder,
    /// Where it begins, pixels of the list.
    top: f32,
    /// Pixels of the picture for one of the list.
    scale: f32,
}

impl Canvas<'_> {
    /// Draws shapes of one pen in one go.
    fn paint_run(&mut self, run: &[Shape]) {
        let (Some(Shape::Line { color, .. })
        | Some(Shape::Polyline { color, .. })
        | Some(Shape::Polygon { color, .. })
        | Some(Shape::Disc { color, .. })
        | Some(Shape::Text { color, .. })) = run.first()
        else {
            return;
        };
        let mut path = std::mem::take(&mut self.path);
        for shape in run {
            self.add_shape(shape, &mut path);
        }
        self.path = self.fill(*color, path);
    }

    /// Adds the outline of a shape to `path`; words, which have none, are drawn at once.
    fn add_shape(&mut self, shape: &Shape, path: &mut PathBuilder) {
        let (scale, top) = (self.scale, self.top);
        let scaled = |[x, y]: Point| [x * scale, (y - top) * scale];
        match shape {
            Shape::Line {
                from, to, width, ..
            } => {
                if let Some(corners) = outline(scaled(*from), scaled(*to), width * scale) {
                    push_polygon(path, corners);
                }
            }
            Shape::Polyline { points, width, .. } => {
                let points = points.iter().map(|point| scaled(*point));
                if let Some(outline) = polyline_outline(points, width * scale) {
                    path.push_path(&outline);
                }
            }
            Shape::Polygon { points, .. } => {
                let mut points: Vec<Point> = points.iter().map(|point| scaled(*point)).collect();
                if goes_left(&points) {
                    points.reverse();
                }
                push_polygon(path, points);
            }
            Shape::Disc { center, radius, .. } => {
                let [x, y] = scaled(*center);
                path.push_circle(x, y, radius * scale);
            }
            Shape::Text {
                center,
                size,
                color,
                text,
            } => text::draw(
                text,
                scaled(*center),
                size * scale,
                *color,
                &mut self.pixels,
            ),
        }
    }

    /// Fills a path, and gives its memory back.
    fn fill(&mut self, color: Color, path: PathBuilder) -> PathBuilder {
        // A path of nothing, or of numbers that are not finite, has no area.
        let Some(path) = path.finish() else {
            return PathBuilder::new();
        };
        let [red, green, blue, alpha] =
            [color.red, color.green, color.blue, color.alpha].map(|part| part.clamp(0.0, 1.0));
        if let Some(color) = tiny_skia::Color::from_rgba(red, green, blue, alpha) {
            let mut paint = Paint::default();
            paint.set_color(color);
            let (rule, transform) = (FillRule::Winding, Transform::identity());
            self.pixels.fill_path(&path, &paint, rule, transform, None);
        }
        path.clear()
    }
}

/// The outline of lines from each point to the next, as cairo joins them; `None` of a single point.
///
/// It is filled: a renderer of strokes takes thin ones for lines of a pixel.
fn polyline_outline(points: impl Iterator<Item = Point>, width: f32) -> Option<tiny_skia::Path> {
    let mut path = PathBuilder::new();
    for (index, [x, y]) in points.enumerate() {
        if index == 0 {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
    let stroke = Stroke {
        width,
        miter_limit: MITER_LIMIT,
        ..Stroke::default()
    };
    path.finish()?.stroke(&stroke, 1.0)
}

fn push_polygon(path: &mut PathBuilder, points: impl IntoIterator<Item = Point>) {
    for (index, [x, y]) in points.into_iter().enumerate() {
        if index == 0 {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
    path.close();
}

/// The corners of a line that is `width` wide and ends square; `None` of a line without length.
fn outline(from: Point, to: Point, width: f32) -> Option<[Point; 4]> {
    let way = [to[0] - from[0], to[1] - from[1]];
    let length = way[0].hypot(way[1]);
    if length <= 0.0 {
        return None;
    }
    let half = width * 0.5 / length;
    let [x, y] = [-way[1] * half, way[0] * half];
    Some([
        [from[0] + x, from[1] + y],
        [to[0] + x, to[1] + y],
        [to[0] - x, to[1] - y],
        [from[0] - x, from[1] - y],
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::Screen;

    const TOP: Screen = Screen {
        width: 256,
        top: 0,
        height: 192,
    };

    fn black() -> Vec<u8> {
        [0, 0, 0, 255].repeat(256 * 192)
    }

    fn square(from: f32, to: f32, color: Color) -> Shape {
        Shape::Polygon {
            points: vec![[from, from], [to, from], [to, to], [from, to]],
            color,
        }
    }

    fn listed(shapes: impl IntoIterator<Item = Shape>) -> DrawList {
        let mut list = DrawList::default();
        shapes.into_iter().for_each(|shape| list.push(shape));
        list
    }

    fn pixel(rgba: &[u8], x: usize, y: usize, width: usize) -> [u8; 4] {
        let at = (y * width + x) * 4;
        rgba[at..at + 4].try_into().expect("four bytes")
    }

    #[test]
    fn shapes_cover_their_pixels_in_order_and_blend_by_opacity() {
        let list = listed([
            square(0.0, 4.0, Color::rgb(1.0, 0.0, 0.0)),
            square(2.0, 6.0, Color::rgb(0.0, 1.0, 0.0).with_alpha(0.5)),
        ]);
        let mut rgba = black();
        draw(&list, &mut rgba, 256, 192, 1).expect("drawn");
        assert_eq!(pixel(&rgba, 1, 1, 256), [255, 0, 0, 255]);
        assert_eq!(pixel(&rgba, 7, 7, 256), [0, 0, 0, 255]);
        let [red, green, blue, alpha] = pixel(&rgba, 3, 3, 256);
        assert!(red.abs_diff(128) <= 1 && green.abs_diff(128) <= 1 && blue == 0);
        assert_eq!(alpha, 255);
    }

    #[test]
    fn the_screen_below_stays_as_it_was_at_every_scale() {
        let words = Shape::Text {
            center: [128.0, 191.0],
            size: 40.0,
            color: Color::WHITE,
            text: "below".to_owned(),
        };
        let mut list = DrawList::default();
        list.choose_screen(TOP);
        list.push(square(-50.0, 500.0, Color::WHITE));
        list.push(words);
        for scale in [1, 3] {
            let (width, height) = (256 * scale, 384 * scale);
            let mut rgba = vec![7; (width * height * 4) as usize];
            draw(&list, &mut rgba, width, height, scale).expect("drawn");
            let (top, below) = rgba.split_at(rgba.len() / 2);
            assert!(top.iter().all(|byte| *byte == 255));
            assert!(below.iter().all(|byte| *byte == 7));
        }
    }

    #[test]
    fn a_picture_that_does_not_fit_is_refused_and_left_alone() {
        let mut list = DrawList::default();
        list.choose_screen(TOP);
        list.push(square(0.0, 500.0, Color::WHITE));
        let refusal = |length: usize, width, height, scale| {
            let mut rgba = vec![7; length];
            let error = draw(&list, &mut rgba, width, height, scale).expect_err("does not fit");
            assert!(rgba.iter().all(|byte| *byte == 7));
            error.to_string()
        };
        assert_eq!(
            refusal(256 * 192 * 4 - 1, 256, 192, 1),
            "picture: expected 196608 bytes for 256 x 192 RGBA, found 196607"
        );
        assert_eq!(
            refusal(300 * 192 * 4, 300, 192, 0),
            "picture: expected 256 pixels a row, found 300"
        );
        assert_eq!(
            refusal(256 * 192 * 4, 256, 192, u32::MAX),
            "picture: expected 4294967295 pixels a row, found 256"
        );
        assert_eq!(
            refusal(0, 0, 0, 1),
            "picture: expected 256 pixels a row, found 0"
        );
    }

    #[test]
    fn a_screen_that_is_not_all_in_the_picture_is_left_out() {
        let mut list = DrawList::default();
        list.choose_screen(TOP);
        list.push(square(0.0, 500.0, Color::WHITE));
        let mut rgba = vec![7; 256 * 191 * 4];
        draw(&list, &mut rgba, 256, 191, 1).expect("drawn");
        assert!(rgba.iter().all(|byte| *byte == 7));
    }

    #[test]
    fn numbers_that_no_screen_has_do_no_harm() {
        let odd = [0.0, -1.0, 1e-30, 1e9, f32::MAX, f32::INFINITY, f32::NAN];
        let colors = [
            Color::WHITE,
            Color::rgb(f32::NAN, 2.0, -1.0).with_alpha(f32::NAN),
        ];
        let mut list = DrawList::default();
        for (a, b) in odd.iter().flat_map(|a| odd.map(|b| (*a, b))) {
            for color in colors {
                for shape in [
                    Shape::Line {
                        from: [a, b],
                        to: [b, 5.0],
                        width: a,
                        color,
                    },
                    Shape::Polygon {
                        points: vec![[a, 1.0], [2.0, b], [b, a], [a, b]],
                        color,
                    },
                    Shape::Disc {
                        center: [a, 9.0],
                        radius: b,
                        color,
                    },
                    Shape::Text {
                        center: [9.0, a],
                        size: b,
                        color,
                        text: "É \u{0}~".to_owned(),
                    },
                ] {
                    list.push(shape);
                }
            }
        }
        for points in [vec![], vec![[3.0, 3.0]], vec![[3.0, 3.0], [90.0, 90.0]]] {
            let color = Color::WHITE;
            list.push(Shape::Polygon { points, color });
        }
        let mut rgba = black();
        draw(&list, &mut rgba, 256, 192, 1).expect("drawn");
        list.push(square(100.0, 104.0, Color::rgb(0.0, 1.0, 0.0)));
        draw(&list, &mut rgba, 256, 192, 1).expect("drawn again");
        assert_eq!(pixel(&rgba, 102, 102, 256), [0, 255, 0, 255]);
    }
}
