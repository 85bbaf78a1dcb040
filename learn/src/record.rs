//! Recording: a movie's race as rows of a dataset, with the source that the manifest names.
//!
//! The rows have the observations of [`Observer::driving`], a row a frame, and the rewards of the default environment.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::ControlFlow;

use desmume::{Emulator, Picture};
use env_mkds::facts;
use env_mkds::observation::Observer;
use env_mkds::reward::Rewards;
use env_mkds::runs::completeness::require_complete;
use env_mkds::runs::corrections::Corrections;
use env_mkds::runs::recording::Recording;
use env_mkds::runs::replay::Replay;
use nds_formats::battery;
use nds_formats::dsm::Movie;
use nds_formats::pad::Pad;
use nds_formats::rom::{self, RomHeader};
use sha2::{Digest, Sha256};

use crate::dataset::{self, Game, Machine, Outcome, Row, Rows, Schema, Source, Writer};
use crate::{Error, Result, files};

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
pub struct SourceMovie {
    name: String,
    movie: Movie,
    /// Of the movie's bytes, and of those of the save state that it starts from.
    hash: Sha256,
    state_sha256: Option<String>,
}

impl SourceMovie {
    /// The movie of a file called `name` with these bytes.
    ///
    /// # Errors
    /// It is no movie, or incomplete.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self> {
        let movie = Movie::parse(bytes).map_err(env_mkds::Error::from)?;
        require_complete(&movie)?;
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
    pub fn movie(&self) -> &Movie {
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
pub trait Watch {
    /// Whether the next frame's picture is drawn.
    fn picture(&self) -> Picture {
        Picture::Skip
    }

    /// A frame was played, in which `pad` was held; `Break` ends the recording.
    fn frame(&mut self, _emulator: &Emulator, _pad: Pad) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// For callers that watch nothing.
impl Watch for () {}

/// What a row of a recording is.
///
/// # Errors
/// When two fields have the same name.
pub fn schema(frames_per_step: NonZeroU32) -> Result<Schema> {
    let fields = Observer::driving().fields().to_vec();
    Ok(Schema::new(fields)?.with_frames_per_step(frames_per_step))
}

/// Plays a movie in `replay`, which is at its start, and returns the rows of its race, or of the corrections in it, with
/// their source; `None` for a movie without the requested corrections.
///
/// # Errors
/// The movie can't be played, diverges from its recording, or holds no race or none of its corrections in it; or the
/// watcher ended the recording.
pub fn record(
    source_movie: &SourceMovie,
    replay: Replay,
    part: Part,
    watch: &mut dyn Watch,
) -> Result<Option<(Source, Rows)>> {
    let movie = &source_movie.movie;
    let corrections = Corrections::of_movie(movie)?;
    if part == Part::Corrections && corrections.is_empty() {
        return Ok(None);
    }
    let machine = machine(source_movie, &replay)?;
    let mut rows = Rows::new(&schema(NonZeroU32::MIN)?);
    let mut recording = Recording::new(replay, Observer::driving(), Rewards::default())?;
    for (index, frame) in (0u64..).zip(&movie.frames) {
        let played = recording.step(frame.pad, watch.picture())?;
        if let Some(step) = played.filter(|_| part == Part::Race || corrections.contains(index)) {
            rows.push(&Row {
                frame: facts::frame_counter(&step.before),
                observation: step.observation.as_ref(),
                buttons: step.pad,
                race_progress: step.after.race_progress,
                lap: step.after.lap,
                reward: step.reward as f32,
            });
        }
        if watch.frame(recording.emulator(), frame.pad).is_break() {
            return Err(env_mkds::Error::Cancelled { frames: index + 1 }.into());
        }
    }
    let race = recording.finish()?;
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
            name: "mkds".to_owned(),
            character: race.combo.character,
            kart: race.combo.kart,
            course: race.combo.course,
            course_name: race.course_name(),
            lap_times_ms: race.lap_times_ms,
            total_time_ms: race.outcome.finished.then_some(race.outcome.total_ms),
        },
        machine,
    };
    Ok(Some((source, rows)))
}

/// The machine that plays the movie.
fn machine(source_movie: &SourceMovie, replay: &Replay) -> Result<Machine> {
    let header = &source_movie.movie.header;
    let emulator = replay.emulator();
    let (rom, options) = (emulator.rom(), emulator.options());
    let sram = match source_movie.state_sha256 {
        Some(_) => None,
        None => header.sram().map_err(env_mkds::Error::from)?,
    };
    let rom_header = RomHeader::parse(rom).map_err(env_mkds::Error::from)?;
    Ok(Machine {
        rom_sha256: files::sha256(rom),
        rom_checksum: rom::checksum(rom),
        rom_serial: rom_header.serial(),
        cpu: options.cpu.to_string(),
        clock: options.clock.to_string(),
        firmware: firmware(&source_movie.movie),
        save_sha256: sram
            .as_deref()
            .map(|sram| files::sha256(battery::without_container(sram))),
        state_sha256: source_movie.state_sha256.clone(),
    })
}

/// The firmware's settings by their names in the movie.
fn firmware(movie: &Movie) -> BTreeMap<String, String> {
    movie
        .header
        .entries()
        .filter(|(key, _)| key.starts_with("firm"))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}
