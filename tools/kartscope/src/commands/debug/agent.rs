//! A trained driver in the window.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use env_core::Driver;
use env_kart::race_env::RaceGame as _;
use env_mkds::driver::{ObservingDriver, RaceView};
use env_mkds::game::{MarioKartDs, Session};
use env_mkds::observation::Observer;
use env_mkds::runs::console::Console;
use learn::policy::Policy;
use learn::record;
use nds_formats::pad::Frame;

use super::runs::{Live, Run, menu_session, name_of, state_session};
use crate::arguments::{RaceChoice, one_course};
use crate::commands::contest::{Begin, Contest};
use crate::courses;
use crate::game::Game;
use crate::games::KartGame;

/// `kartscope debug agent`.
#[derive(Debug, Args)]
#[command(
    mut_arg("course_name", |course| one_course(course)
        .help("The course to race on without a movie or a save state, by abbreviation")
        .default_value("f8c")
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
pub fn games(args: &DebugAgent, game: &Game) -> Result<Vec<Run>> {
    let policy = Policy::load(&args.model, args.device)?;
    policy.check_schema(&record::schema_of_steps::<MarioKartDs>(
        policy.frames_per_step(),
    )?)?;
    let mut contests = Contest::each(game, &args.movies).collect::<Result<Vec<_>>>()?;
    if contests.is_empty() {
        for course in &args.race.course_name {
            let combo = MarioKartDs::race_of(&args.race, &course.0, game)?;
            contests.push(Contest {
                movie: None,
                combo,
                total_ms: None,
                console: Console::default(),
                begin: Begin::Menus,
            });
        }
    }
    let run = |contest: &Contest<MarioKartDs>| {
        race_run(game, contest, &policy)
            .with_context(|| format!("opening {} on {}", name(contest), game.name))
    };
    contests.iter().map(run).collect()
}

/// The name of a race's game in the window.
fn name(contest: &Contest<MarioKartDs>) -> String {
    match contest.file() {
        Some(file) => name_of(file),
        None => courses::code(contest.combo.course),
    }
}

fn race_run(game: &Game, contest: &Contest<MarioKartDs>, policy: &Policy) -> Result<Run> {
    let Contest { console, combo, .. } = contest;
    let session = match &contest.begin {
        Begin::Menus => menu_session(game, console, combo)?,
        Begin::State(state) => state_session(game, state, console)?,
    };
    let observing = ObservingDriver::new(
        policy.share(),
        Observer::driving(),
        policy.frames_per_step(),
    );
    let driver = SessionDriver(observing);
    Ok(Run {
        name: name(contest),
        session,
        live: Live::Agent(Box::new(driver)),
    })
}

/// A policy at the controls of a session.
struct SessionDriver(ObservingDriver<Policy>);

impl Driver<Session> for SessionDriver {
    type Action = Option<Frame>;
    type Error = anyhow::Error;

    fn reset(&mut self) {
        self.0.reset();
    }

    fn act(&mut self, session: &Session) -> Result<Option<Frame>> {
        let (machine, pad) = (session.machine(), session.last_input().frame.pad);
        let Some(facts) = MarioKartDs::facts(machine, pad)? else {
            self.reset();
            return Ok(None);
        };
        if facts.is_finished() {
            return Ok(None);
        }
        let pressed = self.0.act(&RaceView { machine, facts })?;
        Ok(Some(Frame::pad(pressed)))
    }
}
