//! Races of the bundled game without an emulator.
//!
//! The scripted driver races each course once. Its buttons are then played again, by the game's logic alone and by batches
//! of environments: what is measured drives, drifts, boosts and finishes as a race does.

use std::time::Instant;

use anyhow::{Context, Result};
use env_core::Env;
use env_core::vector::{VectorEnv, VectorOptions};
use env_kart::race_env::{RaceEnv, RaceFactory, RaceGame, ResetOptions};
use env_mkds::action::PadAction;
use env_mkds::config::RaceEnvConfig;
use env_mkds::control::{Button, RaceAction};
use env_mkds::game::MarioKartDs;
use env_mkds::ram;
use env_mkds::scripted::{Pursuit, Style};
use env_native::NativeRaces;
use homebrew::native::Game;
use homebrew::{COURSES, CourseInfo, ROM};
use mkds_formats::ghost::Combo;
use nds_formats::pad::Pad;

use crate::timing::median;

/// How often each course is measured; the figure is the median.
const ROUNDS: usize = 5;
/// Environments in a batch.
const LANES: usize = 64;
/// Steps of the emulator's environment that are measured: it is a hundred times as slow.
const EMULATED_STEPS: usize = 300;

/// Prints the figures.
///
/// # Errors
/// A race does not begin or go on.
pub fn measure() -> Result<()> {
    let races = COURSES.iter().map(Race::of);
    let races = races.collect::<Result<Vec<_>>>()?;
    let fps = mean(&races, Race::frames_per_second)?;
    crate::print("native_fps", fps, "frames/s", ">= 1000000")?;
    let one = mean(&races, |race| {
        race.steps_per_second::<NativeRaces>(LANES, 0, race.actions.len())
    })?;
    crate::print("native_steps_per_s", one, "steps/s", ">= 150000")?;
    let two = mean(&races, |race| {
        race.steps_per_second::<NativeRaces>(LANES, 1, race.actions.len())
    })?;
    crate::print("native_two_cores", two / one, "x", ">= 1.9")?;
    let emulated = mean(&races[..1], |race| {
        race.steps_per_second::<MarioKartDs>(1, 0, EMULATED_STEPS)
    })?;
    crate::print("native_vs_emulator", one / emulated, "x", "")
}

/// The mean over races of the median of what `measure` answers.
fn mean(races: &[Race], measure: impl Fn(&Race) -> Result<f64>) -> Result<f64> {
    let mut sum = 0.0;
    for race in races {
        let rounds = (0..ROUNDS).map(|_| measure(race));
        sum += median(rounds.collect::<Result<_>>()?)?;
    }
    Ok(sum / races.len() as f64)
}

/// The scripted driver's race.
struct Race {
    config: RaceEnvConfig,
    actions: Vec<RaceAction>,
    /// The buttons of each frame.
    pads: Vec<Pad>,
}

impl Race {
    fn of(course: &CourseInfo) -> Result<Self> {
        let combo = Combo {
            character: 0,
            kart: 0,
            course: course.id,
        };
        let config = RaceEnvConfig::driving(combo);
        let mut env: RaceEnv<NativeRaces> = RaceEnv::open(ROM, config.clone())?;
        env.reset(Some(0), &ResetOptions::default())?;
        let mut driver = Pursuit::new(env.course().context("no course")?, Style::default());
        let (mut actions, mut pads) = (Vec::new(), Vec::new());
        loop {
            let race = ram::find_race(env.machine().ram())?.context("no race")?;
            let action = driver.act(&race)?;
            pads.extend(std::iter::repeat_n(
                action.to_pad(),
                config.frame_skip as usize,
            ));
            actions.push(action.into());
            if env.step(&actions[actions.len() - 1])?.is_done() {
                break;
            }
        }
        Ok(Self {
            config,
            actions,
            pads,
        })
    }

    /// Frames a second of the game's logic alone.
    fn frames_per_second(&self) -> Result<f64> {
        let mut game = Game::new(None)?;
        game.start_race(self.config.combo()?)?;
        let begin = Instant::now();
        for pad in &self.pads {
            game.tick(*pad);
        }
        Ok(self.pads.len() as f64 / begin.elapsed().as_secs_f64())
    }

    /// Steps a second of `lanes` environments together, which take `steps` each.
    fn steps_per_second<G>(&self, lanes: usize, threads: usize, steps: usize) -> Result<f64>
    where
        G: RaceGame<Config = RaceEnvConfig, Button = Button>,
        RaceEnv<G>: Send,
        RaceFactory<G>: Send + Sync,
    {
        let factory = RaceFactory::<G>::new(ROM, self.config.clone())?;
        let options = VectorOptions {
            threads,
            ..VectorOptions::default()
        };
        let mut envs = VectorEnv::new(move |_| factory.make(), lanes, options)?;
        envs.reset(&envs.seeds(Some(0)), &ResetOptions::default(), None)?;
        let begin = Instant::now();
        for action in self.actions.iter().cycle().take(steps) {
            envs.step(&vec![action.clone(); lanes])?;
        }
        Ok((steps * lanes) as f64 / begin.elapsed().as_secs_f64())
    }
}
