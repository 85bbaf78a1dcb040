//! Lines of the world on the screen.

use drawing::{Color, DrawList, Point, Shape};
use track::{Projection, ZClip};

use crate::panel::BACKING;
use crate::simplify::simplified;

/// Everything from the near plane on.
pub(crate) const CLIP: ZClip = ZClip::NativeNear;

/// How much wider a line's casing is, pixels.
const CASING: f32 = 1.4;

/// What is shorter on the screen than this adds nothing to a line, pixels.
const SHORTEST: f32 = 0.75;

/// How something is stroked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pen {
    /// Pixels.
    pub(crate) width: f32,
    pub(crate) color: Color,
}

impl Pen {
    pub(crate) const fn new(width: f32, color: Color) -> Self {
        Self { width, color }
    }

    /// What is drawn below this pen's lines, so that they are seen on ground of their own colour, too.
    pub(crate) const fn casing(self) -> Self {
        Self {
            width: self.width + CASING,
            color: BACKING.with_alpha(BACKING.alpha * self.color.alpha),
        }
    }
}

/// Adds the part of a line (units) that lies on the screen.
pub(crate) fn push_line(
    list: &mut DrawList,
    projection: &Projection,
    [from, to]: [[f32; 3]; 2],
    pen: Pen,
) {
    if let Some([from, to]) = projection.line_on_screen(from, to, CLIP) {
        list.push(Shape::Line {
            from,
            to,
            width: pen.width,
            color: pen.color,
        });
    }
}

/// The pixel at which a point (units) appears on the screen; `None` if it is not on it.
pub(crate) fn point_on_screen(projection: &Projection, point: [f32; 3]) -> Option<Point> {
    let seen = projection.point(point, CLIP)?;
    let on_screen = (0..2).all(|axis| (0.0..=projection.screen[axis]).contains(&seen[axis]));
    on_screen.then_some(seen)
}

/// A line through points of the world, drawn as few polylines: cut off at the screen's edges, and without points that
/// make no visible difference.
pub(crate) struct WorldLine<'a> {
    list: &'a mut DrawList,
    projection: &'a Projection,
    pen: Pen,
    /// Its last point, units.
    at: Option<[f32; 3]>,
    /// The polyline that is being made.
    points: Vec<Point>,
    /// Where it ends, which may be too near to its last point to be one.
    tip: Point,
}

impl<'a> WorldLine<'a> {
    pub(crate) fn new(list: &'a mut DrawList, projection: &'a Projection, pen: Pen) -> Self {
        Self {
            list,
            projection,
            pen,
            at: None,
            points: Vec::new(),
            tip: [0.0; 2],
        }
    }

    /// Draws on to a point (units); begins there after [`WorldLine::break_off`] and at first.
    pub(crate) fn line_to(&mut self, point: [f32; 3]) {
        let Some(from) = self.at.replace(point) else {
            return;
        };
        let Some([start, end]) = self.projection.line_on_screen(from, point, CLIP) else {
            self.end_line();
            return;
        };
        if self.points.is_empty() || far_apart(self.tip, start, 0.01) {
            self.end_line();
            self.points.push(start);
        }
        self.tip = end;
        if far_apart(self.points[self.points.len() - 1], end, SHORTEST) {
            self.points.push(end);
        }
    }

    /// Draws the following parts with another pen.
    pub(crate) fn set_pen(&mut self, pen: Pen) {
        if pen != self.pen {
            self.end_line();
            self.pen = pen;
        }
    }

    /// Ends the line: the next point begins another.
    pub(crate) fn break_off(&mut self) {
        self.end_line();
        self.at = None;
    }

    fn end_line(&mut self) {
        let mut points = std::mem::take(&mut self.points);
        if let Some(last) = points.last()
            && *last != self.tip
        {
            points.push(self.tip);
        }
        let points = simplified(points);
        if points.len() >= 2 {
            self.list.push(Shape::Polyline {
                points,
                width: self.pen.width,
                color: self.pen.color,
            });
        }
    }
}

impl Drop for WorldLine<'_> {
    fn drop(&mut self) {
        self.end_line();
    }
}

fn far_apart(a: Point, b: Point, distance: f32) -> bool {
    let [x, y] = [0, 1].map(|axis| a[axis] - b[axis]);
    x * x + y * y > distance * distance
}
