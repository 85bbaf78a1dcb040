//! Mario Kart 64 on the Nintendo 64's emulator, in a race of the scripted driver.

use std::fs;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Args;
use env_core::rng;
use env_kart::control::Button as _;
use env_mk64::combo::{Combo, Mode};
use env_mk64::control::Button;
use env_mk64::emulated;
use env_mk64::menus::enter_race;
use env_mk64::scripted::{Pursuit, Style};
use homebrew_n64::{COURSES, ROM};
use mk64_memory::course::Course;
use mupen64plus::{Buttons, Emulator, Frame, Options, Pad, Picture, State};
use rand::RngExt;

use crate::memory::resident_mb;
use crate::timing::{median, milliseconds};

/// The game to measure.
#[derive(Args)]
pub struct Arguments {
    /// The ROM; the bundled game without it
    rom: Option<PathBuf>,
}

/// Frames of the race that are played without pictures; the scripted driver's, from the first of the countdown on.
const FRAMES: usize = 3000;
/// Interrupts of a step of an environment that skips frames.
const SKIPPED: usize = 12;
/// How often a figure is measured; it is the median.
const ROUNDS: usize = 7;
/// How often states are saved and loaded, in a round each.
const STATES: usize = 200;
/// Interrupts between two looks at the clock, where steps are compared with the core running freely, and how often.
const STRETCH: NonZeroU32 = NonZeroU32::new(300).unwrap();
const STRETCHES: usize = 201;
/// Further instances of which the memory is measured.
const INSTANCES: usize = 4;

/// Prints the figures. The time to the first step is that of this process, so it is measured first.
pub fn measure(arguments: &Arguments) -> Result<()> {
    let rom = read(arguments)?;
    crate::print("mk64_first_step_s", first_step(&rom)?, "s", "<= 1")?;
    let mut race = Race::enter(&rom)?;
    crate::print("mk64_rss_per_instance_mb", race.rss()?, "MB", "<= 120")?;
    let fps = race.rounds(|race| Ok(FRAMES as f64 / race.play(FRAMES)?.as_secs_f64()))?;
    crate::print("mk64_ram_only_fps", fps, "frames/s", ">= 4000")?;
    let skipping = race.rounds(|race| race.step_ms(Picture::Skip))?;
    let drawing = race.rounds(|race| race.step_ms(Picture::Draw))?;
    crate::print("mk64_step12_ms", skipping, "ms", "<= 12")?;
    crate::print("mk64_skip_gain", drawing / skipping, "x", ">= 8")?;
    let threads = race.rounds(Race::two_threads)?;
    crate::print("mk64_two_threads", threads, "x", ">= 1.8")?;
    let save = race.state_ms(|emulator, _| {
        emulator.save_state()?;
        Ok(())
    })?;
    crate::print("mk64_state_save_ms", save, "ms", "<= 10")?;
    let load = race.state_ms(|emulator, state| Ok(emulator.load_state(state)?))?;
    crate::print("mk64_state_load_ms", load, "ms", "<= 12")?;
    crate::print("mk64_harness_pct", race.harness_pct()?, "%", "<= 2")
}

fn read(arguments: &Arguments) -> Result<Vec<u8>> {
    match &arguments.rom {
        Some(path) => Ok(fs::read(path)?),
        None => Ok(ROM.to_vec()),
    }
}

/// Seconds from the ROM's bytes to the end of the first step.
fn first_step(rom: &[u8]) -> Result<f64> {
    let begin = Instant::now();
    let mut emulator = Emulator::open(rom, &Options::default())?;
    emulator.step(&Frame::default(), Picture::Skip)?;
    Ok(begin.elapsed().as_secs_f64())
}

/// A race at its first frame, and the inputs of the scripted driver from there on.
struct Race {
    emulator: Emulator,
    state: State,
    frames: Vec<Frame>,
    /// A second emulator in the same race.
    other: Emulator,
}

impl Race {
    /// A time trial on the first bundled course.
    fn enter(rom: &[u8]) -> Result<Self> {
        let combo = Combo {
            character: 0,
            course: COURSES[0].id,
            mode: Mode::TimeTrial,
        };
        let mut emulator = Emulator::open(rom, &Options::default())?;
        enter_race(&mut emulator, &combo, &mut |_, _| ControlFlow::Continue(()))?;
        let state = emulator.save_state()?;
        let course = Course::read(&emulated::race(&emulator)?)?;
        let mut driver = Pursuit::new(&course, Style::default());
        let mut frames = Vec::with_capacity(FRAMES);
        for _ in 0..FRAMES {
            let action = driver.act(&emulated::race(&emulator)?)?;
            let frame = Frame::first(Button::driving(action));
            emulator.step(&frame, Picture::Skip)?;
            frames.push(frame);
        }
        let mut other = Emulator::open(rom, &Options::default())?;
        play(&mut other, &state, &frames)?;
        Ok(Self {
            emulator,
            state,
            frames,
            other,
        })
    }

    fn rounds(&mut self, mut measure: impl FnMut(&mut Self) -> Result<f64>) -> Result<f64> {
        let values = (0..ROUNDS).map(|_| measure(self));
        median(values.collect::<Result<_>>()?)
    }

    /// Plays from the state without pictures.
    fn play(&mut self, count: usize) -> Result<Duration> {
        play(&mut self.emulator, &self.state, &self.frames[..count])
    }

    /// Milliseconds of a step of [`SKIPPED`] interrupts of which the last one is drawn, and the others are or not.
    fn step_ms(&mut self, others: Picture) -> Result<f64> {
        const STEPS: usize = 50;
        self.emulator.load_state(&self.state)?;
        let steps = self.frames.chunks_exact(SKIPPED).take(STEPS);
        let times = steps.map(|step| {
            milliseconds(&mut || {
                for (number, frame) in step.iter().enumerate() {
                    let last = number + 1 == SKIPPED;
                    self.emulator
                        .step(frame, if last { Picture::Draw } else { others })?;
                }
                Ok(())
            })
        });
        median(times.collect::<Result<_>>()?)
    }

    /// Frames a second of two emulators on two threads over those of one.
    fn two_threads(&mut self) -> Result<f64> {
        let Self {
            emulator,
            state,
            frames,
            other,
        } = self;
        let alone = play(emulator, state, frames)?;
        let begin = Instant::now();
        std::thread::scope(|scope| {
            let there = scope.spawn(|| play(other, state, frames));
            play(emulator, state, frames)?;
            there
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        Ok(2.0 * alone.as_secs_f64() / begin.elapsed().as_secs_f64())
    }

    /// Milliseconds of what is done with a state after a step; without the step, nothing has to be saved.
    fn state_ms(&mut self, call: impl Fn(&mut Emulator, &State) -> Result<()>) -> Result<f64> {
        let Self {
            emulator,
            state,
            frames,
            ..
        } = self;
        emulator.load_state(state)?;
        let times = frames[..STATES].iter().map(|frame| {
            emulator.step(frame, Picture::Skip)?;
            milliseconds(&mut || call(emulator, state))
        });
        median(times.collect::<Result<_>>()?)
    }

    /// Megabytes that a further instance adds, which has driven and drawn.
    fn rss(&self) -> Result<f64> {
        let instance = || -> Result<Emulator> {
            let mut emulator = Emulator::open(self.emulator.rom().bytes(), &Options::default())?;
            play(&mut emulator, &self.state, &self.frames[..300])?;
            emulator.step(&Frame::default(), Picture::Draw)?;
            Ok(emulator)
        };
        // The first one loads Mesa.
        let _first = instance()?;
        let before = resident_mb()?;
        let _more: Vec<Emulator> = (0..INSTANCES).map(|_| instance()).collect::<Result<_>>()?;
        Ok((resident_mb()? - before) / INSTANCES as f64)
    }

    /// Per cent that steps take longer than the core takes for the same interrupts in one go: the median over pairs of short
    /// stretches, since the machine's speed changes in between.
    fn harness_pct(&mut self) -> Result<f64> {
        let held = Frame::first(Pad {
            buttons: Buttons::A,
            ..Pad::default()
        });
        let ratios = (0..STRETCHES).map(|_| {
            self.emulator.load_state(&self.state)?;
            let stepped = milliseconds(&mut || {
                for _ in 0..STRETCH.get() {
                    self.emulator.step(&held, Picture::Skip)?;
                }
                Ok(())
            })?;
            self.emulator.load_state(&self.state)?;
            let free = milliseconds(&mut || Ok(self.emulator.run_freely(&held, STRETCH)?))?;
            Ok(stepped / free)
        });
        Ok((median(ratios.collect::<Result<_>>()?)? - 1.0) * 100.0)
    }
}

/// Plays frames from a state and returns the time that took.
fn play(emulator: &mut Emulator, state: &State, frames: &[Frame]) -> Result<Duration> {
    emulator.load_state(state)?;
    let begin = Instant::now();
    for frame in frames {
        emulator.step(frame, Picture::Skip)?;
    }
    Ok(begin.elapsed())
}

/// Steps of an instance in a run of the soak test, and those after which memory is first looked at.
const SOAK_STEPS: u64 = 100_000;
const SOAK_WARM_UP: u64 = 10_000;
/// One in so many steps is a reset; one in so many resets is a power-on, and the others load the race's first frame.
const SOAK_RESET: u32 = 500;
const SOAK_POWER_ON: u32 = 8;
/// Steps between two looks at RAM.
const SOAK_HASH: u64 = 100;

/// Plays twice 200,000 steps over two instances with random inputs and resets, and prints how much memory that takes.
///
/// # Errors
/// The second run comes to other RAM.
pub fn soak(arguments: &Arguments) -> Result<()> {
    let mut race = Race::enter(&read(arguments)?)?;
    race.soak(SOAK_WARM_UP)?;
    let before = resident_mb()?;
    let first = race.soak(SOAK_STEPS)?;
    let second = race.soak(SOAK_STEPS)?;
    let growth = resident_mb()? - before;
    ensure!(
        first == second,
        "the second run's hashes: expected {first:x?}, found {second:x?}"
    );
    crate::print("mk64_soak_rss_growth_mb", growth, "MB", "<= 20")
}

impl Race {
    /// Plays both emulators from power-on, each on a thread, and returns a hash over the RAM that each came to.
    fn soak(&mut self, steps: u64) -> Result<[u64; 2]> {
        let Self {
            emulator,
            other,
            state,
            ..
        } = self;
        std::thread::scope(|scope| {
            let there = scope.spawn(|| wander(other, state, 2, steps));
            let here = wander(emulator, state, 1, steps)?;
            let there = there
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok([here, there])
        })
    }
}

/// Plays random inputs with resets from power-on.
fn wander(emulator: &mut Emulator, state: &State, seed: u64, steps: u64) -> Result<u64> {
    let mut random = rng(Some(seed));
    let mut hash = 0_u64;
    emulator.reset()?;
    for step in 0..steps {
        if random.random_ratio(1, SOAK_RESET) {
            match random.random_ratio(1, SOAK_POWER_ON) {
                true => emulator.reset()?,
                false => emulator.load_state(state)?,
            }
        }
        let pad = Pad::from_sample(random.random());
        emulator.step(&Frame::first(pad), Picture::Skip)?;
        if step % SOAK_HASH == 0 {
            hash = hash.rotate_left(7) ^ emulator.ram_hash();
        }
    }
    Ok(hash)
}
