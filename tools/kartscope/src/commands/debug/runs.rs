//! The runs that the window shows, and how they begin.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use desmume::{Picture, State};
use env_mkds::game::{MarioKartDs, Session};
use env_mkds::menus::Pace;
use env_mkds::runs::console::{self, Console};
use env_mkds::runs::{Opponent, Setup, StateStart};
use mkds_formats::ghost::Combo;
use mkds_formats::sav::Save;
use nds_formats::dsm::Movie;
use nds_formats::pad::Frame;
use overlays::{GhostRun, History, Races as _};
use overlays_mkds::MkdsRaces;
use session::Run as _;
use window::Stage;
use window_kart::mkds::RaceDisplay;

use crate::files::{self, Input};
use crate::game::Game;

/// What gives the inputs of a run after the recorded ones.
pub type Live = window::Live<MarioKartDs>;

/// A run to show.
pub struct Run {
    /// Its name.
    pub name: String,
    /// The run.
    pub session: Session,
    /// Who drives.
    pub live: Live,
}

/// The race of another run, to compare with.
pub struct Rival {
    path: PathBuf,
    ghost: GhostRun,
    /// Its course's id.
    course: u32,
}

impl Rival {
    /// The race of a movie.
    ///
    /// # Errors
    /// When the movie can't be read, is for another ROM, or holds no race.
    pub fn of(path: &Path, game: &Game) -> Result<Self> {
        let movie = Movie::parse(&files::read(path, Input::Movie)?)?;
        let mut player = game.replay::<MarioKartDs>(path, &movie)?;
        let mut history = History::default();
        let mut course = None;
        while player.step(Picture::Skip)?.is_some() {
            // A race that is being loaded may be malformed for some frames.
            if let Ok(Some(race)) = MkdsRaces::race(player.machine().main_ram()) {
                let id = MkdsRaces::course_id(&race)?;
                history.see(id, &MkdsRaces::facts(&race, &Frame::default())?);
                course = Some(id);
            }
        }
        let course = course.context("expected a race, found none in the movie")?;
        Ok(Self {
            path: path.to_owned(),
            ghost: GhostRun::of(name_of(path), &history),
            course,
        })
    }
}

impl Run {
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
    pub fn stage_against(self, rivals: &[Rival]) -> Result<Stage> {
        let mut display = RaceDisplay::new()?;
        for rival in rivals {
            display
                .race_against(self.session.ram(), rival.ghost.clone(), rival.course)
                .with_context(|| format!("--ghost {}", rival.path.display()))?;
        }
        let display = Box::new(display);
        Ok(Stage::new(self.name, self.session, self.live, display))
    }
}

/// A run for each movie.
///
/// # Errors
/// When a movie can't be read or is for another ROM.
pub fn each_movie(
    movies: &[PathBuf],
    game: &Game,
    live: impl Fn(&Movie) -> Result<Live>,
) -> Result<Vec<Run>> {
    let run = |path: &PathBuf| -> Result<Run> {
        let movie = Movie::parse(&files::read(path, Input::Movie)?)?;
        let live = live(&movie)?;
        Ok(Run {
            name: name_of(path),
            session: session_of(path, movie, game)?,
            live,
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
pub fn session_of(path: &Path, movie: Movie, game: &Game) -> Result<Session> {
    let emulator = game.replay::<MarioKartDs>(path, &movie)?.into_machine();
    let state = match game.state_of::<MarioKartDs>(path, &movie)? {
        Some(state) => Some(State::dst_of(&files::read(&state, Input::State)?)?.into_owned()),
        None => None,
    };
    Ok(Session::new(emulator, movie)?.with_start_state(state))
}

/// A game for the user to play from power-on, with the memory of a save file, if given.
///
/// # Errors
/// When the save can't be read, or the game can't be started.
pub fn play_from_power_on(game: &Game, save: Option<&Path>) -> Result<Run> {
    let console = Console {
        battery: save.map(battery_of).transpose()?,
        ..Console::default()
    };
    let movie = console.blank_movie(&game.rom)?;
    let session = Session::new(console.switch_on(&game.rom)?, movie)?;
    let name = save.map_or_else(|| "run".to_owned(), name_of);
    Ok(Run {
        name,
        session,
        live: Live::Human,
    })
}

/// The memory in a save file.
///
/// # Errors
/// When the file can't be read, or is no save.
pub fn battery_of(path: &Path) -> Result<Vec<u8>> {
    let save = Save::parse(&files::read(path, Input::Save)?);
    let save = save.with_context(|| format!("reading {}", path.display()))?;
    Ok(save.battery().to_vec())
}

/// A session that begins in a save state.
///
/// # Errors
/// When the file can't be read, or is no state of this game.
pub fn state_session(game: &Game, state: &Path, console: &Console) -> Result<Session> {
    let StateStart {
        machine,
        movie,
        state,
    } = game.start_from::<MarioKartDs>(state, console)?;
    Ok(Session::new(machine, movie)?.with_start_state(Some(state)))
}

/// A session that goes from power-on through the menus to the beginning of a race.
///
/// # Errors
/// Those of the menus and the emulator.
pub fn menu_session(game: &Game, console: &Console, combo: &Combo) -> Result<Session> {
    let setup = Setup {
        rom: &game.rom,
        console,
        combo: *combo,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 0,
    };
    let paces = std::iter::once(Pace::BRISK).chain(Pace::PATIENT);
    let entered = console::enter(&setup, paces, &mut |_| ControlFlow::Continue(()))?;
    let mut session = Session::new(console.switch_on(&game.rom)?, entered.movie)?;
    // The window starts at the race; rewinding shows the menus.
    session.set_goal(session.length());
    Ok(session)
}
