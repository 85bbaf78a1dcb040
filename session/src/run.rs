//! What can be done with a run, whichever machine and game it is of.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use machine::Ram;

use crate::Result;
use crate::file::ToFile;
use crate::game::{Direction, Mark, MovieFormat};
use crate::log::Poke;

/// A run that was left for another one, as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left<'a> {
    /// Its name.
    pub name: &'a str,
    /// How many frames it has.
    pub length: u64,
}

/// A run as it goes into files.
#[derive(Clone, Debug)]
pub struct MovieFile {
    /// How many frames it has.
    pub frames: u64,
    /// The movie's file.
    pub movie: Vec<u8>,
    /// The file of the save state that the movie starts from.
    pub state: Option<Vec<u8>>,
}

/// A run of a game: [`Session`](crate::Session) without its types, for what works with any machine and game.
pub trait Run {
    /// The picture of the present frame, RGBA with rows from the top.
    #[must_use]
    fn picture(&self) -> Vec<u8>;

    /// Main RAM in the present frame; `None` on a machine without RAM.
    #[must_use]
    fn ram(&self) -> Option<Ram<'_>>;

    /// The [`Machine::hash`](machine::Machine::hash) of the present frame.
    #[must_use]
    fn hash(&self) -> u64;

    /// Turns the machine's sound on or off.
    fn set_sound(&mut self, on: bool);

    /// Moves the samples since the last call to the end of `into`, left and right.
    fn take_sound(&mut self, into: &mut Vec<[i16; 2]>);

    /// Grows with every change of the inputs and of the writes into RAM: while it is the same, the run is the same one.
    #[must_use]
    fn edits(&self) -> u64;

    /// The frames in which a human corrected an agent.
    #[must_use]
    fn corrections(&self) -> Vec<Range<u64>>;

    /// The frames that have a state to go back to, in order.
    #[must_use]
    fn states(&self) -> Vec<u64>;

    /// The first frame of the last race; negative if the race ran before the run began. `None` where no race was seen.
    #[must_use]
    fn race_start(&self) -> Option<i64>;

    /// Every place of a kind that was seen, as numbers of frames that lead there, in order.
    #[must_use]
    fn places(&self, mark: Mark) -> Vec<u64>;

    /// What happened up to the present frame, with its frame counted from 0: the latest first, at most `most`.
    #[must_use]
    fn latest_events(&self, most: usize) -> Vec<(u64, String)>;

    /// The branches, the oldest first.
    #[must_use]
    fn left(&self) -> Vec<Left<'_>>;

    /// The whole run as a movie's file.
    ///
    /// # Errors
    /// [`Error::Poked`](crate::Error::Poked) when RAM was written into, and [`Error::Unseen`](crate::Error::Unseen) unless it
    /// [is fully played](Self::is_fully_played): play it to its end first.
    fn movie_file(&self) -> Result<MovieFile>;

    /// The files of its movies.
    #[must_use]
    fn movie_format(&self) -> MovieFormat;

    /// Where the save state goes that a movie starts from.
    ///
    /// # Errors
    /// Another file is there, or can't be read.
    fn state_path(&self, movie: &Path, state: &[u8]) -> Result<PathBuf>;

    /// All that a file of the session holds, to be written later. Cheap: nothing is copied but names.
    #[must_use]
    fn to_file(&self) -> Box<dyn ToFile + Send>;

    /// Inputs played so far: the number of the frame that comes next.
    #[must_use]
    fn frame(&self) -> u64;

    /// The number of the frame that the picture shows, counted from 0 as the command line counts the frames of movies;
    /// `None` before the first.
    #[must_use]
    fn shown_frame(&self) -> Option<u64>;

    /// Grows with every change of what a file of the session holds: while it stays the same, there is nothing to save.
    #[must_use]
    fn changes(&self) -> u64;

    /// How many inputs the log has, played or not.
    #[must_use]
    fn length(&self) -> u64;

    /// Whether the present frame is the end of the log, so that live input comes next.
    #[must_use]
    fn is_live(&self) -> bool;

    /// Changes how much memory states may take, in bytes.
    fn set_budget(&mut self, bytes: usize);

    /// Whether every frame of the run was played, or is described by its movie's comment, as
    /// [`movie_file`](Self::movie_file) needs.
    #[must_use]
    fn is_fully_played(&self) -> bool;

    /// Sets the goal to a frame, at most the end of the log: [`travel`](Self::travel) goes there.
    fn set_goal(&mut self, frame: u64);

    /// Makes the next place of a kind, or the one before, the goal. The session plays frames of the log that were never
    /// played until it finds such a place.
    ///
    /// # Errors
    /// [`Error::NoMark`](crate::Error::NoMark) if the whole run was played and has no such place.
    fn set_goal_at(&mut self, mark: Mark, direction: Direction) -> Result<()>;

    /// The frame that the session is going to.
    #[must_use]
    fn goal(&self) -> Option<u64>;

    /// Goes towards the goal until it is reached or until `deadline`; returns whether it is reached. The last frame is
    /// drawn, so that the run is visible on the way.
    ///
    /// # Errors
    /// The machine's, and [`Error::NoMark`](crate::Error::NoMark) if the log ends before such a
    /// place; the goal is then the frame where the search began.
    fn travel(&mut self, deadline: Option<Instant>) -> Result<bool>;

    /// Goes to a frame at once.
    ///
    /// # Errors
    /// The machine's.
    fn go_to(&mut self, frame: u64) -> Result<()>;

    /// Takes the controls: the rest of the log becomes a branch, and live input comes next.
    fn take_over(&mut self);

    /// Writes into RAM at the present frame, now and each time the run is played again.
    ///
    /// # Errors
    /// [`Error::OutsideRam`](crate::Error::OutsideRam).
    fn poke(&mut self, poke: Poke) -> Result<()>;

    /// Reverts the last change of the log: a take-over, a write into RAM, a loaded slot or branch. Returns whether
    /// there was one. The inputs since then become a branch.
    ///
    /// # Errors
    /// The machine's.
    fn undo(&mut self) -> Result<bool>;

    /// Reverts the last [`undo`](Self::undo). Returns whether there was one.
    ///
    /// # Errors
    /// The machine's.
    fn redo(&mut self) -> Result<bool>;

    /// Whether there is something to undo, and to redo.
    #[must_use]
    fn can_undo_and_redo(&self) -> (bool, bool);

    /// Switches to the branch after the present one, or from the last to the first.
    ///
    /// # Errors
    /// [`Error::NoSuch`](crate::Error::NoSuch) without branches, and the machine's.
    fn switch_to_next_branch(&mut self) -> Result<()>;

    /// Switches to a branch and returns to the frame where it was left; the present run becomes a branch.
    ///
    /// # Errors
    /// [`Error::NoSuch`](crate::Error::NoSuch), and the machine's.
    fn switch_to_branch(&mut self, number: usize) -> Result<()>;

    /// Saves the present frame and the whole log in a slot.
    ///
    /// # Errors
    /// [`Error::NoSuch`](crate::Error::NoSuch), and the machine's.
    fn save_slot(&mut self, slot: usize) -> Result<()>;

    /// Goes to what was saved in a slot.
    ///
    /// # Errors
    /// [`Error::EmptySlot`](crate::Error::EmptySlot), [`Error::NoSuch`](crate::Error::NoSuch), and the machine's.
    fn load_slot(&mut self, slot: usize) -> Result<()>;

    /// Marks the present frame; an empty text takes its mark away.
    fn set_bookmark(&mut self, name: &str);

    /// Marked frames with their names, in order.
    #[must_use]
    fn bookmarks(&self) -> &BTreeMap<u64, String>;

    /// Checks that the run has no writes into RAM.
    ///
    /// # Errors
    /// [`Error::Poked`](crate::Error::Poked).
    fn require_no_pokes(&self) -> Result<()>;

    /// Whether the session holds only the run: no branch, bookmark or slot.
    #[must_use]
    fn is_only_a_run(&self) -> bool;

    /// The file of the save state that the run began in, to lie beside its movies; `None` where they start at
    /// power-on.
    #[must_use]
    fn start_state(&self) -> Option<&[u8]>;
}
