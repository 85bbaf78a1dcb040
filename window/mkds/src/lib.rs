//! What Mario Kart DS adds to the debug window: overlays over its races, and the panel of its RAM's fields.
#![forbid(unsafe_code)]

mod display;
pub mod fields;

use window::game::Additions;

pub use display::RaceDisplay;

/// Everything that the game adds to a window.
#[must_use]
pub fn additions() -> Additions {
    Additions {
        overlays: display::overlays(),
        fields: Box::new(|| Box::new(fields::FieldPanel::new())),
    }
}
