//! The controller, with what is held on it.

use drawing::{Color, DrawList, Point, Shape};

use crate::panel::BACKING;
use crate::scene::{Overlay, Scene};

const HELD: Color = Color::rgb(1.0, 0.82, 0.2);
const FREE: Color = Color::WHITE.with_alpha(0.45);
const LABEL_HELD: Color = Color::BLACK;
const LABEL_FREE: Color = Color::WHITE;

/// From the middle of a cross to its arrows.
const SPREAD: f32 = 10.0;
const BUTTON_RADIUS: f32 = 5.5;
const LABEL_SIZE: f32 = 8.0;
/// How far the dark shape behind a control reaches beyond it, pixels.
const RIM: f32 = 1.2;
const STICK_RADIUS: f32 = 12.0;
/// Radius of the tip of a stick, pixels.
const TIP_RADIUS: f32 = 4.0;
/// Below this deflection the tip of a stick is drawn as free.
const LEAST_DEFLECTION: f32 = 0.05;

/// A control of a controller. Its place is given in pixels right and down of the lower right corner of the screen of the
/// race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Control {
    /// Four arrows.
    Cross {
        /// The middle.
        center: Point,
        /// Whether right, left, up and down are held.
        held: [bool; 4],
    },
    /// A round button.
    Button {
        /// What is written on it: one letter.
        name: &'static str,
        /// The middle.
        center: Point,
        /// Whether it is held.
        held: bool,
    },
    /// An analogue stick.
    Stick {
        /// The middle.
        center: Point,
        /// How far it is pushed to the right and up, -1.0..=1.0 each.
        position: [f32; 2],
    },
}

/// The directions of the arrows of [`Control::Cross`] on the screen.
const DIRECTIONS: [Point; 4] = [[1.0, 0.0], [-1.0, 0.0], [0.0, -1.0], [0.0, 1.0]];

/// Draws the controls ([`Scene::with_controls`]) in the lower right corner, dark on any ground; held ones stand out. A
/// stick is a disc in a circle.
#[derive(Debug, Clone, Copy, Default)]
pub struct Buttons;

impl Overlay for Buttons {
    fn name(&self) -> &'static str {
        "buttons"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        for control in &scene.controls {
            match *control {
                Control::Cross { center, held } => {
                    draw_cross(scene.beside_lower_right(center), held, list);
                }
                Control::Button { name, center, held } => {
                    draw_button(scene.beside_lower_right(center), name, held, list);
                }
                Control::Stick { center, position } => {
                    draw_stick(scene.beside_lower_right(center), position, list);
                }
            }
        }
    }
}

fn draw_cross(center: Point, held: [bool; 4], list: &mut DrawList) {
    for direction in DIRECTIONS {
        list.push(Shape::Polygon {
            points: arrow(center, direction, RIM),
            color: BACKING,
        });
    }
    for (direction, is_held) in DIRECTIONS.into_iter().zip(held) {
        list.push(Shape::Polygon {
            points: arrow(center, direction, 0.0),
            color: if is_held { HELD } else { FREE },
        });
    }
}

fn draw_button(center: Point, name: &str, held: bool, list: &mut DrawList) {
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
        size: LABEL_SIZE,
        color: if held { LABEL_HELD } else { LABEL_FREE },
        text: name.to_owned(),
    });
}

fn draw_stick([x, y]: Point, [right, up]: [f32; 2], list: &mut DrawList) {
    // A stick that is pushed into a corner stays inside its circle.
    let deflection = right.hypot(up);
    let scale = (STICK_RADIUS - TIP_RADIUS) / deflection.max(1.0);
    let tip = [x + right * scale, y - up * scale];
    let is_held = deflection >= LEAST_DEFLECTION;
    let discs = [
        ([x, y], STICK_RADIUS + RIM, BACKING),
        ([x, y], STICK_RADIUS, FREE.with_alpha(0.25)),
        (tip, TIP_RADIUS, if is_held { HELD } else { FREE }),
    ];
    for (center, radius, color) in discs {
        list.push(Shape::Disc {
            center,
            radius,
            color,
        });
    }
}

/// An arrow head of a cross, `rim` pixels larger to each side.
fn arrow([center_x, center_y]: Point, [x, y]: Point, rim: f32) -> Vec<Point> {
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
