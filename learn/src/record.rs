//! Recording: a movie's race as rows of a dataset, with the source that the manifest names.
//!
//! The rows have the observations of [`Observer::driving`], a row for each time that the game reads its pad, and the rewards of the default environment.

use std::num::NonZeroU32;
use std::ops::ControlFlow;

use env_kart::driver::race_frame;
use env_kart::observation::Observer;
use env_kart::race_env::PadOf;
use env_kart::reward::Rewards;
use env_kart::runs::completeness::require_complete;
use env_kart::runs::corrections::Corrections;
use env_kart::runs::recording::{RaceFrame, RecordedRace, Recording};
use env_kart::runs::replay::Replay;
use env_kart::runs::{MachineOf, MovieOf, RunGame, RunResult};
use machine::Picture;
use sha2::{Digest, Sha256};

use crate::dataset::{
    self, Console, Game, Held, Machine, Outcome, Row, Rows, Schema, Source, Writer,
};
use crate::{Error, Result, files};

mod mk64;
mod mkds;

/// A game whose races become rows.
pub trait RecordedGame: RunGame {
    /// The console that it runs on.
    const CONSOLE: Console;

    /// The frames of a row: as many as there are from one in which the game reads its pad to the next.
    const FRAMES_PER_ROW: NonZeroU32;

    /// What is held on a pad, as rows have it.
    fn held(pad: PadOf<Self>) -> Held;

    /// Which race it was: character, kart and course.
    fn game(race: &RecordedRace<Self>) -> Game;

    /// The machine that plays a movie, but for the movie's save state.
    ///
    /// # Errors
    /// The ROM has no header, or the movie's is malformed.
    fn machine(movie: &MovieOf<Self>, machine: &MachineOf<Self>) -> RunResult<Machine, Self>;
}

/// The part of a movie that becomes rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole race.
    Race,
    /// The frames that the movie's comments name as corrections.
    Corrections,
}

impl Part {
    fn of(source: &Source) -> Self {
        match source.corrections {
            true => Self::Corrections,
            false => Self::Race,
        }
    }
}

/// A movie to record, which is complete by its own comments.
#[derive(Debug, Clone)]
pub struct SourceMovie<G: RecordedGame> {
    name: String,
    movie: MovieOf<G>,
    /// Of the movie's bytes, and of those of the save state that it starts from.
    hash: Sha256,
    state_sha256: Option<String>,
}

impl<G: RecordedGame> SourceMovie<G> {
    /// The movie of a file called `name` with these bytes.
    ///
    /// # Errors
    /// It is no movie, or incomplete.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self> {
        let movie = G::parse_movie(bytes).map_err(Error::movie)?;
        require_complete::<G>(&movie).map_err(Error::movie)?;
        Ok(Self {
            name: name.to_owned(),
            movie,
            hash: Sha256::new_with_prefix(bytes),
            state_sha256: None,
        })
    }

    /// The same movie, which starts from a save state.
    #[must_use]
    pub fn from_state(self, state: &[u8]) -> Self {
        Self {
            hash: self.hash.chain_update(state),
            state_sha256: Some(files::sha256(state)),
            ..self
        }
    }

    /// The movie.
    pub fn movie(&self) -> &MovieOf<G> {
        &self.movie
    }

    /// [`Source::movie_sha256`].
    pub fn sha256(&self) -> String {
        files::hexadecimal(&self.hash.clone().finalize())
    }

    /// The movie's entry in a dataset, if the dataset has this part of it already.
    ///
    /// # Errors
    /// [`Error::OtherPart`] if it has the other part.
    pub fn entry<'a>(&self, writer: &'a Writer, part: Part) -> Result<Option<&'a dataset::Movie>> {
        let there = writer.movie(&self.sha256());
        match there {
            Some(there) if Part::of(&there.source) != part => {
                let (has, other) = match part {
                    Part::Race => ("corrections", "the whole race"),
                    Part::Corrections => ("whole race", "the corrections"),
                };
                Err(Error::OtherPart { has, other })
            }
            _ => Ok(there),
        }
    }
}

/// Follows a movie while it is recorded. Every method has a default.
pub trait Watch<G: RunGame> {
    /// Whether the next frame's picture is drawn.
    fn picture(&self) -> Picture {
        Picture::Skip
    }

    /// A frame was played, in which `pad` was held; `Break` ends the recording.
    fn frame(&mut self, _machine: &MachineOf<G>, _pad: PadOf<G>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// For callers that watch nothing.
impl<G: RunGame> Watch<G> for () {}

/// What a row of a game's recording is.
///
/// # Errors
/// When two fields have the same name.
pub fn schema<G: RecordedGame>() -> Result<Schema> {
    schema_of_steps::<G>(G::FRAMES_PER_ROW)
}

/// What a row of a game is, a row so many frames.
///
/// # Errors
/// As [`schema`].
pub fn schema_of_steps<G: RecordedGame>(frames_per_step: NonZeroU32) -> Result<Schema> {
    let fields = Observer::driving().fields().to_vec();
    let schema = Schema::new(fields)?.on(G::CONSOLE);
    Ok(schema.with_frames_per_step(frames_per_step))
}

/// Plays a movie in `replay`, which is at its start, and returns the rows of its race, or of the corrections in it, with
/// their source; `None` for a movie without the requested corrections.
///
/// # Errors
/// The movie can't be played, diverges from its recording, or holds no race or none of its corrections in it; or the
/// watcher ended the recording.
pub fn record<G: RecordedGame>(
    source_movie: &SourceMovie<G>,
    replay: Replay<G>,
    part: Part,
    watch: &mut dyn Watch<G>,
) -> Result<Option<(Source, Rows)>> {
    let movie = &source_movie.movie;
    let corrections = Corrections::of_movie(movie).map_err(Error::movie)?;
    if part == Part::Corrections && corrections.is_empty() {
        return Ok(None);
    }
    let machine = Machine {
        state_sha256: source_movie.state_sha256.clone(),
        ..G::machine(movie, replay.machine()).map_err(Error::movie)?
    };
    let mut rows = Rows::new(&schema::<G>()?);
    let recording = Recording::new(replay, Observer::driving(), Rewards::default());
    let mut recording = recording.map_err(Error::movie)?;
    // The frames of the row so far. The pad of the last one counts: by then the game has read it.
    let mut step: Vec<RaceFrame> = Vec::new();
    while let Some(played) = recording.step(watch.picture()).map_err(Error::movie)? {
        let is_part = part == Part::Race || corrections.contains(played.frame);
        match played.race.filter(|_| is_part) {
            Some(frame) => step.push(frame),
            None => step.clear(),
        }
        if let (Some(first), Some(last)) = (step.first(), step.last())
            && step.len() == G::FRAMES_PER_ROW.get() as usize
        {
            rows.push(&Row {
                frame: race_frame::<G>(&first.before),
                observation: first.observation.as_ref(),
                held: G::held(played.pad),
                race_progress: last.after.race_progress,
                lap: last.after.lap,
                reward: step.iter().map(|frame| frame.reward).sum::<f64>() as f32,
            });
            step.clear();
        }
        if watch.frame(recording.machine(), played.pad).is_break() {
            let frames = played.frame + 1;
            return Err(Error::movie(env_kart::Error::Cancelled { frames }));
        }
    }
    let race = recording.finish().map_err(Error::movie)?;
    if rows.is_empty() {
        return Err(Error::NoCorrections {
            outside: corrections.count(),
        });
    }
    let source = Source {
        movie: source_movie.name.clone(),
        movie_sha256: source_movie.sha256(),
        outcome: match race.outcome.finished {
            true => Outcome::Finished,
            false => Outcome::Unfinished,
        },
        corrections: part == Part::Corrections,
        game: Game {
            name: G::NAME.to_owned(),
            total_time_ms: race.outcome.finished.then_some(race.outcome.total_ms),
            lap_times_ms: race.lap_times_ms.clone(),
            ..G::game(&race)
        },
        machine,
    };
    Ok(Some((source, rows)))
}
