//! Mario Kart DS, as sessions know it.
//!
//! ```
//! use env_mkds::game::{Input, Session};
//! use env_mkds::runs::console::Console;
//! use nds_formats::pad::{Frame, Pad};
//! use session::Run;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let console = Console::default();
//! let emulator = console.switch_on(homebrew::ROM)?;
//! let movie = console.blank_movie(homebrew::ROM)?;
//! let mut session = Session::new(emulator, movie)?;
//! for _ in 0..90 {
//!     session.step(Some(Input::of(Frame::pad(Pad::A))))?;
//! }
//! let hash = session.hash();
//! session.go_to(30)?; // back to the frame after thirty inputs
//! session.go_to(90)?; // and forth
//! assert_eq!(session.hash(), hash);
//! session.go_to(30)?;
//! session.take_over(); // what was ahead becomes a branch
//! session.step(Some(Input::of(Frame::pad(Pad::B))))?;
//! assert_eq!(session.length(), 31);
//! let movie = session.movie()?; // for any replay
//! # Ok(())
//! # }
//! ```

use std::path::{Path, PathBuf};

use desmume::Emulator;
use env_kart::runs::replay::place_for_state;
use mkds_memory::events::{Event, EventKind, RaceEvents};
use mkds_memory::{Race, Ram};
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;
use outputs::Kind;
use session::{Game, Mark, MovieFormat};

use crate::runs::{Annotations, Corrections, RaceComment, console};
use crate::{Error, Result};

/// The game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarioKartDs {}

/// A run of the game.
pub type Session = session::Session<MarioKartDs>;

/// The input of a frame of a run.
pub type Input = session::Input<Frame>;

/// Tells the events of a run's frames, one by one.
#[derive(Clone, Debug)]
pub struct Watch {
    events: RaceEvents,
    /// Those of the last frame.
    last: Vec<Event>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            events: RaceEvents::new().every(1),
            last: Vec::new(),
        }
    }
}

impl Game for MarioKartDs {
    type Machine = Emulator;
    type Watch = Watch;
    type Event = Event;
    type Notes = Annotations;
    type Movie = Movie;
    type Error = Error;

    const NAME: &'static str = "mkds";

    const MOVIES: MovieFormat = MovieFormat {
        ending: "dsm",
        is_one: Kind::MOVIE.is_one,
    };

    fn watch(watch: &mut Watch, machine: &Emulator) {
        watch.last.clear();
        // RAM of a game that has just been switched on is of no build; of one that loads a race, the race is torn.
        if let Ok(ram) = Ram::new(machine.main_ram())
            && let Ok(events) = watch.events.update(&ram)
        {
            watch.last.extend_from_slice(events);
        }
    }

    fn events(watch: &Watch) -> &[Event] {
        &watch.last
    }

    fn describe(event: &Event) -> String {
        let what = event.kind.to_string();
        match event.driver {
            Some(driver) if driver > 0 => format!("driver {driver}: {what}"),
            _ => what,
        }
    }

    fn mark(event: &Event) -> Option<Mark> {
        match event.kind {
            _ if event.driver != Some(0) => None,
            EventKind::Lap { .. } => Some(Mark::Lap),
            EventKind::Checkpoint { .. } => Some(Mark::Checkpoint),
            _ => None,
        }
    }

    fn note(notes: &mut Annotations, frame: u64, machine: &Emulator) -> Result<()> {
        notes.see(frame, machine)
    }

    fn forget(notes: &mut Annotations, frames: u64) {
        notes.truncate(frames);
    }

    fn race_start(notes: &Annotations) -> Option<i64> {
        Some(notes.race()?.start_frame)
    }

    fn take_inputs(movie: &mut Movie) -> Result<Vec<Input>> {
        let corrections = Corrections::of_movie(movie)?;
        let frames = (0..).zip(std::mem::take(&mut movie.frames));
        let inputs = frames.map(|(number, frame)| Input {
            frame,
            correction: corrections.contains(number),
        });
        Ok(inputs.collect())
    }

    fn movie(
        header: &Movie,
        inputs: &[Input],
        rerecords: u64,
        notes: Option<&Annotations>,
    ) -> Result<Movie> {
        let mut movie = header.clone();
        movie.frames = inputs.iter().map(|input| input.frame).collect();
        if rerecords > 0 {
            let before = movie.header.rerecord_count()?.unwrap_or(0).max(0);
            let count = before.saturating_add_unsigned(rerecords);
            movie.header.set("rerecordCount", &count.to_string())?;
        }
        if let Some(notes) = notes {
            notes.write_to(&mut movie);
            corrections_in(inputs).write_to(&mut movie);
        }
        Ok(movie)
    }

    fn movie_to_bytes(movie: &Movie) -> Vec<u8> {
        movie.to_bytes()
    }

    fn parse_movie(bytes: &[u8]) -> Result<Movie> {
        Ok(Movie::parse(bytes)?)
    }

    fn state_path(movie: &Path, state: &[u8]) -> Result<PathBuf> {
        Ok(place_for_state::<Self>(movie, state)?)
    }

    fn open(rom: &[u8], movie: &Movie, state: Option<&[u8]>) -> Result<Emulator> {
        console::at_start_of(movie, rom, state)
    }
}

/// The race in RAM; `None` where there is none, and while it is loaded.
pub(crate) fn race_in(ram: &[u8]) -> Option<Race<'_>> {
    Ram::new(ram).ok()?.race().ok().flatten()
}

fn corrections_in(inputs: &[Input]) -> Corrections {
    let mut corrections = Corrections::default();
    for frame in session::corrections(inputs).into_iter().flatten() {
        corrections.mark(frame);
    }
    corrections
}

/// The id of the course of a run's race: of the last that was played, else of the one that the run's movie tells of, else of
/// the one in RAM. `None` where none of them is known.
#[must_use]
pub fn course_of(session: &Session) -> Option<u32> {
    let told = || {
        let comment = RaceComment::of_movie(session.header());
        comment.ok().flatten()
    };
    let comment = session.notes().race().or_else(told);
    let in_ram = || Some(race_in(session.machine().main_ram())?.config().course().0);
    comment
        .map(|comment| comment.combo.course.into())
        .or_else(in_ram)
}
