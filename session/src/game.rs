//! What a game adds to a run on its machine.

use std::error::Error;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use machine::Machine;

use crate::log::Input;

/// The input of a game's machine.
pub type InputOf<G> = <<G as Game>::Machine as Machine>::Input;

/// The state of a game's machine.
pub type StateOf<G> = <<G as Game>::Machine as Machine>::State;

/// A kind of place that a run can be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The first frame of the last race.
    Race,
    /// The player has driven a lap.
    Lap,
    /// The player has entered a checkpoint.
    Checkpoint,
}

impl Mark {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Race => "race",
            Self::Lap => "lap",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// To which side of the present frame a run is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Ahead.
    Forward,
    /// Behind.
    Backward,
}

/// The files of a game's movies.
#[derive(Clone, Copy, Debug)]
pub struct MovieFormat {
    /// The ending of their names, without the dot.
    pub ending: &'static str,
    /// Whether a file begins as a movie's does.
    pub is_one: fn(&[u8]) -> bool,
}

/// A game, as a session knows it: the machine that it runs on, the events that it tells, the notes that it takes of a run,
/// and the movies that hold a run.
pub trait Game: Clone + Debug + 'static {
    /// What it runs on.
    type Machine: Machine;
    /// Detects the events of a frame; kept with every state of the run.
    type Watch: Clone + Debug + Default;
    /// What can happen in a frame.
    type Event: Clone + PartialEq + Debug + Send + Sync;
    /// A movie's notes on its run, recorded frame by frame.
    type Notes: Clone + Debug + Default + Send + Sync;
    /// A movie: how the machine starts, inputs, and notes.
    type Movie: Clone + PartialEq + Debug + Send + Sync;
    /// Why a movie can't be read or written, and a run not begun or noted.
    type Error: Error + Send + Sync + 'static;

    /// Its name in session files and for `--game`.
    const NAME: &'static str;

    /// The files of its movies.
    const MOVIES: MovieFormat;

    /// Follows the frame that was just played.
    fn watch(watch: &mut Self::Watch, machine: &Self::Machine);

    /// The events of the frame that was followed last.
    fn events(watch: &Self::Watch) -> &[Self::Event];

    /// What an event is called in a list.
    fn describe(event: &Self::Event) -> String;

    /// The kind of place that an event makes its frame; `None` for most events.
    fn mark(event: &Self::Event) -> Option<Mark>;

    /// Records frame `frame`, counted from 0, which was just played. Called once for every frame, in order.
    ///
    /// # Errors
    /// The game's.
    fn note(
        notes: &mut Self::Notes,
        frame: u64,
        machine: &Self::Machine,
    ) -> Result<(), Self::Error>;

    /// Forgets all notes but those of the first `frames` frames.
    fn forget(notes: &mut Self::Notes, frames: u64);

    /// The first frame of the run's last race; negative if the race ran before the run began. `None` without a race.
    fn race_start(notes: &Self::Notes) -> Option<i64>;

    /// Takes the inputs out of a movie, and leaves the rest as the header of other movies.
    ///
    /// # Errors
    /// The movie's notes of corrections can't be read.
    fn take_inputs(movie: &mut Self::Movie) -> Result<Vec<Input<InputOf<Self>>>, Self::Error>;

    /// A movie with a header and inputs. `notes` replace the header's own; where there are none, those stay, since the run is the
    /// one that they tell of. `rerecords` counts how often the
    /// user went back and recorded again.
    ///
    /// # Errors
    /// The header holds what it can't.
    fn movie(
        header: &Self::Movie,
        inputs: &[Input<InputOf<Self>>],
        rerecords: u64,
        notes: Option<&Self::Notes>,
    ) -> Result<Self::Movie, Self::Error>;

    /// The movie's file.
    fn movie_to_bytes(movie: &Self::Movie) -> Vec<u8>;

    /// Reads a movie's file.
    ///
    /// # Errors
    /// It is none.
    fn parse_movie(bytes: &[u8]) -> Result<Self::Movie, Self::Error>;

    /// Where the save state goes that a movie starts from.
    ///
    /// # Errors
    /// Another file is there, or can't be read.
    fn state_path(movie: &Path, state: &[u8]) -> Result<PathBuf, Self::Error>;

    /// The machine at the beginning of a movie. `state` is the save state that the movie starts from.
    ///
    /// # Errors
    /// The ROM is another one, the state can't be read, or the machine does not start.
    fn open(
        rom: &[u8],
        movie: &Self::Movie,
        state: Option<&[u8]>,
    ) -> Result<Self::Machine, Self::Error>;
}
