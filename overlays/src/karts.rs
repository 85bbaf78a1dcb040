//! The other karts in the race.

use drawing::{Color, DrawList};

use crate::kart_box::{LABEL_SIZE, draw_kart};
use crate::panel::Labels;
use crate::scene::{Overlay, Scene};

const KART: Color = Color::rgb8(0xFF, 0x9F, 0x5A);
const GHOST: Color = Color::rgb8(0xC8, 0xD2, 0xE0);

/// Another kart in the race.
#[derive(Debug, Clone, PartialEq)]
pub struct Kart {
    /// Where it is, units.
    pub position: [f32; 3],
    /// Where it faces, unit length.
    pub forward: [f32; 3],
    /// Its name.
    pub name: String,
    /// Whether it is a ghost of the game's own.
    pub is_ghost: bool,
}

impl Kart {
    pub(crate) const fn color(&self) -> Color {
        match self.is_ghost {
            true => GHOST,
            false => KART,
        }
    }
}

/// Draws the other karts ([`Scene::with_karts`]) as boxes with their names: orange, the game's ghosts grey.
#[derive(Debug, Clone, Copy, Default)]
pub struct Karts;

impl Overlay for Karts {
    fn name(&self) -> &'static str {
        "karts"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut labels = Labels::default();
        for kart in &scene.karts {
            let place = [kart.position, kart.forward];
            draw_kart(scene, place, (&kart.name, kart.color()), &mut labels, list);
        }
        labels.draw(LABEL_SIZE, scene.screen().corners(), list);
    }
}
