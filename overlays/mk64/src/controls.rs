//! The Nintendo 64's controls, as they are drawn.

use env_mk64::control::STICK_REACH;
use n64_formats::pad::{Buttons, Pad};
use overlays::Control;

/// Middle of the stick and of the yellow buttons; pixels right and down of the lower right corner.
const STICK: [f32; 2] = [-96.0, -20.0];
const YELLOW: [f32; 2] = [-20.0, -22.0];
/// The row of the buttons above the others.
const UPPER: f32 = -48.0;

/// The buttons that are drawn as letters, each with its place.
const LETTERS: [(Buttons, &str, [f32; 2]); 6] = [
    (Buttons::B, "B", [-63.0, -28.0]),
    (Buttons::A, "A", [-53.0, -15.0]),
    (Buttons::L, "L", [STICK[0], UPPER]),
    (Buttons::START, "S", [-71.0, UPPER]),
    (Buttons::Z, "Z", [-46.0, UPPER]),
    (Buttons::R, "R", [YELLOW[0], UPPER]),
];

/// The stick, A, B, Z, L, R, Start and the four yellow buttons (C), with what is held of them. The cross, which the game
/// does not use, is left out.
#[must_use]
pub fn controls(pad: Pad) -> Vec<Control> {
    let directions = [
        Buttons::C_RIGHT,
        Buttons::C_LEFT,
        Buttons::C_UP,
        Buttons::C_DOWN,
    ];
    let stick = Control::Stick {
        center: STICK,
        position: pad
            .stick
            .map(|axis| f32::from(axis) / f32::from(STICK_REACH)),
    };
    let yellow = Control::Cross {
        center: YELLOW,
        held: directions.map(|direction| pad.buttons.contains(direction)),
    };
    let letters = LETTERS.map(|(button, name, center)| Control::Button {
        name,
        center,
        held: pad.buttons.contains(button),
    });
    [stick, yellow].into_iter().chain(letters).collect()
}
