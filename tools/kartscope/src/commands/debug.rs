//! `kartscope debug`: games in a window, to be watched, driven and rewound.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use desmume::{Emulator, Options, Picture, State};
use env_mkds::menus::{Opponent, Pace};
use env_mkds::observation;
use env_mkds::race_movie::{self, StateStart, blank_movie};
use mkds_formats::dsm::Movie;
use mkds_formats::ghost::Combo;
use mkds_formats::sav::Save;
use mkds_memory::Ram;
use overlays::{GhostRun, History};
use session::Session;
use window::{Closed, Content, Live, Setup, Stage};

use crate::cli::{Debug, DebugCommand, PlayGame};
use crate::commands::record;
use crate::files::{self, Input};
use crate::game::Game;
use crate::report::Report;
use crate::{courses, interrupt};

/// Opens the window on what was asked for, and says how it was left.
///
/// # Errors
/// When a movie or a model can't be read, is for another ROM, or there is no display.
pub fn run(args: &Debug, rom: Option<&Path>, report: Report) -> Result<()> {
    let plain = Game::open(rom)?;
    let game = Game::open(rom)?.with_state(args.state.as_deref());
    let plays = matches!(args.command, DebugCommand::Play(_));
    let mut games = match &args.command {
        DebugCommand::Movie { movies } => each_movie(movies, &game, |_| Ok(Live::Nobody))?,
        DebugCommand::Play(play) => vec![play_game(play, &game)?],
        #[cfg(feature = "torch")]
        DebugCommand::Agent(agent) => super::agent::games(agent, &game)?,
    };
    for path in &args.ghost {
        let ghost = ghost_of(path, &plain)
            .with_context(|| format!("playing {} on {}", path.display(), game.name))?;
        for stage in &mut games {
            stage.race_against(ghost.clone());
        }
    }
    interrupt::catch()?;
    let begin = Instant::now();
    let seconds = args.seconds.map(Duration::from_secs_f64);
    let closed = window::run(Setup {
        sound: plays,
        add_corrections: Box::new(move |movie, dataset| {
            record::add_movie(&plain, movie, dataset, record::Part::Corrections)
        }),
        title: format!("kartscope – {}", game.name),
        games: games
            .into_iter()
            .map(|stage| Content::Stage(Box::new(stage)))
            .collect(),
        fan: observation::Rays::default().fan()?,
        is_over: Box::new(move || {
            interrupt::requested() || seconds.is_some_and(|seconds| begin.elapsed() >= seconds)
        }),
    })?;
    report.summary(&closed, print)
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

/// A stage for each movie.
///
/// # Errors
/// When a movie can't be read or is for another ROM.
pub fn each_movie(
    movies: &[PathBuf],
    game: &Game,
    live: impl Fn(&Movie) -> Result<Live>,
) -> Result<Vec<Stage>> {
    let stage = |path: &PathBuf| -> Result<Stage> {
        let movie = Movie::parse(&files::read(path, Input::Movie)?)?;
        let live = live(&movie)?;
        Ok(Stage::new(
            name_of(path),
            session_of(path, movie, game)?,
            live,
        ))
    };
    movies
        .iter()
        .map(|path| {
            stage(path).with_context(|| format!("opening {} on {}", path.display(), game.name))
        })
        .collect()
}

/// What a movie's game is called.
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

/// A game that a human plays: from a movie's end on, from a race's beginning, or from power-on.
fn play_game(play: &PlayGame, game: &Game) -> Result<Stage> {
    if let Some(path) = &play.movie {
        let mut stages = each_movie(std::slice::from_ref(path), game, |_| Ok(Live::Human))?;
        return stages.pop().context("a stage for each movie");
    }
    if let Some(state) = &game.state {
        ensure!(
            play.course_name.is_none() && play.save.is_none(),
            "--course-name and --save: expected neither with --state, which has both, found one"
        );
        let session = state_session(game, state, &Options::default())?;
        return Ok(Stage::new(name_of(state), session, Live::Human));
    }
    let battery = match &play.save {
        Some(path) => {
            let save = Save::parse(&files::read(path, Input::Save)?)
                .with_context(|| format!("reading {}", path.display()))?;
            Some(save.battery().to_vec())
        }
        None => None,
    };
    let (options, battery) = (Options::default(), battery.as_deref());
    let Some(course) = &play.course_name else {
        let movie = blank_movie(&game.rom, &options, battery)?;
        let emulator = Emulator::open_with_battery(&game.rom, &options, battery)?;
        let session = Session::new(emulator, movie)?;
        return Ok(Stage::new(game.name.clone(), session, Live::Human));
    };
    game.require_course(course)?;
    let course = course.id;
    let combo = Combo {
        character: play.character,
        kart: play.kart,
        course,
    };
    let session = menu_session(game, &options, battery, &combo)?;
    Ok(Stage::new(courses::code(course), session, Live::Human))
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
    // The window begins at the race; going back shows the menus being driven.
    session.set_goal(session.length());
    Ok(session)
}

/// The race of a movie, to compare with.
fn ghost_of(path: &Path, game: &Game) -> Result<GhostRun> {
    let movie = Movie::parse(&files::read(path, Input::Movie)?)?;
    let mut player = game.replay(path, &movie)?;
    let mut history = History::default();
    while player.step(Picture::Skip)?.is_some() {
        let ram = Ram::new(player.emulator().main_ram()).ok();
        if let Some(race) = ram.and_then(|ram| ram.race().ok().flatten()) {
            history.see(&race)?;
        }
    }
    ensure!(
        !history.samples().is_empty(),
        "expected a race, found none in the movie"
    );
    Ok(GhostRun::of(name_of(path), &history))
}
