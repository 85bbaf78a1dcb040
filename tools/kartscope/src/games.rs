//! The games that kartscope runs, and the choice among them. Each game has a file, and a line in [`GAMES`].

mod kart_game;
mod mk64;
mod mkds;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

/// The games. The first is the one that runs when the command line names neither a game nor a ROM.
static GAMES: [&GameKind; 2] = [&mkds::MARIO_KART_DS, &mk64::MARIO_KART_64];

pub use kart_game::{CourseName, KartGame};
pub use mkds::MARIO_KART_DS;

/// Which game it is, for [`of_game`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameId {
    /// Mario Kart DS.
    MarioKartDs,
    /// Mario Kart 64.
    MarioKart64,
}

/// Evaluates an expression with `$G` as the type of a [`GameKind`]: `of_game!(kind, G => run::<G>(…))`.
macro_rules! of_game {
    ($kind:expr, $G:ident => $work:expr) => {
        match $kind.id {
            $crate::games::GameId::MarioKartDs => {
                type $G = env_mkds::game::MarioKartDs;
                $work
            }
            $crate::games::GameId::MarioKart64 => {
                type $G = env_mk64::game::MarioKart64;
                $work
            }
        }
    };
}
pub(crate) use of_game;

/// A game that kartscope runs.
pub struct GameKind {
    /// Which it is.
    pub id: GameId,
    /// Its name for `--game`.
    name: &'static str,
    /// Its full name.
    pub title: &'static str,
    /// The ROM of the bundled game, which has its memory layout and runs in its place when the user names no ROM.
    pub bundled: &'static [u8],
    /// Whether a ROM's header says that it is this game.
    is_named_in: fn(&[u8]) -> bool,
    /// Fails for a ROM that is not this game, is cut short or is a version that kartscope does not know.
    pub check: fn(&[u8]) -> Result<()>,
    /// What the header of a ROM that passed the check says, and whether the addresses of this version are known.
    pub describe: fn(&[u8]) -> Result<String>,
}

impl std::fmt::Debug for GameKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl ValueEnum for &'static GameKind {
    fn value_variants<'a>() -> &'a [Self] {
        &GAMES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name).help(self.title))
    }
}

/// The game and the ROM that a command line names.
#[derive(Debug, Clone, Default, Args)]
pub struct GameChoice {
    /// Your ROM of Mario Kart DS or Mario Kart 64 (US), in place of the bundled game
    #[arg(long, global = true, value_name = "FILE", env = "KARTSCOPE_ROM")]
    pub rom: Option<PathBuf>,
    /// The game; the one that the ROM's header names when left out
    #[arg(long, global = true, value_name = "NAME", value_enum)]
    pub game: Option<&'static GameKind>,
}

impl GameChoice {
    /// The game to run without a ROM.
    pub fn without_rom(&self) -> &'static GameKind {
        self.game.unwrap_or(GAMES[0])
    }

    /// The game to run a ROM as.
    ///
    /// # Errors
    /// When the ROM is another game than the one that the command line names.
    pub fn of_rom(&self, rom: &[u8]) -> Result<&'static GameKind> {
        match (self.game, of_rom(&GAMES, rom)) {
            (Some(chosen), Some(found)) if !std::ptr::eq(chosen, found) => bail!(
                "--game {}: expected a ROM of {}, found one of {}",
                chosen.name,
                chosen.title,
                found.title
            ),
            // The check of the game says what is wrong with a ROM of no game.
            (_, found) => Ok(found.unwrap_or_else(|| self.without_rom())),
        }
    }
}

/// Whether a file is a ROM of one of the games, by its header.
#[cfg(feature = "window")]
pub fn is_rom(bytes: &[u8]) -> bool {
    of_rom(&GAMES, bytes).is_some()
}

fn of_rom(games: &[&'static GameKind], rom: &[u8]) -> Option<&'static GameKind> {
    games.iter().copied().find(|game| (game.is_named_in)(rom))
}

#[cfg(test)]
mod tests {
    use super::*;

    static OTHER: GameKind = GameKind {
        id: GameId::MarioKart64,
        name: "other",
        title: "Another Game",
        bundled: b"other, bundled",
        is_named_in: |rom| rom.starts_with(b"other"),
        check: |_| Ok(()),
        describe: |_| Ok(String::new()),
    };

    #[test]
    fn the_header_of_a_rom_decides_the_game() {
        let named = |rom| of_rom(&[GAMES[0], &OTHER], rom).map(|game| game.name);
        assert_eq!(named(homebrew::ROM), Some("mkds"));
        assert_eq!(named(b"other, mine"), Some("other"));
        assert_eq!(named(b"neither"), None);
    }

    #[test]
    fn a_rom_of_another_game_than_the_chosen_one_is_refused() {
        let choice = |game| GameChoice { game, rom: None };
        let found = choice(None).of_rom(homebrew::ROM).expect("known");
        assert_eq!(found.name, "mkds");
        let error = choice(Some(&OTHER)).of_rom(homebrew::ROM);
        assert_eq!(
            error.expect_err("not the chosen one").to_string(),
            "--game other: expected a ROM of Another Game, found one of Mario Kart DS"
        );
        // What is wrong with a ROM of no game, the chosen game says.
        let chosen = choice(Some(&OTHER)).of_rom(b"neither").expect("chosen");
        assert_eq!(chosen.name, "other");
    }

    #[test]
    fn names_are_unique_and_each_bundled_game_is_recognised_as_its_game() {
        for (index, game) in GAMES.iter().enumerate() {
            assert!(GAMES[..index].iter().all(|other| other.name != game.name));
            assert_eq!(
                of_rom(&GAMES, game.bundled).map(|found| found.name),
                Some(game.name)
            );
            (game.check)(game.bundled).expect("a whole ROM");
        }
    }
}
