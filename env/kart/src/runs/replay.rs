//! Replays of movies.

use std::path::{Path, PathBuf};

use formats::comments::Comments;
use formats::input::{self, Input};
use machine::{Machine, Picture};

use super::{
    MachineOf, MovieOf, RunGame, RunResult,
    checks::Checks,
    comments::RaceComment,
    divergence::Divergence,
    outcome::{RaceOutcome, RaceWatch},
};
use crate::{
    Error, Result,
    race_env::{InputOf, PadOf},
};

/// A movie being played back in a machine of its own.
#[derive(Debug)]
pub struct Replay<G: RunGame> {
    machine: MachineOf<G>,
    frames: Vec<InputOf<G>>,
    next: usize,
    warning: Option<&'static str>,
    comment: Option<RaceComment<G>>,
    checks: Checks,
    divergence: Option<Divergence>,
    watch: RaceWatch,
    /// The movie's frame in which the race of its comment finished.
    finish: Option<u64>,
}

impl<G: RunGame> Replay<G> {
    /// Switches a console on as `movie` says.
    ///
    /// # Errors
    /// [`Error::StateNeeded`] when it starts from a save state, [`Error::Comment`] for malformed kartscope comments, the
    /// game's when the movie is of another ROM or malformed, and the machine's.
    pub fn open(rom: &[u8], movie: &MovieOf<G>) -> RunResult<Self, G> {
        Self::start(rom, movie, None)
    }

    /// Starts from `state`, the file beside `movie`.
    ///
    /// # Errors
    /// As [`Replay::open`], and when the file is no save state, or one of another ROM.
    pub fn open_from_state(rom: &[u8], movie: &MovieOf<G>, state: &[u8]) -> RunResult<Self, G> {
        Self::start(rom, movie, Some(state))
    }

    fn start(rom: &[u8], movie: &MovieOf<G>, state: Option<&[u8]>) -> RunResult<Self, G> {
        let warning = G::warning(rom, movie)?;
        let machine = <G as session::Game>::open(rom, movie, state)?;
        let comment = RaceComment::of_movie(movie)?;
        Ok(Self {
            machine,
            frames: G::frames(&*G::by_frames(rom, movie, state)?).to_vec(),
            next: 0,
            warning,
            comment,
            checks: Checks::from_comments(movie.comments())?,
            divergence: None,
            watch: RaceWatch::expecting(comment.and_then(|comment| comment.total_ms)),
            finish: None,
        })
    }

    /// Reads the movie of a file and starts it; if it starts from a save state, that is the file beside it.
    ///
    /// # Errors
    /// [`Error::Read`], and as [`Replay::open`] and [`Replay::open_from_state`].
    pub fn open_file(rom: &[u8], path: &Path) -> RunResult<Self, G> {
        let movie = G::parse_movie(&read_file(path, Input::Movie)?)?;
        let state = match G::starts_from_state(&movie)? {
            true => Some(read_file(&state_beside::<G>(path), Input::State)?),
            false => None,
        };
        Self::start(rom, &movie, state.as_deref())
    }

    /// Plays one frame; returns its index in the movie, or `None` after the last one.
    ///
    /// # Errors
    /// The machine's, and the game's for a race that is malformed.
    pub fn step(&mut self, picture: Picture) -> RunResult<Option<u64>, G> {
        let Some(input) = self.frames.get(self.next) else {
            return Ok(None);
        };
        let pad = G::pad(input);
        self.machine.step(input, picture)?;
        let index = self.next as u64;
        self.next += 1;
        self.check(index, pad)?;
        Ok(Some(index))
    }

    fn check(&mut self, frame: u64, pad: PadOf<G>) -> RunResult<(), G> {
        if let Some(facts) = G::facts(&self.machine, pad)? {
            self.watch.update(&facts);
            let is_commented = self.comment.is_some_and(|c| frame >= c.first_frame());
            if is_commented && self.finish.is_none() && facts.is_finished() {
                self.finish = Some(frame);
            }
        }
        let Some(expected) = self.checks.get(frame) else {
            return Ok(());
        };
        let found = G::digest(&self.machine)?;
        if found != Some(expected) && self.divergence.is_none() {
            self.divergence = Some(Divergence {
                frame,
                expected,
                found,
                field: G::DIGEST_FIELD,
            });
        }
        Ok(())
    }

    /// Plays the rest without pictures.
    ///
    /// # Errors
    /// The machine's, and the game's for a race that is malformed.
    pub fn finish(&mut self) -> RunResult<RaceOutcome, G> {
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

    /// What the user should know before the movie plays on this ROM; `None` for exactly the ROM that it was made with.
    pub fn warning(&self) -> Option<&'static str> {
        self.warning
    }

    /// The movie's comment on its race.
    pub fn comment(&self) -> Option<&RaceComment<G>> {
        self.comment.as_ref()
    }

    /// The inputs of the movie, frame by frame.
    pub fn frames(&self) -> &[InputOf<G>] {
        &self.frames
    }

    /// The input of the frame that [`step`](Self::step) plays next; `None` after the last one.
    pub fn next_input(&self) -> Option<&InputOf<G>> {
        self.frames.get(self.next)
    }

    /// The index of the frame that [`step`](Self::step) plays next.
    pub fn next_frame(&self) -> u64 {
        self.next as u64
    }

    /// The machine, after the frame last played.
    pub fn machine(&self) -> &MachineOf<G> {
        &self.machine
    }

    /// Ends the replay and returns its machine.
    pub fn into_machine(self) -> MachineOf<G> {
        self.machine
    }

    /// The machine, for states or pictures. A caller that steps it directly desyncs the replay.
    pub fn machine_mut(&mut self) -> &mut MachineOf<G> {
        &mut self.machine
    }
}

/// The path of the save state that a movie starts from: beside the movie's file, with the ending of the game's states.
#[must_use]
pub fn state_beside<G: RunGame>(movie: &Path) -> PathBuf {
    movie.with_extension(G::STATE_ENDING)
}

/// The path to write a movie's save state to: [`state_beside`] the movie.
///
/// # Errors
/// [`Error::OtherState`] when another file is there, and [`Error::Read`].
pub fn place_for_state<G: RunGame>(movie: &Path, state: &[u8]) -> Result<PathBuf> {
    let path = state_beside::<G>(movie);
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

/// A file's bytes.
///
/// # Errors
/// [`Error::Read`].
pub fn read_file(path: &Path, input: Input) -> Result<Vec<u8>> {
    input::read(path, input).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}
