//! What `verify` needs of each game.

use anyhow::Result;
use env_kart::race_env::PadOf;
use env_kart::runs::MachineOf;

use super::Check;
use crate::game::Game;
use crate::games::GhostGame;

/// A game whose ROM, addresses and ghosts are checked.
pub trait VerifiedGame: GhostGame {
    /// Checks a ROM file without running it.
    fn check_rom(rom: &[u8]) -> Vec<Check>;

    /// The race in which the symbols are checked, if no save state has one.
    ///
    /// # Errors
    /// When the ROM has no course.
    fn first_race(game: &Game) -> Result<Self::Combo>;

    /// The console with [`memory`](GhostGame::memory).
    fn console_with(memory: Option<Vec<u8>>) -> Self::Console;

    /// Checks that the memory at each symbol is plausible for it.
    ///
    /// # Errors
    /// When RAM holds no game.
    fn check_symbols(driven: &Driven<'_, Self>, rom: &[u8]) -> Result<Vec<Check>>;
}

/// A race that was driven for some seconds, and its last input.
pub struct Driven<'a, G: VerifiedGame> {
    /// The console.
    pub machine: &'a MachineOf<G>,
    /// The race's frame counter before the last look.
    pub frame_before: Option<u32>,
    /// What is held on the pad.
    pub held: PadOf<G>,
    /// The race that was chosen in the menus.
    pub combo: G::Combo,
}
