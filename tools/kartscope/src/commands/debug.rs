//! `kartscope debug`: games in a window, to be watched, driven and rewound.

#[cfg(feature = "torch")]
mod agent;
mod game;
mod library;
mod runs;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, Subcommand};
use window::game::Additions;
use window::{Closed, Content, Live, Setup};

#[cfg(feature = "torch")]
use self::agent::DebugAgent;
use self::game::Debugged;
use self::library::Library;
use self::runs::{
    Rival, Run, console_with, each_movie, menu_session, name_of, play_from_power_on, state_session,
};
use crate::arguments::{RaceChoice, one_course};
use crate::game::Game;
use crate::games::{GameChoice, of_game};
use crate::interrupt;
use crate::report::Report;

/// `kartscope debug`.
#[derive(Debug, Args)]
pub struct Debug {
    /// What to show; when left out, the window lets you choose, or resumes the session of a window that ended without
    /// saving.
    #[command(subcommand)]
    pub command: Option<DebugCommand>,
    /// Begin from a save state, DeSmuME's, Mupen64Plus's or kartscope's; with movies, the one that they start from, in place
    /// of the .dst (.st of a Nintendo 64) beside each
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

/// Opens the window on the requested games, and reports the result.
///
/// # Errors
/// When a movie or a model can't be read, is for another ROM, or there is no display.
pub fn run(args: &Debug, choice: &GameChoice, report: Report) -> Result<()> {
    let game = Game::open(choice)?.with_state(args.state.as_deref());
    of_game!(game.kind, G => show::<G>(args, choice.rom.as_deref(), &game, report))
}

fn show<G: Debugged>(args: &Debug, rom: Option<&Path>, game: &Game, report: Report) -> Result<()> {
    let library = Rc::new(Library::<G>::new(game.kind));
    let plain = library.game(rom)?;
    let plays = matches!(args.command, Some(DebugCommand::Play(_)));
    let (runs, page) = match &args.command {
        None => {
            ensure!(
                args.state.is_none() && args.ghost.is_empty(),
                "--state and --ghost: expected a movie, play or agent with them, found none"
            );
            (Vec::new(), None)
        }
        Some(DebugCommand::Movie { movies }) => {
            (each_movie::<G>(movies, game, || Live::Nothing)?, None)
        }
        Some(DebugCommand::Play(play)) => (vec![play_game(play, game)?], None),
        #[cfg(feature = "torch")]
        Some(DebugCommand::Agent(agent)) => {
            let agents = agent::agents(agent, game)?;
            (agents.runs, agents.page)
        }
    };
    let rivals = args.ghost.iter().map(|path| {
        Rival::<G>::of(path, &plain)
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
        additions: Additions {
            page,
            ..G::additions()
        },
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
        inputs.extend(agent.movies.iter().chain(&agent.dataset).cloned());
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

/// A game for the user to play: from a movie's end, from a race's beginning, or from power-on.
fn play_game<G: Debugged>(play: &PlayGame, game: &Game) -> Result<Run<G>> {
    if let Some(path) = &play.movie {
        let mut runs = each_movie(std::slice::from_ref(path), game, || Live::Human)?;
        return runs.pop().context("a run for each movie");
    }
    if let Some(state) = &game.state {
        ensure!(
            play.race.course_name.is_empty() && play.save.is_none(),
            "--course-name and --save: expected neither with --state, which has both, found one"
        );
        let session = state_session(game, state, &G::Console::default())?;
        return Ok(Run {
            name: name_of(state),
            session,
            live: Live::Human,
        });
    }
    let Some(course) = play.race.course_name.first() else {
        return play_from_power_on(game, play.save.as_deref());
    };
    let combo = G::race_of(&play.race, &course.0, game)?;
    let console = console_with::<G>(play.save.as_deref())?;
    let session = menu_session(game, &console, &combo)?;
    Ok(Run {
        name: G::course_name(&combo),
        session,
        live: Live::Human,
    })
}
