//! Draw lists over pictures, by cairo.

use cairo::{Context, Filter, FontSlant, FontWeight, Format, ImageSurface, SurfacePattern};

use crate::draw_list::{Color, DrawList, Point, Shape};
use crate::image::Image;
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
        context.select_font_face("monospace", FontSlant::Normal, FontWeight::Bold);
        for shape in list.shapes() {
            paint_shape(&context, shape)?;
        }
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

fn set_color(context: &Context, color: Color) {
    context.set_source_rgba(
        f64::from(color.red),
        f64::from(color.green),
        f64::from(color.blue),
        f64::from(color.alpha),
    );
}

fn move_to(context: &Context, [x, y]: Point) {
    context.move_to(f64::from(x), f64::from(y));
}

fn line_to(context: &Context, [x, y]: Point) {
    context.line_to(f64::from(x), f64::from(y));
}

fn paint_shape(context: &Context, shape: &Shape) -> Result<()> {
    match shape {
        Shape::Line {
            from,
            to,
            width,
            color,
        } => {
            set_color(context, *color);
            context.set_line_width(f64::from(*width));
            move_to(context, *from);
            line_to(context, *to);
            context.stroke()?;
        }
        Shape::Polygon { points, color } => {
            set_color(context, *color);
            context.new_path();
            for &point in points {
                line_to(context, point);
            }
            context.close_path();
            context.fill()?;
        }
        Shape::Disc {
            center: [x, y],
            radius,
            color,
        } => {
            set_color(context, *color);
            context.new_path();
            context.arc(
                f64::from(*x),
                f64::from(*y),
                f64::from(*radius),
                0.0,
                std::f64::consts::TAU,
            );
            context.fill()?;
        }
        Shape::Text {
            center: [x, y],
            size,
            color,
            text,
        } => {
            set_color(context, *color);
            context.set_font_size(f64::from(*size));
            let extents = context.text_extents(text)?;
            // All words of a size stand on one line, whichever letters they have.
            let capital = context.text_extents("X")?;
            context.move_to(
                f64::from(*x) - extents.width() / 2.0 - extents.x_bearing(),
                f64::from(*y) - capital.height() / 2.0 - capital.y_bearing(),
            );
            context.show_text(text)?;
        }
    }
    Ok(())
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
