//! The middle of the road.

use crate::scene::{Overlay, Scene};
use crate::world_line::{Pen, WorldLine};
use drawing::{Color, DrawList};

/// As the map of a course has it.
const COLOR: Color = Color::rgb8(0x4C, 0xC9, 0xF0);
const WIDTH: f32 = 1.4;
/// How far apart its points are, units: a dash and the gap after it are as long.
const STEP: f32 = 20.0;
/// The most points to either side, however far was asked for.
const MOST_STEPS: f32 = 1000.0;
/// How far above the floor it is drawn, units.
const LIFT: f32 = 0.5;

/// Draws the middle of the road (the line that progress is measured along) before and behind the player's kart, dashed,
/// on the floor.
#[derive(Debug, Clone, Copy)]
pub struct Centreline {
    /// How far ahead of the kart it is drawn, units along it.
    pub ahead: f32,
    /// How far behind.
    pub behind: f32,
}

impl Default for Centreline {
    fn default() -> Self {
        Self {
            ahead: 900.0,
            behind: 120.0,
        }
    }
}

impl Overlay for Centreline {
    fn name(&self) -> &'static str {
        "centreline"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let line = scene.course.track.centreline();
        let [x, _, z] = scene.position();
        let Some(here) = line.project([x, z], Some(scene.checkpoint())) else {
            return;
        };
        // Dashes stay where they are on the ground while the kart drives by.
        let first = (here.along / STEP).floor() as i32;
        let steps = |distance: f32| (distance / STEP).clamp(0.0, MOST_STEPS) as i32;
        draw_dashes(scene, first..=first + steps(self.ahead), list);
        draw_dashes(scene, (first - steps(self.behind)..=first).rev(), list);
    }
}

/// Draws the line along steps from the kart on: from each even one to the odd one above it.
fn draw_dashes(scene: &Scene<'_>, steps: impl Iterator<Item = i32>, list: &mut DrawList) {
    let mut line = WorldLine::new(list, &scene.projection, Pen::new(WIDTH, COLOR));
    // Each floor is looked for around the height of the one before.
    let (mut height, mut last) = (scene.floor, None);
    for step in steps {
        let Some((point, _)) = scene.course.track.centreline().at(step as f32 * STEP) else {
            return;
        };
        height = scene.floor_near(point, height);
        if last.is_none_or(|last: i32| last.max(step).rem_euclid(2) == 0) {
            line.break_off();
        }
        line.line_to([point[0], height + LIFT, point[1]]);
        last = Some(step);
    }
}
