//! Opening games for the window: new games, and files, which are recognised by their content.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use learn::record::Part;
use session::Snapshot;
use session::file::{Document, is_session};
use window::{Games, Live, Opened, Opener, Request, WindowState};

#[cfg(feature = "torch")]
use super::agent;
use super::game::Debugged;
use super::runs::{
    Run, each_movie, menu_session, name_of, play_from_power_on, session_of, state_session,
};
use crate::arguments::RaceChoice;
use crate::commands::record;
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::{self, CourseName, GameChoice, GameKind};

/// The file that stands for a model, which is a folder, in a file dialog.
const MODEL_CARD: &str = "model.json";

/// Opens games on the requested ROMs, all of the game `G`.
pub struct Library<G> {
    /// What kind of game that is.
    kind: &'static GameKind,
    /// The ROM that was opened last.
    last: RefCell<Option<Rom<G>>>,
}

/// A ROM that games are opened on.
struct Rom<G> {
    /// The user's; `None` for the bundled game.
    path: Option<PathBuf>,
    game: Rc<Game>,
    of: PhantomData<G>,
}

impl<G: Debugged> Library<G> {
    /// A library that has opened no ROM yet.
    pub fn new(kind: &'static GameKind) -> Self {
        Self {
            kind,
            last: RefCell::default(),
        }
    }

    /// The user's ROM where there is one, else the bundled game.
    ///
    /// # Errors
    /// As [`Game::open`], and when the ROM is of another game than the window's.
    pub fn game(&self, path: Option<&Path>) -> Result<Rc<Game>> {
        Ok(self.rom(path)?.game)
    }

    fn open_session(&self, bytes: &[u8]) -> Result<Opened> {
        let document = Document::<Snapshot<G>>::parse(bytes)?;
        let Rom { path, game, .. } = self.rom(document.rom.as_deref().map(Path::new))?;
        let is_driven = document.games.iter().any(|game| game.is_driven);
        let stages = document.games.into_iter().map(|saved| {
            let session = saved
                .session
                .open(&game.rom)
                .with_context(|| format!("{} on {}", saved.name, game.name))?;
            let live = match saved.is_driven {
                true => Live::Human,
                false => Live::Nothing,
            };
            let name = saved.name;
            let mut stage = Run {
                name,
                session,
                live,
            }
            .stage()?;
            stage.set_playing(false);
            Ok(stage)
        });
        Ok(Opened::Games(Games {
            stages: stages.collect::<Result<_>>()?,
            sound: is_driven,
            window_state: Some(WindowState {
                selected: document.selected,
                pins: document.pins,
                overlays: document.overlays,
            }),
            rom: path,
        }))
    }

    fn rom(&self, path: Option<&Path>) -> Result<Rom<G>> {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some(rom) if rom.path.as_deref() == path => Ok(rom.clone()),
            _ => {
                let path = path.map(Path::to_owned);
                let game = Game::open(&GameChoice {
                    game: path.is_none().then_some(self.kind),
                    rom: path.clone(),
                })?;
                ensure!(
                    std::ptr::eq(game.kind, self.kind),
                    "{}: expected a ROM of {}, the game of this window, found one of {}; `kartscope debug --rom` opens it",
                    game.name,
                    self.kind.title,
                    game.kind.title
                );
                let game = Rc::new(game);
                let of = PhantomData;
                Ok(last.insert(Rom { path, game, of }).clone())
            }
        }
    }
}

impl<G> Clone for Rom<G> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            game: self.game.clone(),
            of: PhantomData,
        }
    }
}

impl<G: Debugged> Rom<G> {
    fn open_file(&self, path: &Path, library: &Library<G>) -> Result<Opened> {
        if path.is_dir() {
            return self.choose_course(path);
        }
        if path.ends_with(MODEL_CARD) {
            return self.choose_course(path.parent().unwrap_or(Path::new(".")));
        }
        let bytes = files::read(path, Input::Document)?;
        if is_session(&bytes) {
            return library.open_session(&bytes);
        }
        if G::is_state(&bytes) {
            let session = state_session(&self.game, path, &G::Console::default())?;
            let name = name_of(path);
            let live = Live::Human;
            return self.driven(Run {
                name,
                session,
                live,
            });
        }
        if (G::MOVIES.is_one)(&bytes) {
            let session = session_of(path, &G::parse_movie(&bytes)?, &self.game)?;
            let name = name_of(path);
            let live = Live::Nothing;
            return self.watched(vec![Run {
                name,
                session,
                live,
            }]);
        }
        if games::is_rom(&bytes) {
            return Ok(library.rom(Some(path))?.choose_new());
        }
        ensure!(
            G::console_with(&bytes).is_ok(),
            "expected a movie, a save, a state, a ROM, a session or a model's folder, of {}, found {} bytes that are none",
            self.game.kind.title,
            bytes.len()
        );
        // A save without a place for ghosts can be played with, too.
        let ghosts = G::parse_save(&bytes).map_or_else(|_| Vec::new(), |save| G::ghosts(&save));
        Ok(self.choose_ghost(path, ghosts))
    }

    /// The courses of the game: the abbreviation of each, and its name for a list.
    fn courses(&self) -> impl Iterator<Item = (String, String)> {
        let courses = G::courses(self.game.bundled).into_iter();
        courses.map(|(code, name)| {
            let label = format!("{name} ({code})");
            (code, label)
        })
    }

    fn choose_new(&self) -> Opened {
        let races = self.courses();
        let races = races.map(|(course, name)| (format!("Race on {name}"), Request::Race(course)));
        let power_on = ("From power-on".to_owned(), Request::PowerOn);
        Opened::Choice {
            title: "New game".to_owned(),
            options: races.chain([power_on]).collect(),
            rom: self.path.clone(),
        }
    }

    fn choose_ghost(&self, path: &Path, ghosts: Vec<(G::Place, Result<G::Ghost>)>) -> Opened {
        let ghosts = ghosts.into_iter().enumerate();
        let ghosts = ghosts.filter_map(|(number, (place, ghost))| {
            // A broken ghost can't be played.
            let ghost = ghost.ok()?;
            let (course, driver) = (G::file_code(place, &ghost), G::driver_name(&ghost));
            let seconds = f64::from(G::total_ms(&ghost)) / 1000.0;
            let save = path.to_owned();
            Some((
                format!("{course}: {driver}, {seconds:.3} s"),
                Request::Ghost { save, number },
            ))
        });
        let play = (
            "Play with this save from power-on".to_owned(),
            Request::Save(path.to_owned()),
        );
        Opened::Choice {
            title: "A ghost of the save".to_owned(),
            options: ghosts.chain([play]).collect(),
            rom: self.path.clone(),
        }
    }

    fn choose_course(&self, folder: &Path) -> Result<Opened> {
        ensure!(
            folder.join(MODEL_CARD).is_file(),
            "expected a model's folder, with {MODEL_CARD} in it, found another one"
        );
        let races = self.courses().map(|(course, name)| {
            let folder = folder.to_owned();
            (name, Request::Model { folder, course })
        });
        Ok(Opened::Choice {
            title: "The model's course".to_owned(),
            options: races.collect(),
            rom: self.path.clone(),
        })
    }

    /// A race through the menus.
    fn race(&self, course: &str) -> Result<Opened> {
        let combo = G::race_of(
            &RaceChoice::first_on(&CourseName(course.to_owned())),
            course,
            &self.game,
        )?;
        let session = menu_session(&self.game, &G::Console::default(), &combo)?;
        self.driven(Run {
            name: G::course_name(&combo),
            session,
            live: Live::Human,
        })
    }

    /// The race of a save's ghost, as a movie to watch.
    fn ghost(&self, path: &Path, number: usize) -> Result<Opened> {
        let save = G::parse_save(&files::read(path, Input::Save)?)?;
        G::require_own(&self.game, &save)?;
        let ghost = G::ghosts(&save).into_iter().nth(number);
        let (place, ghost) = ghost.context("expected a ghost, found that the save has changed")?;
        let ghost = ghost?;
        let combo = G::race_of_ghost(&ghost).context("expected a ghost on a course of the game")?;
        G::require_race(&self.game, &combo)?;
        let memory = G::memory(&self.game, &save);
        let mut on_frame = |_| ControlFlow::Continue(());
        let race = G::race(&self.game.rom, memory.as_deref(), &ghost, &mut on_frame)?;
        race.outcome.require_match()?;
        self.watched(vec![Run {
            name: format!("{}_{}", G::file_code(place, &ghost), name_of(path)),
            session: session_of(path, &race.movie, &self.game)?,
            live: Live::Nothing,
        }])
    }

    #[cfg(feature = "torch")]
    fn model(&self, folder: &Path, course: &str) -> Result<Opened> {
        let args = agent::DebugAgent {
            model: folder.to_owned(),
            movies: Vec::new(),
            race: RaceChoice::first_on(&CourseName(course.to_owned())),
            device: learn::device::Device::Auto,
            dataset: Vec::new(),
        };
        self.watched(agent::agents(&args, &self.game)?.runs)
    }

    #[cfg(not(feature = "torch"))]
    fn model(&self, _folder: &Path, _course: &str) -> Result<Opened> {
        anyhow::bail!("models: expected a build with the feature \"torch\", found one without")
    }

    /// Movies side by side.
    fn watched_movies(&self, paths: &[PathBuf]) -> Result<Opened> {
        self.watched(each_movie(paths, &self.game, || Live::Nothing)?)
    }

    /// Games that are watched.
    fn watched(&self, runs: Vec<Run<G>>) -> Result<Opened> {
        let stages = runs.into_iter().map(Run::stage);
        Ok(Opened::Games(Games {
            stages: stages.collect::<Result<_>>()?,
            rom: self.path.clone(),
            ..Games::default()
        }))
    }

    /// A game that a human plays.
    fn driven(&self, run: Run<G>) -> Result<Opened> {
        Ok(Opened::Games(Games {
            stages: vec![run.stage()?],
            sound: true,
            window_state: None,
            rom: self.path.clone(),
        }))
    }
}

impl<G: Debugged> Opener for Library<G> {
    fn open(&self, request: &Request, rom: Option<&Path>) -> Result<Opened> {
        let rom = self.rom(rom)?;
        match request {
            Request::New => Ok(rom.choose_new()),
            Request::PowerOn => rom.driven(play_from_power_on(&rom.game, None)?),
            Request::Race(course) => rom.race(course),
            Request::Files(paths) => match paths.as_slice() {
                [path] => rom.open_file(path, self),
                paths => rom.watched_movies(paths),
            },
            Request::Save(path) => rom.driven(play_from_power_on(&rom.game, Some(path))?),
            Request::Ghost { save, number } => rom.ghost(save, *number),
            Request::Model { folder, course } => rom.model(folder, course),
            Request::Session(bytes) => self.open_session(bytes),
        }
    }

    fn add_corrections(&self, rom: Option<&Path>, movie: &Path, dataset: &Path) -> Result<u64> {
        record::add_movie::<G>(&*self.game(rom)?, movie, dataset, Part::Corrections)
    }
}
