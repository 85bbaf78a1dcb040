//! The DS's controls, as they are drawn.

use nds_formats::pad::Pad;
use overlays::Control;

/// Middle of the cross, and of the four face buttons; pixels right and down of the lower right corner.
const CROSS: [f32; 2] = [-56.0, -20.0];
const FACE: [f32; 2] = [-22.0, -20.0];
/// From the middle of the face buttons to each.
const SPREAD: f32 = 10.0;
/// From the middle of the cross and of the face buttons up to the shoulder buttons.
const SHOULDER: f32 = 24.0;

/// The buttons that are drawn as letters, each with its place.
const LETTERS: [(Pad, &str, [f32; 2]); 6] = [
    (Pad::A, "A", [FACE[0] + SPREAD, FACE[1]]),
    (Pad::B, "B", [FACE[0], FACE[1] + SPREAD]),
    (Pad::X, "X", [FACE[0], FACE[1] - SPREAD]),
    (Pad::Y, "Y", [FACE[0] - SPREAD, FACE[1]]),
    (Pad::L, "L", [CROSS[0], CROSS[1] - SHOULDER]),
    (Pad::R, "R", [FACE[0], FACE[1] - SHOULDER]),
];

/// The cross, A, B, X, Y, L and R, with what is held of them.
#[must_use]
pub fn controls(pad: Pad) -> Vec<Control> {
    let directions = [Pad::RIGHT, Pad::LEFT, Pad::UP, Pad::DOWN];
    let cross = Control::Cross {
        center: CROSS,
        held: directions.map(|direction| pad.contains(direction)),
    };
    let letters = LETTERS.map(|(button, name, center)| Control::Button {
        name,
        center,
        held: pad.contains(button),
    });
    std::iter::once(cross).chain(letters).collect()
}
