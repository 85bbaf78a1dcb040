//! What the window can show next, and who opens it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::stage::Stage;

/// Something to be shown.
#[derive(Clone, Debug)]
pub enum Request {
    /// A new game.
    New,
    /// A new game from power-on.
    PowerOn,
    /// A new race on a course, by its id.
    Race(u8),
    /// Files: movies side by side, or one of any kind.
    Files(Vec<PathBuf>),
    /// A save file to play with from power-on.
    Save(PathBuf),
    /// The ghost in a slot of a save file.
    Ghost {
        /// The save file.
        save: PathBuf,
        /// The slot.
        slot: usize,
    },
    /// A trained driver on a course.
    Model {
        /// The model's folder.
        folder: PathBuf,
        /// The course's id.
        course: u8,
    },
    /// A session, as its file has it.
    Session(Vec<u8>),
}

/// The answer to a request.
pub enum Opened {
    /// Games.
    Games(Games),
    /// One of several is to be chosen.
    Choice {
        /// What is to be chosen.
        title: String,
        /// What there is, and how to ask for it.
        options: Vec<(String, Request)>,
        /// The user's ROM to ask for it with; `None` for the bundled game.
        rom: Option<PathBuf>,
    },
}

/// Games to be shown in the place of those that are there.
#[derive(Default)]
pub struct Games {
    /// Side by side.
    pub stages: Vec<Stage>,
    /// Whether the selected one is to be heard.
    pub sound: bool,
    /// What a session's file says of the window.
    pub look: Option<SessionLook>,
    /// The user's ROM that they run on; `None` for the bundled game.
    pub rom: Option<PathBuf>,
}

/// What a session's file says of the window.
#[derive(Clone, Debug)]
pub struct SessionLook {
    /// The number of the game that has the keys.
    pub selected: usize,
    /// Paths of the pinned fields.
    pub pins: Vec<String>,
    /// Names of the overlays that are drawn.
    pub overlays: Vec<String>,
}

/// Makes games of requests, and datasets of games.
pub trait Opener {
    /// Opens what is asked for on the user's ROM, or on the bundled game.
    ///
    /// # Errors
    /// A file can't be read, or is for another game.
    fn open(&self, request: &Request, rom: Option<&Path>) -> Result<Opened>;

    /// Adds the corrections of a movie to the dataset in a folder, and says how many rows it has of them.
    ///
    /// # Errors
    /// The movie has none, or the folder holds no such dataset.
    fn add_corrections(&self, rom: Option<&Path>, movie: &Path, dataset: &Path) -> Result<u64>;
}
