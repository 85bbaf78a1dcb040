//! The buttons that are held, as a small controller.

use drawing::{Color, DrawList, Point, Shape};
use nds_formats::pad::Pad;

use crate::panel::BACKING;
use crate::scene::{Overlay, Scene};

const HELD: Color = Color::rgb(1.0, 0.82, 0.2);
const FREE: Color = Color::WHITE.with_alpha(0.45);
const LABEL_HELD: Color = Color::BLACK;
const LABEL_FREE: Color = Color::WHITE;

/// Middle of the direction pad, and of the four face buttons.
const PAD_CENTER: Point = [200.0, 172.0];
const FACE_CENTER: Point = [234.0, 172.0];
/// From the middle of a cluster to its buttons.
const SPREAD: f32 = 10.0;
const BUTTON_RADIUS: f32 = 5.5;
/// How far what is behind a button reaches beyond it, pixels.
const RIM: f32 = 1.2;

/// A face or shoulder button: its bit, its letter and its place.
const LETTERS: [(Pad, &str, Point); 6] = [
    (Pad::A, "A", [FACE_CENTER[0] + SPREAD, FACE_CENTER[1]]),
    (Pad::B, "B", [FACE_CENTER[0], FACE_CENTER[1] + SPREAD]),
    (Pad::X, "X", [FACE_CENTER[0], FACE_CENTER[1] - SPREAD]),
    (Pad::Y, "Y", [FACE_CENTER[0] - SPREAD, FACE_CENTER[1]]),
    (Pad::L, "L", [PAD_CENTER[0], PAD_CENTER[1] - 24.0]),
    (Pad::R, "R", [FACE_CENTER[0], FACE_CENTER[1] - 24.0]),
];

/// A direction: its bit and the way it points on the screen.
const DIRECTIONS: [(Pad, Point); 4] = [
    (Pad::RIGHT, [1.0, 0.0]),
    (Pad::LEFT, [-1.0, 0.0]),
    (Pad::UP, [0.0, -1.0]),
    (Pad::DOWN, [0.0, 1.0]),
];

/// Draws the direction pad, A, B, X, Y, L and R in the lower right corner, dark on any ground; held ones stand out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Buttons;

impl Overlay for Buttons {
    fn name(&self) -> &'static str {
        "buttons"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        for (_, direction) in DIRECTIONS {
            list.push(Shape::Polygon {
                points: arrow(direction, RIM),
                color: BACKING,
            });
        }
        for (button, direction) in DIRECTIONS {
            let color = if scene.pad.contains(button) {
                HELD
            } else {
                FREE
            };
            list.push(Shape::Polygon {
                points: arrow(direction, 0.0),
                color,
            });
        }
        for (button, letter, center) in LETTERS {
            let held = scene.pad.contains(button);
            list.push(Shape::Disc {
                center,
                radius: BUTTON_RADIUS + RIM,
                color: BACKING,
            });
            if held {
                list.push(Shape::Disc {
                    center,
                    radius: BUTTON_RADIUS,
                    color: HELD,
                });
            }
            list.push(Shape::Text {
                center,
                size: 8.0,
                color: if held { LABEL_HELD } else { LABEL_FREE },
                text: letter.to_owned(),
            });
        }
    }
}

/// An arrow head of the direction pad, `rim` pixels larger to each side.
fn arrow([x, y]: Point, rim: f32) -> Vec<Point> {
    let [center_x, center_y] = PAD_CENTER;
    // The direction turned by a quarter gives the width of the head.
    let corner = |along: f32, across: f32| {
        [
            center_x + x * along - y * across,
            center_y + y * along + x * across,
        ]
    };
    vec![
        corner(SPREAD + 4.0 + 2.0 * rim, 0.0),
        corner(4.0 - rim, 6.0 + 1.6 * rim),
        corner(4.0 - rim, -6.0 - 1.6 * rim),
    ]
}
