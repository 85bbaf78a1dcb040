//! Mario Kart 64 in the window.

use env_kart::reward::Rewards;
use env_mk64::config::RaceEnvConfig;
use mk64_memory::symbols::Build;
use overlays_mk64::Mk64Races;
use window::game::Additions;

use crate::display::{self, KartWindow};
use crate::fields::{self, FieldGame};

/// Draws overlays over its races.
pub type RaceDisplay = display::RaceDisplay<Mk64Races>;

/// The panel of its fields.
pub type FieldPanel = fields::FieldPanel<Build>;

/// Everything that it adds to a window.
#[must_use]
pub fn additions() -> Additions {
    crate::additions::<Mk64Races, Build>()
}

impl KartWindow for Mk64Races {
    /// Those of the preset `MarioKart64-v0`, which are the original's.
    fn rewards() -> Rewards {
        RaceEnvConfig::mario_kart_64_v0().reward
    }
}

impl FieldGame for Build {
    const EXAMPLE: &'static str = "player boost";
}
