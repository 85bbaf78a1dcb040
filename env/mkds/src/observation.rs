//! Observations of Mario Kart DS: the terms of [`env_kart::observation`], and the screens.

mod pixels;

use nds_formats::pad::Pad;

pub use env_kart::observation::*;
pub use pixels::{PixelStack, Pixels, Screen};

/// The bits of [`Buttons`].
pub const KEYMASK: Keymask = Keymask {
    unit: "DS keypad bits",
    greatest: Pad::all().bits(),
    doc: "what was pressed last: 1 A, 2 B, 4 Select, 8 Start, 16 right, 32 left, 64 up, 128 down, 256 R, 512 L, 1024 X, 2048 Y",
};
