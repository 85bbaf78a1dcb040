//! `kartscope eval`: a trained driver against ghosts, in closed loop.

mod environment;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use env_core::{Env, Step};
use env_kart::beginning::StartVariation;
use env_kart::control::{ActionSpace, RaceAction};
use env_kart::driver::{ObservingDriver, Steps};
use env_kart::ending::Ending;
use env_kart::observation::{Observation, ObservationSpace};
use env_kart::race_env::{Info, RaceEnv, RaceFactory, ResetOptions};
use env_kart::runs::ErrorOf;
use learn::evaluate::{self, Options, Report as Races};
use learn::model::Model;
use machine::Picture;
use outputs::Outputs;
use serde::Serialize;

use self::environment::{Evaluated, Evaluation};
use crate::arguments::OutputPath;
use crate::arguments::values::{self, whole};
use crate::commands::contest::{Begin, Contest};
use crate::failures::Failures;
use crate::files::{self, Input};
use crate::game::{Game, MovieOutput};
use crate::games::{GameChoice, KartGame, of_game};
use crate::report::Report;
use crate::watch::{self, Viewer, Viewers};
use crate::{interrupt, json_path, workers};

/// `kartscope eval`.
#[derive(Debug, Args)]
pub struct Eval {
    /// A model, as `train` writes it
    pub model: PathBuf,
    /// Movies whose course, kart and time to race against; the races of a movie that starts from a save state begin
    /// there
    #[arg(required_unless_present = "state", value_name = "MOVIE")]
    pub movies: Vec<PathBuf>,
    /// Begin the races from a save state, DeSmuME's or kartscope's; with movies, the one that they start from, in place of
    /// the .dst beside each
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// cpu, cuda, cuda:N or auto
    #[arg(long, default_value = "auto")]
    pub device: learn::device::Device,
    /// Races a movie, each from another start
    #[arg(long, default_value_t = 10, value_parser = whole(1..=u32::MAX))]
    pub episodes: u32,
    /// Fail when fewer than this part of the races finish, 0 to 1
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    pub require_finish: Option<f64>,
    /// Seed of the varied starts
    #[arg(long, default_value_t = 0, value_parser = whole(0..=u64::MAX))]
    pub seed: u64,
    /// Frames after which a race is stopped and counts as lost, 60 a second
    #[arg(long, value_name = "N", default_value_t = 18_000, value_parser = whole(1..=u32::MAX))]
    pub frame_limit: u32,
    /// Watch the races in a window, as fast as they are run
    #[arg(long)]
    pub window: bool,
    /// Write a race of the driver, from power-on or from the save state, as a movie
    #[arg(long, value_name = "FILE")]
    pub movie: Option<OutputPath>,
    /// Emulators that run side by side; the number of cores when left out
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub num_proc: Option<std::num::NonZeroUsize>,
}

/// Variation of the starts: a third of a road to either side, a sixth of a right angle, half a second.
const START: StartVariation = StartVariation {
    lateral: 40.0,
    heading: 0.26,
    wait_frames: 30,
};

/// The result of a driver on one movie's course.
#[derive(Serialize)]
struct Judged {
    /// The movie raced against, and the save state that the races began from.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "json_path::optional"
    )]
    movie: Option<PathBuf>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "json_path::optional"
    )]
    state: Option<PathBuf>,
    course: String,
    #[serde(flatten)]
    races: Races,
}

/// The result of a driver.
#[derive(Serialize)]
struct Judgement {
    #[serde(serialize_with = "json_path::serialize")]
    model: PathBuf,
    /// Over all movies.
    finish_rate: f64,
    /// Mean time of the finished races in per cent of their ghosts', over all movies.
    time_vs_ghost_pct: Option<f64>,
    movies: Vec<Judged>,
}

/// Evaluates a model.
///
/// # Errors
/// When the model, a movie or a save state can't be read, one holds no race, the movie can't be written, or too few races
/// finish. The other movies' races are run nevertheless.
pub fn run(args: &Eval, choice: &GameChoice, outputs: &Outputs, report: Report) -> Result<()> {
    let game = Game::open(choice)?.with_state(args.state.as_deref());
    of_game!(game.kind, G => evaluate_on::<G>(args, &game, outputs, report))
}

fn evaluate_on<G: Evaluated>(
    args: &Eval,
    game: &Game,
    outputs: &Outputs,
    report: Report,
) -> Result<()> {
    let load = || {
        let model = Model::load(&args.model, args.device)?;
        model.check::<G>()?;
        Ok(model)
    };
    let steps = load()?.steps::<G>();
    interrupt::catch()?;
    let mut failures = Failures::none("movies", report);
    let contests = Contest::<G>::each(game, &args.movies);
    let contests = contests.filter_map(|contest| failures.check(contest));
    let contests: Vec<Contest<G>> = contests.collect();
    let driven = match (&args.movie, contests.first()) {
        (Some(path), Some(first)) => Some((begin_run(outputs, path, first)?, first)),
        _ => None,
    };
    let games = workers::count(args.num_proc).min(args.episodes as usize);
    let movies = watch::perform(args.window, games, "eval", |viewers| {
        let mut movies = Vec::new();
        for contest in &contests {
            let judged = judge(args, contest, game, &load, &steps, viewers, report);
            let judged = judged.with_context(|| {
                let file = contest.file().unwrap_or(&args.model);
                format!("racing {} in {}", args.model.display(), file.display())
            });
            interrupt::check()?;
            movies.extend(failures.keep(judged));
        }
        Ok(movies)
    })?;
    interrupt::check()?;
    if movies.is_empty() {
        return failures.end();
    }
    let judgement = sum_up(args, movies);
    if let Some((output, contest)) = driven {
        write_run(output, contest, game, load()?, steps, args.frame_limit)?;
    }
    report.result(&judgement, |judgement, output| {
        for Judged { course, races, .. } in &judgement.movies {
            let times = match (races.mean_ms, races.time_vs_reference_pct) {
                (Some(mean), Some(percent)) => {
                    format!("{mean:.0} ms, {percent:.1} % of the ghost's")
                }
                (Some(mean), None) => format!("{mean:.0} ms"),
                _ => "no time".to_owned(),
            };
            writeln!(
                output,
                "{course:<5} {:>3} of {:>3} races finished; mean {times}",
                races.finished, races.episodes
            )?;
        }
        Ok(())
    })?;
    failures.end()?;
    match args.require_finish {
        Some(rate) if judgement.finish_rate < rate => bail!(
            "--require-finish: expected a finish rate of at least {rate}, found {}",
            judgement.finish_rate
        ),
        _ => Ok(()),
    }
}

fn judge<G: Evaluated>(
    args: &Eval,
    contest: &Contest<G>,
    game: &Game,
    load: &(impl Fn() -> learn::Result<Model> + Sync),
    steps: &Steps<G::Button>,
    viewers: &Viewers<G>,
    report: Report,
) -> Result<Judged> {
    let step_limit = args.frame_limit.div_ceil(steps.frames.get());
    let settings = Evaluation {
        frames_per_step: steps.frames,
        pictures: steps.pictures.map(|pictures| pictures.size),
        actions: steps.actions.clone(),
        truncate: Ending::Any(vec![Ending::Steps(step_limit), Ending::stuck()]),
        vary: START,
    };
    let config = G::environment(contest, settings)?;
    let environment = |error: ErrorOf<G>| learn::Error::Environment(error.to_string());
    let factory = RaceFactory::<G>::new(&*game.rom, config).map_err(environment)?;
    let course = G::course_name(&contest.combo);
    let progress = report.progress(u64::from(args.episodes), "races");
    progress.set_message(course.clone());
    let options = Options {
        episodes: args.episodes as usize,
        seed: args.seed,
        threads: workers::count(args.num_proc),
        max_steps: u64::from(step_limit),
        reference_ms: contest.total_ms,
        interrupt: interrupt::flag(),
    };
    let races = evaluate::evaluate(
        || {
            let env = factory.make().map_err(environment)?;
            Ok(Watched::new(env, viewers.claim()))
        },
        load,
        &options,
        |_| progress.inc(1),
    )?;
    progress.finish_and_clear();
    let state = match &contest.begin {
        Begin::State(state) => Some(state.clone()),
        Begin::Menus => None,
    };
    Ok(Judged {
        movie: contest.movie.clone(),
        state,
        course,
        races,
    })
}

/// An environment whose frames can be shown in the window.
struct Watched<'a, G: KartGame> {
    env: RaceEnv<G>,
    viewer: Viewer<'a, G>,
}

impl<'a, G: KartGame> Watched<'a, G> {
    fn new(mut env: RaceEnv<G>, viewer: Viewer<'a, G>) -> Self {
        env.set_render(viewer.picture() == Picture::Draw);
        Self { env, viewer }
    }
}

impl<G: KartGame> Env for Watched<'_, G> {
    type Obs = Observation;
    type Action = RaceAction;
    type Info = Info;
    type Options = ResetOptions;
    type Error = ErrorOf<G>;
    type ObservationSpace = ObservationSpace;
    type ActionSpace = ActionSpace;

    fn observation_space(&self) -> &ObservationSpace {
        self.env.observation_space()
    }

    fn action_space(&self) -> &ActionSpace {
        self.env.action_space()
    }

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &ResetOptions,
    ) -> Result<(Observation, Info), ErrorOf<G>> {
        self.env.reset(seed, options)
    }

    fn step(&mut self, action: &RaceAction) -> Result<Step<Observation, Info>, ErrorOf<G>> {
        let step = self.env.step(action)?;
        self.viewer.show(self.env.machine(), self.env.pad());
        Ok(step)
    }
}

/// Begins the movie of a run of the model in a contest.
fn begin_run<G: KartGame>(
    outputs: &Outputs,
    path: &Path,
    contest: &Contest<G>,
) -> Result<MovieOutput> {
    let state = match &contest.begin {
        Begin::State(file) => Some(files::read(file, Input::State)?),
        Begin::Menus => None,
    };
    let state = state.as_deref().map(G::state_file).transpose()?;
    MovieOutput::begin::<G>(outputs, path, state.as_deref())
}

/// Lets the model race once and writes the run as a movie.
fn write_run<G: KartGame>(
    output: MovieOutput,
    contest: &Contest<G>,
    game: &Game,
    model: Model,
    steps: Steps<G::Button>,
    frame_limit: u32,
) -> Result<()> {
    let mut driver = ObservingDriver::<G, _>::new(model, steps)?;
    let run = contest.record(game, &mut driver, frame_limit.into())?;
    output.commit::<G>(run.movie)
}

fn sum_up(args: &Eval, movies: Vec<Judged>) -> Judgement {
    let races: usize = movies.iter().map(|movie| movie.races.episodes).sum();
    let finished: usize = movies.iter().map(|movie| movie.races.finished).sum();
    let percents: Vec<(f64, f64)> = movies
        .iter()
        .filter_map(|movie| {
            Some((
                movie.races.time_vs_reference_pct?,
                movie.races.finished as f64,
            ))
        })
        .collect();
    let weight: f64 = percents.iter().map(|(_, weight)| weight).sum();
    let percent = percents
        .iter()
        .map(|(percent, weight)| percent * weight)
        .sum::<f64>()
        / weight;
    Judgement {
        model: args.model.clone(),
        finish_rate: finished as f64 / races.max(1) as f64,
        time_vs_ghost_pct: (weight > 0.0).then_some(percent),
        movies,
    }
}
