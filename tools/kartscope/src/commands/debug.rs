//! `kartscope debug`: games in a window, to be watched, driven and rewound.

mod library;

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use desmume::{Emulator, Options, Picture, State};
use env_mkds::game::{MarioKartDs, Session};
use env_mkds::menus::{Opponent, Pace};
use env_mkds::runs::race_movie::{self, StateStart, blank_movie};
use mkds_formats::ghost::Combo;
use mkds_formats::sav::Save;
use mkds_memory::Ram;
use nds_formats::dsm::Movie;
use overlays::{GhostRun, History};
use session::Run as _;
use window::{Closed, Content, Setup, Stage};
use window_mkds::RaceDisplay;

use crate::arguments::{RaceChoice, one_course};
#[cfg(feature = "torch")]
use crate::commands::agent::{self, DebugAgent};
use crate::files::{self, Input};
use crate::game::Game;
use crate::games::GameChoice;
use crate::report::Report;
use crate::{courses, interrupt};
use library::Library;

/// `kartscope debug`.
#[derive(Debug, Args)]
pub struct Debug {
    /// What to show; when left out, the window lets you choose, or resumes the session of a window that ended without
    /// saving.
    #[command(subcommand)]
    pub command: Option<DebugCommand>,
    /// Begin from a save state, DeSmuME's or kartscope's; with movies, the one that they start from, in place of the .dst
    /// beside each
    #[arg(long, global = true, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Race against the drivers of these movies, drawn as ghosts
    #[arg(long, global = true, value_name = "MOVIE")]
    pub ghost: Vec<PathBuf>,
    /// Close the window automatically after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub seconds: Option<f64>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=1e9).contains(&seconds) => Ok(seconds),
        _ => Err("expected a number of seconds from 0 on".to_owned()),
    }
}

/// The contents of the window.
#[derive(Debug, Subcommand)]
pub enum DebugCommand {
    /// Play movies
    Movie {
        /// Movies, side by side
        #[arg(required = true, value_name = "MOVIE")]
        movies: Vec<PathBuf>,
    },
    /// Play yourself
    Play(PlayGame),
    /// Watch a trained driver, and correct it
    #[cfg(feature = "torch")]
    Agent(DebugAgent),
}

/// `kartscope debug play`.
#[derive(Debug, Args)]
#[command(
    mut_arg("course_name", |course| one_course(course)
        .help("Begin in a race on this course, by abbreviation; at power-on, or in the save state, when left out")
        .conflicts_with("movie")),
    mut_arg("character", |character| character.requires("course_name")),
    mut_arg("kart", |kart| kart.requires("course_name")),
)]
pub struct PlayGame {
    /// A movie to play first, usually of the menus; you drive from its end on
    pub movie: Option<PathBuf>,
    /// The race to begin in.
    #[command(flatten)]
    pub race: RaceChoice,
    /// A save file to begin with; it is not changed
    #[arg(long, value_name = "SAVE", conflicts_with = "movie")]
    pub save: Option<PathBuf>,
}

/// What gives the inputs of a run where its log ends.
pub type Live = window::Live<MarioKartDs>;

/// A run that is to be shown.
pub struct Run {
    /// What it is called.
    pub name: String,
    /// The run.
    pub session: Session,
    /// Who drives.
    pub live: Live,
}

/// The race of another run, to compare with.
struct Rival {
    path: PathBuf,
    ghost: GhostRun,
    /// Its course's id.
    course: u32,
}

impl Run {
    /// The run as the window shows it.
    ///
    /// # Errors
    /// None today.
    pub fn stage(self) -> Result<Stage> {
        self.stage_against(&[])
    }

    /// The same, beside the races of other runs.
    fn stage_against(self, rivals: &[Rival]) -> Result<Stage> {
        let mut display = RaceDisplay::new()?;
        for rival in rivals {
            display
                .race_against(&self.session, rival.ghost.clone(), rival.course)
                .with_context(|| format!("--ghost {}", rival.path.display()))?;
        }
        let display = Box::new(display);
        Ok(Stage::new(self.name, self.session, self.live, display))
    }
}

/// Opens the window on the requested games, and reports the result.
///
/// # Errors
/// When a movie or a model can't be read, is for another ROM, or there is no display.
pub fn run(args: &Debug, choice: &GameChoice, report: Report) -> Result<()> {
    let rom = choice.rom.as_deref();
    let library = Rc::new(Library::new(choice.game));
    let plain = library.game(rom)?;
    let game = Game::open(choice)?.with_state(args.state.as_deref());
    let plays = matches!(args.command, Some(DebugCommand::Play(_)));
    let runs = match &args.command {
        None => {
            ensure!(
                args.state.is_none() && args.ghost.is_empty(),
                "--state and --ghost: expected a movie, play or agent with them, found none"
            );
            Vec::new()
        }
        Some(DebugCommand::Movie { movies }) => each_movie(movies, &game, |_| Ok(Live::Nothing))?,
        Some(DebugCommand::Play(play)) => vec![play_game(play, &game)?],
        #[cfg(feature = "torch")]
        Some(DebugCommand::Agent(agent)) => agent::games(agent, &game)?,
    };
    let rivals = args.ghost.iter().map(|path| {
        rival_of(path, &plain)
            .with_context(|| format!("playing {} on {}", path.display(), game.name))
    });
    let rivals = rivals.collect::<Result<Vec<_>>>()?;
    let stages = runs.into_iter().map(|run| run.stage_against(&rivals));
    let stages = stages.collect::<Result<Vec<_>>>()?;
    interrupt::catch()?;
    let begin = Instant::now();
    let seconds = args.seconds.map(Duration::from_secs_f64);
    let closed = window::run(Setup {
        sound: plays,
        files: files_of(args.command.as_ref()),
        inputs: inputs_of(args, rom),
        rom: rom.map(Path::to_owned),
        opener: Some(library),
        title: format!("kartscope – {}", game.name),
        games: stages
            .into_iter()
            .map(|stage| Content::Stage(Box::new(stage)))
            .collect(),
        additions: window_mkds::additions(),
        is_over: Box::new(move || {
            interrupt::requested() || seconds.is_some_and(|seconds| begin.elapsed() >= seconds)
        }),
    })?;
    report.summary(&closed, print)
}

/// The files that a command shows.
fn files_of(command: Option<&DebugCommand>) -> Vec<PathBuf> {
    match command {
        None => Vec::new(),
        Some(DebugCommand::Movie { movies }) => movies.clone(),
        Some(DebugCommand::Play(play)) => [&play.movie, &play.save]
            .into_iter()
            .flatten()
            .cloned()
            .collect(),
        #[cfg(feature = "torch")]
        Some(DebugCommand::Agent(agent)) => vec![agent.model.clone()],
    }
}

/// All files that a command reads.
fn inputs_of(args: &Debug, rom: Option<&Path>) -> Vec<PathBuf> {
    let mut inputs = files_of(args.command.as_ref());
    inputs.extend(rom.map(Path::to_owned));
    inputs.extend(args.state.clone());
    inputs.extend(args.ghost.iter().cloned());
    #[cfg(feature = "torch")]
    if let Some(DebugCommand::Agent(agent)) = &args.command {
        inputs.extend(agent.movies.iter().cloned());
    }
    inputs
}

fn print(closed: &Closed, output: &mut dyn Write) -> Result<()> {
    for game in &closed.games {
        writeln!(
            output,
            "{}  {} frames, RAM {}",
            game.name, game.frames, game.ram_hash
        )?;
    }
    Ok(())
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
    let emulator = game.replay(path, &movie)?.into_emulator();
    let state = match game.state_of(path, &movie)? {
        Some(state) => Some(State::dst_of(&files::read(&state, Input::State)?)?.into_owned()),
        None => None,
    };
    Ok(Session::new(emulator, movie)?.with_start_state(state))
}

/// A game for the user to play: from a movie's end, from a race's beginning, or from power-on.
fn play_game(play: &PlayGame, game: &Game) -> Result<Run> {
    if let Some(path) = &play.movie {
        let mut runs = each_movie(std::slice::from_ref(path), game, |_| Ok(Live::Human))?;
        return runs.pop().context("a run for each movie");
    }
    if let Some(state) = &game.state {
        ensure!(
            play.race.course_name.is_empty() && play.save.is_none(),
            "--course-name and --save: expected neither with --state, which has both, found one"
        );
        let session = state_session(game, state, &Options::default())?;
        return Ok(Run {
            name: name_of(state),
            session,
            live: Live::Human,
        });
    }
    let Some(course) = play.race.course_name.first() else {
        return play_from_power_on(game, play.save.as_deref());
    };
    game.require_course(course)?;
    let combo = play.race.on(course);
    let battery = play.save.as_deref().map(battery_of).transpose()?;
    let session = menu_session(game, &Options::default(), battery.as_deref(), &combo)?;
    Ok(Run {
        name: courses::code(course.id),
        session,
        live: Live::Human,
    })
}

/// A game for the user to play from power-on, with the memory of a save file, if given.
fn play_from_power_on(game: &Game, save: Option<&Path>) -> Result<Run> {
    let options = Options::default();
    let battery = save.map(battery_of).transpose()?;
    let movie = blank_movie(&game.rom, &options, battery.as_deref())?;
    let emulator = Emulator::open_with_battery(&game.rom, &options, battery.as_deref())?;
    let session = Session::new(emulator, movie)?;
    let name = save.map_or_else(|| "run".to_owned(), name_of);
    Ok(Run {
        name,
        session,
        live: Live::Human,
    })
}

/// The memory in a save file.
fn battery_of(path: &Path) -> Result<Vec<u8>> {
    let save = Save::parse(&files::read(path, Input::Save)?);
    let save = save.with_context(|| format!("reading {}", path.display()))?;
    Ok(save.battery().to_vec())
}

/// A session that begins in a save state.
///
/// # Errors
/// When the file can't be read, or is no state of this game.
pub fn state_session(game: &Game, state: &Path, options: &Options) -> Result<Session> {
    let StateStart {
        emulator,
        movie,
        state,
    } = game.start_from(state, options)?;
    Ok(Session::new(emulator, movie)?.with_start_state(Some(state)))
}

/// A session that goes from power-on through the menus to the beginning of a race.
///
/// # Errors
/// Those of the menus and the emulator.
pub fn menu_session(
    game: &Game,
    options: &Options,
    battery: Option<&[u8]>,
    combo: &Combo,
) -> Result<Session> {
    let setup = race_movie::Setup {
        rom: &game.rom,
        battery,
        options,
        combo: *combo,
        opponent: Opponent::None,
        expected_ms: None,
        frame_limit: 0,
    };
    let paces = std::iter::once(Pace::BRISK).chain(Pace::PATIENT);
    let entered = race_movie::enter(&setup, paces, &mut |_| ControlFlow::Continue(()))?;
    let emulator = Emulator::open_with_battery(&game.rom, options, battery)?;
    let mut session = Session::new(emulator, entered.movie)?;
    // The window starts at the race; rewinding shows the menus.
    session.set_goal(session.length());
    Ok(session)
}

/// The race of a movie, to compare with.
fn rival_of(path: &Path, game: &Game) -> Result<Rival> {
    let movie = Movie::parse(&files::read(path, Input::Movie)?)?;
    let mut player = game.replay(path, &movie)?;
    let mut history = History::default();
    let mut course = None;
    while player.step(Picture::Skip)?.is_some() {
        let ram = Ram::new(player.emulator().main_ram()).ok();
        if let Some(race) = ram.and_then(|ram| ram.race().ok().flatten()) {
            history.see(&race)?;
            course = Some(race.config().course().0);
        }
    }
    let course = course.context("expected a race, found none in the movie")?;
    Ok(Rival {
        path: path.to_owned(),
        ghost: GhostRun::of(name_of(path), &history),
        course,
    })
}
