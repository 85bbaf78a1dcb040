//! Pictures as files.

use std::io::Write;

use crate::course_map::Drawing;
use crate::draw_list::{Color, Point, Shape};
use crate::image::Image;
use crate::{Error, Result};

/// Seconds in a hundredth: the GIF format's unit of time.
const GIF_TICKS_PER_SECOND: f64 = 100.0;
/// The encoder's trade of speed (30) for quality (1).
const GIF_SPEED: i32 = 20;

/// Writes a picture as PNG.
///
/// # Errors
/// [`Error::Png`] when it can't be written.
pub fn png(image: &Image, mut writer: impl Write) -> Result<()> {
    let mut encoder = png::Encoder::new(&mut writer, image.width(), image.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut data = encoder.write_header()?;
    data.write_image_data(image.rgba())?;
    data.finish()?;
    Ok(writer.flush()?)
}

/// Writes a drawing as SVG: a group with the name of each layer as its id.
///
/// # Errors
/// [`Error::Io`] when it can't be written.
pub fn svg(drawing: &Drawing, mut writer: impl Write) -> Result<()> {
    let (width, height) = (drawing.width, drawing.height);
    writeln!(
        writer,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="monospace" font-weight="bold">"#
    )?;
    let background = paint("fill", drawing.background);
    writeln!(
        writer,
        r#"<rect width="{width}" height="{height}" {background}/>"#
    )?;
    for (name, shapes) in drawing.list.layers() {
        writeln!(writer, r#"<g id="{name}">"#)?;
        for shape in shapes {
            svg_shape(shape, &mut writer)?;
        }
        writeln!(writer, "</g>")?;
    }
    writeln!(writer, "</svg>")?;
    Ok(writer.flush()?)
}

fn svg_shape(shape: &Shape, writer: &mut impl Write) -> std::io::Result<()> {
    match shape {
        Shape::Line {
            from: [x1, y1],
            to: [x2, y2],
            width,
            color,
        } => {
            let stroke = paint("stroke", *color);
            writeln!(
                writer,
                r#"<line x1="{x1:.2}" y1="{y1:.2}" x2="{x2:.2}" y2="{y2:.2}" stroke-width="{width}" {stroke}/>"#
            )
        }
        Shape::Polyline {
            points,
            width,
            color,
        } => {
            let (points, stroke) = (svg_points(points), paint("stroke", *color));
            writeln!(
                writer,
                r#"<polyline points="{points}" stroke-width="{width}" fill="none" {stroke}/>"#
            )
        }
        Shape::Polygon { points, color } => {
            let (points, fill) = (svg_points(points), paint("fill", *color));
            writeln!(writer, r#"<polygon points="{points}" {fill}/>"#)
        }
        Shape::Disc {
            center: [x, y],
            radius,
            color,
        } => {
            let fill = paint("fill", *color);
            writeln!(
                writer,
                r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius}" {fill}/>"#
            )
        }
        Shape::Text {
            center: [x, y],
            size,
            color,
            text,
        } => {
            let fill = paint("fill", *color);
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            writeln!(
                writer,
                r#"<text x="{x:.2}" y="{y:.2}" font-size="{size}" text-anchor="middle" dominant-baseline="central" {fill}>{text}</text>"#
            )
        }
    }
}

fn svg_points(points: &[Point]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|[x, y]| format!("{x:.2},{y:.2}"))
        .collect();
    points.join(" ")
}

/// A colour as the attributes `name` and `name-opacity`.
fn paint(name: &str, color: Color) -> String {
    let part = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
    let [red, green, blue] = [color.red, color.green, color.blue].map(part);
    let paint = format!(r##"{name}="#{red:02x}{green:02x}{blue:02x}""##);
    if color.alpha >= 1.0 {
        paint
    } else {
        format!(r#"{paint} {name}-opacity="{:.2}""#, color.alpha)
    }
}

/// An animated GIF that plays for ever, written frame by frame.
pub struct Gif<W: Write> {
    encoder: gif::Encoder<W>,
    size: (u32, u32),
    frames: usize,
    frame_seconds: f64,
    /// Hundredths of a second written so far: rounding each frame by itself would change the speed.
    ticks: u64,
}

impl<W: Write> Gif<W> {
    /// A GIF of pictures of `width` x `height` pixels, each shown for `frame_seconds`.
    ///
    /// # Errors
    /// [`Error::Gif`] when the header can't be written or the size doesn't fit the format's 16 bits.
    pub fn new(writer: W, width: u32, height: u32, frame_seconds: f64) -> Result<Self> {
        let fit = |size: u32| u16::try_from(size).unwrap_or(u16::MAX);
        let mut encoder = gif::Encoder::new(writer, fit(width), fit(height), &[])?;
        encoder.set_repeat(gif::Repeat::Infinite)?;
        Ok(Self {
            encoder,
            size: (width, height),
            frames: 0,
            frame_seconds,
            ticks: 0,
        })
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// [`Error::FrameSize`] for a picture of another size, [`Error::Gif`] when it can't be written.
    pub fn push(&mut self, image: &Image) -> Result<()> {
        let found = (image.width(), image.height());
        if found != self.size {
            return Err(Error::FrameSize {
                frame: self.frames,
                expected: self.size,
                found,
            });
        }
        let fit = |size: u32| u16::try_from(size).unwrap_or(u16::MAX);
        let mut rgba = image.rgba().to_vec();
        let mut frame =
            gif::Frame::from_rgba_speed(fit(found.0), fit(found.1), &mut rgba, GIF_SPEED);
        self.frames += 1;
        let end = (self.frames as f64 * self.frame_seconds * GIF_TICKS_PER_SECOND).round() as u64;
        frame.delay = u16::try_from(end - self.ticks).unwrap_or(u16::MAX);
        self.ticks = end;
        self.encoder.write_frame(&frame)?;
        Ok(())
    }

    /// Writes the end of the file.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be written.
    pub fn finish(self) -> Result<()> {
        Ok(self.encoder.into_inner()?.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw_list::DrawList;

    #[test]
    fn an_svg_has_a_group_a_layer_and_keeps_words_and_opacities() {
        let mut list = DrawList::default();
        list.begin_layer("below");
        list.push(Shape::Disc {
            center: [1.0, 2.5],
            radius: 3.0,
            color: Color::rgb(1.0, 0.0, 0.5).with_alpha(0.25),
        });
        list.begin_layer("above");
        list.push(Shape::Text {
            center: [4.0, 5.0],
            size: 6.0,
            color: Color::WHITE,
            text: "a < b & c > d".to_owned(),
        });
        let drawing = Drawing {
            list,
            width: 30,
            height: 20,
            background: Color::BLACK,
        };
        let mut bytes = Vec::new();
        svg(&drawing, &mut bytes).expect("written");
        let document = String::from_utf8(bytes).expect("text");
        let lines: Vec<&str> = document.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                r##"<rect width="30" height="20" fill="#000000"/>"##,
                r#"<g id="below">"#,
                r##"<circle cx="1.00" cy="2.50" r="3" fill="#ff0080" fill-opacity="0.25"/>"##,
                "</g>",
                r#"<g id="above">"#,
                r##"<text x="4.00" y="5.00" font-size="6" text-anchor="middle" dominant-baseline="central" fill="#ffffff">a &lt; b &amp; c &gt; d</text>"##,
                "</g>",
                "</svg>",
            ]
        );
    }

    fn square(side: u32, shade: u8) -> Image {
        let pixels = side as usize * side as usize;
        Image::new(side, side, [shade, 0, 0, 255].repeat(pixels)).expect("a square")
    }

    #[test]
    fn a_png_reads_back_as_it_was() {
        let image = square(5, 200);
        let mut bytes = Vec::new();
        png(&image, &mut bytes).expect("written");
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes))
            .read_info()
            .expect("a PNG");
        let mut read = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut read).expect("a frame");
        assert_eq!(read, image.rgba());
    }

    #[test]
    fn a_gif_keeps_its_speed_over_many_frames() {
        let mut bytes = Vec::new();
        let mut animation = Gif::new(&mut bytes, 4, 4, 1.0 / 59.8261 * 2.0).expect("a GIF");
        for frame in 0..60 {
            animation.push(&square(4, frame * 4)).expect("added");
        }
        animation.finish().expect("finished");
        let mut decoder = gif::DecodeOptions::new()
            .read_info(bytes.as_slice())
            .expect("a GIF");
        let mut delays = Vec::new();
        while let Some(frame) = decoder.next_frame_info().expect("readable") {
            delays.push(u32::from(frame.delay));
        }
        assert_eq!(delays.len(), 60);
        // 120 video frames last 2.0058 seconds.
        assert_eq!(delays.iter().sum::<u32>(), 201);
    }

    #[test]
    fn a_frame_of_another_size_is_refused() {
        let mut animation = Gif::new(Vec::new(), 4, 4, 0.1).expect("a GIF");
        let error = animation.push(&square(5, 0)).expect_err("too large");
        assert_eq!(
            error.to_string(),
            "GIF frame 0: expected (4, 4) pixels, found (5, 5)"
        );
    }
}
