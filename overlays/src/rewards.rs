//! What a frame is worth, and why.

use crate::panel::{BACKING, INK, Words, fitted, push_box, text_width};
use crate::scene::{Overlay, Scene};
use drawing::{Color, DrawList, Point};

const GAIN: Color = Color::rgb8(0x22, 0xA3, 0x5A).with_alpha(0.85);
const LOSS: Color = Color::rgb8(0xD9, 0x3A, 0x3A).with_alpha(0.85);

/// The corners of the panel, pixels: between the minimap and the buttons.
const CORNER: Point = [168.0, 96.0];
const RIGHT: f32 = 252.0;
const BOTTOM: f32 = 141.0;
/// The most that a row takes, pixels.
const ROW: f32 = 8.5;
/// Height of the words, of their row's.
const TEXT: f32 = 0.76;
const MARGIN: f32 = 2.0;

/// Draws what the frame is worth ([`Scene::with_rewards`]): a row for each component with its name, its number and a bar
/// behind them, green for gains and red for losses, the largest as wide as the panel; and their sum.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rewards;

impl Overlay for Rewards {
    fn name(&self) -> &'static str {
        "rewards"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let rewards = scene.rewards;
        if rewards.is_empty() {
            return;
        }
        let sum: f32 = rewards.iter().map(|(_, value)| value).sum();
        let rows: Vec<(&str, f32)> = rewards.iter().copied().chain([("sum", sum)]).collect();
        let height = ROW.min((BOTTOM - CORNER[1]) / rows.len() as f32);
        let bottom = CORNER[1] + height * rows.len() as f32;
        push_box(list, CORNER, [RIGHT, bottom], BACKING);
        let largest = rows
            .iter()
            .map(|(_, value)| value.abs())
            .fold(f32::MIN_POSITIVE, f32::max);
        for gains in [true, false] {
            for (row, (_, value)) in rows.iter().enumerate() {
                let share = (value.abs() / largest).min(1.0);
                if (*value > 0.0) == gains && share > 0.0 {
                    let top = CORNER[1] + height * row as f32;
                    let end = CORNER[0] + (RIGHT - CORNER[0]) * share;
                    push_box(
                        list,
                        [CORNER[0], top + 0.5],
                        [end, top + height - 0.5],
                        if gains { GAIN } else { LOSS },
                    );
                }
            }
        }
        for (row, (name, value)) in rows.into_iter().enumerate() {
            let middle = CORNER[1] + height * (row as f32 + 0.5);
            draw_words(name, value, middle, height * TEXT, list);
        }
    }
}

fn draw_words(name: &str, value: f32, middle: f32, size: f32, list: &mut DrawList) {
    let words = |text| Words {
        text,
        size,
        color: INK,
    };
    let number = number(value);
    words(&number).up_to([RIGHT - MARGIN, middle], list);
    let space = RIGHT - CORNER[0] - 3.0 * MARGIN - text_width(&number, size);
    words(fitted(name, size, space)).from([CORNER[0] + MARGIN, middle], list);
}

/// A number of few letters, whatever its size.
fn number(value: f32) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        small if small < 10.0 => format!("{value:+.3}"),
        large if large < 1e5 => format!("{value:+.1}"),
        _ => format!("{value:+.0e}"),
    }
}
