//! Runs: races as movies, recorded, replayed, checked and annotated.
//!
//! A game is a [`RunGame`]: on top of [`RaceGame`] and [`session::Game`] it says which race a machine plays, how the
//! console is switched on, and how the menus lead to a race. Each layer knows those above it in this list:
//!
//! - what a movie's comments say: [`comments`] of its race, [`checks`] of its frames, [`corrections`] to train on;
//! - [`outcome`] is how a race ended, [`divergence`] where a replay leaves it;
//! - [`completeness`] refuses a movie that lacks a part which its comments mention;
//! - [`annotations`] are the comments of a run that is being played;
//! - [`replay`] plays a movie and reports where it differs from the recorded race, [`race_movie`] records one;
//! - [`recording`] plays a movie and observes and rewards its race.

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::ops::ControlFlow;

use formats::comments::Comments;

use crate::{
    action::DrivingAction,
    control::Button as _,
    race_env::{InputOf, PadOf, RaceGame},
};
use race_movie::{Entered, Setup, StateStart};

pub mod annotations;
pub mod checks;
pub mod comments;
pub mod completeness;
pub mod corrections;
pub mod divergence;
pub mod ghost_driver;
pub mod outcome;
pub mod race_movie;
pub mod recording;
pub mod replay;

/// The machine of a game.
pub type MachineOf<G> = <G as RaceGame>::Machine;
/// The movies of a game.
pub type MovieOf<G> = <G as session::Game>::Movie;
/// Why a game's run can't begin or go on.
pub type ErrorOf<G> = <G as RaceGame>::Error;
/// The result of a run of a game.
pub type RunResult<T, G> = Result<T, ErrorOf<G>>;

/// The opponent of a time trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Opponent {
    /// None.
    #[default]
    None,
    /// The ghost that the console has saved of the course.
    Ghost,
}

/// A kart game whose races are kept as movies.
pub trait RunGame:
    RaceGame
    + session::Game<
        Machine = <Self as RaceGame>::Machine,
        Movie: Comments,
        Error = <Self as RaceGame>::Error,
    > + Copy
    + Eq
{
    /// Which race it is: character, course, and what else the menus ask.
    type Combo: Copy + Eq + Debug + Display + Send + Sync;
    /// How the console is switched on: the emulator's options, and what the console has saved. The default has saved
    /// nothing.
    type Console: Clone + Debug + Default + Send + Sync;
    /// What the console has saved, as a file of the game's ghosts has it.
    type Saved: Clone + Debug + PartialEq;

    /// The form of a [`Combo`](Self::Combo)'s fields in a comment, which begins with `character=`.
    const COMBO_FORM: &'static str;
    /// The ending of the name of the save state beside a movie, without the dot.
    const STATE_ENDING: &'static str;
    /// What [`digest`](Self::digest) covers.
    const DIGEST_FIELD: &'static str;

    /// The fields of a comment that name the race: see [`COMBO_FORM`](Self::COMBO_FORM).
    fn combo_fields(combo: &Self::Combo) -> String;

    /// The race that fields name; `None` if one is missing or no number. `value` is the value of a field.
    fn combo_of_fields<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Option<Self::Combo>;

    /// The race in RAM; `None` without a race, or if its numbers are no ids.
    ///
    /// # Errors
    /// The race is malformed.
    fn combo(machine: &MachineOf<Self>) -> RunResult<Option<Self::Combo>, Self>;

    /// Whether there is a race in RAM. While a race is loaded, RAM holds a part of it: that is none yet.
    fn has_race(machine: &MachineOf<Self>) -> bool;

    /// The [`digest`](checks::digest) of the player's motion in the race in RAM; `None` without a race.
    ///
    /// # Errors
    /// The race is malformed.
    fn digest(machine: &MachineOf<Self>) -> RunResult<Option<u16>, Self>;

    /// Milliseconds of the laps driven so far in the race in RAM, in order; none without a race.
    ///
    /// # Errors
    /// The race is malformed.
    fn lap_times_ms(machine: &MachineOf<Self>) -> RunResult<Vec<u32>, Self>;

    /// The console as it is switched on for a movie. One that starts from a save state has its options only.
    ///
    /// # Errors
    /// The movie's header is malformed.
    fn console(movie: &MovieOf<Self>) -> RunResult<Self::Console, Self>;

    /// Whether a movie starts from a save state, which lies in a file beside it.
    ///
    /// # Errors
    /// The movie's header is malformed.
    fn starts_from_state(movie: &MovieOf<Self>) -> RunResult<bool, Self>;

    /// A movie without frames, for runs on `rom` that begin when `console` is switched on.
    ///
    /// # Errors
    /// The ROM has no header, or the movie can't hold what `console` is.
    fn blank_movie(rom: &[u8], console: &Self::Console) -> RunResult<MovieOf<Self>, Self>;

    /// Switches a console on.
    ///
    /// # Errors
    /// The machine's.
    fn switch_on(rom: &[u8], console: &Self::Console) -> RunResult<MachineOf<Self>, Self>;

    /// A console in the save state of a file, of which `console` gives the options, and the movie of the frames played from
    /// there on.
    ///
    /// # Errors
    /// The file is no save state, or one of another ROM, and the machine's.
    fn start_from_state(
        rom: &[u8],
        console: &Self::Console,
        file: &[u8],
    ) -> RunResult<StateStart<Self>, Self>;

    /// The file of a save state to lie beside a movie, of a file that [`start_from_state`](Self::start_from_state) takes.
    ///
    /// # Errors
    /// The file is no save state.
    fn state_file(file: &[u8]) -> RunResult<Vec<u8>, Self>;

    /// Switches a console on and goes through the menus to the first frames of a race. `on_frame` receives the number of
    /// frames so far, once a frame, and may cancel.
    ///
    /// # Errors
    /// No such race begins, [`Error::Cancelled`](crate::Error::Cancelled), and the machine's.
    fn enter(
        setup: &Setup<'_, Self>,
        on_frame: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> RunResult<Entered<Self>, Self>;

    /// The movie frame by frame: as it is, unless the console's movies don't say in which frame an input belongs. Then it
    /// is played on the ROM to learn that. `state` is the save state that it starts from.
    ///
    /// # Errors
    /// As [`session::Game::open`], and when its inputs can't be divided among frames.
    fn by_frames<'m>(
        _rom: &[u8],
        movie: &'m MovieOf<Self>,
        _state: Option<&[u8]>,
    ) -> RunResult<Cow<'m, MovieOf<Self>>, Self> {
        Ok(Cow::Borrowed(movie))
    }

    /// The inputs of a movie that is [by frames](Self::by_frames).
    fn frames(movie: &MovieOf<Self>) -> &[InputOf<Self>];

    /// Appends the frame that `machine` has just played with that input.
    fn append(movie: &mut MovieOf<Self>, machine: &MachineOf<Self>, input: &InputOf<Self>);

    /// What the console has saved.
    ///
    /// # Errors
    /// The machine's.
    fn saved(machine: &mut MachineOf<Self>) -> RunResult<Self::Saved, Self>;

    /// What a user should know before a movie is played on a ROM; `None` for exactly the ROM that it was made with.
    ///
    /// # Errors
    /// The movie is of another ROM, or its header is malformed.
    fn warning(rom: &[u8], movie: &MovieOf<Self>) -> RunResult<Option<&'static str>, Self>;
}

/// The race's own count of frames, of the race in RAM; `None` without a race, and while RAM holds a part of it.
///
/// # Errors
/// The race is malformed.
pub fn race_frame<G: RunGame>(machine: &MachineOf<G>) -> RunResult<Option<u32>, G> {
    if !G::has_race(machine) {
        return Ok(None);
    }
    let facts = G::facts(machine, nothing_held::<G>())?;
    Ok(facts.as_ref().map(crate::driver::race_frame::<G>))
}

/// The pad on which nothing is held.
fn nothing_held<G: RaceGame>() -> PadOf<G> {
    G::Button::driving(DrivingAction::default())
}
