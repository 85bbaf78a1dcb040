//! What commands on saved ghosts need of each game.

mod mk64;
mod mkds;

use std::fmt::Display;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Result;
use env_kart::runs::MovieOf;
use env_kart::runs::race_movie::RaceMovie;
use learn::dataset::Dataset;
use outputs::Kind;
use serde::Serialize;

use super::KartGame;
use crate::game::Game;

/// A game whose ghosts are kept in files.
pub trait GhostGame: KartGame {
    /// A file with ghosts.
    type Save;
    /// Where a ghost lies in it.
    type Place: Copy + Display + Serialize + Send + Sync;
    /// A ghost.
    type Ghost: Send + Sync;
    /// A ghost in a few numbers.
    type Summary: Serialize;

    /// The kind of file that a file with ghosts may replace.
    const SAVE: Kind;
    /// The line above those of [`line`](Self::line).
    const HEADING: &'static str;

    /// A save without ghosts, to be written to `path`.
    fn blank_save(path: &Path) -> Self::Save;

    /// Reads a save.
    ///
    /// # Errors
    /// When it is none.
    fn parse_save(file: &[u8]) -> Result<Self::Save>;

    /// The save's file.
    fn save_to_bytes(save: &Self::Save) -> Vec<u8>;

    /// What is missing at the end of a save's file; `None` if it is whole.
    fn missing(save: &Self::Save) -> Option<String>;

    /// The ghosts of a save, those that can't be read as errors.
    fn ghosts(save: &Self::Save) -> Vec<(Self::Place, Result<Self::Ghost>)>;

    /// Whether a place belongs to a course, which its ghost may tell if it can be read.
    fn is_on(place: Self::Place, ghost: Option<&Self::Ghost>, course: &str) -> bool;

    /// The summary of a ghost in a save.
    ///
    /// # Errors
    /// When the save does not tell which of its ghosts the game shows.
    fn summary(save: &Self::Save, place: Self::Place, ghost: &Self::Ghost)
    -> Result<Self::Summary>;

    /// A summary as a line of a list.
    fn line(summary: &Self::Summary) -> String;

    /// The abbreviation of the course that a ghost's place is for.
    fn course_label(place: Self::Place, ghost: &Self::Ghost) -> String;

    /// Who drove a ghost: the nickname that it carries, or else its character.
    #[cfg_attr(
        not(feature = "window"),
        expect(dead_code, reason = "the window lists ghosts by it")
    )]
    fn driver_name(ghost: &Self::Ghost) -> String;

    /// The beginning of the name of a ghost's files.
    fn file_code(place: Self::Place, ghost: &Self::Ghost) -> String;

    /// The place of a ghost's course in cup order, from 0.
    ///
    /// # Errors
    /// When ghosts of its course have no place.
    fn course_rank(ghost: &Self::Ghost) -> Result<usize>;

    /// The race of a ghost; `None` if the game does not have its course.
    fn race_of_ghost(ghost: &Self::Ghost) -> Option<Self::Combo>;

    /// Milliseconds of a ghost's race.
    fn total_ms(ghost: &Self::Ghost) -> u32;

    /// Milliseconds of a ghost's laps, if it has them.
    fn lap_ms(ghost: &Self::Ghost) -> Option<Vec<u32>>;

    /// The file of an extracted ghost.
    ///
    /// # Errors
    /// When the file can't hold it.
    fn ghost_to_bytes(ghost: &Self::Ghost) -> Result<Vec<u8>>;

    /// Reads an extracted ghost; `None` if the file has not the size of one.
    ///
    /// # Errors
    /// When it has, and is none.
    fn parse_ghost(file: &[u8]) -> Result<Option<Self::Ghost>>;

    /// Puts a ghost into the place of its course; replaces a ghost there only with `replace`.
    ///
    /// # Errors
    /// When there is no place, or another ghost is in it.
    fn put(save: &mut Self::Save, ghost: &Self::Ghost, replace: bool) -> Result<Self::Place>;

    /// Refuses a run of the bundled game for a save of the real one. A game whose saves don't tell takes any.
    ///
    /// # Errors
    /// When it is one.
    fn require_real(_save: &Self::Save) -> Result<()> {
        Ok(())
    }

    /// Refuses a course or a save that the game does not have.
    ///
    /// # Errors
    /// When it is one.
    fn require_own(game: &Game, save: &Self::Save) -> Result<()>;

    /// Refuses a race on a course that the game does not have.
    ///
    /// # Errors
    /// When it is one.
    fn require_race(game: &Game, combo: &Self::Combo) -> Result<()>;

    /// What the console must have saved before, for the races of a save's ghosts; `None` if that does not matter.
    fn memory(game: &Game, save: &Self::Save) -> Option<Vec<u8>>;

    /// Races a ghost from power-on.
    ///
    /// # Errors
    /// When there is no such race. One that does not finish in the ghost's time is no error.
    fn race(
        rom: &[u8],
        memory: Option<&[u8]>,
        ghost: &Self::Ghost,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<RaceMovie<Self>>;

    /// Plays a movie to the finish of its race and makes the ghost of it.
    ///
    /// # Errors
    /// When the race does not finish, or becomes no ghost.
    fn ghost_of_movie(
        rom: &[u8],
        movie: &MovieOf<Self>,
        nickname: &str,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Self::Ghost>;

    /// The ghosts of a dataset's finished races, each with the name of its movie and whether the bundled game played it.
    ///
    /// # Errors
    /// When the dataset can't be read, or its races become no ghosts.
    fn ghosts_of_dataset(
        dataset: &Dataset,
        nickname: &str,
    ) -> Result<Vec<(String, Self::Ghost, bool)>>;
}
