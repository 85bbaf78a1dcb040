//! A trained driver in the window.

use anyhow::{Context, Result};
use desmume::Options;
use env_mkds::moment::{Circuit, Moment};
use env_mkds::observation::{Observation, Observer};
use env_mkds::race_movie::blank_movie;
use learn::policy::Policy;
use mkds_formats::dsm::Movie;
use mkds_formats::ghost::{Combo, PLAYBACK_DELAY};
use mkds_formats::pad::Frame;
use mkds_formats::sav;
use mkds_memory::Ram;
use mkds_memory::course::Course;
use session::Session;
use window::{Agent, Live, Stage};

use super::debug::{menu_frames, name_of, session_of};
use super::eval::race_of;
use crate::cli::DebugAgent;
use crate::game::Game;
use crate::{courses, files, schema};

/// A game for each movie, in which the model drives where the movie's race begins; or one on the bundled game.
///
/// # Errors
/// When the model or a movie can't be read, or a movie doesn't say what was raced.
pub fn games(args: &DebugAgent, game: &Game) -> Result<Vec<Stage>> {
    let policy = Policy::load(&args.model, args.device.parse()?)?;
    policy.check_schema(&schema::observation()?)?;
    let mut stages = Vec::new();
    for path in &args.movies {
        let stage = || -> Result<Stage> {
            let movie = Movie::parse(&files::read(path)?)?;
            let race = race_of(&movie)?;
            let sram = movie.header.sram()?;
            let battery = sram.as_deref().map(sav::battery_of);
            let options = Options::from_movie(&movie)?;
            race_stage(game, name_of(path), &options, battery, &race.combo, &policy)
        };
        stages
            .push(stage().with_context(|| format!("opening {} on {}", path.display(), game.name))?);
    }
    if stages.is_empty() {
        let course = courses::by_name(std::slice::from_ref(&args.course_name))?;
        let combo = Combo {
            character: 0,
            kart: 0,
            course: course.first().context("one course")?.id,
        };
        let (name, options) = (courses::code(combo.course), Options::default());
        stages.push(race_stage(game, name, &options, None, &combo, &policy)?);
    }
    Ok(stages)
}

fn race_stage(
    game: &Game,
    name: String,
    options: &Options,
    battery: Option<&[u8]>,
    combo: &Combo,
    policy: &Policy,
) -> Result<Stage> {
    let mut movie = blank_movie(&game.rom, options, battery)?;
    movie.frames = menu_frames(game, options, battery, combo)?;
    let path = std::path::Path::new(&game.name);
    let mut session = session_of(path, movie, game)?;
    session.set_goal(session.length());
    let driver = Driver {
        policy: policy.share(),
        observer: Observer::driving(),
        circuit: None,
    };
    Ok(Stage::new(name, session, Live::Agent(Box::new(driver))))
}

/// A policy at the controls of a session.
struct Driver {
    policy: Policy,
    observer: Observer,
    circuit: Option<Circuit>,
}

impl Agent for Driver {
    fn act(&mut self, session: &Session) -> Result<Option<Frame>> {
        let Some(race) = Ram::new(session.emulator().main_ram())?.race()? else {
            self.reset();
            return Ok(None);
        };
        // Datasets begin where the game begins to take inputs down; before that the policy knows nothing.
        let counted = race.state().frame_counter() as usize > PLAYBACK_DELAY;
        let is_over = race.driver_status(0)?.race_progress().to_f32() >= 1.0;
        if is_over {
            return Ok(None);
        }
        if !counted {
            return Ok(Some(Frame::default()));
        }
        let circuit = match &mut self.circuit {
            Some(circuit) => circuit,
            none => none.insert(Circuit::new(Course::read(&race)?)),
        };
        let mut observation = Observation::default();
        let moment = Moment::new(race, circuit, session.last_input().frame.pad)?;
        self.observer.observe(&moment, &mut observation);
        let action = self.policy.act(observation.as_ref())?;
        Ok(Some(Frame::pad(action.to_pad())))
    }

    fn reset(&mut self) {
        self.policy.reset();
        self.circuit = None;
    }
}
