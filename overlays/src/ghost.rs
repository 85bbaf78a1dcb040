//! Another run's kart beside the player's.

use drawing::{Color, DrawList};

use crate::ghost_run::GhostRun;
use crate::kart_box::{LABEL_SIZE, draw_kart};
use crate::panel::{Labels, TextLine};
use crate::scene::{Overlay, Scene};

/// The colours of the ghosts, in their order.
pub(crate) const GHOST_COLORS: [Color; 4] = [
    Color::rgb8(0x67, 0xE8, 0xF9),
    Color::rgb8(0xF0, 0xAB, 0xFC),
    Color::rgb8(0xFD, 0xBA, 0x74),
    Color::rgb8(0xBE, 0xF2, 0x64),
];
const AHEAD: Color = Color::rgb8(0x4A, 0xDE, 0x80);
const BEHIND: Color = Color::rgb8(0xFF, 0x6B, 0x6B);
/// The middle of the first time, as shares of the screen's width and of the height of the game's laps and times: between
/// what the game writes in the corners.
const DELTA_CENTER: [f32; 2] = [120.0 / 256.0, 10.0 / 28.0];
const DELTA_SIZE: f32 = 9.0;
const DELTA_ROW: f32 = 13.0;
/// Ghosts whose times are shown.
const MOST_DELTAS: usize = 3;

/// Draws where the ghosts ([`Scene::with_ghosts`]) are at this frame of the race, as boxes with their names; and how far
/// the player is behind (+, red) or ahead (-, green) of each, in seconds at equal progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ghost;

impl Overlay for Ghost {
    fn name(&self) -> &'static str {
        "ghost"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut labels = Labels::default();
        for (ghost, color) in scene.ghosts.iter().zip(GHOST_COLORS.into_iter().cycle()) {
            if let Some(sample) = ghost.at_frame(scene.now().frame) {
                let place = [sample.position, sample.forward];
                draw_kart(scene, place, (ghost.name(), color), &mut labels, list);
            }
        }
        labels.draw(LABEL_SIZE, scene.screen().corners(), list);
        for (row, ghost) in scene.ghosts.iter().take(MOST_DELTAS).enumerate() {
            draw_delta(scene, ghost, row, list);
        }
    }
}

fn draw_delta(scene: &Scene<'_>, ghost: &GhostRun, row: usize, list: &mut DrawList) {
    let Some(frames) = ghost.delta(scene.now().frame, scene.now().progress) else {
        return;
    };
    let delta = frames * scene.hardware.frame_rate.frame_seconds() as f32;
    let line = TextLine {
        text: &format!("{delta:+.2} s"),
        size: DELTA_SIZE,
        color: if delta > 0.0 { BEHIND } else { AHEAD },
    };
    let [x, y] = DELTA_CENTER;
    let (x, y) = (x * scene.screen().width as f32, y * scene.display_height());
    let center = [x, y + row as f32 * DELTA_ROW];
    line.back(center, list);
    line.centred(center, list);
}
