//! The game that a command runs: the bundled one, or the user's ROM.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use env_kart::runs::race_movie::StateStart;
use env_kart::runs::replay::{Replay, place_for_state, state_beside};
use env_kart::runs::{MovieOf, RunGame};
use formats::comments::Comments as _;
use mkds_formats::carc::CourseFiles;
use mkds_formats::names::{self, COURSE_SLOTS};
use mkds_formats::sav::Save;
use outputs::{Kind, Output, Outputs};
use sha2::{Digest, Sha256};

use crate::courses;
use crate::files::{self, Input};
use crate::games::{GameChoice, GameKind};
use crate::report::Report;

/// Offset in main RAM at which the console keeps the ROM's header.
const KEPT_HEADER: usize = 0x3F_FE00;
/// Bytes of the header that name the game: title, code and maker.
const GAME_NAME: usize = 18;

/// A game to run.
pub struct Game {
    /// The ROM's bytes.
    pub rom: Cow<'static, [u8]>,
    /// Its name in messages: the user's file, or the bundled game.
    pub name: String,
    /// Which of the games it is.
    pub kind: &'static GameKind,
    /// Whether it is the bundled one.
    pub bundled: bool,
    /// The save state to begin from, which `--state` names.
    pub state: Option<PathBuf>,
}

impl Game {
    /// The user's ROM when there is one, else the bundled game.
    ///
    /// # Errors
    /// When the file can't be read, is no ROM of the chosen game, was cut short, or is a version that is not known.
    pub fn open(choice: &GameChoice) -> Result<Self> {
        let Some(path) = &choice.rom else {
            return Ok(Self::bundled(choice.without_rom()));
        };
        let rom = files::read(path, Input::Rom)?;
        let name = path.display().to_string();
        let kind = choice.of_rom(&rom).with_context(|| name.clone())?;
        (kind.check)(&rom).with_context(|| name.clone())?;
        let bundled = rom == kind.bundled;
        Ok(Self {
            rom: Cow::Owned(rom),
            name,
            kind,
            bundled,
            state: None,
        })
    }

    /// The bundled game of a kind.
    #[must_use]
    pub fn bundled(kind: &'static GameKind) -> Self {
        Self {
            rom: Cow::Borrowed(kind.bundled),
            name: "the bundled game".to_owned(),
            kind,
            bundled: true,
            state: None,
        }
    }

    /// The same game, started from the save state of `--state`, if given.
    #[must_use]
    pub fn with_state(self, state: Option<&Path>) -> Self {
        Self {
            state: state.map(Path::to_owned),
            ..self
        }
    }

    /// Refuses a course that the game does not have.
    ///
    /// # Errors
    /// When its files are not in the ROM.
    pub fn require_course(&self, course: &names::Course) -> Result<()> {
        let has = |course: &names::Course| {
            let files = CourseFiles::of_rom(&self.rom, course);
            files.is_ok_and(|files| files.is_some())
        };
        if has(course) {
            return Ok(());
        }
        let available = COURSE_SLOTS.iter().filter(|course| has(course));
        let available: Vec<String> = available.map(|course| courses::code(course.id)).collect();
        bail!(
            "{}: expected one of its courses, {}, found {}{}",
            self.name,
            available.join(" "),
            courses::code(course.id),
            self.hint()
        )
    }

    /// Refuses a save of the real game for the bundled game, which has other courses.
    ///
    /// # Errors
    /// When the real game wrote the save.
    pub fn require_own(&self, save: &Save) -> Result<()> {
        ensure!(
            !(self.bundled && is_real(save)),
            "expected a save of the bundled game, found one of Mario Kart DS{}",
            self.hint()
        );
        Ok(())
    }

    /// Advice for users of the bundled game who meant their own ROM.
    fn hint(&self) -> &'static str {
        match self.bundled {
            true => ": --rom names your own ROM of it",
            false => "",
        }
    }

    /// Starts the movie that was read from `path`. A save state that it starts from is the one of `--state`, or the file
    /// beside it, as `.dst`, or `.st` of a Nintendo 64.
    ///
    /// # Errors
    /// When the movie is for another ROM or malformed, its save state can't be read, or `--state` is given for a movie
    /// that starts at power-on.
    pub fn replay<G: RunGame>(&self, path: &Path, movie: &MovieOf<G>) -> Result<Replay<G>> {
        let Some(state) = self.state_of::<G>(path, movie)? else {
            return Ok(Replay::open(&self.rom, movie)?);
        };
        let bytes = files::read(&state, Input::State)?;
        Replay::open_from_state(&self.rom, movie, &bytes)
            .with_context(|| format!("starting from {}", state.display()))
    }

    /// The file of the save state that the movie which was read from `path` starts from; `None` if it starts at power-on.
    ///
    /// # Errors
    /// When the movie's header is malformed, there is no such file, or `--state` is given for a movie that starts at
    /// power-on.
    pub fn state_of<G: RunGame>(&self, path: &Path, movie: &MovieOf<G>) -> Result<Option<PathBuf>> {
        match (G::starts_from_state(movie)?, &self.state) {
            (true, state) => {
                let state = state.clone().unwrap_or_else(|| state_beside::<G>(path));
                ensure!(
                    state.exists(),
                    "the movie starts from a save state: expected it in {}, or --state to name it, found no such file",
                    state.display()
                );
                Ok(Some(state))
            }
            (false, None) => Ok(None),
            (false, Some(state)) => bail!(
                "--state {}: expected a movie that starts from a save state, found one that starts at power-on",
                state.display()
            ),
        }
    }

    /// A console in the save state of a file, and the movie of the frames played from there.
    ///
    /// # Errors
    /// When the file can't be read, or is no state of this game.
    pub fn start_from<G: RunGame>(
        &self,
        state: &Path,
        console: &G::Console,
    ) -> Result<StateStart<G>> {
        let bytes = files::read(state, Input::State)?;
        StateStart::open(&self.rom, console, &bytes)
            .with_context(|| format!("starting {} from {}", self.name, state.display()))
    }

    /// A console in the race of a save state's file, and the race's character, kart and course.
    ///
    /// # Errors
    /// As [`Game::start_from`], and when the state is in no race.
    pub fn race_in<G: RunGame>(
        &self,
        state: &Path,
        console: &G::Console,
    ) -> Result<(StateStart<G>, G::Combo)> {
        let start = self.start_from::<G>(state, console)?;
        let combo = G::combo(&start.machine);
        let combo = combo.with_context(|| state.display().to_string())?;
        let combo =
            combo.with_context(|| format!("{}: expected a race, found none", state.display()))?;
        Ok((start, combo))
    }

    /// SHA-256 of the ROM, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        rom_sha256(&self.rom)
    }
}

/// SHA-256 of a ROM, in hexadecimal.
#[must_use]
pub fn rom_sha256(rom: &[u8]) -> String {
    let digest = Sha256::digest(rom);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Comment that marks a movie as a race of one of kartscope's drivers. Another such movie may replace it.
const DRIVEN_COMMENT: &str = "kartscope driven";

/// A game's movie with that comment: on a line of its own, or of a `.dsm`'s header.
const fn driven<G: RunGame>() -> Kind {
    Kind {
        name: "a movie that eval or drive wrote",
        is_one: |bytes| {
            let mut lines = bytes.split(|byte| *byte == b'\n');
            let is_driven = |line: &[u8]| {
                let comment = line.strip_prefix(b"comment ").unwrap_or(line);
                comment.trim_ascii() == DRIVEN_COMMENT.as_bytes()
            };
            (G::MOVIES.is_one)(bytes) && lines.any(is_driven)
        },
    }
}

/// The output files of a driver's race: a movie, and the save state that it starts from, if any.
pub struct MovieOutput {
    movie: Output,
    state: Option<Output>,
}

impl MovieOutput {
    /// Begins the files, before the race.
    ///
    /// # Errors
    /// When a file can't be written, is an input, or would replace a movie that no driver of kartscope's drove.
    pub fn begin<G: RunGame>(outputs: &Outputs, path: &Path, state: Option<&[u8]>) -> Result<Self> {
        let movie = outputs.begin(path, driven::<G>())?;
        let state = match state {
            Some(bytes) => begin_state(outputs, &place_for_state::<G>(path, bytes)?, bytes)?,
            None => None,
        };
        Ok(Self { movie, state })
    }

    /// Writes the race. The state is written first, so that there is never a movie without its state.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn commit<G: RunGame>(mut self, mut movie: MovieOf<G>) -> Result<()> {
        movie.add_comment(DRIVEN_COMMENT);
        if let Some(state) = self.state {
            state.commit()?;
        }
        let path = self.movie.path().to_path_buf();
        self.movie
            .write_all(&G::movie_to_bytes(&movie))
            .with_context(|| format!("can't write {}", path.display()))?;
        Ok(self.movie.commit()?)
    }
}

/// The output for a movie's save state; none if the same state exists already.
fn begin_state(outputs: &Outputs, path: &Path, bytes: &[u8]) -> Result<Option<Output>> {
    if path.exists() {
        return Ok(None);
    }
    let mut state = outputs.begin(path, Kind::NEW)?;
    state
        .write_all(bytes)
        .with_context(|| format!("can't write {}", path.display()))?;
    Ok(Some(state))
}

/// Warns on standard error if the ROM may not be the one that the movie was made with.
pub fn warn_of_rom<G: RunGame>(movie: &Path, replay: &Replay<G>, report: Report) {
    if let Some(warning) = replay.warning() {
        report.note(format_args!("warning: {}: {warning}", movie.display()));
    }
}

/// Whether the real game wrote the save: the bundled one saves only ghosts.
#[must_use]
pub fn is_real(save: &Save) -> bool {
    !matches!(save.system(), Ok(None))
}

/// The name of the course in a slot, in the bundled game or in the real one: the bundled game has its own courses in
/// the slots of the real ones.
#[must_use]
pub fn course_name(course: &names::Course, bundled: bool) -> &'static str {
    let own = homebrew::COURSES.iter().find(|own| own.id == course.id);
    own.filter(|_| bundled).map_or(course.name, |own| own.name)
}

/// Whether an image of main RAM is the bundled game's, by the ROM's header in it.
#[must_use]
pub fn is_bundled(image: &[u8]) -> bool {
    let kept = image.get(KEPT_HEADER..).and_then(<[u8]>::first_chunk);
    kept.is_some_and(|kept: &[u8; GAME_NAME]| homebrew::ROM.starts_with(kept))
}
