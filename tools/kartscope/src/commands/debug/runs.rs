//! The runs that the window shows, and how they begin.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use env_kart::race_env::InputOf;
use env_kart::runs::comments::RaceComment;
use env_kart::runs::race_movie::{Entered, Setup, StateStart};
use env_kart::runs::{MovieOf, Opponent};
use machine::{Machine as _, Picture};
use overlays::{GhostRun, History, Races};
use session::{Run as _, Session};
use window::{Live, Stage};
use window_kart::RaceDisplay;

use super::game::Debugged;
use crate::files::{self, Input};
use crate::game::Game;

/// A run to show.
pub struct Run<G: Debugged> {
    /// Its name.
    pub name: String,
    /// The run.
    pub session: Session<G>,
    /// Who drives.
    pub live: Live<G>,
}

/// The race of another run, to compare with.
pub struct Rival<G: Debugged> {
    path: PathBuf,
    ghost: GhostRun,
    combo: G::Combo,
    /// Its course's id.
    course: u32,
}

impl<G: Debugged> Rival<G> {
    /// The race of a movie.
    ///
    /// # Errors
    /// When the movie can't be read, is for another ROM, or holds no race.
    pub fn of(path: &Path, game: &Game) -> Result<Self> {
        let movie = G::parse_movie(&files::read(path, Input::Movie)?)?;
        let mut player = game.replay::<G>(path, &movie)?;
        let mut history = History::default();
        let mut last = None;
        while player.step(Picture::Skip)?.is_some() {
            // A race that is being loaded may be malformed for some frames.
            if let Some(ram) = player.machine().ram()
                && let Ok(Some(race)) = G::Races::race(ram.bytes)
            {
                let id = G::Races::course_id(&race)?;
                history.see(id, &G::Races::facts(&race, &InputOf::<G>::default())?);
                last = G::combo(player.machine())?.map(|combo| (combo, id));
            }
        }
        let (combo, course) = last.context("expected a race, found none in the movie")?;
        Ok(Self {
            path: path.to_owned(),
            ghost: GhostRun::of(name_of(path), &history),
            combo,
            course,
        })
    }
}

impl<G: Debugged> Run<G> {
    /// The run as the window shows it.
    ///
    /// # Errors
    /// As [`stage_against`](Self::stage_against).
    pub fn stage(self) -> Result<Stage> {
        self.stage_against(&[])
    }

    /// The run with other races drawn as ghosts.
    ///
    /// # Errors
    /// When a rival raced on another course.
    pub fn stage_against(self, rivals: &[Rival<G>]) -> Result<Stage> {
        let own = self.course()?;
        let mut display = RaceDisplay::<G::Races>::new()?;
        for rival in rivals {
            let course = G::course_name(&rival.combo);
            if let Some(own) = &own {
                ensure!(
                    *own == course,
                    "--ghost {}: expected a ghost of {own}, found one of {course}",
                    rival.path.display()
                );
            }
            display.race_against(rival.ghost.clone(), rival.course);
        }
        let display = Box::new(display);
        Ok(Stage::new(self.name, self.session, self.live, display))
    }

    /// The course of the race in its movie, or of the one in RAM.
    fn course(&self) -> Result<Option<String>> {
        let combo = match RaceComment::<G>::of_movie(self.session.header())? {
            Some(comment) => Some(comment.combo),
            None => G::combo(self.session.machine())?,
        };
        Ok(combo.as_ref().map(G::course_name))
    }
}

/// A run for each movie.
///
/// # Errors
/// When a movie can't be read or is for another ROM.
pub fn each_movie<G: Debugged>(
    movies: &[PathBuf],
    game: &Game,
    live: impl Fn() -> Live<G>,
) -> Result<Vec<Run<G>>> {
    let run = |path: &PathBuf| -> Result<Run<G>> {
        let movie = G::parse_movie(&files::read(path, Input::Movie)?)?;
        Ok(Run {
            name: name_of(path),
            session: session_of(path, &movie, game)?,
            live: live(),
        })
    };
    movies
        .iter()
        .map(|path| {
            run(path).with_context(|| format!("opening {} on {}", path.display(), game.name))
        })
        .collect()
}

/// The name of a movie's game in the window.
pub fn name_of(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A session of a movie, at its beginning.
///
/// # Errors
/// When the movie is for another ROM, or its save state can't be read.
pub fn session_of<G: Debugged>(path: &Path, movie: &MovieOf<G>, game: &Game) -> Result<Session<G>> {
    let state = match game.state_of::<G>(path, movie)? {
        Some(state) => Some(G::state_file(&files::read(&state, Input::State)?)?),
        None => None,
    };
    let movie = G::by_frames(&game.rom, movie, state.as_deref())?.into_owned();
    let machine = game.replay::<G>(path, &movie)?.into_machine();
    Ok(Session::new(machine, movie)?.with_start_state(state))
}

/// A game for the user to play from power-on, with the memory of a save file, if given.
///
/// # Errors
/// When the save can't be read, or the game can't be started.
pub fn play_from_power_on<G: Debugged>(game: &Game, save: Option<&Path>) -> Result<Run<G>> {
    let console = console_with::<G>(save)?;
    let movie = G::blank_movie(&game.rom, &console)?;
    let session = Session::new(G::switch_on(&game.rom, &console)?, movie)?;
    let name = save.map_or_else(|| "run".to_owned(), name_of);
    Ok(Run {
        name,
        session,
        live: Live::Human,
    })
}

/// A console that has saved what a save file holds; nothing without one.
///
/// # Errors
/// When the file can't be read, or is no save.
pub fn console_with<G: Debugged>(save: Option<&Path>) -> Result<G::Console> {
    let Some(path) = save else {
        return Ok(G::Console::default());
    };
    let console = G::console_with(&files::read(path, Input::Save)?);
    console.with_context(|| format!("reading {}", path.display()))
}

/// A session that begins in a save state.
///
/// # Errors
/// When the file can't be read, or is no state of this game.
pub fn state_session<G: Debugged>(
    game: &Game,
    state: &Path,
    console: &G::Console,
) -> Result<Session<G>> {
    let StateStart {
        machine,
        movie,
        state,
    } = game.start_from::<G>(state, console)?;
    Ok(Session::new(machine, movie)?.with_start_state(Some(state)))
}

/// A session that goes from power-on through the menus to the beginning of a race.
///
/// # Errors
/// Those of the menus and the emulator.
pub fn menu_session<G: Debugged>(
    game: &Game,
    console: &G::Console,
    combo: &G::Combo,
) -> Result<Session<G>> {
    let setup = Setup {
        rom: &game.rom,
        console,
        combo: *combo,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 0,
    };
    let Entered { movie, .. } = G::enter_soon(&setup)?;
    let mut session = Session::new(G::switch_on(&game.rom, console)?, movie)?;
    // The window starts at the race; rewinding shows the menus.
    session.set_goal(session.length());
    Ok(session)
}
