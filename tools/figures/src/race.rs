//! A race of the bundled game: its emulator, its fields, its environments.
//!
//! A movie is played to a frame within its race. From there each question, a word and a count, is answered with a number:
//!
//! | question | answer |
//! |---|---|
//! | `run N` | seconds for N frames of the movie, RAM only |
//! | `threads N` | frames a second of two emulators on two threads over those of one |
//! | `load N`, `save N` | median milliseconds of N state loads, saves |
//! | `rss N` | megabytes resident that each of N further emulators adds, at work |
//! | `environment N` | per cent that N steps of the time trial take longer than N frames of the emulator alone |
//! | `step24 N` | microseconds of a step of MarioKartDS-v0 with 24 rays from START on: the median of N |
//! | `harness_us N`, `harness_pct N` | what such a step costs over a frame of the emulator alone, median over N frames' stretches |
//! | `harness_time_trial_us N`, `harness_driving_us N` | the same for what TimeTrial-v1 and Driving-v0 see |
//! | `instances N` | steps a second of two such environments, each on a thread, over those of one, N steps each |
//! | `lockstep N` | the same for a batch of two, where each step waits for both |
//! | `reset N` | median milliseconds of N resets to a saved state |
//! | `observation N` | median microseconds of an observation |
//! | `fields N` | nanoseconds that reading a field takes: the mean over twelve of a race, each read N times |
//! | `rays N` | median microseconds of 24 rays to the road's edge, N times |

use std::f32::consts::PI;
use std::fs;
use std::hint::black_box;
use std::io::BufRead;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use desmume::{Emulator, Options, Picture, State};
use env_core::Env;
use env_core::vector::{VectorEnv, VectorOptions};
use env_mkds::action::{DrivingAction, PadAction};
use env_mkds::config::{NumberOrName, RaceEnvConfig, Start, StartFrom};
use env_mkds::control::{ActionSet, RaceAction};
use env_mkds::ending::Ending;
use env_mkds::facts;
use env_mkds::observation::{Observation, Observer};
use env_mkds::race_env::{RaceEnv, RaceFactory, ResetOptions};
use env_mkds::runs::RaceComment;
use mkds_formats::ghost::Combo;
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use nds_formats::dsm::Movie;
use nds_formats::pad::{Frame, Pad};
use track::RayFan;

use crate::memory::resident_mb;
use crate::timing::{self, median_ms};

/// The race to measure in.
#[derive(Args)]
pub struct Arguments {
    /// The ROM
    rom: PathBuf,
    /// A movie of a race
    movie: PathBuf,
    /// The movie's frame to measure from
    start: usize,
}

/// Prints `ready`, and then a line with a number for each line with a question on standard input.
pub fn answer(arguments: &Arguments) -> Result<()> {
    let mut worker = Worker::new(arguments)?;
    crate::print_line(&"ready")?;
    for question in std::io::stdin().lock().lines() {
        crate::print_line(&worker.answer(&question?)?)?;
    }
    Ok(())
}

/// How often a question is asked; the figure is the median of the answers.
const ROUNDS: usize = 7;

/// A figure, and the question that it answers.
struct Figure {
    name: &'static str,
    question: &'static str,
    unit: &'static str,
    goal: &'static str,
    rounds: usize,
}

const FIGURES: [Figure; 13] = [
    // First, and only once: closed emulators stay in a pool, so that later ones would add no memory.
    figure("rss_per_instance_mb", "rss 4", "MB", "<= 90", 1),
    figure("two_threads_vs_one", "threads 1500", "x", ">= 1.8", ROUNDS),
    figure("state_load_ms", "load 200", "ms", "<= 1.5", ROUNDS),
    figure("state_save_ms", "save 200", "ms", "<= 3", ROUNDS),
    figure("env_overhead_pct", "environment 1500", "%", "<= 5", ROUNDS),
    figure("observation_us", "observation 20000", "us", "", ROUNDS),
    figure("harness_us", "harness_us 3000", "us", "<= 20", ROUNDS),
    figure("harness_pct", "harness_pct 3000", "%", "<= 2", ROUNDS),
    figure(
        "harness_time_trial_us",
        "harness_time_trial_us 3000",
        "us",
        "<= 20",
        ROUNDS,
    ),
    figure(
        "harness_driving_us",
        "harness_driving_us 3000",
        "us",
        "<= 20",
        ROUNDS,
    ),
    figure(
        "two_instances_vs_one",
        "instances 3000",
        "x",
        ">= 1.8",
        ROUNDS,
    ),
    figure("batch_of_two_vs_one", "lockstep 3000", "x", "", ROUNDS),
    figure("reset_ms", "reset 200", "ms", "<= 1.5", ROUNDS),
];

const fn figure(
    name: &'static str,
    question: &'static str,
    unit: &'static str,
    goal: &'static str,
    rounds: usize,
) -> Figure {
    Figure {
        name,
        question,
        unit,
        goal,
        rounds,
    }
}

/// Prints the figures that are not compared with those of other programs.
pub fn measure(arguments: &Arguments) -> Result<()> {
    let mut worker = Worker::new(arguments)?;
    for figure in &FIGURES {
        let answers = (0..figure.rounds).map(|_| worker.answer(figure.question));
        let value = timing::median(answers.collect::<Result<_>>()?)?;
        crate::print(figure.name, value, figure.unit, figure.goal)?;
    }
    Ok(())
}

/// A race at a frame, and the movie's inputs from there on.
struct Worker {
    rom: Vec<u8>,
    options: Options,
    state: State,
    frames: Vec<Frame>,
    emulator: Emulator,
    observer: Observer,
    movie: PathBuf,
    start: usize,
    combo: Combo,
}

/// MarioKartDS-v0 with 24 rays.
fn rays24() -> RaceEnvConfig {
    RaceEnvConfig::mario_kart_ds_v0(3000.0, 24)
}

impl Worker {
    fn new(arguments: &Arguments) -> Result<Self> {
        let Arguments { rom, movie, start } = arguments;
        let (path, start) = (movie, *start);
        let rom = fs::read(rom)?;
        let movie = &Movie::parse(&fs::read(path)?)?;
        let options = Options::from_movie(movie)?;
        let mut emulator = Emulator::open(&rom, &options)?;
        let (menus, frames) = movie
            .frames
            .split_at_checked(start)
            .context("START is after the end")?;
        for frame in menus {
            emulator.step(frame, Picture::Skip)?;
        }
        let comment = RaceComment::of_movie(movie)?.context("the movie names no race")?;
        let state = emulator.save_state()?;
        Ok(Self {
            rom,
            options,
            state,
            frames: frames.to_vec(),
            emulator,
            observer: Observer::driving(),
            movie: path.to_owned(),
            start,
            combo: comment.combo,
        })
    }

    fn answer(&mut self, question: &str) -> Result<f64> {
        let (what, count) = question
            .split_once(' ')
            .with_context(|| format!("expected a word and a number, found {question:?}"))?;
        let count: usize = count.parse()?;
        match what {
            "run" => Ok(run(&mut self.emulator, &self.state, &self.frames, count)?.as_secs_f64()),
            "threads" => self.threads(count),
            "load" => median_ms(count, || Ok(self.emulator.load_state(&self.state)?)),
            "save" => median_ms(count, || {
                self.emulator.save_state()?;
                Ok(())
            }),
            "rss" => self.rss(count),
            "environment" => {
                let (with, alone) = self.stretches(RaceEnvConfig::default(), count)?;
                Ok((with / alone - 1.0) * 100.0)
            }
            "step24" => self.step24(count),
            "harness_us" => {
                let (with, alone) = self.stretches(rays24(), count)?;
                Ok(with - alone)
            }
            "harness_pct" => {
                let (with, alone) = self.stretches(rays24(), count)?;
                Ok((with / alone - 1.0) * 100.0)
            }
            "harness_time_trial_us" => {
                let (with, alone) = self.stretches(RaceEnvConfig::time_trial_v1(), count)?;
                Ok(with - alone)
            }
            "harness_driving_us" => {
                let (with, alone) = self.stretches(RaceEnvConfig::default(), count)?;
                Ok(with - alone)
            }
            "instances" => self.instances(count),
            "lockstep" => self.lockstep(count),
            "reset" => self.reset(count),
            "observation" => self.observation(count),
            "fields" => self.fields(count),
            "rays" => self.rays(count),
            _ => bail!("unknown question {what:?}"),
        }
    }

    fn open(&self) -> Result<Emulator> {
        let mut emulator = Emulator::open(&self.rom, &self.options)?;
        emulator.load_state(&self.state)?;
        Ok(emulator)
    }

    fn threads(&mut self, count: usize) -> Result<f64> {
        let (state, frames) = (&self.state, &self.frames);
        let mut other = self.open()?;
        // Both emulators have compiled their code before either is timed.
        run(&mut other, state, frames, count)?;
        run(&mut self.emulator, state, frames, count)?;
        let alone = run(&mut self.emulator, state, frames, count)?;
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let there = scope.spawn(|| run(&mut other, state, frames, count));
            run(&mut self.emulator, state, frames, count)?;
            there
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        Ok(2.0 * alone.as_secs_f64() / begin.elapsed().as_secs_f64())
    }

    fn rss(&self, count: usize) -> Result<f64> {
        let mut emulators = Vec::new();
        let before = resident_mb()?;
        for _ in 0..count {
            let mut emulator = self.open()?;
            run(&mut emulator, &self.state, &self.frames, 300)?;
            emulators.push(emulator);
        }
        Ok((resident_mb()? - before) / count as f64)
    }

    /// Microseconds of a step of an environment of `config` and of a frame of an emulator alone: medians over short
    /// stretches in turn, from the same state with the same buttons.
    fn stretches(&self, config: RaceEnvConfig, count: usize) -> Result<(f64, f64)> {
        const STRETCH: usize = 50;
        let mut env = RaceEnv::open(
            self.rom.as_slice(),
            RaceEnvConfig {
                frame_skip: 1,
                truncate: Ending::Never,
                actions: ActionSet::Driving,
                start: Start::default(),
                options: self.options.clone(),
                course: NumberOrName::Number(self.combo.course),
                ..config
            },
        )?;
        env.reset(Some(0), &ResetOptions::default())?;
        let mut alone = self.open()?;
        alone.load_state(env.start_states().next().context("no start")?)?;
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for frames in self.frames[..count.min(self.frames.len())].chunks_exact(STRETCH) {
            let driving = frames
                .iter()
                .map(|frame| DrivingAction::from_pad(frame.pad));
            let (actions, pads): (Vec<_>, Vec<_>) = driving
                .map(|action| (RaceAction::from(action), Frame::pad(action.to_pad())))
                .unzip();
            let begin = Instant::now();
            for action in &actions {
                env.step(action)?;
            }
            with.push(begin.elapsed().as_secs_f64());
            let begin = Instant::now();
            for pad in &pads {
                alone.step(pad, Picture::Skip)?;
            }
            without.push(begin.elapsed().as_secs_f64());
        }
        let each =
            |seconds| Ok::<_, anyhow::Error>(timing::median(seconds)? * 1e6 / STRETCH as f64);
        Ok((each(with)?, each(without)?))
    }

    /// Steps with 24 rays while the movie plays.
    fn step24(&self, count: usize) -> Result<f64> {
        let mut env = RaceEnv::open(
            self.rom.as_slice(),
            RaceEnvConfig {
                start: Start {
                    from: StartFrom::Movie {
                        path: self.movie.clone(),
                        frame: Some(self.start as u64),
                        play_on: true,
                    },
                    ..Start::default()
                },
                options: self.options.clone(),
                ..rays24()
            },
        )?;
        env.reset(Some(0), &ResetOptions::default())?;
        let milliseconds = median_ms(count, || {
            env.step(&RaceAction::Index(0))?;
            Ok(())
        })?;
        Ok(milliseconds * 1000.0)
    }

    /// Two environments, each stepped by a thread of its own.
    fn instances(&self, count: usize) -> Result<f64> {
        let factory = RaceFactory::new(self.rom.as_slice(), rays24())?;
        let (mut here, mut there) = (factory.make()?, factory.make()?);
        let steps = |env: &mut RaceEnv| -> Result<()> {
            env.reset(Some(0), &ResetOptions::default())?;
            for _ in 0..count {
                env.step(&RaceAction::Index(1))?;
            }
            Ok(())
        };
        // Compiled before it is timed.
        steps(&mut here)?;
        steps(&mut there)?;
        let begin = Instant::now();
        steps(&mut here)?;
        let alone = begin.elapsed();
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| steps(&mut there));
            steps(&mut here)?;
            other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        Ok(2.0 * alone.as_secs_f64() / begin.elapsed().as_secs_f64())
    }

    /// A batch of two, where each step waits for both, against one.
    fn lockstep(&self, count: usize) -> Result<f64> {
        let rate = |races: usize| -> Result<f64> {
            let factory = RaceFactory::new(self.rom.as_slice(), rays24())?;
            let options = VectorOptions {
                // The calling thread is the other one.
                threads: races - 1,
                ..VectorOptions::default()
            };
            let mut envs = VectorEnv::new(move |_| factory.make(), races, options)?;
            let seeds = envs.seeds(Some(0));
            envs.reset(&seeds, &ResetOptions::default(), None)?;
            let actions = vec![RaceAction::Index(1); races];
            for _ in 0..count {
                envs.step(&actions)?;
            }
            let begin = Instant::now();
            for _ in 0..count {
                envs.step(&actions)?;
            }
            Ok((races * count) as f64 / begin.elapsed().as_secs_f64())
        };
        Ok(rate(2)? / rate(1)?)
    }

    fn reset(&self, count: usize) -> Result<f64> {
        let mut env = RaceEnv::open(self.rom.as_slice(), rays24())?;
        median_ms(count, || {
            env.reset(Some(0), &ResetOptions::default())?;
            Ok(())
        })
    }

    fn observation(&mut self, count: usize) -> Result<f64> {
        self.emulator.load_state(&self.state)?;
        let race = Ram::new(self.emulator.main_ram())?
            .race()?
            .context("no race at START")?;
        let mut observation = Observation::default();
        let observer = &self.observer;
        let course = Course::read(&race)?;
        let milliseconds = median_ms(count, || {
            let moment = facts::moment(&race, &course, Pad::A)?;
            observer.observe(&moment, &mut observation);
            Ok(())
        })?;
        Ok(milliseconds * 1000.0)
    }

    fn fields(&mut self, count: usize) -> Result<f64> {
        self.emulator.load_state(&self.state)?;
        let race = Ram::new(self.emulator.main_ram())?
            .race()?
            .context("no race at START")?;
        let begin = Instant::now();
        for _ in 0..count {
            for field in FIELDS {
                black_box(field(black_box(&race)).context("no such driver")?);
            }
        }
        Ok(begin.elapsed().as_secs_f64() * 1e9 / (FIELDS.len() * count) as f64)
    }

    fn rays(&mut self, count: usize) -> Result<f64> {
        // A call is shorter than the clock's resolution, so that many are timed together.
        const CALLS: usize = 1000;
        self.emulator.load_state(&self.state)?;
        let race = Ram::new(self.emulator.main_ram())?
            .race()?
            .context("no race at START")?;
        let course = Course::read(&race)?;
        let fan = RayFan::new(24, PI, 3000.0);
        let mut distances = [0.0; 24];
        let milliseconds = median_ms(count, || {
            for _ in 0..CALLS {
                let pose = race.driver(0)?.pose();
                fan.cast(
                    course.track().boundary(),
                    black_box(&pose),
                    black_box(&mut distances),
                );
            }
            Ok(())
        })?;
        ensure!(
            distances.iter().any(|distance| *distance < 3000.0),
            "no road's edge around the kart at START"
        );
        Ok(milliseconds * 1000.0 / CALLS as f64)
    }
}

/// Reads fields of a race, each by itself from the race on, as `tools/xtask/peers/mkds_sensors.py` reads them.
const FIELDS: [fn(&Race<'_>) -> Option<f64>; 12] = [
    |race| Some(race.driver(0).ok()?.position().x.to_f64()),
    |race| Some(race.driver(0).ok()?.position().y.to_f64()),
    |race| Some(race.driver(0).ok()?.position().z.to_f64()),
    |race| Some(race.driver(0).ok()?.forward_speed().to_f64()),
    |race| Some(race.driver(0).ok()?.max_speed().to_f64()),
    |race| Some(race.driver(0).ok()?.yaw().0.into()),
    |race| Some(race.driver(0).ok()?.drift_yaw().into()),
    |race| Some(race.driver(0).ok()?.boost_timer().into()),
    |race| Some(race.driver(0).ok()?.floor_collision_type().0.into()),
    |race| Some(race.driver_status(0).ok()?.race_progress().to_f64()),
    |race| Some(race.driver_status(0).ok()?.lap().into()),
    |race| Some(race.state().frame_counter().into()),
];

/// Plays `count` frames from the state and returns the time that took.
fn run(emulator: &mut Emulator, state: &State, frames: &[Frame], count: usize) -> Result<Duration> {
    emulator.load_state(state)?;
    let begin = Instant::now();
    for frame in &frames[..count.min(frames.len())] {
        emulator.step(frame, Picture::Skip)?;
    }
    Ok(begin.elapsed())
}
