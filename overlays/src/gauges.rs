//! Speed, boosts and drift.

use drawing::{Color, DrawList, Point, Shape};
use mkds_memory::driver::ControlFlags;

use crate::panel::{BACKING, FAINT_INK, INK, Words, push_box};
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

/// Corner of the panel, and its size; pixels: above what the game writes in the lower left.
const CORNER: Point = [4.0, 127.0];
const SIZE: Point = [96.0, 38.0];
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
/// The charge that gives a mini-turbo.
const FULL_CHARGE: i32 = 4;

/// Draws the player's speed in percent of the kart's top speed on the road, the frames left of a boost and of a
/// mini-turbo, and the drift: its side, and its charge in four steps.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gauges;

impl Overlay for Gauges {
    fn name(&self) -> &'static str {
        "gauges"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let Ok(driver) = scene.race.driver(0) else {
            return;
        };
        push_box(
            list,
            CORNER,
            [CORNER[0] + SIZE[0], CORNER[1] + SIZE[1]],
            BACKING,
        );
        let speed = driver.forward_speed().to_f32();
        let share = scene.top_speed().map(|top| speed / top);
        let color = match share {
            Some(share) if share < 0.0 => BACKWARDS,
            Some(share) if share > 1.02 => OVER_SPEED,
            _ => SPEED,
        };
        let fill = share.unwrap_or_default().abs() / MOST_SPEED;
        draw_bar(0, fill, color, list);
        // The mark of the top speed.
        let mark = bar_end(1.0 / MOST_SPEED);
        let middle = row_middle(0);
        push_box(
            list,
            [mark - 0.4, middle - 3.0],
            [mark + 0.4, middle + 3.0],
            INK,
        );
        let boost = driver.boost_timer().max(0);
        draw_bar(1, f32::from(boost) / MOST_BOOST, BOOST, list);
        let turbo = driver.mini_turbo_timer().max(0);
        draw_bar(
            2,
            f32::from(turbo) / mini_turbo_time(scene),
            MINI_TURBO,
            list,
        );
        let side = -driver.drift_direction().signum() as f32;
        let charge = driver.drift_charge();
        draw_drift(side, if side == 0.0 { 0 } else { charge }, list);
        for (row, name) in ["speed", "boost", "turbo", "drift"].into_iter().enumerate() {
            words(name, FAINT_INK).from([CORNER[0] + 4.0, row_middle(row)], list);
        }
        let boosting = driver.control_flags().contains(ControlFlags::BOOST);
        let numbers = [
            share.map_or_else(
                || format!("{speed:.2}"),
                |share| format!("{:.0}%", share * 100.0),
            ),
            if boost > 0 {
                boost.to_string()
            } else {
                on(boosting && turbo == 0)
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
            words(number, INK).up_to([CORNER[0] + NUMBER_END, row_middle(row)], list);
        }
    }
}

fn on(condition: bool) -> String {
    if condition { "on" } else { "-" }.to_owned()
}

fn words(text: &str, color: Color) -> Words<'_> {
    Words {
        text,
        size: TEXT_SIZE,
        color,
    }
}

fn mini_turbo_time(scene: &Scene<'_>) -> f32 {
    let driver = scene.race.driver(0);
    let kart = driver.and_then(|driver| Ok(driver.kart_parameters().follow(scene.race.ram())?));
    match kart {
        Ok(Some(kart)) if kart.mini_turbo_time() > 0 => f32::from(kart.mini_turbo_time()),
        _ => USUAL_MINI_TURBO,
    }
}

fn row_middle(row: usize) -> f32 {
    CORNER[1] + 6.25 + row as f32 * ROW
}

/// Where the filled part of a bar ends.
fn bar_end(share: f32) -> f32 {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    CORNER[0] + BAR[0] + (BAR[1] - BAR[0]) * share
}

fn draw_bar(row: usize, share: f32, color: Color, list: &mut DrawList) {
    let middle = row_middle(row);
    let (top, bottom) = (middle - BAR_HEIGHT * 0.5, middle + BAR_HEIGHT * 0.5);
    let (start, end) = (bar_end(0.0), bar_end(share));
    push_box(list, [start, top], [bar_end(1.0), bottom], EMPTY);
    if end > start {
        push_box(list, [start, top], [end, bottom], color);
    }
}

/// Four steps of charge between arrows to both sides.
fn draw_drift(side: f32, charge: i32, list: &mut DrawList) {
    const ARROW: f32 = 5.0;
    let middle = row_middle(3);
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
    let (start, end) = (bar_end(0.0), bar_end(1.0));
    // To the left is positive.
    list.push(arrow(start, start + ARROW));
    list.push(arrow(end, end - ARROW));
    let (start, end) = (start + ARROW + 2.0, end - ARROW - 2.0);
    let step = (end - start) / FULL_CHARGE as f32;
    for index in 0..FULL_CHARGE {
        let left = start + step * index as f32;
        let filled = index < charge;
        push_box(
            list,
            [left + 0.5, middle - BAR_HEIGHT * 0.5],
            [left + step - 0.5, middle + BAR_HEIGHT * 0.5],
            if filled { color } else { EMPTY },
        );
    }
}
