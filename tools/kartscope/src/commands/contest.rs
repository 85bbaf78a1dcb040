//! Races for a driver: the race of a movie or of a save state.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use env_kart::driver::RaceDriver;
use env_kart::runs::annotations::Annotations;
use env_kart::runs::comments::RaceComment;
use env_kart::runs::race_movie::{self, RaceMovie, Setup};
use env_kart::runs::{MovieOf, Opponent};
use machine::Picture;

use crate::files::{self, Input};
use crate::game::Game;
use crate::games::KartGame;
use crate::interrupt;

/// Frames between two checks for Ctrl-C.
const INTERRUPT_EVERY: u64 = 256;

/// A race to drive.
pub struct Contest<G: KartGame> {
    /// The movie of the race, if there is one.
    pub movie: Option<PathBuf>,
    /// Which race it is.
    pub combo: G::Combo,
    /// The movie's time in milliseconds, if it is known.
    pub total_ms: Option<u32>,
    /// How the console is switched on; from a save state, its options only.
    pub console: G::Console,
    /// The start of the race.
    pub begin: Begin,
}

/// The start of a race.
pub enum Begin {
    /// In the menus, after power-on.
    Menus,
    /// In the save state of a file.
    State(PathBuf),
}

impl<G: KartGame> Contest<G> {
    /// The races of movies; without movies that of `--state`, if given. Each can fail if its file can't be read or
    /// played, or holds no race.
    pub fn each(game: &Game, movies: &[PathBuf]) -> impl Iterator<Item = Result<Self>> {
        let state = game.state.iter().filter(|_| movies.is_empty());
        let state = state.map(|state| Self::of_state(game, state));
        let movies = movies
            .iter()
            .map(|path| Self::of_movie(game, path).with_context(|| path.display().to_string()));
        state.chain(movies)
    }

    /// The race of a movie, from its comment; a movie without a comment is played to find its race.
    fn of_movie(game: &Game, path: &Path) -> Result<Self> {
        let movie = G::parse_movie(&files::read(path, Input::Movie)?)?;
        let console = G::console(&movie)?;
        let race = match RaceComment::<G>::of_movie(&movie)? {
            Some(race) => race,
            None => played(game, path, &movie)?,
        };
        let begin = match game.state_of::<G>(path, &movie)? {
            Some(state) => {
                let (_, combo) = game.race_in::<G>(&state, &console)?;
                ensure!(
                    combo == race.combo,
                    "{}: expected the movie's race, {}, found {combo}",
                    state.display(),
                    race.combo
                );
                Begin::State(state)
            }
            None => Begin::Menus,
        };
        Ok(Self {
            movie: Some(path.to_owned()),
            combo: race.combo,
            total_ms: race.total_ms,
            console,
            begin,
        })
    }

    fn of_state(game: &Game, state: &Path) -> Result<Self> {
        let console = G::Console::default();
        let (_, combo) = game.race_in::<G>(state, &console)?;
        Ok(Self {
            movie: None,
            combo,
            total_ms: None,
            console,
            begin: Begin::State(state.to_owned()),
        })
    }

    /// The movie or save state of the race; none for a race that the command line describes.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match (&self.movie, &self.begin) {
            (Some(movie), _) => Some(movie),
            (None, Begin::State(state)) => Some(state),
            (None, Begin::Menus) => None,
        }
    }

    /// Lets `driver` drive the race, and records it; stops after `frame_limit` frames.
    ///
    /// # Errors
    /// When no race begins, the driver's, and when the user interrupts.
    pub fn record(
        &self,
        game: &Game,
        driver: &mut RaceDriver<'_, G>,
        frame_limit: u64,
    ) -> Result<RaceMovie<G>> {
        let mut go_on = |_| interrupt::control_flow();
        let run = match &self.begin {
            Begin::Menus => {
                let setup = Setup {
                    rom: &game.rom,
                    console: &self.console,
                    combo: self.combo,
                    opponent: Opponent::None,
                    expected_ms: None,
                    frame_limit,
                };
                race_movie::record(&setup, driver, &mut go_on)
            }
            Begin::State(state) => {
                let start = game.start_from::<G>(state, &self.console)?;
                race_movie::record_from_state(start, frame_limit, driver, &mut go_on)
            }
        };
        interrupt::check()?;
        Ok(run?)
    }
}

/// The race of a movie, found by playing it.
fn played<G: KartGame>(game: &Game, path: &Path, movie: &MovieOf<G>) -> Result<RaceComment<G>> {
    let mut player = game.replay::<G>(path, movie)?;
    let mut annotations = Annotations::<G>::default();
    while let Some(frame) = player.step(Picture::Skip)? {
        if frame % INTERRUPT_EVERY == 0 {
            interrupt::check()?;
        }
        annotations.see(frame, player.machine())?;
    }
    annotations
        .race()
        .context("expected a race, found none in the movie")
}
