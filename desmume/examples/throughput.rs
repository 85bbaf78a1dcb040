//! Measures the emulator with a game in a given situation and prints one JSON object.
//!
//! `cargo run --release -p desmume --example throughput -- ROM [MOVIE] [FRAMES]`
//!
//! The movie (`.dsm`) is played first, to get where the figures are to be taken, for instance into
//! a race; its last input is then held. Without one the game is measured after 600 frames.
//! FRAMES: how many each figure is taken over, 2000 unless given.
//!
//! The figures: `frames_per_second` and `frames_per_second_drawn` of one instance, wall clock;
//! `two_threads_ratio`: the frames of two instances on two threads over those of one alone;
//! `state_save_ms` and `state_load_ms`: median over states of running consoles;
//! `rss_per_instance_mb`: resident memory that an instance adds after the first, at work.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use desmume::{Emulator, Options, Picture, State};
use mkds_formats::dsm::Movie;
use mkds_formats::pad::Frame;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Instances opened to see what one adds.
const INSTANCES: usize = 4;

/// A game where it is to be measured.
struct Situation {
    rom: Vec<u8>,
    options: Options,
    state: State,
    held: Frame,
}

impl Situation {
    fn reach(rom: Vec<u8>, movie: Option<&Path>) -> Outcome<Self> {
        let (options, battery, inputs) = match movie {
            Some(path) => {
                let movie = Movie::parse(&std::fs::read(path)?)?;
                (
                    Options::from_movie(&movie)?,
                    movie.header.sram()?,
                    movie.frames,
                )
            }
            None => (Options::default(), None, vec![Frame::default(); 600]),
        };
        let mut emulator = Emulator::open_with_battery(&rom, &options, battery.as_deref())?;
        for input in &inputs {
            emulator.step(input, Picture::Skip)?;
        }
        let state = emulator.save_state()?;
        Ok(Self {
            rom,
            options,
            state,
            held: inputs.last().copied().unwrap_or_default(),
        })
    }

    /// A new instance, compiled and warm.
    fn open(&self) -> Outcome<Emulator> {
        let mut emulator = Emulator::open(&self.rom, &self.options)?;
        emulator.load_state(&self.state)?;
        self.run(&mut emulator, 60, Picture::Skip)?;
        Ok(emulator)
    }

    fn run(&self, emulator: &mut Emulator, frames: u32, picture: Picture) -> Outcome<Duration> {
        let start = Instant::now();
        for _ in 0..frames {
            emulator.step(&self.held, picture)?;
        }
        Ok(start.elapsed())
    }
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(rom) = arguments.first() else {
        return Err("usage: throughput ROM [MOVIE] [FRAMES]".into());
    };
    let (numbers, movies): (Vec<_>, Vec<_>) = arguments[1..]
        .iter()
        .partition(|argument| argument.parse::<u32>().is_ok());
    let frames = numbers.first().map_or(Ok(2000), |number| number.parse())?;
    let situation = Situation::reach(std::fs::read(rom)?, movies.first().map(Path::new))?;

    let mut emulator = situation.open()?;
    let alone = situation.run(&mut emulator, frames, Picture::Skip)?;
    let drawn = situation.run(&mut emulator, frames / 4, Picture::Draw)?;
    let (save, load) = state_times(&situation, &mut emulator)?;
    let rss = rss_per_instance(&situation)?;
    let figures = serde_json::json!({
        "frames_per_second": f64::from(frames) / alone.as_secs_f64(),
        "frames_per_second_drawn": f64::from(frames / 4) / drawn.as_secs_f64(),
        "two_threads_ratio": two_threads_ratio(&situation, frames)?,
        "state_save_ms": save.as_secs_f64() * 1e3,
        "state_load_ms": load.as_secs_f64() * 1e3,
        "rss_per_instance_mb": rss,
        "frames": frames,
    });
    #[allow(clippy::print_stdout, reason = "the result")]
    {
        println!("{figures}");
    }
    Ok(())
}

/// Two threads' frames per second over one thread's, measured by turns.
fn two_threads_ratio(situation: &Situation, frames: u32) -> Outcome<f64> {
    let mut emulators = [situation.open()?, situation.open()?];
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let alone = situation.run(&mut emulators[0], frames, Picture::Skip)?;
        let start = Instant::now();
        thread::scope(|scope| -> Outcome<()> {
            let threads = emulators.each_mut().map(|emulator| {
                scope.spawn(move || situation.run(emulator, frames, Picture::Skip))
            });
            for thread in threads {
                thread.join().map_err(|_| "a thread panicked")??;
            }
            Ok(())
        })?;
        ratios.push(2.0 * alone.as_secs_f64() / start.elapsed().as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    Ok(ratios[ratios.len() / 2])
}

/// The median times of saving and of loading, each after some frames of running.
fn state_times(situation: &Situation, emulator: &mut Emulator) -> Outcome<(Duration, Duration)> {
    let mut saves = Vec::new();
    let mut loads = Vec::new();
    for _ in 0..21 {
        situation.run(emulator, 10, Picture::Skip)?;
        let start = Instant::now();
        let state = emulator.save_state()?;
        saves.push(start.elapsed());

        situation.run(emulator, 10, Picture::Skip)?;
        let start = Instant::now();
        emulator.load_state(&state)?;
        loads.push(start.elapsed());
    }
    saves.sort();
    loads.sort();
    Ok((saves[saves.len() / 2], loads[loads.len() / 2]))
}

/// Megabytes (2^20 bytes) of resident memory that each further instance adds.
fn rss_per_instance(situation: &Situation) -> Outcome<f64> {
    let before = resident_bytes()?;
    let mut instances = Vec::new();
    for _ in 0..INSTANCES {
        let mut emulator = situation.open()?;
        situation.run(&mut emulator, 600, Picture::Skip)?;
        instances.push(emulator);
    }
    let added = resident_bytes()?.saturating_sub(before);
    Ok(added as f64 / INSTANCES as f64 / f64::from(1 << 20))
}

fn resident_bytes() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
        .ok_or("no VmRSS in /proc/self/status")?;
    Ok(resident.parse::<u64>()? * 1024)
}
