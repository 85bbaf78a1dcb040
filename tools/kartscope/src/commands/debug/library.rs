//! Opening games for the window: new games, and files, which are recognised by their content.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use desmume::{Emulator, Options, State};
use env_mkds::game::{MarioKartDs, Session};
use env_mkds::runs::console::Console;
use env_mkds::runs::ghost_movie;
use learn::record::Part;
use mkds_formats::ghost::Combo;
use mkds_formats::names::COURSE_SLOTS;
use mkds_formats::sav::Save;
use nds_formats::dsm::Movie;
use outputs::Kind;
use session::Snapshot;
use session::file::{Document, is_session};
use window::{Games, Opened, Opener, Request, WindowState};

#[cfg(feature = "torch")]
use super::agent;
use super::runs::{
    Live, Run, each_movie, menu_session, name_of, play_from_power_on, session_of, state_session,
};
#[cfg(feature = "torch")]
use crate::arguments::RaceChoice;
use crate::commands::record;
use crate::courses;
use crate::files::{self, Input};
use crate::game::{self, Game};
#[cfg(feature = "torch")]
use crate::games::CourseName;
use crate::games::{self, GameChoice, GameKind};

/// The file that stands for a model, which is a folder, in a file dialog.
const MODEL_CARD: &str = "model.json";

/// Opens games on the requested ROMs.
pub struct Library {
    /// The game that `--game` names, to run without a ROM.
    kind: Option<&'static GameKind>,
    /// The ROM that was opened last.
    last: RefCell<Option<Rom>>,
}

/// A ROM that games are opened on.
#[derive(Clone)]
struct Rom {
    /// The user's; `None` for the bundled game.
    path: Option<PathBuf>,
    game: Rc<Game>,
}

impl Library {
    /// A library that has opened no ROM yet.
    pub fn new(kind: Option<&'static GameKind>) -> Self {
        Self {
            kind,
            last: RefCell::default(),
        }
    }

    /// The user's ROM where there is one, else the bundled game.
    ///
    /// # Errors
    /// As [`Game::open`].
    pub fn game(&self, path: Option<&Path>) -> Result<Rc<Game>> {
        Ok(self.rom(path)?.game)
    }

    fn open_session(&self, bytes: &[u8]) -> Result<Opened> {
        let document = Document::<Snapshot<MarioKartDs>>::parse(bytes)?;
        let Rom { path, game } = self.rom(document.rom.as_deref().map(Path::new))?;
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

    fn rom(&self, path: Option<&Path>) -> Result<Rom> {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some(rom) if rom.path.as_deref() == path => Ok(rom.clone()),
            _ => {
                let path = path.map(Path::to_owned);
                // The header of a ROM that is opened in the window says which game it is.
                let game = Rc::new(Game::open_ds(&GameChoice {
                    game: self.kind.filter(|_| path.is_none()),
                    rom: path.clone(),
                })?);
                Ok(last.insert(Rom { path, game }).clone())
            }
        }
    }
}

impl Rom {
    fn open_file(&self, path: &Path, library: &Library) -> Result<Opened> {
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
        if State::is_one(&bytes) {
            let session = state_session(&self.game, path, &Console::default())?;
            let name = name_of(path);
            let live = Live::Human;
            return self.driven(Run {
                name,
                session,
                live,
            });
        }
        if (Kind::MOVIE.is_one)(&bytes) {
            let session = session_of(path, Movie::parse(&bytes)?, &self.game)?;
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
        match Save::parse(&bytes) {
            Ok(save) => Ok(self.choose_ghost(path, &save)),
            Err(_) => bail!(
                "expected a movie, a save, a state, a Mario Kart DS ROM, a session or a model's folder, found {} bytes \
                 that are none",
                bytes.len()
            ),
        }
    }

    /// The courses of the game, with their names.
    fn courses(&self) -> impl Iterator<Item = (u8, String)> {
        let bundled = self.game.bundled;
        let has = move |id: u8| !bundled || homebrew::COURSES.iter().any(|own| own.id == id);
        let courses = COURSE_SLOTS.iter().filter(move |course| has(course.id));
        courses.map(move |course| {
            let name = game::course_name(course, bundled);
            (course.id, format!("{name} ({})", courses::code(course.id)))
        })
    }

    fn choose_new(&self) -> Opened {
        let races = self.courses();
        let races = races.map(|(id, name)| (format!("Race on {name}"), Request::Race(id)));
        let power_on = ("From power-on".to_owned(), Request::PowerOn);
        Opened::Choice {
            title: "New game".to_owned(),
            options: races.chain([power_on]).collect(),
            rom: self.path.clone(),
        }
    }

    fn choose_ghost(&self, path: &Path, save: &Save) -> Opened {
        let ghosts = save.ghosts().into_iter().filter_map(|(slot, ghost)| {
            // A broken ghost can't be played.
            let ghost = ghost.ok()?;
            let request = Request::Ghost {
                save: path.to_owned(),
                slot,
            };
            let code = courses::ghost_code(slot, ghost.combo.course);
            let seconds = f64::from(ghost.time.0) / 1000.0;
            Some((
                format!("{code}: {}, {seconds:.3} s", ghost.nickname),
                request,
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
    fn race(&self, course: u8) -> Result<Opened> {
        let combo = Combo {
            character: 0,
            kart: 0,
            course,
        };
        let session = menu_session(&self.game, &Console::default(), &combo)?;
        self.driven(Run {
            name: courses::code(course),
            session,
            live: Live::Human,
        })
    }

    /// A ghost's race, as a movie to watch.
    fn ghost(&self, path: &Path, slot: usize) -> Result<Opened> {
        let game = &self.game;
        let save = Save::parse(&files::read(path, Input::Save)?)?;
        game.require_own(&save)?;
        let ghost = save.ghost(slot)?;
        let ghost = ghost.with_context(|| format!("slot {slot}: expected a ghost, found none"))?;
        let battery = (!game.bundled).then(|| save.battery());
        let options = Options::default();
        let race = ghost_movie::from_ghost(&game.rom, battery, &ghost, &options, &mut |_| {
            ControlFlow::Continue(())
        })?;
        race.outcome.require_match()?;
        let emulator = Emulator::open_with_battery(&game.rom, &options, battery)?;
        let session = Session::new(emulator, race.movie)?;
        let name = courses::ghost_code(slot, ghost.combo.course);
        let name = format!("{name}_{}", name_of(path));
        let live = Live::Nothing;
        self.watched(vec![Run {
            name,
            session,
            live,
        }])
    }

    #[cfg(feature = "torch")]
    fn model(&self, folder: &Path, course: u8) -> Result<Opened> {
        let course_name = mkds_formats::names::Course::by_id(course);
        let course_name =
            course_name.with_context(|| format!("course {course}: not one of the game's"))?;
        let args = agent::DebugAgent {
            model: folder.to_owned(),
            movies: Vec::new(),
            race: RaceChoice {
                course_name: vec![CourseName(course_name.abbreviation.to_lowercase())],
                character: 0,
                kart: 0,
            },
            device: learn::device::Device::Auto,
        };
        self.watched(agent::games(&args, &self.game)?)
    }

    #[cfg(not(feature = "torch"))]
    fn model(&self, _folder: &Path, _course: u8) -> Result<Opened> {
        bail!("models: expected a build with the feature \"torch\", found one without")
    }

    /// Movies side by side.
    fn watched_movies(&self, paths: &[PathBuf]) -> Result<Opened> {
        self.watched(each_movie(paths, &self.game, |_| Ok(Live::Nothing))?)
    }

    /// Games that are watched.
    fn watched(&self, runs: Vec<Run>) -> Result<Opened> {
        let stages = runs.into_iter().map(Run::stage);
        Ok(Opened::Games(Games {
            stages: stages.collect::<Result<_>>()?,
            rom: self.path.clone(),
            ..Games::default()
        }))
    }

    /// A game that a human plays.
    fn driven(&self, run: Run) -> Result<Opened> {
        Ok(Opened::Games(Games {
            stages: vec![run.stage()?],
            sound: true,
            window_state: None,
            rom: self.path.clone(),
        }))
    }
}

impl Opener for Library {
    fn open(&self, request: &Request, rom: Option<&Path>) -> Result<Opened> {
        let rom = self.rom(rom)?;
        match request {
            Request::New => Ok(rom.choose_new()),
            Request::PowerOn => rom.driven(play_from_power_on(&rom.game, None)?),
            Request::Race(course) => rom.race(*course),
            Request::Files(paths) => match paths.as_slice() {
                [path] => rom.open_file(path, self),
                paths => rom.watched_movies(paths),
            },
            Request::Save(path) => rom.driven(play_from_power_on(&rom.game, Some(path))?),
            Request::Ghost { save, slot } => rom.ghost(save, *slot),
            Request::Model { folder, course } => rom.model(folder, *course),
            Request::Session(bytes) => self.open_session(bytes),
        }
    }

    fn add_corrections(&self, rom: Option<&Path>, movie: &Path, dataset: &Path) -> Result<u64> {
        record::add_movie::<MarioKartDs>(&*self.game(rom)?, movie, dataset, Part::Corrections)
    }
}
