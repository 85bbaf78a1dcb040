//! Requests to open games, and the trait that opens them.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::stage::Stage;

/// What to open.
#[derive(Clone, Debug)]
pub enum Request {
    /// A new game.
    New,
    /// A new game from power-on.
    PowerOn,
    /// A new race on a course, by the game's short name of it.
    Race(String),
    /// Files: movies side by side, or one of any kind.
    Files(Vec<PathBuf>),
    /// A save file to play with from power-on.
    Save(PathBuf),
    /// A ghost of a save file.
    Ghost {
        /// The save file.
        save: PathBuf,
        /// Its number among the file's ghosts.
        number: usize,
    },
    /// A trained driver on a course.
    Model {
        /// The model's folder.
        folder: PathBuf,
        /// The game's short name of the course.
        course: String,
    },
    /// A session, as its file has it.
    Session(Vec<u8>),
}

/// The answer to a request.
pub enum Opened {
    /// Games.
    Games(Games),
    /// The user must choose one of several requests.
    Choice {
        /// The title of the choice.
        title: String,
        /// The options: each one's name and request.
        options: Vec<(String, Request)>,
        /// The user's ROM that the requests are for; `None` for the bundled game.
        rom: Option<PathBuf>,
    },
}

/// Games that replace those in the window.
#[derive(Default)]
pub struct Games {
    /// The games, shown side by side.
    pub stages: Vec<Stage>,
    /// Whether the selected game's sound is played.
    pub sound: bool,
    /// The state of the window in a session's file.
    pub window_state: Option<WindowState>,
    /// The user's ROM that they run on; `None` for the bundled game.
    pub rom: Option<PathBuf>,
}

/// The state of the window in a session's file.
#[derive(Clone, Debug)]
pub struct WindowState {
    /// The number of the selected game.
    pub selected: usize,
    /// Paths of the pinned fields.
    pub pins: Vec<String>,
    /// Names of the enabled overlays.
    pub overlays: Vec<String>,
}

/// Opens games, and makes datasets of them.
pub trait Opener {
    /// Opens the games of a request on the user's ROM, or on the bundled game.
    ///
    /// # Errors
    /// A file can't be read, or is for another game.
    fn open(&self, request: &Request, rom: Option<&Path>) -> Result<Opened>;

    /// Adds the corrections of a movie to the dataset in a folder; returns their number of rows.
    ///
    /// # Errors
    /// The movie has no corrections, or the folder holds another dataset.
    fn add_corrections(&self, rom: Option<&Path>, movie: &Path, dataset: &Path) -> Result<u64>;
}
