//! Replays of movies.

use std::path::{Path, PathBuf};

use desmume::{Emulator, Options, Picture, State};
use nds_formats::battery;
use nds_formats::{dsm::Movie, pad::Frame};

use super::{
    checks::{Checks, DIGEST_FIELD, race_digest},
    comments::RaceComment,
    divergence::Divergence,
    outcome::{RaceOutcome, RaceWatch},
    rom_check::RomCheck,
};
use crate::{Error, Result, emulated};

/// A movie being played back in an emulator of its own.
#[derive(Debug)]
pub struct Replay {
    emulator: Emulator,
    frames: Vec<Frame>,
    next: usize,
    rom_check: RomCheck,
    comment: Option<RaceComment>,
    checks: Checks,
    divergence: Option<Divergence>,
    watch: RaceWatch,
    /// The movie's frame in which the race of its comment finished.
    finish: Option<u64>,
}

impl Replay {
    /// Powers on `rom` with the CPU mode, clock, firmware settings and save memory of `movie`.
    ///
    /// # Errors
    /// [`Error::WrongRom`] when the movie names another ROM, see [`RomCheck`], [`Error::StateNeeded`] when it starts from a save state,
    /// [`Error::Comment`] for malformed kartscope comments, and the emulator's.
    pub fn open(rom: &[u8], movie: &Movie) -> Result<Self> {
        let rom_check = RomCheck::of(rom, movie)?;
        if movie.header.starts_from_state()? {
            return Err(Error::StateNeeded);
        }
        let options = Options::from_movie(movie)?;
        let sram = movie.header.sram()?;
        let battery = sram.as_deref().map(battery::without_container);
        let emulator = Emulator::open_with_battery(rom, &options, battery)?;
        Self::start(movie, rom_check, emulator)
    }

    /// Starts from `state`, the file beside `movie` (`.dst`), of either kind that [`State::read`] reads.
    ///
    /// As in DeSmuME, the clock restarts, and the save memory is the movie's, or blank if it has none; the
    /// state's own is not kept.
    ///
    /// # Errors
    /// As [`Replay::open`], and when the file is no save state, or one of another ROM.
    pub fn open_from_state(rom: &[u8], movie: &Movie, state: &[u8]) -> Result<Self> {
        let rom_check = RomCheck::of(rom, movie)?;
        let options = Options::from_movie(movie)?;
        let state = State::read(state, rom, &options)?.as_movie_start()?;
        let sram = sram_after_state(movie)?;
        let mut emulator = Emulator::open(rom, &options)?;
        emulator.load_state(&state)?;
        emulator.set_battery(
            sram.as_deref()
                .map(battery::without_container)
                .unwrap_or_default(),
        )?;
        Self::start(movie, rom_check, emulator)
    }

    fn start(movie: &Movie, rom_check: RomCheck, emulator: Emulator) -> Result<Self> {
        let comment = RaceComment::of_movie(movie)?;
        Ok(Self {
            emulator,
            frames: movie.frames.clone(),
            next: 0,
            rom_check,
            comment,
            checks: Checks::from_comments(movie.header.comments())?,
            divergence: None,
            watch: RaceWatch::expecting(comment.and_then(|comment| comment.total_ms)),
            finish: None,
        })
    }

    /// Plays one frame; returns its index in the movie, or `None` after the last one.
    ///
    /// # Errors
    /// The emulator's.
    pub fn step(&mut self, picture: Picture) -> Result<Option<u64>> {
        let Some(frame) = self.frames.get(self.next) else {
            return Ok(None);
        };
        self.emulator.step(frame, picture)?;
        let index = self.next as u64;
        self.next += 1;
        self.check(index)?;
        Ok(Some(index))
    }

    fn check(&mut self, frame: u64) -> Result<()> {
        let race = emulated::find_race(&self.emulator)?;
        if let Some(race) = &race {
            self.watch.update(race)?;
            let is_commented = self.comment.is_some_and(|c| frame >= c.first_frame());
            if is_commented && self.finish.is_none() && RaceOutcome::of(race)?.finished {
                self.finish = Some(frame);
            }
        }
        let Some(expected) = self.checks.get(frame) else {
            return Ok(());
        };
        let found = race.as_ref().map(race_digest).transpose()?;
        if found != Some(expected) && self.divergence.is_none() {
            self.divergence = Some(Divergence {
                frame,
                expected,
                found,
                field: DIGEST_FIELD,
            });
        }
        Ok(())
    }

    /// Plays the rest without pictures.
    ///
    /// # Errors
    /// The emulator's.
    pub fn finish(&mut self) -> Result<RaceOutcome> {
        while self.step(Picture::Skip)?.is_some() {}
        Ok(self.outcome())
    }

    /// Checks, once all frames were played, that the race finished if the movie's comment says so, and that the movie
    /// has checks up to the finish.
    ///
    /// # Errors
    /// [`Error::Incomplete`] with what is missing.
    pub fn require_finish(&self) -> Result<()> {
        let Some(comment) = self.comment else {
            return Ok(());
        };
        let end = self.checks.end();
        match (comment.total_ms, self.finish) {
            (Some(ms), None) => Err(Error::incomplete(
                format!("a finish after {ms} ms, as its comment says"),
                "none in its frames",
            )),
            (Some(_), Some(frame)) if end <= frame => Err(Error::incomplete(
                format!("checks up to the finish in frame {frame}"),
                format!("none from frame {end} on"),
            )),
            (None, Some(frame)) if frame < end => Err(Error::incomplete(
                format!("total_ms in the comment of its race, which finishes in frame {frame}"),
                "none",
            )),
            _ => Ok(()),
        }
    }

    /// The outcome of the race so far.
    pub fn outcome(&self) -> RaceOutcome {
        self.watch.outcome()
    }

    /// The first frame that differs from the recorded race; `None` if none does, and for movies
    /// without check comments.
    pub fn divergence(&self) -> Option<&Divergence> {
        self.divergence.as_ref()
    }

    /// How the movie's ROM was identified with the given one.
    pub fn rom_check(&self) -> RomCheck {
        self.rom_check
    }

    /// The movie's comment on its race.
    pub fn comment(&self) -> Option<&RaceComment> {
        self.comment.as_ref()
    }

    /// The frames of the movie.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The emulator, after the frame last played.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Ends the replay and returns its emulator.
    pub fn into_emulator(self) -> Emulator {
        self.emulator
    }

    /// The emulator, for states or pictures. A caller that steps it directly desyncs the replay.
    pub fn emulator_mut(&mut self) -> &mut Emulator {
        &mut self.emulator
    }
}

/// The path of the save state that a movie starts from: beside the movie's file, as `.dst`.
#[must_use]
pub fn state_beside(movie: &Path) -> PathBuf {
    movie.with_extension("dst")
}

/// The path to write a movie's save state to: [`state_beside`] the movie.
///
/// # Errors
/// [`Error::OtherState`] when another file is there, and [`Error::Read`].
pub fn place_for_state(movie: &Path, state: &[u8]) -> Result<PathBuf> {
    let path = state_beside(movie);
    // A file of another length is not read: it may be endless, as a device is.
    let is_same = std::fs::metadata(&path)
        .and_then(|there| Ok(there.len() == state.len() as u64 && std::fs::read(&path)? == state));
    match is_same {
        Ok(false) => Err(Error::OtherState { path }),
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Read { path, source })
        }
        Ok(true) | Err(_) => Ok(path),
    }
}

/// The save memory that a movie holds besides naming a save state.
fn sram_after_state(movie: &Movie) -> Result<Option<Vec<u8>>> {
    let mut header = movie.header.clone();
    header.remove("savestate");
    Ok(header.sram()?)
}
