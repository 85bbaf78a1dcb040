//! The console's two pictures.

/// The width of a screen, in pixels.
const WIDTH: usize = 256;
/// The height of a screen, in pixels.
const HEIGHT: usize = 192;
/// A screen as RGBA, in bytes.
const SCREEN_BYTES: usize = WIDTH * HEIGHT * 4;

/// Both screens as they were last drawn: 256x192 pixels each, RGBA, 8 bits a channel (the console
/// has 5), alpha 255, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screens {
    rgba: Vec<u8>,
}

impl Screens {
    /// The width of a screen, in pixels.
    pub const WIDTH: usize = WIDTH;
    /// The height of one screen, in pixels.
    pub const HEIGHT: usize = HEIGHT;
    /// Both screens, in bytes.
    pub const BYTES: usize = 2 * SCREEN_BYTES;

    /// `rgba`: [`Screens::BYTES`] bytes.
    pub(crate) fn new(rgba: Vec<u8>) -> Self {
        debug_assert_eq!(rgba.len(), Self::BYTES);
        Self { rgba }
    }

    /// Both screens, the upper one first: 256x384 pixels.
    pub fn rgba(&self) -> Vec<u8> {
        self.rgba.clone()
    }

    /// Both screens without a copy: 256x384 pixels.
    pub fn as_rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The upper screen: 256x192 pixels.
    pub fn top(&self) -> &[u8] {
        &self.rgba[..SCREEN_BYTES]
    }

    /// The lower screen, the one that can be touched: 256x192 pixels.
    pub fn bottom(&self) -> &[u8] {
        &self.rgba[SCREEN_BYTES..]
    }
}
