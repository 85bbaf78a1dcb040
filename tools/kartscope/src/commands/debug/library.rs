//! Opening games for the window: new games, and files, which are recognised by their content.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use desmume::{Emulator, Options, State};
use env_mkds::ghost_movie;
use mkds_formats::ghost::Combo;
use mkds_formats::names::COURSE_SLOTS;
use mkds_formats::sav::Save;
use nds_formats::dsm::Movie;
use nds_formats::rom::RomHeader;
use session::Session;
use session::file::Document;
use window::{Games, Live, Opened, Opener, Request, SessionLook, Stage};

use super::{each_movie, menu_session, name_of, play_from_power_on, state_session};
use crate::courses;
use crate::files::{self, Input};
use crate::game::{self, Game};

/// The file that stands for a model, which is a folder, in a file dialog.
const MODEL_CARD: &str = "model.json";

/// Opens games on the current ROM.
pub struct Library {
    game: RefCell<Rc<Game>>,
    rom: RefCell<Option<PathBuf>>,
}

impl Library {
    /// Opens games on the user's ROM if there is one, else on the bundled game.
    ///
    /// # Errors
    /// As [`Game::open`].
    pub fn new(rom: Option<&Path>) -> Result<Self> {
        Ok(Self {
            game: RefCell::new(Rc::new(Game::open(rom)?)),
            rom: RefCell::new(rom.map(Path::to_owned)),
        })
    }

    /// The current game.
    pub fn game(&self) -> Rc<Game> {
        self.game.borrow().clone()
    }

    /// Changes the ROM for the games that are opened from now on.
    fn change_rom(&self, rom: Option<&Path>) -> Result<()> {
        if self.rom.borrow().as_deref() != rom {
            self.game.replace(Rc::new(Game::open(rom)?));
            self.rom.replace(rom.map(Path::to_owned));
        }
        Ok(())
    }

    fn open_file(&self, path: &Path) -> Result<Opened> {
        if path.is_dir() {
            return Ok(self.choose_course(path));
        }
        if path.ends_with(MODEL_CARD) {
            return Ok(self.choose_course(path.parent().unwrap_or(Path::new("."))));
        }
        let bytes = files::read(path, Input::Document)?;
        let game = self.game();
        if Document::is_one(&bytes) {
            return self.open_session(&bytes);
        }
        if State::is_one(&bytes) {
            let session = state_session(&game, path, &Options::default())?;
            return Ok(driven(Stage::new(name_of(path), session, Live::Human)));
        }
        if Movie::parse(&bytes).is_ok() {
            return watched_movies(&[path.to_owned()], &game);
        }
        if RomHeader::parse(&bytes).is_ok_and(|header| mkds_formats::game::is_mario_kart(&header)) {
            self.change_rom(Some(path))?;
            return Ok(self.choose_new());
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
        let bundled = self.game().bundled;
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
        }
    }

    fn choose_course(&self, folder: &Path) -> Opened {
        let races = self.courses().map(|(course, name)| {
            let folder = folder.to_owned();
            (name, Request::Model { folder, course })
        });
        Opened::Choice {
            title: "The model's course".to_owned(),
            options: races.collect(),
        }
    }

    /// A race through the menus.
    fn race(&self, course: u8) -> Result<Opened> {
        let combo = Combo {
            character: 0,
            kart: 0,
            course,
        };
        let session = menu_session(&self.game(), &Options::default(), None, &combo)?;
        Ok(driven(Stage::new(
            courses::code(course),
            session,
            Live::Human,
        )))
    }

    /// A ghost's race, as a movie to watch.
    fn ghost(&self, path: &Path, slot: usize) -> Result<Opened> {
        let game = self.game();
        let save = Save::parse(&files::read(path, Input::Save)?)?;
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
        Ok(Opened::Games(Games {
            stages: vec![Stage::new(name, session, Live::Nobody)],
            ..Games::default()
        }))
    }

    fn open_session(&self, bytes: &[u8]) -> Result<Opened> {
        let document = Document::parse(bytes)?;
        self.change_rom(document.rom.as_deref().map(Path::new))?;
        let game = self.game();
        let is_driven = document.games.iter().any(|game| game.is_driven);
        let stages = document.games.into_iter().map(|saved| {
            let session = saved
                .snapshot
                .open(&game.rom)
                .with_context(|| format!("{} on {}", saved.name, game.name))?;
            let live = match saved.is_driven {
                true => Live::Human,
                false => Live::Nobody,
            };
            let mut stage = Stage::new(saved.name, session, live);
            stage.set_playing(false);
            Ok(stage)
        });
        Ok(Opened::Games(Games {
            stages: stages.collect::<Result<_>>()?,
            sound: is_driven,
            look: Some(SessionLook {
                selected: document.selected,
                pins: document.pins,
                overlays: document.overlays,
            }),
        }))
    }

    #[cfg(feature = "torch")]
    fn model(&self, folder: &Path, course: u8) -> Result<Opened> {
        let course_name = mkds_formats::names::Course::by_id(course);
        let course_name =
            course_name.with_context(|| format!("course {course}: not one of the game's"))?;
        let args = crate::cli::DebugAgent {
            model: folder.to_owned(),
            movies: Vec::new(),
            course_name,
            device: learn::device::Device::Auto,
        };
        Ok(Opened::Games(Games {
            stages: crate::commands::agent::games(&args, &self.game())?,
            ..Games::default()
        }))
    }

    #[cfg(not(feature = "torch"))]
    fn model(&self, _folder: &Path, _course: u8) -> Result<Opened> {
        bail!("models: expected a build with the feature \"torch\", found one without")
    }
}

impl Opener for Library {
    fn open(&self, request: &Request) -> Result<Opened> {
        match request {
            Request::New => Ok(self.choose_new()),
            Request::PowerOn => Ok(driven(play_from_power_on(&self.game(), None)?)),
            Request::Race(course) => self.race(*course),
            Request::Files(paths) => match paths.as_slice() {
                [path] => self.open_file(path),
                paths => watched_movies(paths, &self.game()),
            },
            Request::Save(path) => Ok(driven(play_from_power_on(&self.game(), Some(path))?)),
            Request::Ghost { save, slot } => self.ghost(save, *slot),
            Request::Model { folder, course } => self.model(folder, *course),
            Request::Session(bytes) => self.open_session(bytes),
        }
    }

    fn rom(&self) -> Option<PathBuf> {
        let rom = self.rom.borrow().clone()?;
        Some(std::path::absolute(&rom).unwrap_or(rom))
    }
}

/// A game for the user to play.
fn driven(stage: Stage) -> Opened {
    Opened::Games(Games {
        stages: vec![stage],
        sound: true,
        look: None,
    })
}

/// Movies side by side.
fn watched_movies(paths: &[PathBuf], game: &Game) -> Result<Opened> {
    Ok(Opened::Games(Games {
        stages: each_movie(paths, game, |_| Ok(Live::Nobody))?,
        ..Games::default()
    }))
}
