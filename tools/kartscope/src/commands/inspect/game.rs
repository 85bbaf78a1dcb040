//! What `inspect` needs of each game.

use env_mk64::game::MarioKart64;
use env_mkds::game::MarioKartDs;
use mk64_memory::events::Event as Event64;
use mk64_memory::symbols::Build;
use mkds_memory::Region;
use mkds_memory::events::Event as EventDs;
use ram_views::symbol::Program;
use serde::Serialize;

use crate::games::KartGame;

/// The memory that a game runs in.
pub type MemoryOf<G> = <<G as InspectedGame>::Program as Program>::Memory;

/// A game whose RAM can be looked into.
pub trait InspectedGame: KartGame<Event: RaceEvent> {
    /// A build of the game, which knows where its structures are.
    type Program: Program;

    /// The build whose addresses the symbols have, and what is known of the others.
    const ADDRESSES: &'static str;

    /// Whether a file begins as a save state does.
    fn is_state(file: &[u8]) -> bool;
}

/// An event of a race.
pub trait RaceEvent: Serialize {
    /// The race's own count of frames when it happened.
    fn frame(&self) -> i64;

    /// The number of the driver whom it happened to; `None` if to the race.
    fn driver(&self) -> Option<usize>;

    /// What happened, in words.
    fn words(&self) -> String;
}

impl InspectedGame for MarioKartDs {
    type Program = Region;

    const ADDRESSES: &'static str = "Addresses are the US game's; the European and Japanese games keep all of them a constant distance away.";

    fn is_state(file: &[u8]) -> bool {
        desmume::State::is_one(file)
    }
}

impl InspectedGame for MarioKart64 {
    type Program = Build;

    const ADDRESSES: &'static str =
        "Addresses are the US game's; those of other regions are not known.";

    fn is_state(file: &[u8]) -> bool {
        mupen64plus::State::is_one(file)
    }
}

impl RaceEvent for EventDs {
    fn frame(&self) -> i64 {
        self.frame.into()
    }

    fn driver(&self) -> Option<usize> {
        self.driver
    }

    fn words(&self) -> String {
        self.kind.to_string()
    }
}

impl RaceEvent for Event64 {
    fn frame(&self) -> i64 {
        self.tick.into()
    }

    fn driver(&self) -> Option<usize> {
        self.player
    }

    fn words(&self) -> String {
        self.kind.to_string()
    }
}
