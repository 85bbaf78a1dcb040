//! What kart games add to the debug window: overlays over their races, and the panel of RAM's fields. [`mkds`] and [`mk64`]
//! apply it to a game each.
#![forbid(unsafe_code)]

mod display;
pub mod fields;
pub mod mk64;
pub mod mkds;

use fields::{FieldGame, FieldPanel};
use overlays::Races;
use window::game::Additions;

pub use display::{KartWindow, RaceDisplay};

/// Everything that a game adds to a window: overlays over its races `R`, and a panel of the fields of its build `G`.
#[must_use]
fn additions<R: Races, G: FieldGame>() -> Additions {
    Additions {
        overlays: display::overlays::<R>(),
        fields: Box::new(|| Box::new(FieldPanel::<G>::new())),
        page: None,
    }
}
