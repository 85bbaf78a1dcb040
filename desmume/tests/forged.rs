//! A state from elsewhere can't crash the core, hang it, or leave it otherwise than it was.

#[path = "fixture/forge.rs"]
mod forge;

use forge::{End, Forge};

/// How many states are forged here; `cargo xtask attacks states` forges more.
const STATES: u64 = 100;

#[test]
fn forged_states_are_refused_or_played_and_leave_the_console_as_it_was() {
    let mut forge = Forge::new();
    let mut ends: Vec<End> = (0..STATES).map(|seed| forge.attack(seed)).collect();
    assert!(!ends.contains(&End::Spoiled), "{ends:?}");
    ends.sort_unstable();
    ends.dedup();
    // Else they are forged too little, or too much, to tell.
    assert!(ends.contains(&End::Refused) && ends.contains(&End::Played), "{ends:?}");
}
