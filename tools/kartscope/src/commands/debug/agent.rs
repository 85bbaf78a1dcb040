//! A trained driver in the window.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use env_core::Driver;
use env_kart::driver::{ObservingDriver, RaceView};
use env_kart::race_env::InputOf;
use learn::model::Model;
use session::Session;
use window::Live;

use super::game::Debugged;
use super::runs::{Run, menu_session, name_of, state_session};
use crate::arguments::{RaceChoice, one_course};
use crate::commands::contest::{Begin, Contest};
use crate::game::Game;

/// `kartscope debug agent`.
#[derive(Debug, Args)]
#[command(
    mut_arg("course_name", |course| one_course(course)
        .help("The course to race on without a movie or a save state, by abbreviation; the first of the bundled game's when \
               left out")
        .conflicts_with("movies")),
    mut_arg("character", |character| character.conflicts_with("movies")),
    mut_arg("kart", |kart| kart.conflicts_with("movies")),
)]
pub struct DebugAgent {
    /// A model, as `train` writes it
    pub model: PathBuf,
    /// Movies whose courses and karts to race with, side by side
    #[arg(value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// The race without a movie or a save state.
    #[command(flatten)]
    pub race: RaceChoice,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
}

/// A game for each movie, in which the model drives from the beginning of the movie's race; without movies, one game from
/// the save state of `--state` or on the given course.
///
/// # Errors
/// When the model, a movie or the state can't be read, or one holds no race.
pub fn games<G: Debugged>(args: &DebugAgent, game: &Game) -> Result<Vec<Run<G>>> {
    let load = || -> learn::Result<Model> {
        let model = Model::load(&args.model, args.device)?;
        model.check::<G>()?;
        Ok(model)
    };
    let mut contests = Contest::each(game, &args.movies).collect::<Result<Vec<_>>>()?;
    if contests.is_empty() {
        contests.push(Contest {
            movie: None,
            combo: combo_of::<G>(&args.race, game)?,
            total_ms: None,
            console: G::Console::default(),
            begin: Begin::Menus,
        });
    }
    let run = |contest: &Contest<G>| {
        race_run(game, contest, load()?)
            .with_context(|| format!("opening {} on {}", name(contest), game.name))
    };
    contests.iter().map(run).collect()
}

/// The race that the options choose.
fn combo_of<G: Debugged>(choice: &RaceChoice, game: &Game) -> Result<G::Combo> {
    match choice.course_name.first() {
        Some(course) => G::race_of(choice, &course.0, game),
        None => {
            let courses = G::bundled_courses();
            let first = courses.first().context("expected a game with courses")?;
            G::race_of(choice, first, game)
        }
    }
}

/// The name of a race's game in the window.
fn name<G: Debugged>(contest: &Contest<G>) -> String {
    match contest.file() {
        Some(file) => name_of(file),
        None => G::course_name(&contest.combo),
    }
}

fn race_run<G: Debugged>(game: &Game, contest: &Contest<G>, model: Model) -> Result<Run<G>> {
    let Contest { console, combo, .. } = contest;
    let session = match &contest.begin {
        Begin::Menus => menu_session(game, console, combo)?,
        Begin::State(state) => state_session(game, state, console)?,
    };
    let steps = model.steps::<G>();
    let observing = ObservingDriver::new(model, steps)?;
    Ok(Run {
        name: name(contest),
        session,
        live: Live::Agent(Box::new(SessionDriver::<G>(observing))),
    })
}

/// A model at the controls of a session.
struct SessionDriver<G: Debugged>(ObservingDriver<G, Model>);

impl<G: Debugged> Driver<Session<G>> for SessionDriver<G> {
    type Action = Option<InputOf<G>>;
    type Error = anyhow::Error;

    fn reset(&mut self) {
        self.0.reset();
    }

    fn needs_picture(&self) -> bool {
        self.0.needs_picture()
    }

    fn act(&mut self, session: &Session<G>) -> Result<Option<InputOf<G>>> {
        let (machine, pad) = (session.machine(), G::pad(&session.last_input().frame));
        let Some(facts) = G::facts(machine, pad)? else {
            self.reset();
            return Ok(None);
        };
        if facts.is_finished() {
            return Ok(None);
        }
        let pressed = self.0.act(&RaceView { machine, facts })?;
        Ok(Some(G::input(pressed)))
    }
}
