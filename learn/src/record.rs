//! Recording: a movie's race as rows of a dataset, with the source that the manifest names.
//!
//! The rows have the observations of [`Observer::driving`] and the rewards of the default environment. A row is each time that the
//! game reads its pad, or, with pictures, as many frames as the schema says; frames are drawn only where a row needs the picture.

use std::num::NonZeroU32;
use std::ops::ControlFlow;

use env_kart::observation::Observer;
use env_kart::pictures::Pictures;
use env_kart::race_env::PadOf;
use env_kart::reward::Rewards;
use env_kart::runs::completeness::require_complete;
use env_kart::runs::corrections::Corrections;
use env_kart::runs::recording::{RecordedRace, Recording};
use env_kart::runs::replay::Replay;
use env_kart::runs::{MachineOf, MovieOf, RunGame, RunResult};
use image::RgbImage;
use machine::Picture;
use sha2::{Digest, Sha256};

use crate::dataset::{
    self, Console, Encoding, Game, Held, Machine, Outcome, PictureFormat, Rows, Schema, Source,
    Writer,
};
use crate::{Error, Result, files};

mod mk64;
mod mkds;
mod played;
mod screen;
mod steps;

use played::Step;
use screen::Screen;
use steps::{Place, Steps};

/// A game whose races become rows.
pub trait RecordedGame: RunGame {
    /// The console that it runs on.
    const CONSOLE: Console;

    /// The frames of a row without a picture: as many as there are from one in which the game reads its pad to the next.
    const FRAMES_PER_ROW: NonZeroU32;

    /// How the screen that shows races becomes a picture of this width and height, or of its own.
    fn pictures(size: Option<[usize; 2]>) -> Pictures;

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

/// What a row of a game's recording with pictures is.
///
/// A row lasts from a picture to the next, `frames` frames, a multiple of [`RecordedGame::FRAMES_PER_ROW`]. The picture is that of the
/// screen that shows the race, scaled to `size`, by default the screen's own: 256 x 192 on the DS, 320 x 240 on the Nintendo 64.
///
/// # Errors
/// [`Error::Argument`] for another number of frames, and for sides of 0 or of more than 1024 pixels.
pub fn schema_with_pictures<G: RecordedGame>(
    frames: NonZeroU32,
    size: Option<[u32; 2]>,
    encoding: Encoding,
) -> Result<Schema> {
    require_reads::<G>(frames)?;
    let pictures = G::pictures(size.map(|size| size.map(|side| side as usize)));
    pictures.check().map_err(|error| Error::Argument {
        what: "pictures".to_owned(),
        expected: "a size that the screen can be scaled to".to_owned(),
        found: error.to_string(),
    })?;
    let [width, height] = pictures.size.map(|side| side as u32);
    schema_of_steps::<G>(frames)?.with_pictures(PictureFormat {
        width,
        height,
        encoding,
    })
}

/// Refuses a step in which the game reads its pad not every time.
pub(crate) fn require_reads<G: RecordedGame>(frames: NonZeroU32) -> Result<()> {
    let read = G::FRAMES_PER_ROW;
    match frames.get().is_multiple_of(read.get()) {
        true => Ok(()),
        false => Err(Error::Argument {
            what: "frames of a row".to_owned(),
            expected: format!("a multiple of {read}, in which the game reads its pad once"),
            found: frames.to_string(),
        }),
    }
}

/// Plays a movie in `replay`, which is at its start, and returns the rows of its race, or of the corrections in it, with
/// their source; `None` for a movie without the requested corrections. Frames at the end of the race, or of corrections, that
/// are too few for a row make none. `schema` is [`schema`] or [`schema_with_pictures`].
///
/// # Errors
/// [`Error::Argument`] for another schema. The movie can't be played, diverges from its recording, or holds no race or none of its corrections in it; or the
/// watcher ended the recording.
pub fn record<G: RecordedGame>(
    source_movie: &SourceMovie<G>,
    replay: Replay<G>,
    part: Part,
    schema: &Schema,
    watch: &mut dyn Watch<G>,
) -> Result<Option<(Source, Rows)>> {
    require_schema::<G>(schema)?;
    let movie = &source_movie.movie;
    let corrections = Corrections::of_movie(movie).map_err(Error::movie)?;
    if part == Part::Corrections && corrections.is_empty() {
        return Ok(None);
    }
    let machine = Machine {
        state_sha256: source_movie.state_sha256.clone(),
        ..G::machine(movie, replay.machine()).map_err(Error::movie)?
    };
    let screen = schema.pictures().map(Screen::new::<G>).transpose()?;
    let steps = Steps::new(
        part,
        &corrections,
        schema.frames_per_step(),
        G::FRAMES_PER_ROW,
        screen.is_some(),
    );
    let recording = Recording::new(replay, Observer::driving(), Rewards::default());
    let mut recording = recording.map_err(Error::movie)?;
    let rows = played::rows_of(schema, |done| {
        play(&mut recording, steps, screen, watch, done)
    })?;
    let race = recording.finish().map_err(Error::movie)?;
    if rows.is_empty() {
        return Err(match schema.frames_per_step() == G::FRAMES_PER_ROW {
            true => Error::NoCorrections {
                outside: corrections.count(),
            },
            false => Error::NoRows {
                frames: schema.frames_per_step(),
            },
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

/// Plays a movie to its end. `done` receives each step when its last frame is played.
fn play<G: RecordedGame>(
    recording: &mut Recording<G>,
    mut steps: Steps<'_>,
    mut screen: Option<Screen>,
    watch: &mut dyn Watch<G>,
    done: &mut dyn FnMut(Step),
) -> Result<()> {
    let mut step: Option<Step> = None;
    let mut shown: Option<RgbImage> = None;
    loop {
        let mut place = Place::default();
        let played = recording.step(|ahead| {
            place = steps.next(ahead);
            match place.draws {
                true => Picture::Draw,
                false => watch.picture(),
            }
        });
        let Some(played) = played.map_err(Error::movie)? else {
            return Ok(());
        };
        step = match (played.race.filter(|_| place.number > 0), step) {
            (Some(frame), Some(step)) if place.number > 1 => Some(step.with(&frame)),
            (Some(frame), _) => Some(Step::begin::<G>(frame, shown.take())),
            (None, _) => None,
        };
        if let Some(step) = step
            .as_mut()
            .filter(|_| place.number == G::FRAMES_PER_ROW.get())
        {
            step.held = G::held(played.pad);
        }
        if place.is_last {
            step.take().into_iter().for_each(&mut *done);
        }
        if let Some(screen) = screen.as_mut().filter(|_| place.draws) {
            shown = Some(screen.picture(recording.machine())?);
        }
        if watch.frame(recording.machine(), played.pad).is_break() {
            let frames = played.frame + 1;
            return Err(Error::movie(env_kart::Error::Cancelled { frames }));
        }
    }
}

/// Refuses a schema that recordings of the game do not have.
fn require_schema<G: RecordedGame>(schema: &Schema) -> Result<()> {
    require_reads::<G>(schema.frames_per_step())?;
    let expected = schema_of_steps::<G>(schema.frames_per_step())?;
    match expected.difference(&schema.clone().without_pictures()) {
        Some(difference) => Err(Error::argument(difference)),
        None => Ok(()),
    }
}
