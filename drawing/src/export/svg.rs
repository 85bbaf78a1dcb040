use std::io::Write;

use crate::Result;
use crate::draw_list::{Color, Point, Shape};
use crate::drawing::Drawing;

/// Writes a drawing as SVG: a group with the name of each layer as its id.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) when it can't be written.
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
}
