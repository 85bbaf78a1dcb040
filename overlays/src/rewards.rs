//! The rewards of a frame.

use crate::panel::{BACKING, INK, TextLine, fitted, push_box, text_width};
use crate::scene::{Overlay, Scene};
use drawing::{Color, DrawList};

const GAIN: Color = Color::rgb8(0x22, 0xA3, 0x5A).with_alpha(0.85);
const LOSS: Color = Color::rgb8(0xD9, 0x3A, 0x3A).with_alpha(0.85);

/// From the game's laps and times down to the panel, pixels: below the minimap.
const BELOW_DISPLAY: f32 = 68.0;
/// The panel's left and right edge, from the right edge of the screen, pixels.
const SIDES: [f32; 2] = [-88.0, -4.0];
/// The lowest that the panel goes, from the lower edge of the screen, pixels: above the buttons.
const BOTTOM: f32 = -51.0;
/// The most that a row takes, pixels.
const ROW: f32 = 8.5;
/// Height of the text, as a share of its row's.
const TEXT: f32 = 0.76;
const MARGIN: f32 = 2.0;

/// Draws the rewards of the frame ([`Scene::with_rewards`]): a row for each component with its name, its number and a bar
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
        let [left, lowest] = scene.beside_lower_right([SIDES[0], BOTTOM]);
        let top_edge = scene.display_height() + BELOW_DISPLAY;
        let [right, _] = scene.beside_lower_right([SIDES[1], 0.0]);
        let height = ROW.min((lowest - top_edge) / rows.len() as f32);
        let bottom = top_edge + height * rows.len() as f32;
        push_box(list, [left, top_edge], [right, bottom], BACKING);
        let largest = rows
            .iter()
            .map(|(_, value)| value.abs())
            .fold(f32::MIN_POSITIVE, f32::max);
        for gains in [true, false] {
            for (row, (_, value)) in rows.iter().enumerate() {
                let share = (value.abs() / largest).min(1.0);
                if (*value > 0.0) == gains && share > 0.0 {
                    let top = top_edge + height * row as f32;
                    let end = left + (right - left) * share;
                    push_box(
                        list,
                        [left, top + 0.5],
                        [end, top + height - 0.5],
                        if gains { GAIN } else { LOSS },
                    );
                }
            }
        }
        for (row, (name, value)) in rows.into_iter().enumerate() {
            let middle = top_edge + height * (row as f32 + 0.5);
            write_row(name, value, ([left, right], middle), height * TEXT, list);
        }
    }
}

/// Writes a name and a number between the left and the right edge of a row.
fn write_row(
    name: &str,
    value: f32,
    ([left, right], middle): ([f32; 2], f32),
    size: f32,
    list: &mut DrawList,
) {
    let line = |text| TextLine {
        text,
        size,
        color: INK,
    };
    let number = number(value);
    line(&number).up_to([right - MARGIN, middle], list);
    let space = right - left - 3.0 * MARGIN - text_width(&number, size);
    line(fitted(name, size, space)).from([left + MARGIN, middle], list);
}

/// A number in at most seven characters.
fn number(value: f32) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        small if small < 10.0 => format!("{value:+.3}"),
        large if large < 1e5 => format!("{value:+.1}"),
        _ => format!("{value:+.0e}"),
    }
}
