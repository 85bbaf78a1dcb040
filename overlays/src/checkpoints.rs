//! The next checkpoints, as gates across the road.

use mkds_memory::camera::ZClip;
use mkds_memory::course::Checkpoint;

use crate::draw_list::{Color, DrawList, Shape};
use crate::scene::{Overlay, Scene};

const NEXT: Color = Color::rgb(1.0, 0.9, 0.2);
const LATER: Color = Color::rgb(0.3, 0.75, 1.0);
const KEY: Color = Color::rgb(1.0, 0.45, 0.9);
/// Height of a gate's posts, units.
const POST: f32 = 24.0;
/// How far above the kart's floor the floor of a checkpoint is looked for, units: a course has no lower bridges that
/// hide the road from the camera this close.
const SEARCH_HEIGHT: f32 = 200.0;

/// Draws the checkpoints ahead: the next one in yellow, key checkpoints in pink, the others in blue, each paler than
/// the one before.
#[derive(Debug, Clone, Copy)]
pub struct Checkpoints {
    /// How many to draw.
    pub count: usize,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self { count: 3 }
    }
}

impl Overlay for Checkpoints {
    fn name(&self) -> &'static str {
        "checkpoints"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        for (ahead, checkpoint) in scene
            .course
            .checkpoints_after(scene.checkpoint)
            .take(self.count)
            .enumerate()
        {
            let color = match (ahead, checkpoint.key) {
                (0, _) => NEXT,
                (_, Some(_)) => KEY,
                (_, None) => LATER,
            };
            draw_gate(
                scene,
                checkpoint,
                color.with_alpha(0.9 / (1.0 + ahead as f32 * 0.6)),
                list,
            );
        }
    }
}

fn draw_gate(scene: &Scene<'_>, checkpoint: &Checkpoint, color: Color, list: &mut DrawList) {
    let foot = |[x, z]: [f32; 2]| {
        let above = [x, scene.floor + SEARCH_HEIGHT, z];
        let y = scene
            .course
            .floor_below(above)
            .map_or(scene.floor, |floor| floor.y);
        [x, y, z]
    };
    let top = |[x, y, z]: [f32; 3]| [x, y + POST, z];
    let (left, right) = (foot(checkpoint.left), foot(checkpoint.right));
    for (from, to) in [(left, right), (left, top(left)), (right, top(right))] {
        if let Some([from, to]) = scene.projection.line_on_screen(from, to, ZClip::NativeNear) {
            list.push(Shape::Line {
                from,
                to,
                width: 1.2,
                color,
            });
        }
    }
}
