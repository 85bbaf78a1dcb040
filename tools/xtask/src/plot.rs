//! Small line plots as SVG text.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
/// Margins: left, top, right, bottom.
const MARGINS: [f64; 4] = [64.0, 40.0, 36.0, 56.0];
const COLOURS: [&str; 4] = ["#1f6fb4", "#d1652b", "#3d8f4f", "#8a5cb0"];
/// The most grid lines of an axis.
const TICKS: f64 = 6.0;

/// A plot of lines over a logarithmic axis, on which logarithmic growth is a straight line.
pub struct Plot {
    /// The title.
    pub title: &'static str,
    /// The label of the horizontal axis, which shows decades.
    pub x: &'static str,
    /// The label of the vertical axis, which starts at 0.
    pub y: &'static str,
    /// The lines, each with its name and its points from left to right.
    pub series: Vec<(&'static str, Vec<(f64, f64)>)>,
}

impl Plot {
    /// The plot as an SVG document.
    pub fn svg(&self) -> String {
        let points = || self.series.iter().flat_map(|(_, points)| points);
        let low = points()
            .fold(f64::INFINITY, |low, (x, _)| low.min(*x))
            .log10()
            .floor();
        let high = points()
            .fold(1.0, |high: f64, (x, _)| high.max(*x))
            .log10()
            .ceil();
        let top = points().fold(0.0, |top: f64, (_, y)| top.max(*y));
        let step = step(top);
        let top = (top / step).ceil().max(1.0) * step;
        let [left, above, right, below] = MARGINS;
        let along =
            |x: f64| left + (x.log10() - low) / (high - low).max(1.0) * (WIDTH - left - right);
        let up = |y: f64| HEIGHT - below - y / top * (HEIGHT - above - below);

        let mut svg = String::new();
        let mut add = |element: std::fmt::Arguments<'_>| {
            let _ = writeln!(svg, "{element}");
        };
        add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"13\">"
        ));
        add(format_args!("<!-- made by `cargo xtask bench` -->"));
        add(format_args!(
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
        ));
        add(format_args!(
            "<text x=\"{left}\" y=\"24\" font-size=\"15\">{}</text>",
            self.title
        ));
        for decade in low as i32..=high as i32 {
            let value = 10f64.powi(decade);
            let x = along(value);
            add(format_args!(
                "<path d=\"M{x:.1} {:.1}V{above}\" stroke=\"#dddddd\"/><text x=\"{x:.1}\" y=\"{:.1}\" \
                 text-anchor=\"middle\">{value}</text>",
                HEIGHT - below,
                HEIGHT - below + 18.0
            ));
        }
        let mut value = 0.0;
        while value <= top + step / 2.0 {
            let y = up(value);
            add(format_args!(
                "<path d=\"M{left} {y:.1}H{:.1}\" stroke=\"#dddddd\"/><text x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">{value:.2}</text>",
                WIDTH - right,
                left - 8.0,
                y + 4.0
            ));
            value += step;
        }
        add(format_args!(
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            (left + WIDTH - right) / 2.0,
            HEIGHT - 14.0,
            self.x
        ));
        add(format_args!(
            "<text transform=\"translate(16 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            (above + HEIGHT - below) / 2.0,
            self.y
        ));
        for (index, ((name, points), colour)) in self.series.iter().zip(COLOURS).enumerate() {
            let line: Vec<String> = points
                .iter()
                .map(|(x, y)| format!("{:.1},{:.1}", along(*x), up(*y)))
                .collect();
            add(format_args!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                line.join(" ")
            ));
            for (x, y) in points {
                add(format_args!(
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>",
                    along(*x),
                    up(*y)
                ));
            }
            add(format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
                left + 12.0,
                above + 18.0 + 18.0 * index as f64
            ));
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// A round step between grid lines, for an axis that ends at `top`.
fn step(top: f64) -> f64 {
    let rough = top.max(f64::MIN_POSITIVE) / TICKS;
    let decade = 10f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * decade >= rough)
        .unwrap_or(10.0);
    factor * decade
}

#[cfg(test)]
mod tests {
    use super::{Plot, step};

    #[test]
    fn steps_are_round() {
        assert_eq!(step(6.0), 1.0);
        assert_eq!(step(7.0), 2.0);
        assert_eq!(step(2.9), 0.5);
        assert_eq!(step(60.0), 10.0);
    }

    #[test]
    fn logarithmic_growth_is_a_straight_line() {
        let points = [100.0, 1000.0, 10_000.0].map(|x: f64| (x, x.log10()));
        let plot = Plot {
            title: "",
            x: "",
            y: "",
            series: vec![("logarithm", points.to_vec())],
        };
        let svg = plot.svg();
        let line = svg.split("<polyline points=\"").nth(1).expect("a line");
        let (line, _) = line.split_once('"').expect("its points");
        let corners: Vec<[f64; 2]> = line
            .split(' ')
            .map(|point| {
                let (x, y) = point.split_once(',').expect("two numbers");
                [x.parse().expect("x"), y.parse().expect("y")]
            })
            .collect();
        let [a, b, c] = corners[..] else {
            panic!("expected three points, found {line}");
        };
        for axis in [0, 1] {
            assert!((a[axis] + c[axis] - 2.0 * b[axis]).abs() < 0.2, "{line}");
        }
        assert!(a[1] > c[1], "up is less in SVG: {line}");
    }
}
