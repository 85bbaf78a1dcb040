//! Cairo and the renderer in pure Rust draw the same pictures.

use drawing::{Color, DrawList, Image, Point, Screen, Shape, raster, render};

const WIDTH: u32 = 256;
const HEIGHT: u32 = 192;
const SCALES: [u32; 3] = [1, 2, 5];
const TOP: Screen = Screen {
    width: WIDTH,
    top: 0,
    height: HEIGHT,
};
const BOTTOM: Screen = Screen { top: HEIGHT, ..TOP };

/// A list as both renderers draw it, and the picture below it.
struct Drawn {
    below: Image,
    cairo: Image,
    raster: Image,
}

fn draw(list: &DrawList, scale: u32) -> Drawn {
    let pixels = (0..WIDTH * HEIGHT).flat_map(|at| {
        let (x, y) = (at % WIDTH, at / WIDTH);
        [x as u8, y as u8, (x ^ y) as u8, 255]
    });
    let picture = Image::new(WIDTH, HEIGHT, pixels.collect()).expect("a picture");
    let below = render(&picture, &DrawList::default(), scale).expect("enlarged");
    let mut rgba = below.rgba().to_vec();
    let (width, height) = (below.width(), below.height());
    raster::draw(list, &mut rgba, width, height, scale).expect("drawn in Rust");
    Drawn {
        cairo: render(&picture, list, scale).expect("drawn by cairo"),
        raster: Image::new(width, height, rgba).expect("a picture"),
        below,
    }
}

fn differences<'a>(a: &'a Image, b: &'a Image) -> impl Iterator<Item = f64> + 'a {
    let bytes = a.rgba().iter().zip(b.rgba());
    bytes.map(|(a, b)| f64::from(a.abs_diff(*b)))
}

impl Drawn {
    /// How much the pictures differ, as a share of what cairo changed.
    fn disagreement(&self) -> f64 {
        let changed: f64 = differences(&self.cairo, &self.below).sum();
        differences(&self.cairo, &self.raster).sum::<f64>() / changed
    }

    /// The largest difference, of 255.
    fn largest(&self) -> f64 {
        differences(&self.cairo, &self.raster).fold(0.0, f64::max)
    }

    /// What a renderer's shapes touch: left, top, right and bottom in pixels, and how much it changed there.
    fn ink(&self, picture: &Image) -> ([f64; 4], f64) {
        let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let mut amount = 0.0;
        let changes: Vec<f64> = differences(picture, &self.below).collect();
        for (at, pixel) in changes.chunks_exact(4).enumerate() {
            let change: f64 = pixel.iter().sum();
            amount += change;
            if change > 60.0 {
                let width = picture.width() as usize;
                let (x, y) = ((at % width) as f64, (at / width) as f64);
                let [left, top, right, bottom] = bounds;
                bounds = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
            }
        }
        (bounds, amount)
    }
}

fn list(shapes: impl IntoIterator<Item = Shape>) -> DrawList {
    let mut list = DrawList::default();
    shapes.into_iter().for_each(|shape| list.push(shape));
    list
}

/// Holds the pictures of shapes whose narrowest part is `thickness` pixels of the screen to what differs when each
/// edge is a quarter of a pixel off in opacity, which is what the renderer in Rust rounds level edges to.
fn assert_same(what: &str, thickness: f32, list: &DrawList) {
    for scale in SCALES {
        let drawn = draw(list, scale);
        let (share, largest) = (drawn.disagreement(), drawn.largest());
        let bound = 0.02 + 0.2 / f64::from(thickness * scale as f32);
        assert!(share < bound, "{what} at scale {scale}: {share}");
        assert!(largest < 40.0, "{what} at scale {scale}: {largest}");
    }
}

#[test]
fn lines_are_the_same() {
    let ends = [
        [200.0, 40.0],
        [40.0, 180.0],
        [230.0, 100.0],
        [100.0, 20.5],
        [-90.0, 300.0],
    ];
    for (index, to) in ends.into_iter().enumerate() {
        for width in [0.8, 3.0] {
            let line = Shape::Line {
                from: [100.3, 100.0],
                to,
                width,
                color: Color::rgb(1.0, 0.6, 0.1).with_alpha(0.85),
            };
            assert_same(
                &format!("line {index} of width {width}"),
                width,
                &list([line]),
            );
        }
    }
}

#[test]
fn polygons_are_the_same() {
    let shapes = [
        vec![[20.0, 30.0], [210.5, 60.2], [90.1, 150.7]],
        // Crosses itself.
        vec![[30.0, 30.0], [200.0, 160.0], [200.0, 30.0], [30.0, 160.0]],
        // Beyond the screen on every side.
        vec![
            [-300.0, 90.0],
            [128.0, -200.0],
            [600.0, 90.0],
            [128.0, 500.0],
        ],
    ];
    for (index, points) in shapes.into_iter().enumerate() {
        let color = Color::rgb(0.1, 0.8, 1.0).with_alpha(0.3);
        let polygon = Shape::Polygon { points, color };
        assert_same(&format!("polygon {index}"), 100.0, &list([polygon]));
    }
}

#[test]
fn discs_are_the_same() {
    for radius in [1.6, 5.5, 70.0] {
        let disc = Shape::Disc {
            center: [130.2, 77.7],
            radius,
            color: Color::rgb(1.0, 0.9, 0.8).with_alpha(0.6),
        };
        assert_same(
            &format!("disc of radius {radius}"),
            2.0 * radius,
            &list([disc]),
        );
    }
}

#[test]
fn words_fill_the_same_box() {
    for text in ["X", "L", "A", "key 12", "Amber Oval, gyp"] {
        for size in [8.0, 20.0] {
            let words = Shape::Text {
                center: [120.0, 90.0],
                size,
                color: Color::WHITE,
                text: text.to_owned(),
            };
            for scale in SCALES {
                let drawn = draw(&list([words.clone()]), scale);
                let (cairo, cairo_ink) = drawn.ink(&drawn.cairo);
                let (raster, raster_ink) = drawn.ink(&drawn.raster);
                let what = format!("{text:?} of size {size} at scale {scale}");
                // The fonts' letters differ a little, most in how far they hang down, and cairo moves every letter
                // to a whole pixel.
                let font = f64::from(size) * f64::from(scale);
                let slack = 1.0 + 0.03 * font + 0.25 * text.len() as f64;
                for (cairo, raster) in cairo.iter().zip(raster) {
                    assert!((cairo - raster).abs() <= slack, "{what}: {cairo}, {raster}");
                }
                let ratio = raster_ink / cairo_ink;
                assert!((0.75..1.25).contains(&ratio), "{what}: {ratio}");
            }
        }
    }
}

#[test]
fn polylines_are_the_same() {
    let zigzag = (0..12).map(|i| [20.0 + 18.0 * i as f32, 60.0 + 70.0 * (i % 2) as f32]);
    let spiral = (0..90).map(|i| {
        let (sin, cos) = (i as f32 * 0.2).sin_cos();
        [128.0 + i as f32 * cos, 96.0 + i as f32 * sin]
    });
    let there_and_back = [[30.0, 30.0], [220.5, 140.0], [30.0, 30.0]];
    let lines: [Vec<Point>; 3] = [zigzag.collect(), spiral.collect(), there_and_back.into()];
    for (index, points) in lines.into_iter().enumerate() {
        for width in [0.8, 3.0] {
            let line = Shape::Polyline {
                points: points.clone(),
                width,
                color: Color::rgb(0.4, 1.0, 0.6).with_alpha(0.8),
            };
            assert_same(
                &format!("polyline {index} of width {width}"),
                width,
                &list([line]),
            );
        }
    }
}

#[test]
fn what_covers_each_other_in_one_go_is_the_same() {
    let color = Color::rgb(1.0, 0.7, 0.2).with_alpha(0.5);
    let polygon = |points: &[Point]| Shape::Polygon {
        points: points.to_vec(),
        color,
    };
    // The second goes round the other way: it must not cut out what both cover.
    let shapes = [
        polygon(&[[20.0, 20.0], [150.0, 30.0], [90.0, 150.0]]),
        polygon(&[[60.0, 20.0], [100.0, 160.0], [200.0, 40.0]]),
        Shape::Polygon {
            points: vec![[10.0, 100.0], [60.0, 100.0], [60.0, 130.0], [10.0, 130.0]],
            color: Color::WHITE,
        },
    ];
    assert_same("polygons", 50.0, &list(shapes.clone()));
    let drawn = draw(&list(shapes), 1);
    let pixel = |image: &Image, x: usize, y: usize| image.rgba()[(y * 256 + x) * 4 + 2];
    let (below, over) = (pixel(&drawn.below, 95, 60), pixel(&drawn.cairo, 95, 60));
    assert!(
        over.abs_diff((below / 2) + 25) <= 2,
        "once: {over} over {below}"
    );
}

#[test]
fn the_bottom_screen_is_drawn_upon_when_it_was_chosen() {
    let picture = Image::filled(WIDTH, 2 * HEIGHT, Color::BLACK);
    let square = || Shape::Polygon {
        points: vec![[10.0, 150.0], [90.0, 150.0], [90.0, 250.0], [10.0, 250.0]],
        color: Color::WHITE,
    };
    for scale in SCALES {
        for (screen, rows) in [(TOP, 150..192), (BOTTOM, 192..250)] {
            let mut list = DrawList::default();
            list.choose_screen(screen);
            list.push(square());
            let cairo = render(&picture, &list, scale).expect("drawn by cairo");
            let mut rgba = render(&picture, &DrawList::default(), scale)
                .expect("enlarged")
                .rgba()
                .to_vec();
            let (width, height) = (WIDTH * scale, 2 * HEIGHT * scale);
            raster::draw(&list, &mut rgba, width, height, scale).expect("drawn in Rust");
            assert_eq!(cairo.rgba(), rgba, "{screen:?} at scale {scale}");
            for y in 0..2 * HEIGHT {
                let at = ((y * scale * width) + 50 * scale) as usize * 4;
                let drawn = rgba[at] == 255;
                assert_eq!(drawn, rows.contains(&y), "row {y} of {screen:?} at {scale}");
            }
        }
    }
    // A picture of the top screen alone has no place for the other.
    let mut list = DrawList::default();
    list.choose_screen(BOTTOM);
    list.push(square());
    let mut rgba = vec![7; (WIDTH * HEIGHT * 4) as usize];
    raster::draw(&list, &mut rgba, WIDTH, HEIGHT, 1).expect("drawn");
    assert!(rgba.iter().all(|byte| *byte == 7));
}
