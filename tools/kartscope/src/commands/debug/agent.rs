//! A trained driver in the window.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::thread;

use anyhow::{Context, Result, ensure};
use clap::Args;
use env_core::Driver;
use env_kart::driver::{ObservingDriver, RaceView};
use env_kart::race_env::InputOf;
use learn::dataset::Dataset;
use learn::model::Model;
use learn::neighbours::{Card, Found, Sources};
use session::Session;
use window::Live;
use window::game::Page;
use window_data::{NeighboursPage, NeighboursSetup};

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
    /// The datasets that a driver of nearest neighbours was made of: the pictures that it finds are shown beside the game, and a
    /// click on one opens its row
    #[arg(long, value_name = "DATASET")]
    pub dataset: Vec<PathBuf>,
}

/// What drives the window's games.
pub struct Agents<G: Debugged> {
    /// The games.
    pub runs: Vec<Run<G>>,
    /// Makes a page of what drivers of nearest neighbours find; `None` for drivers of another kind.
    pub page: Option<Box<dyn FnOnce() -> Box<dyn Page>>>,
}

/// What the driver of each game has found last.
type FoundLast = Rc<RefCell<Vec<Vec<Found>>>>;

/// The games, and the page. A game for each movie, in which the model drives from the beginning of the movie's race; without movies, one game from
/// the save state of `--state` or on the given course.
///
/// # Errors
/// When the model, a movie, the state or a dataset can't be read, or one holds no race; datasets for a driver of another kind.
pub fn agents<G: Debugged>(args: &DebugAgent, game: &Game) -> Result<Agents<G>> {
    let load = || -> learn::Result<Model> {
        let model = Model::load(&args.model, args.device)?;
        model.check::<G>()?;
        Ok(model)
    };
    let found = FoundLast::default();
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
    let mut card = None;
    let mut runs = Vec::new();
    for contest in &contests {
        let model = load()?;
        card = model.player().map(|player| player.card().clone());
        found.borrow_mut().push(Vec::new());
        let run = race_run(game, contest, model, &found, runs.len());
        runs.push(run.with_context(|| format!("opening {} on {}", name(contest), game.name))?);
    }
    let page = match card {
        Some(card) => Some(page(args, &card, found)?),
        None => {
            ensure!(
                args.dataset.is_empty(),
                "--dataset: expected a driver of nearest neighbours with it, found {}",
                args.model.display()
            );
            None
        }
    };
    Ok(Agents { runs, page })
}

/// Makes the page of what drivers with this card find.
fn page(
    args: &DebugAgent,
    card: &Card,
    found: FoundLast,
) -> Result<Box<dyn FnOnce() -> Box<dyn Page>>> {
    let datasets = args.dataset.iter().map(Dataset::open);
    let sources = Sources::new(datasets.collect::<Result<_, _>>()?);
    let console = card.console;
    Ok(Box::new(move || {
        Box::new(NeighboursPage::new(NeighboursSetup {
            console,
            sources,
            found: Box::new(move |game| found.borrow().get(game).cloned().unwrap_or_default()),
            open: Box::new(view_row),
        }))
    }))
}

/// Opens a row of a dataset in a viewer, a process of its own.
fn view_row(dataset: &Path, found: &Found) -> Result<()> {
    let program = std::env::current_exe().context("can't find this program")?;
    let mut viewer = Command::new(program)
        .args(["data", "view"])
        .arg(dataset)
        .args(["--movie", &found.movie, "--row", &found.row.to_string()])
        // Standard output is for this program's result.
        .stdout(Stdio::null())
        .spawn()
        .context("can't start the viewer")?;
    // A process that has ended stays in the system's table until its end is waited for.
    thread::spawn(move || viewer.wait());
    Ok(())
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

fn race_run<G: Debugged>(
    game: &Game,
    contest: &Contest<G>,
    model: Model,
    found: &FoundLast,
    place: usize,
) -> Result<Run<G>> {
    let Contest { console, combo, .. } = contest;
    let session = match &contest.begin {
        Begin::Menus => menu_session(game, console, combo)?,
        Begin::State(state) => state_session(game, state, console)?,
    };
    let steps = model.steps::<G>();
    let driver = SessionDriver::<G> {
        observing: ObservingDriver::new(model, steps)?,
        found: Rc::clone(found),
        place,
    };
    Ok(Run {
        name: name(contest),
        session,
        live: Live::Agent(Box::new(driver)),
    })
}

/// A model at the controls of a session.
struct SessionDriver<G: Debugged> {
    observing: ObservingDriver<G, Model>,
    found: FoundLast,
    /// The game's place among the window's.
    place: usize,
}

impl<G: Debugged> SessionDriver<G> {
    /// Tells the page what the last search has found.
    fn tell_found(&self) {
        if let Some(player) = self.observing.driver().player() {
            self.found.borrow_mut()[self.place] = player.found();
        }
    }
}

impl<G: Debugged> Driver<Session<G>> for SessionDriver<G> {
    type Action = Option<InputOf<G>>;
    type Error = anyhow::Error;

    fn reset(&mut self) {
        self.observing.reset();
        self.tell_found();
    }

    fn needs_picture(&self) -> bool {
        self.observing.needs_picture()
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
        let pressed = self.observing.act(&RaceView { machine, facts })?;
        self.tell_found();
        Ok(Some(G::input(pressed)))
    }
}
