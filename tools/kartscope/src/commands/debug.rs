//! `kartscope debug`: games in a window, to be watched, driven and rewound.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use desmume::{Emulator, Options, Picture};
use env_mkds::menus::{Opponent, Pace};
use env_mkds::observation;
use env_mkds::race_movie::{self, blank_movie};
use mkds_formats::dsm::Movie;
use mkds_formats::ghost::Combo;
use mkds_formats::pad::Frame;
use mkds_formats::sav::Save;
use mkds_memory::Ram;
use overlays::{GhostRun, History};
use session::Session;
use window::{Closed, Content, Live, Setup, Stage};

use crate::cli::{Debug, DebugCommand, PlayGame};
use crate::commands::record;
use crate::game::Game;
use crate::report::Report;
use crate::{courses, files, interrupt};

/// Opens the window on what was asked for, and says how it was left.
///
/// # Errors
/// When a movie or a model can't be read, is for another ROM, or there is no display.
pub fn run(args: &Debug, rom: Option<&Path>, report: Report) -> Result<()> {
    let game = Game::open(rom)?;
    let plays = matches!(args.command, DebugCommand::Play(_));
    let mut games = match &args.command {
        DebugCommand::Movie { movies } => each_movie(movies, &game, |_| Ok(Live::Nobody))?,
        DebugCommand::Play(play) => vec![play_game(play, &game)?],
        #[cfg(feature = "torch")]
        DebugCommand::Agent(agent) => super::agent::games(agent, &game)?,
    };
    for path in &args.ghost {
        let ghost = ghost_of(path, &game)
            .with_context(|| format!("playing {} on {}", path.display(), game.name))?;
        for stage in &mut games {
            stage.race_against(ghost.clone());
        }
    }
    interrupt::catch()?;
    let begin = Instant::now();
    let seconds = args.seconds.map(Duration::from_secs_f64);
    let adder = Game::open(rom)?;
    let closed = window::run(Setup {
        sound: plays,
        add_corrections: Box::new(move |movie, dataset| {
            record::add_movie(&adder, movie, dataset, record::Part::Corrections)
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
    report.result(&closed, print)
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
        let movie = Movie::parse(&files::read(path)?)?;
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
    Ok(Session::new(emulator, movie)?)
}

/// A game that a human plays: from a movie's end on, from a race's beginning, or from power-on.
fn play_game(play: &PlayGame, game: &Game) -> Result<Stage> {
    if let Some(path) = &play.movie {
        ensure!(
            play.course_name.is_none(),
            "--course-name: expected it without a movie, found {}",
            path.display()
        );
        let mut stages = each_movie(std::slice::from_ref(path), game, |_| Ok(Live::Human))?;
        return stages.pop().context("a stage for each movie");
    }
    let battery = match &play.save {
        Some(path) => {
            let save = Save::parse(&files::read(path)?)
                .with_context(|| format!("reading {}", path.display()))?;
            Some(save.battery().to_vec())
        }
        None => None,
    };
    let options = Options::default();
    let mut movie = blank_movie(&game.rom, &options, battery.as_deref())?;
    let mut name = game.name.clone();
    if let Some(course) = &play.course_name {
        let course = courses::by_name(std::slice::from_ref(course))?;
        let course = course.first().context("one course")?;
        let combo = Combo {
            character: play.character,
            kart: play.kart,
            course: course.id,
        };
        movie.frames = menu_frames(game, &options, battery.as_deref(), &combo)?;
        name = courses::code(course.id);
    }
    let emulator = Emulator::open_with_battery(&game.rom, &options, battery.as_deref())?;
    let mut session = Session::new(emulator, movie)?;
    // Nobody wants to watch the menus being driven; whoever does goes back.
    session.set_goal(session.length());
    Ok(Stage::new(name, session, Live::Human))
}

/// The inputs that lead from power-on to the beginning of a race.
///
/// # Errors
/// Those of the menus and the emulator.
pub fn menu_frames(
    game: &Game,
    options: &Options,
    battery: Option<&[u8]>,
    combo: &Combo,
) -> Result<Vec<Frame>> {
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
    Ok(entered.movie.frames)
}

/// The race of a movie, to compare with.
fn ghost_of(path: &Path, game: &Game) -> Result<GhostRun> {
    let movie = Movie::parse(&files::read(path)?)?;
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
