//! Draw lists over pictures, by cairo.

use cairo::{
    Antialias, Context, Filter, FontOptions, FontSlant, FontWeight, Format, HintMetrics,
    ImageSurface, SurfacePattern,
};

use crate::draw_list::{Color, DrawList, Point, Screen, Shape};
use crate::image::Image;
use crate::runs::{goes_left, runs};
use crate::{Error, Result};

/// The version of cairo that draws.
#[must_use]
pub fn cairo_version() -> String {
    cairo::version_string().to_owned()
}

/// Lays a draw list over a picture enlarged `scale` times, pixels kept square and sharp.
///
/// The draw list's coordinates are pixels of `picture`; shapes outside are clipped.
///
/// # Errors
/// [`Error::Cairo`] when cairo can't allocate or draw.
pub fn render(picture: &Image, list: &DrawList, scale: u32) -> Result<Image> {
    let scale = scale.max(1);
    let (width, height) = (picture.width() * scale, picture.height() * scale);
    let mut surface = ImageSurface::create(Format::Rgb24, to_i32(width), to_i32(height))?;
    {
        let context = Context::new(&surface)?;
        context.scale(f64::from(scale), f64::from(scale));
        paint_picture(&context, picture)?;
        paint_with(&context, list, Smoothness::Fine)?;
    }
    surface.flush();
    let stride = usize::try_from(surface.stride()).unwrap_or_default();
    let data = surface
        .data()
        .map_err(|_| Error::Cairo(cairo::Error::SurfaceFinished))?;
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for row in data.chunks_exact(stride).take(height as usize) {
        for bgrx in row[..width as usize * 4].chunks_exact(4) {
            rgba.extend_from_slice(&[bgrx[2], bgrx[1], bgrx[0], 255]);
        }
    }
    drop(data);
    Image::new(width, height, rgba)
}

fn to_i32(size: u32) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}

fn paint_picture(context: &Context, picture: &Image) -> Result<()> {
    let bgrx: Vec<u8> = picture
        .rgba()
        .chunks_exact(4)
        .flat_map(|rgba| [rgba[2], rgba[1], rgba[0], 255])
        .collect();
    let surface = ImageSurface::create_for_data(
        bgrx,
        Format::Rgb24,
        to_i32(picture.width()),
        to_i32(picture.height()),
        to_i32(picture.width() * 4),
    )?;
    let pattern = SurfacePattern::create(&surface);
    pattern.set_filter(Filter::Nearest);
    context.set_source(&pattern)?;
    context.paint()?;
    Ok(())
}

/// Draws a list on `context`, over what is there.
///
/// A unit of the context is a pixel of the draw list: scale and move the context to where the screens are. It is left
/// as it was, but for its path. For windows that draw every frame: edges are a little less smooth than [`render`] makes
/// them, for a third of the time.
///
/// # Errors
/// [`Error::Cairo`] when cairo can't draw.
pub fn paint(context: &Context, list: &DrawList) -> Result<()> {
    paint_with(context, list, Smoothness::Fast)
}

/// How smooth edges are.
#[derive(Debug, Clone, Copy)]
enum Smoothness {
    /// As smooth as cairo usually makes them.
    Fine,
    /// Right to a quarter of a pixel. Edges of faint areas are not smoothed: the steps hardly show, and smoothing costs
    /// more than the area.
    Fast,
}

impl Smoothness {
    /// The opacity up to which areas are faint.
    const FAINT: f32 = 0.3;

    const fn of_lines(self) -> Antialias {
        match self {
            Self::Fine => Antialias::Good,
            Self::Fast => Antialias::Fast,
        }
    }

    fn of_areas(self, color: Color) -> Antialias {
        match self {
            Self::Fast if color.alpha <= Self::FAINT => Antialias::None,
            _ => self.of_lines(),
        }
    }
}

fn paint_with(context: &Context, list: &DrawList, smoothness: Smoothness) -> Result<()> {
    context.save()?;
    let mut font = FontOptions::new()?;
    font.set_antialias(Antialias::Gray);
    // Letters as far apart at every scale.
    font.set_hint_metrics(HintMetrics::Off);
    context.set_font_options(&font);
    context.select_font_face("monospace", FontSlant::Normal, FontWeight::Bold);
    let mut painter = Painter {
        context,
        smoothness,
        font: None,
    };
    for (screen, shapes) in list.by_screen() {
        context.save()?;
        if let Some(screen) = screen {
            clip_to(context, screen);
        }
        for run in runs(shapes) {
            painter.paint_run(run)?;
        }
        context.restore()?;
        // It took the font's size with it.
        painter.font = None;
    }
    context.restore()?;
    Ok(())
}

fn clip_to(context: &Context, screen: Screen) {
    let [[left, top], [right, bottom]] = screen.corners().map(|corner| corner.map(f64::from));
    context.new_path();
    context.rectangle(left, top, right - left, bottom - top);
    context.clip();
}

fn move_to(context: &Context, [x, y]: Point) {
    context.move_to(f64::from(x), f64::from(y));
}

fn line_to(context: &Context, [x, y]: Point) {
    context.line_to(f64::from(x), f64::from(y));
}

/// Draws shapes, and keeps what it would otherwise ask cairo for again and again.
struct Painter<'a> {
    context: &'a Context,
    smoothness: Smoothness,
    /// The font's size, and how far below the middle of its capitals the baseline is.
    font: Option<(f32, f64)>,
}

impl Painter<'_> {
    /// Draws shapes of one pen in one go: a path costs cairo more than a line of it.
    fn paint_run(&mut self, run: &[Shape]) -> Result<()> {
        let context = self.context;
        context.new_path();
        match run.first() {
            Some(Shape::Line { width, color, .. } | Shape::Polyline { width, color, .. }) => {
                self.set_color(*color);
                context.set_line_width(f64::from(*width));
                context.set_antialias(self.smoothness.of_lines());
                run.iter().for_each(|shape| self.add_lines(shape));
                context.stroke()?;
            }
            Some(Shape::Polygon { color, .. } | Shape::Disc { color, .. }) => {
                self.set_color(*color);
                run.iter().for_each(|shape| self.add_area(shape));
                context.set_antialias(self.smoothness.of_areas(*color));
                context.fill()?;
            }
            Some(Shape::Text { color, size, .. }) => {
                self.set_color(*color);
                let below = self.choose_font(*size)?;
                for shape in run {
                    if let Shape::Text { center, text, .. } = shape {
                        self.show_text(*center, below, text)?;
                    }
                }
            }
            None => {}
        }
        Ok(())
    }

    fn set_color(&self, color: Color) {
        self.context.set_source_rgba(
            f64::from(color.red),
            f64::from(color.green),
            f64::from(color.blue),
            f64::from(color.alpha),
        );
    }

    fn add_lines(&self, shape: &Shape) {
        match shape {
            Shape::Line { from, to, .. } => {
                move_to(self.context, *from);
                line_to(self.context, *to);
            }
            Shape::Polyline { points, .. } => {
                self.context.new_sub_path();
                points
                    .iter()
                    .for_each(|point| line_to(self.context, *point));
            }
            _ => {}
        }
    }

    fn add_area(&self, shape: &Shape) {
        let context = self.context;
        context.new_sub_path();
        match shape {
            Shape::Polygon { points, .. } => {
                if goes_left(points) {
                    points
                        .iter()
                        .rev()
                        .for_each(|point| line_to(context, *point));
                } else {
                    points.iter().for_each(|point| line_to(context, *point));
                }
            }
            Shape::Disc {
                center: [x, y],
                radius,
                ..
            } => context.arc(
                f64::from(*x),
                f64::from(*y),
                f64::from(*radius),
                0.0,
                std::f64::consts::TAU,
            ),
            _ => {}
        }
        context.close_path();
    }

    /// Chooses the font's size, and tells how far below the middle of a line its letters stand: all words of a size
    /// stand on one line, whichever letters they have.
    fn choose_font(&mut self, size: f32) -> Result<f64> {
        if let Some((chosen, below)) = self.font
            && chosen == size
        {
            return Ok(below);
        }
        self.context.set_font_size(f64::from(size));
        let capital = self.context.text_extents("X")?;
        let below = -capital.height() / 2.0 - capital.y_bearing();
        self.font = Some((size, below));
        Ok(below)
    }

    fn show_text(&self, [x, y]: Point, below: f64, text: &str) -> Result<()> {
        let extents = self.context.text_extents(text)?;
        self.context.move_to(
            f64::from(x) - extents.width() / 2.0 - extents.x_bearing(),
            f64::from(y) + below,
        );
        self.context.show_text(text)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(image: &Image, x: u32, y: u32) -> [u8; 4] {
        let at = (y as usize * image.width() as usize + x as usize) * 4;
        image.rgba()[at..at + 4].try_into().expect("four bytes")
    }

    #[test]
    fn a_picture_is_enlarged_without_blur_and_keeps_its_colours() {
        let picture = Image::new(2, 1, vec![255, 0, 0, 255, 0, 64, 255, 255]).expect("two pixels");
        let image = render(&picture, &DrawList::default(), 3).expect("rendered");
        assert_eq!((image.width(), image.height()), (6, 3));
        for y in 0..3 {
            for x in 0..3 {
                assert_eq!(pixel(&image, x, y), [255, 0, 0, 255]);
                assert_eq!(pixel(&image, x + 3, y), [0, 64, 255, 255]);
            }
        }
    }

    #[test]
    fn painting_is_nearly_as_fine_as_rendering_and_leaves_the_context_as_it_was() {
        let mut list = DrawList::default();
        for (index, alpha) in [1.0, 0.6, 0.3].into_iter().enumerate() {
            let (x, color) = (index as f32 * 40.0, Color::WHITE.with_alpha(alpha));
            list.push(Shape::Polygon {
                points: vec![[x, 2.0], [x + 30.0, 12.5], [x + 5.5, 31.0]],
                color,
            });
            list.push(Shape::Polyline {
                points: vec![[x, 40.0], [x + 12.0, 60.5], [x + 30.0, 41.0]],
                width: 1.5,
                color,
            });
        }
        let black = Image::filled(128, 64, Color::BLACK);
        let fine = render(&black, &list, 1).expect("rendered");
        let mut surface = ImageSurface::create(Format::Rgb24, 128, 64).expect("a surface");
        let context = Context::new(&surface).expect("a context");
        context.set_line_width(7.0);
        paint(&context, &list).expect("painted");
        assert_eq!(context.line_width(), 7.0);
        assert_eq!(context.antialias(), Antialias::Default);
        drop(context);
        let data = surface.data().expect("pixels");
        let (mut sum, mut ink) = (0.0, 0.0);
        for (bgrx, rgba) in data.chunks_exact(4).zip(fine.rgba().chunks_exact(4)) {
            let (fast, fine) = (f64::from(bgrx[1]), f64::from(rgba[1]));
            sum += (fast - fine).abs();
            ink += fine;
        }
        assert!(sum < 0.1 * ink, "{sum} of {ink}");
    }

    #[test]
    fn shapes_cover_their_pixels_in_order_and_blend_by_opacity() {
        let picture = Image::new(8, 8, vec![0; 8 * 8 * 4]).expect("black");
        let mut list = DrawList::default();
        let square = |from: f32, to: f32| vec![[from, from], [to, from], [to, to], [from, to]];
        list.push(Shape::Polygon {
            points: square(0.0, 4.0),
            color: Color::rgb(1.0, 0.0, 0.0),
        });
        list.push(Shape::Polygon {
            points: square(2.0, 6.0),
            color: Color::rgb(0.0, 1.0, 0.0).with_alpha(0.5),
        });
        let image = render(&picture, &list, 1).expect("rendered");
        assert_eq!(pixel(&image, 1, 1), [255, 0, 0, 255]);
        assert_eq!(pixel(&image, 7, 7), [0, 0, 0, 255]);
        let [red, green, blue, _] = pixel(&image, 3, 3);
        assert!(red.abs_diff(128) <= 1 && green.abs_diff(128) <= 1 && blue == 0);
    }
}
