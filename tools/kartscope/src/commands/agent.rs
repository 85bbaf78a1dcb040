//! A trained driver in the window.

use anyhow::{Context, Result};
use desmume::Options;
use env_core::Driver;
use env_mkds::driver::{ObservingDriver, RaceView};
use env_mkds::observation::Observer;
use learn::policy::Policy;
use learn::record;
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use nds_formats::pad::Frame;
use session::Session;
use window::{Live, Stage};

use super::contest::{Begin, Contest};
use super::debug::{menu_session, name_of, state_session};
use crate::cli::DebugAgent;
use crate::courses;
use crate::game::Game;

/// A game for each movie, in which the model drives from the beginning of the movie's race; without movies, one game from
/// the save state of `--state` or on the given course.
///
/// # Errors
/// When the model, a movie or the state can't be read, or one holds no race.
pub fn games(args: &DebugAgent, game: &Game) -> Result<Vec<Stage>> {
    let policy = Policy::load(&args.model, args.device)?;
    policy.check_schema(&record::schema(policy.frames_per_step())?)?;
    let mut contests = Contest::each(game, &args.movies).collect::<Result<Vec<_>>>()?;
    if contests.is_empty() {
        game.require_course(args.course_name)?;
        contests.push(Contest {
            movie: None,
            combo: Combo {
                character: 0,
                kart: 0,
                course: args.course_name.id,
            },
            total_ms: None,
            options: Options::default(),
            begin: Begin::Menus(None),
        });
    }
    let stage = |contest: &Contest| {
        race_stage(game, contest, &policy)
            .with_context(|| format!("opening {} on {}", name(contest), game.name))
    };
    contests.iter().map(stage).collect()
}

/// The name of a race's game in the window.
fn name(contest: &Contest) -> String {
    match contest.file() {
        Some(file) => name_of(file),
        None => courses::code(contest.combo.course),
    }
}

fn race_stage(game: &Game, contest: &Contest, policy: &Policy) -> Result<Stage> {
    let Contest { options, combo, .. } = contest;
    let session = match &contest.begin {
        Begin::Menus(battery) => menu_session(game, options, battery.as_deref(), combo)?,
        Begin::State(state) => state_session(game, state, options)?,
    };
    let observing = ObservingDriver::new(
        policy.share(),
        Observer::driving(),
        policy.frames_per_step(),
    );
    let driver = SessionDriver(observing);
    let live = Live::Agent(Box::new(driver));
    Ok(Stage::new(name(contest), session, live))
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
        let Some(race) = Ram::new(session.emulator().main_ram())?.race()? else {
            self.reset();
            return Ok(None);
        };
        let is_over = race.driver_status(0)?.race_progress().to_f32() >= 1.0;
        if is_over {
            return Ok(None);
        }
        let pad = session.last_input().frame.pad;
        let pressed = self.0.act(&RaceView { race, pad })?;
        Ok(Some(Frame::pad(pressed)))
    }
}
