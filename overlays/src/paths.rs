//! The paths of the computer's drivers.

use drawing::{Color, DrawList, Shape};

use crate::distance::distance;
use crate::scene::{Overlay, Scene};
use crate::world_line::{Pen, WorldLine, point_on_screen};

/// As the map of a course has it.
const COLOR: Color = Color::rgb8(0xF4, 0x72, 0xB6);
const WIDTH: f32 = 1.2;
const POINT_RADIUS: f32 = 1.3;
/// How far above its points a path is drawn, units: they lie on the floor.
const LIFT: f32 = 0.5;

/// Draws the paths ([`Course::paths`](crate::Course::paths)) near the player's kart as lines, with a dot for each point.
#[derive(Debug, Clone, Copy)]
pub struct Paths {
    /// How far from the kart points are drawn, units.
    pub reach: f32,
}

impl Default for Paths {
    fn default() -> Self {
        Self { reach: 600.0 }
    }
}

impl Overlay for Paths {
    fn name(&self) -> &'static str {
        "paths"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let is_near = |point: &[f32; 3]| distance(*point, scene.position()) <= self.reach;
        let lifted = |[x, y, z]: [f32; 3]| [x, y + LIFT, z];
        for path in scene.course.paths {
            let mut line = WorldLine::new(list, &scene.projection, Pen::new(WIDTH, COLOR));
            // The last point leads to the first.
            for point in path.iter().chain(path.first()) {
                if is_near(point) {
                    line.line_to(lifted(*point));
                } else {
                    line.break_off();
                }
            }
        }
        let points = scene.course.paths.iter().flatten();
        for point in points.filter(|point| is_near(point)) {
            if let Some(center) = point_on_screen(&scene.projection, lifted(*point)) {
                list.push(Shape::Disc {
                    center,
                    radius: POINT_RADIUS,
                    color: COLOR,
                });
            }
        }
    }
}
