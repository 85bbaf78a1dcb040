//! Mario Kart DS in the window.

use env_kart::reward::Rewards;
use env_mkds::config::RaceEnvConfig;
use mkds_memory::Region;
use overlays_mkds::MkdsRaces;
use window::game::Additions;

use crate::display::{self, KartWindow};
use crate::fields::{self, FieldGame};

/// Draws overlays over its races.
pub type RaceDisplay = display::RaceDisplay<MkdsRaces>;

/// The panel of its fields.
pub type FieldPanel = fields::FieldPanel<Region>;

/// Everything that it adds to a window.
#[must_use]
pub fn additions() -> Additions {
    crate::additions::<MkdsRaces, Region>()
}

impl KartWindow for MkdsRaces {
    /// Those of the preset `TimeTrial-v1`, which has the most terms.
    fn rewards() -> Rewards {
        RaceEnvConfig::time_trial_v1().reward
    }
}

impl FieldGame for Region {
    const EXAMPLE: &'static str = "driver boost";
}
