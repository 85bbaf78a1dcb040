//! The games that kartscope runs, and the choice among them. Each game has a file, and a line in [`GAMES`].

mod ghost_game;
mod kart_game;
mod mk64;
mod mkds;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::files::{self, Input};

/// The games. The first is the one that runs when the command line names neither a game nor a ROM.
static GAMES: [&GameKind; 2] = [&mkds::MARIO_KART_DS, &mk64::MARIO_KART_64];

pub use ghost_game::GhostGame;
pub use kart_game::{CourseName, KartGame};
pub use mk64::MARIO_KART_64;
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
    /// The ending of the names of its movies, without the dot.
    movie_ending: &'static str,
    /// Whether a file's content is of this game, or of its console: a movie, a save state, or what the game has saved.
    wrote: fn(&[u8]) -> bool,
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
    /// The game; when left out, the one that the ROM's header names, or without a ROM the one whose movie, save state or save
    /// the command is given
    #[arg(long, global = true, value_name = "NAME", value_enum)]
    pub game: Option<&'static GameKind>,
}

impl GameChoice {
    /// The same choice; without a game and a ROM, that of the first of the files that is a game's.
    pub fn or_of_files(self, files: &[PathBuf]) -> Self {
        let is_open = self.game.is_none() && self.rom.is_none();
        Self {
            game: self.game.or_else(|| of_files(files).filter(|_| is_open)),
            ..self
        }
    }

    /// The game to run without a ROM.
    pub fn without_rom(&self) -> &'static GameKind {
        self.game.unwrap_or(GAMES[0])
    }

    /// The game whose ghosts a file holds, by its content.
    pub fn of_save(&self, path: &Path) -> &'static GameKind {
        let found = || of_file(path);
        self.game.or_else(found).unwrap_or(GAMES[0])
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

/// The game of the first file that is of one: by its content, or in a folder by the names of its movies.
fn of_files(paths: &[PathBuf]) -> Option<&'static GameKind> {
    paths.iter().find_map(|path| match path.is_dir() {
        true => of_folder(path),
        false => of_file(path),
    })
}

/// The game of a file. Only files that can be read twice are looked at: a pipe is left to the command.
fn of_file(path: &Path) -> Option<&'static GameKind> {
    if !path.is_file() {
        return None;
    }
    // The command says why it can't be read.
    let bytes = files::read(path, Input::Image).ok()?;
    GAMES.into_iter().find(|game| (game.wrote)(&bytes))
}

/// The game of a folder's movies; the first in [`GAMES`] of those that have some there.
fn of_folder(path: &Path) -> Option<&'static GameKind> {
    // The command says why it can't be read.
    let entries = path.read_dir().ok()?.flatten();
    let endings: Vec<_> = entries
        .filter_map(|entry| Some(entry.path().extension()?.to_owned()))
        .collect();
    let has_movies = |game: &&GameKind| endings.iter().any(|ending| ending == game.movie_ending);
    GAMES.into_iter().find(has_movies)
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
        movie_ending: "other",
        wrote: |_| false,
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
    fn files_decide_the_game_where_neither_a_game_nor_a_rom_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            path
        };
        let (notes, movie) = (write("notes", b"of no game"), write("a", b"M64\x1A\x03"));
        let other = write("b", b"version 2\nemuVersion 90000\n");
        let missing = folder.path().join("missing");
        let of = |choice: GameChoice, files: &[&PathBuf]| {
            let files: Vec<PathBuf> = files.iter().map(|path| (*path).clone()).collect();
            choice.or_of_files(&files).game.map(|game| game.name)
        };
        let open = GameChoice::default;
        assert_eq!(
            of(open(), &[&notes, &missing, &movie, &other]),
            Some("mk64")
        );
        assert_eq!(of(open(), &[&other, &movie]), Some("mkds"));
        assert_eq!(of(open(), &[&notes]), None);
        let game = Some(GAMES[0]);
        assert_eq!(of(GameChoice { game, rom: None }, &[&movie]), Some("mkds"));
        let rom = Some(missing);
        assert_eq!(of(GameChoice { game: None, rom }, &[&movie]), None);
        let movies = folder.path().join("movies");
        std::fs::create_dir(&movies).expect("a folder");
        assert_eq!(
            of(open(), &[&movies, &other]),
            Some("mkds"),
            "an empty folder"
        );
        write("movies/race.m64", b"");
        assert_eq!(of(open(), &[&movies, &other]), Some("mk64"));
        write("movies/race.dsm", b"");
        assert_eq!(of(open(), &[&movies]), Some("mkds"), "movies of both");
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
