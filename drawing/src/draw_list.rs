//! Shapes to draw, before anything is drawn.

use machine::PictureShape;

/// A point of the picture: pixels right and down of its top left corner.
pub type Point = [f32; 2];

/// A screen of a picture: a part of it at whose edges shapes are cut off, as wide as the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Screen {
    /// Pixels a row.
    pub width: u32,
    /// The row of the picture where it begins.
    pub top: u32,
    /// Rows.
    pub height: u32,
}

impl Screen {
    /// The screen of a machine's picture with that number, the topmost being 0.
    #[must_use]
    pub const fn of(picture: &PictureShape, number: u32) -> Self {
        Self {
            width: picture.width,
            top: picture.height * number,
            height: picture.height,
        }
    }

    /// Its top left corner and the one opposite, pixels of the picture.
    #[must_use]
    pub const fn corners(self) -> [Point; 2] {
        let (left, top) = (0.0, self.top as f32);
        [[left, top], [self.width as f32, top + self.height as f32]]
    }
}

/// A colour with opacity, each part 0.0..=1.0, not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color {
    /// Red.
    pub red: f32,
    /// Green.
    pub green: f32,
    /// Blue.
    pub blue: f32,
    /// Opacity: 0 is invisible.
    pub alpha: f32,
}

impl Color {
    /// Opaque white.
    pub const WHITE: Self = Self::rgb(1.0, 1.0, 1.0);
    /// Opaque black.
    pub const BLACK: Self = Self::rgb(0.0, 0.0, 0.0);

    /// An opaque colour.
    #[must_use]
    pub const fn rgb(red: f32, green: f32, blue: f32) -> Self {
        Self {
            red,
            green,
            blue,
            alpha: 1.0,
        }
    }

    /// An opaque colour, each part 0..=255.
    #[must_use]
    pub const fn rgb8(red: u8, green: u8, blue: u8) -> Self {
        Self::rgb(
            red as f32 / 255.0,
            green as f32 / 255.0,
            blue as f32 / 255.0,
        )
    }

    /// The same colour at another opacity.
    #[must_use]
    pub const fn with_alpha(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }

    /// The colour `t` of the way (0.0..=1.0) from `self` to `to`.
    #[must_use]
    pub fn mix(self, to: Self, t: f32) -> Self {
        let blend = |a: f32, b: f32| a + (b - a) * t.clamp(0.0, 1.0);
        Self {
            red: blend(self.red, to.red),
            green: blend(self.green, to.green),
            blue: blend(self.blue, to.blue),
            alpha: blend(self.alpha, to.alpha),
        }
    }
}

/// One thing to draw. Sizes and positions are in pixels of the picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A straight line.
    Line {
        /// One end.
        from: Point,
        /// The other end.
        to: Point,
        /// Thickness.
        width: f32,
        /// Colour.
        color: Color,
    },
    /// Straight lines from each point to the next, in one stroke.
    Polyline {
        /// The points in order. The last is not joined to the first.
        points: Vec<Point>,
        /// Thickness.
        width: f32,
        /// Colour.
        color: Color,
    },
    /// A filled polygon.
    Polygon {
        /// Corners in order; the last joins the first.
        points: Vec<Point>,
        /// Colour.
        color: Color,
    },
    /// A filled disc.
    Disc {
        /// Centre.
        center: Point,
        /// Radius.
        radius: f32,
        /// Colour.
        color: Color,
    },
    /// A line of text.
    Text {
        /// Centre of the text.
        center: Point,
        /// Height of the font.
        size: f32,
        /// Colour.
        color: Color,
        /// The text.
        text: String,
    },
}

/// Shapes in the order in which they are drawn, the first at the bottom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DrawList {
    shapes: Vec<Shape>,
    /// Names of layers, and the shape that each begins with.
    layers: Vec<(usize, &'static str)>,
    /// Screens, and the shape that each is chosen at.
    screens: Vec<(usize, Screen)>,
}

impl DrawList {
    /// Adds a shape on top of the others.
    pub fn push(&mut self, shape: Shape) {
        self.shapes.push(shape);
    }

    /// Begins a layer: the shapes from here on are called `name` together.
    pub fn begin_layer(&mut self, name: &'static str) {
        self.layers.push((self.shapes.len(), name));
    }

    /// The layers in order, each with its shapes. Shapes before the first layer are in none.
    pub fn layers(&self) -> impl Iterator<Item = (&'static str, &[Shape])> {
        let ends = self.layers.iter().skip(1).map(|(start, _)| *start);
        let ends = ends.chain([self.shapes.len()]);
        self.layers
            .iter()
            .zip(ends)
            .map(|((start, name), end)| (*name, &self.shapes[*start..end]))
    }

    /// Chooses a screen: the shapes from here on are cut off at its edges.
    pub fn choose_screen(&mut self, screen: Screen) {
        self.screens.push((self.shapes.len(), screen));
    }

    /// The shapes by the screen that was chosen for them, bottom first; `None` before one was chosen.
    pub fn by_screen(&self) -> impl Iterator<Item = (Option<Screen>, &[Shape])> {
        let starts = self
            .screens
            .iter()
            .map(|(start, screen)| (*start, Some(*screen)));
        let ends = self.screens.iter().map(|(start, _)| *start);
        [(0, None)]
            .into_iter()
            .chain(starts)
            .zip(ends.chain([self.shapes.len()]))
            .map(|((start, screen), end)| (screen, &self.shapes[start..end]))
            .filter(|(_, shapes)| !shapes.is_empty())
    }

    /// The shapes, bottom first.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Empties the list and keeps its memory for the next frame.
    pub fn clear(&mut self) {
        self.shapes.clear();
        self.layers.clear();
        self.screens.clear();
    }
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

    const TWO_SCREENS: PictureShape = PictureShape {
        width: 40,
        height: 30,
        count: 2,
        touch: None,
    };

    #[test]
    fn screens_follow_each_other_downwards() {
        let corners = [0, 1].map(|number| Screen::of(&TWO_SCREENS, number).corners());
        assert_eq!(corners[0], [[0.0, 0.0], [40.0, 30.0]]);
        assert_eq!(corners[1], [[0.0, 30.0], [40.0, 60.0]]);
    }

    #[test]
    fn shapes_keep_their_order_and_know_their_screen() {
        let [top, bottom] = [0, 1].map(|number| Screen::of(&TWO_SCREENS, number));
        let mut list = DrawList::default();
        list.push(line(Color::WHITE, [1.0, 0.0]));
        list.choose_screen(top);
        list.choose_screen(bottom);
        list.push(line(Color::WHITE, [2.0, 0.0]));
        list.push(line(Color::WHITE, [3.0, 0.0]));
        list.choose_screen(top);
        list.push(line(Color::WHITE, [4.0, 0.0]));
        let parts: Vec<_> = list
            .by_screen()
            .map(|(screen, shapes)| (screen, shapes.len()))
            .collect();
        assert_eq!(parts, [(None, 1), (Some(bottom), 2), (Some(top), 1)]);
        list.clear();
        assert_eq!(list.by_screen().count(), 0);
    }
}
