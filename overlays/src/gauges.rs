//! Speed, boosts and drift.

use drawing::{Color, DrawList, Point, Shape};
use env_kart::facts::{FULL_CHARGE, Facts};

use crate::panel::{BACKING, FAINT_INK, INK, TextLine, push_box};
use crate::scene::{Overlay, Scene};

const SPEED: Color = Color::rgb8(0x32, 0xD0, 0x6C);
const OVER_SPEED: Color = Color::rgb8(0x4C, 0xC9, 0xFF);
const BACKWARDS: Color = Color::rgb8(0xFF, 0x6B, 0x6B);
const BOOST: Color = Color::rgb8(0xFF, 0x9F, 0x1C);
const MINI_TURBO: Color = Color::rgb8(0x5A, 0xA9, 0xFF);
/// A charge of one and two steps, and a whole one.
const CHARGES: [Color; 3] = [
    Color::rgb8(0xCB, 0xD5, 0xE1),
    Color::rgb8(0x5A, 0xA9, 0xFF),
    Color::rgb8(0xFF, 0x5A, 0x36),
];
const EMPTY: Color = Color::WHITE.with_alpha(0.18);

/// The panel's left edge and its size, pixels. It stands on what the game writes in the lower left.
const LEFT: f32 = 4.0;
pub(crate) const SIZE: Point = [96.0, 38.0];
const ROW: f32 = 8.5;
const TEXT_SIZE: f32 = 6.5;
/// Where bars begin and end, and where numbers end; pixels right of the corner.
const BAR: [f32; 2] = [31.0, 66.0];
const NUMBER_END: f32 = 92.0;
const BAR_HEIGHT: f32 = 4.0;
/// Share of the top speed that fills the bar: a boost is 1.3 of it.
const MOST_SPEED: f32 = 1.3;
/// Frames that fill the bar of boosts: a mushroom's.
const MOST_BOOST: f32 = 90.0;
/// Frames of a mini-turbo where RAM does not tell the kart's.
const USUAL_MINI_TURBO: f32 = 35.0;

/// Draws the player's speed in percent of the kart's top speed on the road, the frames left of a boost and of a
/// mini-turbo, and the drift: its side, and its charge in four steps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gauges;

impl Overlay for Gauges {
    fn name(&self) -> &'static str {
        "gauges"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut panel = Panel::new(scene, list);
        let facts = &scene.facts;
        let share = scene.top_speed().map(|top| facts.forward_speed / top);
        panel.draw_speed(share);
        let boost = facts.boost.max(0);
        panel.draw_bar(1, f32::from(boost) / MOST_BOOST, BOOST);
        let turbo = facts.mini_turbo.max(0);
        let turbo_share = f32::from(turbo) / mini_turbo_time(facts);
        panel.draw_bar(2, turbo_share, MINI_TURBO);
        let (side, charge) = (facts.drift_direction, facts.drift_charge);
        panel.draw_drift(side, if side == 0.0 { 0 } else { charge });
        for (row, name) in ["speed", "boost", "turbo", "drift"].into_iter().enumerate() {
            panel.write_name(row, name);
        }
        let numbers = [
            share.map_or_else(
                || format!("{:.2}", facts.forward_speed),
                |share| format!("{:.0}%", share * 100.0),
            ),
            if boost > 0 {
                boost.to_string()
            } else {
                on(facts.boosting && turbo == 0)
            },
            if turbo > 0 {
                turbo.to_string()
            } else {
                on(false)
            },
            match (side, charge) {
                (0.0, _) => on(false),
                (_, FULL_CHARGE..) => "ready".to_owned(),
                _ => charge.to_string(),
            },
        ];
        for (row, number) in numbers.iter().enumerate() {
            panel.write_number(row, number);
        }
    }
}

fn on(condition: bool) -> String {
    if condition { "on" } else { "-" }.to_owned()
}

fn mini_turbo_time(facts: &Facts) -> f32 {
    match facts.mini_turbo_time {
        time @ 1.. => f32::from(time),
        _ => USUAL_MINI_TURBO,
    }
}

/// The panel, with a row for each gauge.
struct Panel<'l> {
    /// Its upper left corner, pixels.
    corner: Point,
    list: &'l mut DrawList,
}

impl<'l> Panel<'l> {
    fn new(scene: &Scene<'_>, list: &'l mut DrawList) -> Self {
        let corner = scene.beside_lower_left([LEFT, -scene.lower_display_height() - SIZE[1]]);
        push_box(
            list,
            corner,
            [corner[0] + SIZE[0], corner[1] + SIZE[1]],
            BACKING,
        );
        Self { corner, list }
    }

    fn row_middle(&self, row: usize) -> f32 {
        self.corner[1] + 6.25 + row as f32 * ROW
    }

    /// Where the filled part of a bar ends.
    fn bar_end(&self, share: f32) -> f32 {
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        self.corner[0] + BAR[0] + (BAR[1] - BAR[0]) * share
    }

    fn draw_bar(&mut self, row: usize, share: f32, color: Color) {
        let middle = self.row_middle(row);
        let (top, bottom) = (middle - BAR_HEIGHT * 0.5, middle + BAR_HEIGHT * 0.5);
        let (start, end) = (self.bar_end(0.0), self.bar_end(share));
        push_box(self.list, [start, top], [self.bar_end(1.0), bottom], EMPTY);
        if end > start {
            push_box(self.list, [start, top], [end, bottom], color);
        }
    }

    /// The speed as a share of the top speed, with a mark at the top speed.
    fn draw_speed(&mut self, share: Option<f32>) {
        let color = match share {
            Some(share) if share < 0.0 => BACKWARDS,
            Some(share) if share > 1.02 => OVER_SPEED,
            _ => SPEED,
        };
        self.draw_bar(0, share.unwrap_or_default().abs() / MOST_SPEED, color);
        let (mark, middle) = (self.bar_end(1.0 / MOST_SPEED), self.row_middle(0));
        push_box(
            self.list,
            [mark - 0.4, middle - 3.0],
            [mark + 0.4, middle + 3.0],
            INK,
        );
    }

    /// Four steps of charge between arrows to both sides.
    fn draw_drift(&mut self, side: f32, charge: i32) {
        const ARROW: f32 = 5.0;
        let middle = self.row_middle(3);
        let color = match charge {
            ..=1 => CHARGES[0],
            2..FULL_CHARGE => CHARGES[1],
            _ => CHARGES[2],
        };
        let arrow = |tip: f32, base: f32| Shape::Polygon {
            points: vec![[tip, middle], [base, middle - 3.0], [base, middle + 3.0]],
            color: if (base - tip) * side > 0.0 {
                color
            } else {
                EMPTY
            },
        };
        let (start, end) = (self.bar_end(0.0), self.bar_end(1.0));
        // To the left is positive.
        self.list.push(arrow(start, start + ARROW));
        self.list.push(arrow(end, end - ARROW));
        let (start, end) = (start + ARROW + 2.0, end - ARROW - 2.0);
        let step = (end - start) / FULL_CHARGE as f32;
        for index in 0..FULL_CHARGE {
            let left = start + step * index as f32;
            push_box(
                self.list,
                [left + 0.5, middle - BAR_HEIGHT * 0.5],
                [left + step - 0.5, middle + BAR_HEIGHT * 0.5],
                if index < charge { color } else { EMPTY },
            );
        }
    }

    fn write_name(&mut self, row: usize, name: &str) {
        let left = [self.corner[0] + 4.0, self.row_middle(row)];
        text(name, FAINT_INK).from(left, self.list);
    }

    fn write_number(&mut self, row: usize, number: &str) {
        let right = [self.corner[0] + NUMBER_END, self.row_middle(row)];
        text(number, INK).up_to(right, self.list);
    }
}

fn text(text: &str, color: Color) -> TextLine<'_> {
    TextLine {
        text,
        size: TEXT_SIZE,
        color,
    }
}
