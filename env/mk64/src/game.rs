//! Mario Kart 64, as sessions know it.

use std::path::{Path, PathBuf};

use env_kart::runs::replay::place_for_state;
use mk64_memory::Ram;
use mk64_memory::events::{Event, EventKind, RaceEvents};
use mupen64plus::Emulator;
use n64_formats::pad::Frame;
use session::{Game, Mark, MovieFormat};

use crate::movie::{Movie, Polled, ports_of};
use crate::runs::{Annotations, Corrections, console};
use crate::{Error, Result};

/// Ticks that the game plays in one frame after it has read the pads: those of a drawn frame in a race for one player. In the
/// next frame it plays none.
pub(crate) const TICKS_PER_DRAWN_FRAME: u8 = 2;

/// The game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarioKart64 {}

/// A run of the game.
pub type Session = session::Session<MarioKart64>;

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
            events: RaceEvents::new().every(TICKS_PER_DRAWN_FRAME.into()),
            last: Vec::new(),
        }
    }
}

/// Notes on a run: its races, and which controllers the game polled in each frame.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    races: Annotations,
    polled: Vec<Polled>,
}

impl Game for MarioKart64 {
    type Machine = Emulator;
    type Watch = Watch;
    type Event = Event;
    type Notes = Notes;
    type Movie = Movie;
    type Error = Error;

    const NAME: &'static str = "mk64";

    const MOVIES: MovieFormat = MovieFormat {
        ending: "m64",
        is_one: |bytes| bytes.starts_with(b"M64\x1A"),
    };

    fn watch(watch: &mut Watch, machine: &Emulator) {
        watch.last.clear();
        // A game that has just been switched on, or loads a race, holds parts of one.
        if let Ok(ram) = Ram::new(machine.ram())
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
        match event.player {
            Some(player) if player > 0 => format!("player {player}: {what}"),
            _ => what,
        }
    }

    fn mark(event: &Event) -> Option<Mark> {
        match event.kind {
            _ if event.player != Some(0) => None,
            EventKind::Lap { .. } => Some(Mark::Lap),
            EventKind::Checkpoint { .. } => Some(Mark::Checkpoint),
            _ => None,
        }
    }

    fn note(notes: &mut Notes, frame: u64, machine: &Emulator) -> Result<()> {
        notes.polled.push(ports_of(machine.polls()));
        notes.races.see(frame, machine)
    }

    fn forget(notes: &mut Notes, frames: u64) {
        notes
            .polled
            .truncate(usize::try_from(frames).unwrap_or(usize::MAX));
        notes.races.truncate(frames);
    }

    fn race_start(notes: &Notes) -> Option<i64> {
        Some(notes.races.race()?.start_frame)
    }

    /// The header keeps which controllers the game polls.
    fn take_inputs(movie: &mut Movie) -> Result<Vec<Input>> {
        let corrections = Corrections::of_movie(movie)?;
        let frames = (0..).zip(movie.take_frames());
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
        notes: Option<&Notes>,
    ) -> Result<Movie> {
        let frames = inputs.iter().map(|input| input.frame);
        let mut movie = header.with_frames(frames, notes.map(|notes| &notes.polled[..]));
        let rerecords = u32::try_from(rerecords).unwrap_or(u32::MAX);
        let before = movie.header.rerecords();
        movie.header.set_rerecords(before.saturating_add(rerecords));
        if let Some(notes) = notes {
            notes.races.write_to(&mut movie);
            corrections_in(inputs).write_to(&mut movie);
        }
        Ok(movie)
    }

    fn movie_to_bytes(movie: &Movie) -> Vec<u8> {
        movie.to_bytes()
    }

    fn parse_movie(bytes: &[u8]) -> Result<Movie> {
        Movie::parse(bytes)
    }

    fn state_path(movie: &Path, state: &[u8]) -> Result<PathBuf> {
        Ok(place_for_state::<Self>(movie, state)?)
    }

    fn open(rom: &[u8], movie: &Movie, state: Option<&[u8]>) -> Result<Emulator> {
        console::at_start_of(movie, rom, state)
    }
}

fn corrections_in(inputs: &[Input]) -> Corrections {
    let mut corrections = Corrections::default();
    for frame in session::corrections(inputs).into_iter().flatten() {
        corrections.mark(frame);
    }
    corrections
}
