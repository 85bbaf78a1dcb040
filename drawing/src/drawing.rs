//! Drawings with no picture below them.

use crate::draw_list::{Color, DrawList};
#[cfg(feature = "cairo")]
use crate::{Result, image::Image, render::render};

/// A draw list with its size.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The shapes, in layers.
    pub list: DrawList,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// What is behind the shapes.
    pub background: Color,
}

#[cfg(feature = "cairo")]
impl Drawing {
    /// The picture.
    ///
    /// # Errors
    /// As [`render`].
    pub fn render(&self) -> Result<Image> {
        let picture = Image::filled(self.width, self.height, self.background);
        render(&picture, &self.list, 1)
    }
}
