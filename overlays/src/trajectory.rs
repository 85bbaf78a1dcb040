//! The trajectory of the player's kart.

use crate::history::{Sample, is_continuous};
use crate::scene::{Overlay, Scene};
use crate::world_line::{Pen, WorldLine};
use drawing::{Color, DrawList};

const THIS_LAP: Color = Color::rgb8(0xFF, 0xE0, 0x4D);
/// Of past laps, the last one first; older ones are as the last of these.
const PAST_LAPS: [Color; 3] = [
    Color::rgb8(0x6E, 0xE7, 0x9A),
    Color::rgb8(0x5A, 0xA9, 0xFF),
    Color::rgb8(0xB8, 0xBE, 0xCC),
];
const WIDTH: f32 = 1.8;
const PAST_WIDTH: f32 = 1.2;
/// The colours of standing, of half the top speed, and of the top speed.
const SPEEDS: [Color; 3] = [
    Color::rgb8(0xFF, 0x3B, 0x30),
    Color::rgb8(0xFF, 0xD6, 0x0A),
    Color::rgb8(0x32, 0xE0, 0x6C),
];
/// The colour of speeds above that.
const BOOSTED: Color = Color::rgb8(0x4C, 0xC9, 0xFF);
/// The number of colours for speeds up to the top speed.
const SHADES: f32 = 8.0;
/// Speed that counts as top where RAM does not tell a kart's, units a frame.
const USUAL_TOP_SPEED: f32 = 5.2;
/// Every how many frames it has a point.
const STRIDE: usize = 4;

/// Draws the path driven in this lap and in those before ([`Scene::with_history`]), each in a colour of its own or
/// coloured by speed.
#[derive(Debug, Clone, Copy)]
pub struct Trajectory {
    /// Whether its colour tells the speed: red standing, over yellow to green at the kart's top speed, blue beyond. Past
    /// laps are thinner.
    pub by_speed: bool,
    /// How far from the kart its points are drawn, units.
    pub reach: f32,
}

impl Default for Trajectory {
    fn default() -> Self {
        Self {
            by_speed: false,
            reach: 900.0,
        }
    }
}

impl Overlay for Trajectory {
    fn name(&self) -> &'static str {
        if self.by_speed {
            "speed-trajectory"
        } else {
            "trajectory"
        }
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let Some(history) = scene.history else {
            return;
        };
        let top_speed = scene.top_speed().unwrap_or(USUAL_TOP_SPEED);
        let laps: Vec<&[Sample]> = history.laps().map(|(_, lap)| lap).collect();
        let last = laps.len().saturating_sub(1);
        for (index, lap) in laps.into_iter().enumerate() {
            let ago = last - index;
            let color = |sample: &Sample| {
                if self.by_speed {
                    speed_color(sample.speed / top_speed)
                } else {
                    lap_color(ago)
                }
            };
            let width = if ago == 0 { WIDTH } else { PAST_WIDTH };
            self.draw_lap(scene, lap, |sample| Pen::new(width, color(sample)), list);
        }
    }
}

impl Trajectory {
    fn draw_lap(
        &self,
        scene: &Scene<'_>,
        lap: &[Sample],
        pen: impl Fn(&Sample) -> Pen,
        list: &mut DrawList,
    ) {
        let Some(first) = lap.first() else {
            return;
        };
        let near = |sample: &Sample| {
            let gap = |axis: usize| (sample.position[axis] - scene.position()[axis]).powi(2);
            gap(0) + gap(1) + gap(2) <= self.reach * self.reach
        };
        let mut line = WorldLine::new(list, &scene.projection, pen(first));
        let mut before = first;
        // The last one is where the kart is.
        let end = lap
            .last()
            .filter(|_| !(lap.len() - 1).is_multiple_of(STRIDE));
        for sample in lap.iter().step_by(STRIDE).chain(end) {
            if near(sample) {
                if !is_continuous(before, sample) {
                    line.break_off();
                }
                line.set_pen(pen(sample));
                line.line_to(sample.position);
            } else {
                line.break_off();
            }
            before = sample;
        }
    }
}

fn lap_color(ago: usize) -> Color {
    match ago.checked_sub(1) {
        None => THIS_LAP,
        Some(past) => PAST_LAPS[past.min(PAST_LAPS.len() - 1)],
    }
}

/// The colour of a share of the top speed.
fn speed_color(share: f32) -> Color {
    if share > 1.02 {
        return BOOSTED;
    }
    // In steps, so that a line of one speed is one line.
    let share = (share.clamp(0.0, 1.0) * SHADES).round() / SHADES;
    let [slow, middle, fast] = SPEEDS;
    if share < 0.5 {
        slow.mix(middle, share * 2.0)
    } else {
        middle.mix(fast, share * 2.0 - 1.0)
    }
}
