//! Checkpoints, as gates across the road.

use drawing::{Color, DrawList};
use track::Checkpoint;

use crate::panel::Labels;
use crate::scene::{Overlay, Scene};
use crate::world_line::{CLIP, Pen, push_line};

const NEXT: Color = Color::rgb(1.0, 0.9, 0.2);
const LATER: Color = Color::rgb(0.3, 0.75, 1.0);
const KEY: Color = Color::rgb(1.0, 0.45, 0.9);
/// Opacity of gates that are not among the next ones.
const ELSEWHERE: f32 = 0.55;
/// Height of a gate's posts, units.
const POST: f32 = 24.0;
const WIDTH: f32 = 1.2;
/// How far above the kart's floor the floor of a checkpoint is looked for, units: a course has no lower bridges that
/// hide the road from the camera this close.
const SEARCH_HEIGHT: f32 = 200.0;
const NUMBER_SIZE: f32 = 7.0;
/// Numbers of gates that are narrower on the screen would hide them, pixels.
const LEAST_WIDTH: f32 = 24.0;
/// How far ahead of the camera gates have numbers, units: farther away they would stand upon each other.
const NUMBERED: f32 = 1200.0;

/// Which checkpoints are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gates {
    /// The next ones on the main line.
    #[default]
    Next,
    /// The key checkpoints, those that a lap must pass.
    Key,
    /// All of them.
    All,
}

/// Draws checkpoints with their numbers, which count from 0 as in [`Track::checkpoints`]: the next one in yellow, key
/// checkpoints in pink with their own numbers, the others in blue.
///
/// [`Track::checkpoints`]: track::Track::checkpoints
#[derive(Debug, Clone, Copy)]
pub struct Checkpoints {
    /// Which.
    pub gates: Gates,
    /// How many are drawn of [`Gates::Next`], each paler than the one before.
    pub count: usize,
    /// Whether they have numbers.
    pub numbers: bool,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self {
            gates: Gates::Next,
            count: 3,
            numbers: true,
        }
    }
}

impl Checkpoints {
    /// The given gates, with their numbers.
    #[must_use]
    pub fn of(gates: Gates) -> Self {
        Self {
            gates,
            ..Self::default()
        }
    }
}

impl Overlay for Checkpoints {
    fn name(&self) -> &'static str {
        match self.gates {
            Gates::Next => "checkpoints",
            Gates::Key => "key-checkpoints",
            Gates::All => "all-checkpoints",
        }
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut labels = Labels::default();
        for (index, color) in self.chosen(scene) {
            let checkpoint = &scene.course.track.checkpoints()[index];
            let feet = [checkpoint.left, checkpoint.right].map(|end| foot(scene, end));
            draw_gate(scene, feet, color, list);
            if self.numbers {
                label(scene, index, checkpoint, feet, color, &mut labels);
            }
        }
        labels.draw(NUMBER_SIZE, scene.screen().corners(), list);
    }
}

impl Checkpoints {
    /// Those that are drawn, by number, the next ones first; and their colours.
    fn chosen(&self, scene: &Scene<'_>) -> Vec<(usize, Color)> {
        let all = scene.course.track.checkpoints();
        let color = |index: usize, later: Color| match all[index].key {
            Some(_) => KEY,
            None => later,
        };
        let after = |at: usize| {
            all.get(at)?
                .next
                .first()
                .copied()
                .filter(|next| *next < all.len())
        };
        let next = after(scene.checkpoint());
        if self.gates == Gates::Next {
            return std::iter::successors(next, |at| after(*at))
                .take(self.count)
                .enumerate()
                .map(|(ahead, index)| {
                    let color = if ahead == 0 {
                        NEXT
                    } else {
                        color(index, LATER)
                    };
                    (index, color.with_alpha(0.9 / (1.0 + ahead as f32 * 0.6)))
                })
                .collect();
        }
        let drawn = |index: &usize| self.gates == Gates::All || all[*index].key.is_some();
        let others = (0..all.len()).filter(|index| drawn(index) && next != Some(*index));
        let next = next
            .filter(drawn)
            .map(|index| (index, NEXT.with_alpha(0.9)));
        next.into_iter()
            .chain(others.map(|index| (index, color(index, LATER).with_alpha(ELSEWHERE))))
            .collect()
    }
}

/// Where an end of a gate (x and z) stands on the ground.
fn foot(scene: &Scene<'_>, [x, z]: [f32; 2]) -> [f32; 3] {
    let above = [x, scene.floor + SEARCH_HEIGHT, z];
    let y = scene
        .course
        .track
        .floor_below(above)
        .map_or(scene.floor, |floor| floor.y);
    [x, y, z]
}

fn raised([x, y, z]: [f32; 3]) -> [f32; 3] {
    [x, y + POST, z]
}

fn draw_gate(scene: &Scene<'_>, [left, right]: [[f32; 3]; 2], color: Color, list: &mut DrawList) {
    let pen = Pen::new(WIDTH, color);
    for pen in [pen.casing(), pen] {
        for line in [[left, right], [left, raised(left)], [right, raised(right)]] {
            push_line(list, &scene.projection, line, pen);
        }
    }
}

/// The number of a gate, above the middle of what is seen of it.
fn label(
    scene: &Scene<'_>,
    index: usize,
    checkpoint: &Checkpoint,
    [left, right]: [[f32; 3]; 2],
    color: Color,
    labels: &mut Labels,
) {
    let tops = [raised(left), raised(right)];
    let Some([from, to]) = scene.projection.line_on_screen(tops[0], tops[1], CLIP) else {
        return;
    };
    let seen = (to[0] - from[0]).hypot(to[1] - from[1]);
    let depth = tops.map(|top| scene.projection.in_view(top)[2]);
    if seen < LEAST_WIDTH || depth[0].min(depth[1]) > NUMBERED {
        return;
    }
    let text = match checkpoint.key {
        Some(key) => format!("{index} key {key}"),
        None => index.to_string(),
    };
    let middle = [0, 1].map(|axis| (from[axis] + to[axis]) * 0.5);
    labels.push(middle, text, color.with_alpha(1.0));
}
