//! A line to drive along.

use crate::distance::distance;
use crate::scene::{Overlay, Scene};
use crate::world_line::{Pen, WorldLine};
use drawing::{Color, DrawList};

const COLOR: Color = Color::rgb8(0xC0, 0x84, 0xFC);
const WIDTH: f32 = 1.8;

/// Draws the line that the caller gave ([`Scene::with_reference_line`]) as far as it is near the player's kart.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceLine {
    /// How far from the kart its points are drawn, units.
    pub reach: f32,
}

impl Default for ReferenceLine {
    fn default() -> Self {
        Self { reach: 900.0 }
    }
}

impl Overlay for ReferenceLine {
    fn name(&self) -> &'static str {
        "reference-line"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut line = WorldLine::new(list, &scene.projection, Pen::new(WIDTH, COLOR));
        for point in scene.reference_line {
            // A point that is not finite is not near either.
            if distance(*point, scene.position()) <= self.reach {
                line.line_to(*point);
            } else {
                line.break_off();
            }
        }
    }
}
