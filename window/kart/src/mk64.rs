//! Mario Kart 64 in the window.

use env_kart::reward::Rewards;
use env_mk64::config::RaceEnvConfig;
use mk64_formats::names::Course;
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

    fn course_name(id: u32) -> String {
        match u8::try_from(id).ok().and_then(Course::by_id) {
            Some(course) => format!("{} ({})", course.abbreviation.to_lowercase(), course.name),
            None => format!("course {id}"),
        }
    }
}

impl FieldGame for Build {
    const EXAMPLE: &'static str = "player boost";
}
